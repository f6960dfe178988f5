// SPDX-License-Identifier: Apache-2.0
// error: offer()
#include <mortise/plugin.hpp>

struct User {
    std::string name;
    int age = 0;
};

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override { setup.offer(User{}); }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
