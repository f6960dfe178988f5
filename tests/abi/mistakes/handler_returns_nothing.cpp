// SPDX-License-Identifier: Apache-2.0
// error: a handler returns a Reply, a struct with a MORTISE_DESCRIBE
#include <mortise/plugin.hpp>

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.get("/a").handle([](mortise::Request&) {});
    }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
