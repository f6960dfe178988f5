// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "builtin_rules.hpp"
#include "counter_store.hpp"
#include "rule.hpp"
#include "verdict.hpp"

#include <bitset>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::rate_limit {

// Which limits a request falls under. Limit 0 is the general one, 1 + i that of rule i. Immutable; any thread.
class Limiter {
public:
    Limiter(std::vector<std::string> skip, const std::vector<Rule>& rules);

    // Whether requests for the path, or that the route of this pattern takes, never count.
    bool skips(std::string_view path, std::string_view route) const noexcept;
    // Counts a request once under the general limit and then once under each of its rules, until one refuses it.
    Verdict check(CounterStore& store, const Client& client, std::string_view method, std::string_view route,
                  Seconds now) const noexcept;
    // Counts operations that came in one request to `route`, each as a request to its twin ("POST /api/users"; empty:
    // none), until a limit refuses one. Each limit that has counted the request itself counts one operation less. The
    // verdict is that of the refusal, else of no meaning.
    Verdict checkTwins(CounterStore& store, const Client& client, std::string_view route,
                       const std::vector<std::string_view>& twins, Seconds now) const noexcept;
    // Counts one that is answered whatever the limit says.
    Verdict note(CounterStore& store, const Client& client, Seconds now) const noexcept;

private:
    using Limits = std::bitset<maximum_limits>; // by index

    // Those that a request to the route ("POST /api/users") falls under.
    Limits limitsOf(std::string_view route) const noexcept;

    std::vector<std::string> skip_;
    struct Limited {
        RuleRoute route;
        std::uint8_t limit;
    };

    std::vector<Limited> routes_; // of all rules, rule by rule
};

} // namespace mortise::rate_limit
