// SPDX-License-Identifier: Apache-2.0
#include "http/repeated_fields.hpp"

#include <bitset>

namespace mortise::http {

bool repeatsSingletonAmong(const RequestHead& head, const char* message, const NameSet& repeated) noexcept {
    std::bitset<fieldRules.size()> seen;
    for (const RequestHead::FieldSpan& field : head.fields) {
        const std::string_view name = field.name.in(message);
        if (!repeated.mayHave(name)) continue;
        const std::size_t rule = fieldRuleOf(name);
        if (rule == fieldRules.size() || !fieldRules[rule].once) continue;
        if (seen[rule]) return true;
        seen.set(rule);
    }
    return false;
}

} // namespace mortise::http
