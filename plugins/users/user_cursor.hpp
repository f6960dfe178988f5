// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "user_id.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace users {

/// A place in the list of users: behind the user with that id, whether or not there still is one. 24 characters of
/// base64url (RFC 4648 section 5) that clients hand back as they got them: a version, the id, and a check that tells a
/// mangled cursor. One id has one cursor.
std::string encodeCursor(const UserId& last);

/// Nothing for what `encodeCursor` never writes.
std::optional<UserId> decodeCursor(std::string_view cursor) noexcept;

} // namespace users
