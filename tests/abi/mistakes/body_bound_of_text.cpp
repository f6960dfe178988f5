// SPDX-License-Identifier: Apache-2.0
// error: body(list, maxItems): the member is no std::vector
#include <mortise/bounded_body.hpp>
#include <mortise/plugin.hpp>

struct Input {
    std::string text;
};
MORTISE_DESCRIBE(Input, field(text))

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.post("/a").body(&Input::text, 3).handle([](mortise::Request&, const Input&) {
            return mortise::noContent();
        });
    }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
