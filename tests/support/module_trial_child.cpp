// SPDX-License-Identifier: Apache-2.0
// Stands in for mortised where new plugin files are tried in a child process. Its first argument chooses what it does.
#include "module/module_store.hpp"

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

int main(int argc, char** argv) {
    const std::vector<std::string> files(argv + (argc > 1 ? 2 : 1), argv + argc);
    const std::string_view mode = argc > 1 ? argv[1] : "";
    if (mode == "--try") return mortise::module::ModuleStore::runChild(files);
    if (mode == "--claim-success") {
        // What code under trial could write to descriptor 3 without knowing the token.
        if (std::FILE* const reports = fdopen(3, "w")) {
            std::fputs("0 passed 0 \n passed 0 \n0 finished 0 \n", reports);
            std::fclose(reports);
        }
        return 0;
    }
    std::fputs("this stand-in was told to fail\n", stderr);
    return 7;
}
