// SPDX-License-Identifier: Apache-2.0
// error: non-const lvalue reference
#include <mortise/filters.hpp>
#include <mortise/plugin.hpp>

class Mistaken : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        auto& filter = setup.filter("a").after("b");
        filter.onFinish([](const mortise::Finished&) {});
    }
};
MORTISE_PLUGIN(Mistaken, "org.example.mistaken", "1.0.0")
