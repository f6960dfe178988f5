// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "include.hpp"
#include "user.hpp"

#include <mortise/content_hash.hpp>
#include <mortise/entity_tag.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace users {

/// The strong entity tag of what clients see of a user; `members` are those of other plugins, see Included.
template<typename Text>
std::string tagOf(const BasicUserDetails<Text>& user, std::string_view members = {}) {
    mortise::ContentHash hash;
    hash.add(user.id);
    hash.add(user.name);
    hash.add(user.email);
    hash.add(static_cast<std::uint64_t>(user.createdAt.unixMilliseconds));
    if (!user.profile.isAbsent()) {
        hash.add(static_cast<std::uint64_t>(user.profile ? 2 : 1));
        if (user.profile) {
            for (const auto& member : {user.profile->bio, user.profile->avatar}) {
                hash.add(static_cast<std::uint64_t>(member ? 1 : 0));
                hash.add(member ? std::string_view(*member) : std::string_view());
            }
        }
    }
    if (!members.empty()) hash.add(members);
    return mortise::entityTagText(hash.result());
}

/// The JSON of the user who is at that place of what is included, with the members of other plugins behind its own,
/// behind what is there. Returns where in `out` those begin.
std::size_t appendJson(std::string& out, const UserDetails& user, const Included& included, std::size_t place);

/// 200 with that user, in the shape of UserDetailsEnvelope, and its entity tag; 304 where the client knows it.
mortise::Reply replyOf(const UserDetails& user, const Included& included, const mortise::EntityTagList& known);

/// 200 with a list in the shape of UserPage or UserSlice, and what is included of its users.
template<typename List>
mortise::Reply replyOf(const List& list, const Included& included) {
    if (included.isEmpty()) return mortise::Reply(list);
    std::string body = R"({"users":[)";
    for (std::size_t i = 0; i < list.users.size(); ++i) {
        if (i != 0) body += ',';
        appendJson(body, list.users[i], included, i);
    }
    body += R"(],"pagination":)";
    mortise::appendJson(body, list.pagination);
    body += '}';
    return mortise::Reply::rawJson(200, std::move(body));
}

} // namespace users
