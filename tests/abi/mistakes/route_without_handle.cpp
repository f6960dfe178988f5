// SPDX-License-Identifier: Apache-2.0
// error: nodiscard
#include <mortise/plugin.hpp>

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override { setup.get("/a"); }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
