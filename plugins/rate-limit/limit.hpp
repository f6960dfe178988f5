// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace mortise::rate_limit {

using Seconds = std::uint32_t; // a duration, or a time of a clock that only goes forward

enum class Algorithm : std::uint8_t {
    fixed,  // a window begins with the first request and ends as a whole
    sliding // the window before counts too, by the share of it that the last `window` seconds still cover
};

constexpr std::uint32_t most_requests = 10'000'000;
constexpr Seconds longest_window = 30 * 24 * 3600;

// So many requests in so much time.
struct Limit {
    std::uint32_t most = 100; // 1 to most_requests
    Seconds window = 900;     // 1 to longest_window
    Algorithm algorithm = Algorithm::fixed;
};

// A limit and what clients know it by: "default", "POST /auth/login".
struct NamedLimit {
    std::string name;
    Limit limit;
};

} // namespace mortise::rate_limit
