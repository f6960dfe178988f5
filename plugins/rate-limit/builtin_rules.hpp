// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rule.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::rate_limit {

// A rule that holds unless an operator switches it off by name: every route behind which a password is hashed or
// compared, which costs much and can be used to guess. Where a route does not exist it costs nothing.
struct BuiltinRule {
    std::string_view name;
    std::array<std::string_view, 2> entries; // as parseRules() takes them; an empty one is none
};

inline constexpr std::array<BuiltinRule, 3> builtin_rules{{
    {"login", {"POST /auth/login 10/15m"}},
    {"registration", {"POST /auth/register", "POST /api/users 10/1h"}}, // two doors to one room
    {"password", {"POST /auth/password 10/15m"}},
}};

constexpr std::size_t maximum_limits = 1 + builtin_rules.size() + maximum_rules; // with the general one

// A route of a built-in rule that has a rule of the operator's instead.
struct Replacement {
    std::string route;
    std::string_view builtin;
    // The operator's allows more requests than the built-in one within the time of the built-in one.
    bool laxer = false;
};

// A route whose rule never counts, since Settings::skip exempts it.
struct Exemption {
    std::string route;
    std::string_view builtin; // whose route it is; empty: a rule of the operator's
};

struct RuleSet {
    std::vector<Rule> rules; // the built-in ones that hold, then the operator's
    std::vector<Replacement> replaced;
    std::vector<Exemption> exempt;
};

// Puts the built-in rules before `own`, without those that `disabled` names. A route with a rule of its own (the same
// method and pattern) is left out of the built-in one. Rules for what `skip` exempts stay, and are in `exempt`.
RuleSet withBuiltinRules(std::vector<Rule> own, const std::vector<std::string>& disabled,
                         const std::vector<std::string>& skip = {});

bool isBuiltinRule(std::string_view name) noexcept;

} // namespace mortise::rate_limit
