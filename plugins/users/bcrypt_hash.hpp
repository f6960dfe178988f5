// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace users {

/// The cost of a hash as bcrypt writes it: `$2a$`, `$2b$` or `$2y$`, two digits, 22 characters of salt and 31 of
/// digest. Nothing: it is none.
std::optional<unsigned> bcryptCost(std::string_view hash) noexcept;

} // namespace users
