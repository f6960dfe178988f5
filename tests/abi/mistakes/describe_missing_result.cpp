// SPDX-License-Identifier: Apache-2.0
// error: a handler returns a Reply, a struct with a MORTISE_DESCRIBE
#include <mortise/plugin.hpp>

struct User {
    std::string name;
    int age = 0;
};

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.get("/a").handle([](mortise::Request&) { return User(); });
    }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
