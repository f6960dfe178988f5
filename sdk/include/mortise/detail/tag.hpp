// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mortise {
inline namespace v1 {
namespace detail {

// Carries a type to a description, which is found in the type's own namespace.
template<class T>
struct Tag {};

} // namespace detail
} // namespace v1
} // namespace mortise
