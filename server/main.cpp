// SPDX-License-Identifier: Apache-2.0
#include "application/application.hpp"

#include <exception>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    try {
        const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
        return mortise::application::runApplication(arguments);
    } catch (const std::exception& error) {
        std::cerr << "mortised: " << error.what() << '\n';
        return 1;
    }
}
