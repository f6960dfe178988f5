// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mortise {
inline namespace v1 {
namespace detail {

// "createdAt" as "created_at": keys of settings, names of columns.
template<class Sink>
constexpr void putSnakeCase(Sink& out, std::string_view name) {
    bool first = true;
    for (const char c : name) {
        const bool isUpper = c >= 'A' && c <= 'Z';
        if (isUpper && !first) out.put('_');
        out.put(isUpper ? static_cast<char>(c - 'A' + 'a') : c);
        first = false;
    }
}

} // namespace detail
} // namespace v1
} // namespace mortise
