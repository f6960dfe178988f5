// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>
#include <mortise/sql.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace users {

/// Ids increase with time, so their order is that of creation.
struct UserRow {
    std::string id, name, email, emailLower, passwordHash, role;
    mortise::DateTime createdAt, updatedAt;
    std::int64_t tokenEpoch = 0;
    std::optional<mortise::DateTime> removedAt; ///< the user is gone, and what refers to it is being deleted
};
MORTISE_TABLE(users, UserRow, label("User"), column(id).key().generated().uuid(), column(name), column(email),
              column(emailLower).unique("users_email_lower"), column(passwordHash), column(role).defaults(),
              column(createdAt).createdAt(), column(updatedAt).updatedAt(), column(tokenEpoch).defaults(),
              column(removedAt))

struct ProfileRow {
    std::string userId;
    std::optional<std::string> bio, avatar;
};
MORTISE_TABLE(profiles, ProfileRow, column(userId).key().references(users.id), column(bio), column(avatar))

/// Users whose removal has begun: what a server that ended in the middle left to others.
struct RemovalRow {
    std::string userId;
    mortise::DateTime continuedAt;
};
MORTISE_TABLE_NAMED(removals, "user_removals", RemovalRow, column(userId).key().references(users.id),
                    column(continuedAt).updatedAt())

/// What other plugins get to see.
struct AccountView {
    std::string_view id, name, email, role, passwordHash;
    mortise::DateTime createdAt;
    std::int64_t tokenEpoch = 0;
};
MORTISE_DESCRIBE(AccountView, field(id), field(name), field(email), field(role), field(passwordHash), field(createdAt),
                 field(tokenEpoch))

struct NewUser {
    std::string_view id, name, email;
    std::string emailLower;
    std::string_view passwordHash;
};
MORTISE_DESCRIBE(NewUser, field(id), field(name), field(email), field(emailLower), field(passwordHash))

/// What `users list` shows.
struct ListedUser {
    std::string id, email, name, role;
};
MORTISE_DESCRIBE(ListedUser, field(id), field(email), field(name), field(role))

struct InsertedUser {
    std::string id;
};
MORTISE_DESCRIBE(InsertedUser, field(id))

struct NewProfileRow {
    std::string_view userId;
    std::optional<std::string_view> bio, avatar;
};
MORTISE_DESCRIBE(NewProfileRow, field(userId), field(bio), field(avatar))

struct NewRemoval {
    std::string_view userId;
};
MORTISE_DESCRIBE(NewRemoval, field(userId))

struct UserChange {
    std::optional<std::string_view> name, email;
    std::optional<std::string> emailLower;
};
MORTISE_DESCRIBE(UserChange, field(name), field(email), field(emailLower))

} // namespace users
