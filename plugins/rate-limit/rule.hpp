// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "limit.hpp"

#include <string>
#include <string_view>

namespace mortise::rate_limit {

// A limit for one route: "POST /auth/login 10/15m" is a method or "*", the pattern as the route declares it, and how
// many requests in what time (s, m, h, d).
struct Rule {
    std::string method;
    std::string pattern;
    std::uint32_t most = 0;
    Seconds window = 0;

    // "POST /auth/login"
    std::string name() const { return method + ' ' + pattern; }
    // `method` of the request and `route`, the pattern that matched. Who may GET may ask for the HEAD.
    bool applies(std::string_view request_method, std::string_view route) const noexcept {
        return route == pattern &&
               (method == "*" || request_method == method || (method == "GET" && request_method == "HEAD"));
    }
};

// Throws std::invalid_argument with a sentence that shows the rule.
Rule parseRule(std::string_view text);

} // namespace mortise::rate_limit
