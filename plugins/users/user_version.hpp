// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace users {

/// A number of what clients see of a user, for entity tags: equal rows have equal numbers, in every process and on
/// every machine; different ones differ but for a chance of one in 2^64. Not for secrets: whoever chooses names can
/// look for two that collide.
std::uint64_t userVersion(std::string_view id, std::string_view name, std::string_view email,
                          std::int64_t createdMs) noexcept;

} // namespace users
