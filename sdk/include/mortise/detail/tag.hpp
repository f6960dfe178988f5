// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace mortise {
inline namespace v1 {
namespace detail {

// Carries a type to a description, which is found in the type's own namespace.
template<class T>
struct Tag {};

// "users::User" is "User". The name of a template's instance stays as it is.
constexpr std::string_view unqualified(std::string_view name) {
    const std::size_t colon = name.find('<') == name.npos ? name.rfind(':') : name.npos;
    return colon == name.npos ? name : name.substr(colon + 1);
}

} // namespace detail
} // namespace v1
} // namespace mortise
