// SPDX-License-Identifier: Apache-2.0
// error: incomplete type
#include <mortise/plugin.hpp>

class Greets : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.command("greet", "", "Greets", [](const mortise::Arguments&, mortise::CommandSession& caller) {
            caller.print("hello\n"); // commands.hpp is not included
            return 0;
        });
    }
};

MORTISE_PLUGIN(Greets, "org.mortise.test.greets", "1.0.0")
