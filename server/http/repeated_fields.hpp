// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/name_set.hpp"
#include "http/request_head.hpp"

#include <mortise/text/singleton_fields.hpp>

#include <bitset>
#include <cstddef>
#include <string_view>

namespace mortise::http {

// Those that may stand only once.
inline constexpr NameSet singletonNames = [] {
    NameSet names;
    for (const FieldRule& rule : fieldRules)
        if (rule.once) names.add(rule.name);
    return names;
}();

// Names of a message, asked one after the other.
class SingletonsSeen {
public:
    // True when a field of that name, which may stand only once, was added before.
    bool addTwice(std::string_view name) noexcept {
        const std::size_t rule = fieldRuleOf(name);
        if (rule == fieldRules.size() || !fieldRules[rule].once) return false;
        if (seen_[rule]) return true;
        seen_.set(rule);
        return false;
    }

private:
    std::bitset<fieldRules.size()> seen_;
};

// Looks field by field: for the few heads whose `repeated` names may be among singletonNames.
bool repeatsSingletonAmong(const RequestHead& head, const char* message, const NameSet& repeated) noexcept;

// Whether a field that may stand only once stands twice. `repeated`: the names that may be there twice.
inline bool repeatsSingleton(const RequestHead& head, const char* message, const NameSet& repeated) noexcept {
    return repeated.mayMeet(singletonNames) && repeatsSingletonAmong(head, message, repeated);
}

} // namespace mortise::http
