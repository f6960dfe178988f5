// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/name_set.hpp"
#include "http/request_head.hpp"

#include <mortise/text/singleton_fields.hpp>

namespace mortise::http {

// Those that may stand only once.
inline constexpr NameSet singletonNames = [] {
    NameSet names;
    for (const FieldRule& rule : fieldRules)
        if (rule.once) names.add(rule.name);
    return names;
}();

// Looks field by field: for the few heads whose `repeated` names may be among singletonNames.
bool repeatsSingletonAmong(const RequestHead& head, const char* message, const NameSet& repeated) noexcept;

// Whether a field that may stand only once stands twice. `repeated`: the names that may be there twice.
inline bool repeatsSingleton(const RequestHead& head, const char* message, const NameSet& repeated) noexcept {
    return repeated.mayMeet(singletonNames) && repeatsSingletonAmong(head, message, repeated);
}

} // namespace mortise::http
