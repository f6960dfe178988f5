// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/extensions.hpp>

#include <type_traits>

namespace mortise {
inline namespace v1 {
namespace detail {

// Calls `use` with the id of each extension that T gives by what it derives from.
template<class T, class Use>
constexpr void forGivenExtensions(const Use& use) {
    if constexpr (std::is_base_of_v<Router, T>) use(InterfaceId<Router, T>::value);
    if constexpr (std::is_base_of_v<Authenticator, T>) use(InterfaceId<Authenticator, T>::value);
    if constexpr (std::is_base_of_v<Readiness, T>) use(InterfaceId<Readiness, T>::value);
    if constexpr (std::is_base_of_v<LogSink, T>) use(InterfaceId<LogSink, T>::value);
    if constexpr (std::is_base_of_v<Migrator, T>) use(InterfaceId<Migrator, T>::value);
    if constexpr (std::is_base_of_v<Handover, T>) use(InterfaceId<Handover, T>::value);
    if constexpr (std::is_base_of_v<Placement, T>) use(InterfaceId<Placement, T>::value);
}

} // namespace detail
} // namespace v1
} // namespace mortise
