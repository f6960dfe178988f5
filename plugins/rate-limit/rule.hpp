// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "limit.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::rate_limit {

constexpr std::size_t maximum_rules = 32; // of an operator

// A route as a rule names it: a method or "*", and the pattern as the route declares it.
struct RuleRoute {
    std::string method;
    std::string pattern;

    // "POST /auth/login"
    std::string name() const { return method + ' ' + pattern; }
    // `request_method` and `route`, the pattern that matched. Who may GET may ask for the HEAD.
    bool applies(std::string_view request_method, std::string_view route) const noexcept {
        return route == pattern &&
               (method == "*" || request_method == method || (method == "GET" && request_method == "HEAD"));
    }
    friend bool operator==(const RuleRoute&, const RuleRoute&) = default;
};

// A limit for some routes, which share one counter.
struct Rule {
    std::vector<RuleRoute> routes; // at least one
    std::uint32_t maximum = 0;
    Seconds window = 0;

    // The most requests that it lets pass within any `seconds` that begin with a window of it.
    std::uint64_t allowedWithin(Seconds seconds) const noexcept {
        return std::uint64_t{maximum} * ((std::uint64_t{seconds} + window - 1) / window);
    }
    // What clients know it by: its first route's.
    std::string name() const { return routes.front().name(); }
};

// The rules of a comma list that was split: "POST /auth/login 10/15m" is a method or "*", a pattern, and how many
// requests in what time (s, m, h, d). An entry without a rate shares the counter of the next one: "POST
// /auth/register", "POST /api/users 10/1h". Calls refuse(sentence), which shows the entry, for each that is none, and
// leaves it out. No two rules have a route in common, and there are at most maximum_rules.
std::vector<Rule> parseRules(const std::vector<std::string>& entries,
                             const std::function<void(const std::string& sentence)>& refuse);

} // namespace mortise::rate_limit
