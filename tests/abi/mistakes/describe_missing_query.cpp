// SPDX-License-Identifier: Apache-2.0
// error: T has no MORTISE_DESCRIBE
#include <mortise/plugin.hpp>

struct User {
    std::string name;
    int age = 0;
};

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.get("/a").query<User>().handle([](mortise::Request&, const User&) { return mortise::noContent(); });
    }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
