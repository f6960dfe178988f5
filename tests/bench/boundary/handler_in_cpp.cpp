// SPDX-License-Identifier: Apache-2.0
// GET /empty: 204, and nothing else. GET /sums: the same after a thousand calls of a typed service.
#include "sums.hpp"

namespace {

class HandlerInCpp : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        setup.get("/empty").handle([](mortise::Request&) { return mortise::noContent(); });
        setup.get("/sums").handle([this](mortise::Request&) {
            std::int64_t sum = 0;
            for (int i = 0; i < 1000; ++i) sum = sums_.add(sum, 1, "seven by");
            if (sum != 9000) throw mortise::Error("the sum is wrong");
            return mortise::noContent();
        });
    }
    void start() override { sums_ = service<Sums>(); }

    Sums sums_;
};

} // namespace

MORTISE_PLUGIN(HandlerInCpp, "org.mortise.bench.handler-in-cpp", "1.0.0", needs<Sums>())
