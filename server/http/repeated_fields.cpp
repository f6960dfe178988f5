// SPDX-License-Identifier: Apache-2.0
#include "http/repeated_fields.hpp"

namespace mortise::http {

bool repeatsSingletonAmong(const RequestHead& head, const char* message, const NameSet& repeated) noexcept {
    SingletonsSeen seen;
    for (const RequestHead::FieldSpan& field : head.fields) {
        const std::string_view name = field.name.in(message);
        if (repeated.mayHave(name) && seen.addTwice(name)) return true;
    }
    return false;
}

} // namespace mortise::http
