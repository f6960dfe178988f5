// SPDX-License-Identifier: Apache-2.0
#include "builtin_rules.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mortise::rate_limit {
namespace {

Rule ruleOf(const BuiltinRule& builtin) {
    std::vector<std::string> entries;
    for (const std::string_view entry : builtin.entries)
        if (!entry.empty()) entries.emplace_back(entry);
    return parseRules(entries, [](const std::string& sentence) { throw std::logic_error(sentence); }).at(0);
}

} // namespace

bool isBuiltinRule(std::string_view name) noexcept {
    return std::any_of(builtin_rules.begin(), builtin_rules.end(),
                       [&](const BuiltinRule& builtin) { return builtin.name == name; });
}

RuleSet withBuiltinRules(std::vector<Rule> own, const std::vector<std::string>& disabled) {
    RuleSet set;
    for (const BuiltinRule& builtin : builtin_rules) {
        if (std::find(disabled.begin(), disabled.end(), builtin.name) != disabled.end()) continue;
        Rule rule = ruleOf(builtin);
        std::erase_if(rule.routes, [&](const RuleRoute& route) {
            const bool replaced = std::any_of(own.begin(), own.end(), [&](const Rule& other) {
                return std::find(other.routes.begin(), other.routes.end(), route) != other.routes.end();
            });
            if (replaced) set.replaced.push_back({route.name(), builtin.name});
            return replaced;
        });
        if (!rule.routes.empty()) set.rules.push_back(std::move(rule));
    }
    for (Rule& rule : own) set.rules.push_back(std::move(rule));
    return set;
}

} // namespace mortise::rate_limit
