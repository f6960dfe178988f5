// SPDX-License-Identifier: Apache-2.0
#include "sums.hpp"

namespace {

class GivesSums : public mortise::Plugin<> {
    void configure(mortise::Setup& setup) override {
        Sums sums;
        sums.add = [](std::int64_t a, std::int64_t b, std::string_view text) {
            return a + b + static_cast<std::int64_t>(text.size());
        };
        setup.offer(sums);
    }
};

} // namespace

MORTISE_PLUGIN(GivesSums, "org.mortise.bench.gives-sums", "1.0.0", offers<Sums>())
