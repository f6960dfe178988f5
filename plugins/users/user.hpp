// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What goes over the wire, in and out.
namespace users {

/// A user in answers. `Text` is std::string_view where the row is at hand while the answer is encoded.
template<typename Text>
struct BasicUser {
    Text id;
    Text name;
    Text email;
    mortise::DateTime createdAt;
};
using User = BasicUser<std::string>;
using UserView = BasicUser<std::string_view>;
MORTISE_DESCRIBE(User, field(id).uuid(), field(name).example("Ada"), field(email).email().example("ada@example.com"),
                 field(createdAt))
MORTISE_DESCRIBE(UserView, field(id).uuid(), field(name), field(email).email(), field(createdAt))

template<typename Content>
struct Envelope {
    Content user;
};
using UserEnvelope = Envelope<User>;
using UserViewEnvelope = Envelope<UserView>;
MORTISE_DESCRIBE(UserEnvelope, field(user))
MORTISE_DESCRIBE(UserViewEnvelope, field(user))

struct Pagination {
    std::int64_t page = 1;
    std::int64_t limit = 10;
    std::int64_t total = 0;
    std::int64_t pages = 0;
};
MORTISE_DESCRIBE(Pagination, field(page).example(1), field(limit).example(10), field(total).text("Of users").example(1),
                 field(pages).example(1))

struct UserPage {
    std::vector<User> users;
    Pagination pagination;
};
MORTISE_DESCRIBE(UserPage, field(users), field(pagination))

struct CursorPagination {
    std::int64_t limit = 10;
    std::optional<std::string> next; ///< null: that was the last user
};
MORTISE_DESCRIBE(
    CursorPagination, field(limit),
    field(next).nullable().text("What to send as after; null at the end").example("AZAKXayWd0u7zrMCCZqAVw"))

struct UserSlice {
    std::vector<User> users;
    CursorPagination pagination;
};
MORTISE_DESCRIBE(UserSlice, field(users), field(pagination))

struct ListQuery {
    std::optional<std::int64_t> page;
    std::int64_t limit = 10;
    std::optional<std::string_view> after;
};
/// The largest number that JavaScript counts to exactly; times the largest limit it still fits an offset.
inline constexpr std::int64_t lastPage = 9'007'199'254'740'991;
MORTISE_DESCRIBE(ListQuery, field(page).min(1).max(lastPage).text("1 where neither page nor after is given"),
                 field(limit).min(1).max(100).defaults(10).text("The most users of one answer"),
                 field(after).text("A cursor, the next of an earlier answer; empty for the first users. Not with page"))

/// RFC 5321 section 4.5.3.1.3, less the angle brackets.
inline constexpr int maxEmailLength = 254;

struct CreateUser {
    std::string_view name;
    std::string_view email;
    std::string_view password;
};
MORTISE_DESCRIBE(CreateUser, field(name).minLength(2).maxLength(100).example("Ada"),
                 field(email)
                     .email()
                     .maxLength(maxEmailLength)
                     .text("Unique, whatever the case of its letters")
                     .example("ada@example.com"),
                 field(password)
                     .minLength(8)
                     .maxBytes(mortise::Passwords::maxBytes)
                     .text("At most 72 bytes")
                     .example("correct horse")
                     .secret())

struct PatchUser {
    std::optional<std::string_view> name;
    std::optional<std::string_view> email;
};
MORTISE_DESCRIBE(PatchUser, field(name).minLength(2).maxLength(100).example("Ada"),
                 field(email).email().maxLength(maxEmailLength).example("ada@example.com"))

} // namespace users
