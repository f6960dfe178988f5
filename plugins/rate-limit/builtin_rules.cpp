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

RuleSet withBuiltinRules(std::vector<Rule> own, const std::vector<std::string>& disabled,
                         const std::vector<std::string>& skip) {
    RuleSet set;
    const auto noteExempt = [&](const Rule& rule, std::string_view builtin) {
        for (const RuleRoute& route : rule.routes)
            if (std::find(skip.begin(), skip.end(), route.pattern) != skip.end())
                set.exempt.push_back({route.name(), builtin});
    };
    for (const BuiltinRule& builtin : builtin_rules) {
        if (std::find(disabled.begin(), disabled.end(), builtin.name) != disabled.end()) continue;
        Rule rule = ruleOf(builtin);
        std::erase_if(rule.routes, [&](const RuleRoute& route) {
            const auto other = std::find_if(own.begin(), own.end(), [&](const Rule& candidate) {
                return std::find(candidate.routes.begin(), candidate.routes.end(), route) != candidate.routes.end();
            });
            if (other == own.end()) return false;
            set.replaced.push_back(
                {route.name(), builtin.name, other->allowedWithin(rule.window) > std::uint64_t{rule.maximum}});
            return true;
        });
        noteExempt(rule, builtin.name);
        if (!rule.routes.empty()) set.rules.push_back(std::move(rule));
    }
    for (Rule& rule : own) {
        noteExempt(rule, {});
        set.rules.push_back(std::move(rule));
    }
    return set;
}

} // namespace mortise::rate_limit
