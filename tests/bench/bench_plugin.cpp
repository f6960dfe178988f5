// SPDX-License-Identifier: Apache-2.0
// POST /echo answers a typed body with itself; POST /items counts an array.
#include "tests/bench/shapes.hpp"

namespace {

class Bench : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.post("/echo").onLoop().body<bench::Echo>().replies<bench::Echo>(200).handle(
            [](mortise::Request&, const bench::Echo& echo) { return echo; });
        setup.post("/items").onLoop().body<std::vector<bench::Item>>().replies<bench::Count>(200).handle(
            [](mortise::Request&, const std::vector<bench::Item>& items) { return bench::Count{items.size()}; });
    }
};

} // namespace

MORTISE_PLUGIN(Bench, "org.mortise.fixtures.bench", "1.0.0")
