// SPDX-License-Identifier: Apache-2.0
#include "representation.hpp"

#include <utility>

namespace users {
namespace {

/// More than the JSON of most users takes.
constexpr std::size_t roomOfUser = 512;

} // namespace

std::size_t appendJson(std::string& out, const UserDetails& user, const Included& included, std::size_t place) {
    mortise::appendJson(out, user);
    out.pop_back();
    const std::size_t begin = out.size();
    included.appendTo(out, place);
    out += '}';
    return begin;
}

mortise::Reply replyOf(const UserDetails& user, const Included& included, const mortise::EntityTagList& known) {
    std::string body;
    std::string_view members;
    if (!included.isEmpty()) {
        body.reserve(included.room(0) + roomOfUser);
        body += R"({"user":)";
        const std::size_t begin = appendJson(body, user, included, 0);
        members = std::string_view(body).substr(begin, body.size() - 1 - begin);
    }
    const std::string tag = tagOf(user, members);
    if (known.weakMatches({tag})) return mortise::Reply::empty(304).field("ETag", tag);
    if (included.isEmpty()) return mortise::Reply(UserDetailsEnvelope{user}).field("ETag", tag);
    body += '}';
    return mortise::Reply::rawJson(200, std::move(body)).field("ETag", tag);
}

} // namespace users
