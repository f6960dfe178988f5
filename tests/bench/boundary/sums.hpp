// SPDX-License-Identifier: Apache-2.0
// A typed service, as handler_in_cpp.cpp uses it and gives_sums.cpp gives it.
#pragma once

#include <mortise/plugin.hpp>
#include <mortise/typed_service.hpp>

struct Sums {
    static constexpr const char* serviceId = "org.mortise.bench.sums/1";

    mortise::Method<std::int64_t(std::int64_t a, std::int64_t b, std::string_view text)> add;
};
MORTISE_SERVICE(Sums, method(add))
