// SPDX-License-Identifier: Apache-2.0
// error: non-const lvalue reference
#include <mortise/plugin.hpp>

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        auto& route = setup.get("/a").summary("A");
        route.handle([](mortise::Request&) { return mortise::noContent(); });
    }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
