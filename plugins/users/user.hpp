// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/pages.hpp>
#include <mortise/passwords.hpp>
#include <mortise/plugin.hpp>
#include <mortise/profile.hpp>

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

template<typename Text>
struct BasicProfile {
    std::optional<Text> bio, avatar;
};
using Profile = BasicProfile<std::string>;
using ProfileView = BasicProfile<std::string_view>;
MORTISE_DESCRIBE(Profile, field(bio).nullable().example("Writes about looms"),
                 field(avatar).nullable().example("https://example.com/ada.png"))
MORTISE_DESCRIBE(ProfileView, field(bio).nullable(), field(avatar).nullable())

/// A user with what a request includes. What other plugins contribute follows behind these members.
template<typename Text>
struct BasicUserDetails {
    Text id;
    Text name;
    Text email;
    mortise::DateTime createdAt;
    mortise::Patch<BasicProfile<Text>> profile = {}; ///< absent: not included; null: there is none
    /// For the document only: what plugin `posts` contributes. Nothing here writes them, see Include.
    std::optional<mortise::RawJson> posts = {};
    mortise::Patch<Text> postsNext = {};
};
using UserDetails = BasicUserDetails<std::string>;
using UserDetailsView = BasicUserDetails<std::string_view>;
MORTISE_DESCRIBE(UserDetails, field(id).uuid(), field(name).example("Ada"),
                 field(email).email().example("ada@example.com"), field(createdAt),
                 field(profile).text("With include=profile; null where the user has none"),
                 field(posts).text("With include=posts: an array, as GET /api/users/{id}/posts shows them"),
                 field(postsNext).text("With include=posts: the after of the rest; null: there is none"))
MORTISE_DESCRIBE(UserDetailsView, field(id).uuid(), field(name), field(email).email(), field(createdAt), field(profile),
                 field(posts), field(postsNext))

template<typename Content>
struct Envelope {
    Content user;
};
using UserEnvelope = Envelope<User>;
using UserDetailsEnvelope = Envelope<UserDetails>;
using UserDetailsViewEnvelope = Envelope<UserDetailsView>;
MORTISE_DESCRIBE(UserEnvelope, field(user))
MORTISE_DESCRIBE(UserDetailsEnvelope, field(user))
MORTISE_DESCRIBE(UserDetailsViewEnvelope, field(user))

struct UserPage {
    std::vector<UserDetails> users;
    mortise::Pagination pagination;
};
MORTISE_DESCRIBE(UserPage, field(users), field(pagination))

struct UserSlice {
    std::vector<UserDetails> users;
    mortise::CursorPagination pagination;
};
MORTISE_DESCRIBE(UserSlice, field(users), field(pagination))

inline constexpr std::string_view includeText =
    "A comma list: profile, and what other plugins show with users, such as posts; unknown names are a 400";
inline constexpr std::string_view postsLimitText =
    "The maximum number of posts for each user, with include=posts; postsNext is the after of the rest";

struct ReadQuery {
    std::optional<std::string_view> include;
    std::int64_t postsLimit = 20;
};
MORTISE_DESCRIBE(ReadQuery, field(include).text(includeText).example("profile"),
                 field(postsLimit).min(1).max(100).defaults(20).text(postsLimitText))

/// As mortise::PageQuery, with what is included.
struct ListQuery {
    std::optional<std::int64_t> page;
    std::int64_t limit = 10;
    std::optional<std::string_view> after;
    std::optional<std::string_view> include;
    std::int64_t postsLimit = 20;

    [[nodiscard]] mortise::PageQuery pages() const noexcept { return {page, limit, after}; }
};
MORTISE_DESCRIBE(
    ListQuery, field(page).min(1).max(mortise::lastPage).text("1 where neither page nor after is given"),
    field(limit).min(1).max(100).defaults(10).text("The maximum number of users of one response"),
    field(after).text("A cursor, the next of an earlier response; empty for the first users. Not with page"),
    field(include).text(includeText).example("profile"),
    field(postsLimit).min(1).max(100).defaults(20).text(postsLimitText))

struct PatchQuery {
    std::optional<std::string_view> include;
};
MORTISE_DESCRIBE(PatchQuery, field(include).choices("profile").text("profile: in the response and in the entity tag"))

/// RFC 5321 section 4.5.3.1.3, less the angle brackets.
inline constexpr int maxEmailLength = 254;

struct CreateUser {
    std::string_view name;
    std::string_view email;
    std::string_view password;
    std::optional<mortise::NewProfile> profile;
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
                     .secret(),
                 field(profile))

/// How many users one batch may have, whatever the setting says.
inline constexpr std::int64_t maxBatch = 1000;
static_assert(maxBatch <= static_cast<std::int64_t>(mortise::Passwords::maxCount));

struct CreateUsers {
    std::vector<CreateUser> users;
    bool skipDuplicates = false;
};
MORTISE_DESCRIBE(CreateUsers, field(users).maxItems(maxBatch),
                 field(skipDuplicates)
                     .defaults(false)
                     .text("Leave out users whose address is taken, of several with one address all but the first"))

struct CreatedUsers {
    std::int64_t count = 0;
};
MORTISE_DESCRIBE(CreatedUsers, field(count).text("Users who were created"))

struct PatchProfile {
    mortise::Patch<std::string_view> bio, avatar;
};
MORTISE_DESCRIBE(PatchProfile, field(bio).maxLength(mortise::maxBioLength).example("Writes about looms"),
                 field(avatar)
                     .uri()
                     .pattern(mortise::avatarPattern)
                     .maxBytes(mortise::maxAvatarSize)
                     .text("An http or https URL of at most 2,048 bytes")
                     .example("https://example.com/ada.png"))

struct PatchUser {
    std::optional<std::string_view> name;
    std::optional<std::string_view> email;
    mortise::Patch<PatchProfile> profile;
};
MORTISE_DESCRIBE(PatchUser, field(name).minLength(2).maxLength(100).example("Ada"),
                 field(email).email().maxLength(maxEmailLength).example("ada@example.com"),
                 field(profile).text("Of a profile what is given; null takes the profile away"))

} // namespace users
