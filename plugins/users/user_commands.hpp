// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "user_store.hpp"

#include <mortise/commands.hpp>

#include <string>
#include <string_view>

namespace users {

/// `grant-admin EMAIL`, `revoke-admin EMAIL`: the exit code.
int setRole(const UserStore& store, const mortise::Arguments& arguments, const mortise::CommandSession& session,
            std::string_view role);

/// `list [--role ROLE]`: a line for each user, in the order of creation: id, address, name and role, separated by tabs,
/// each as escapedForLine(). The exit code.
int listUsers(const UserStore& store, const mortise::Arguments& arguments, const mortise::CommandSession& session);

/// The text without what ends a field or a line, or steers a terminal: a backslash and control characters as `\\`,
/// `\t`,
/// `\n`, `\r` or `\u` with four hexadecimal digits.
std::string escapedForLine(std::string_view utf8);

} // namespace users
