// SPDX-License-Identifier: Apache-2.0
#include "transferred_user.hpp"

#include <mortise/uuid.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace users {
namespace {

constexpr std::string_view clearPassword = "has a password in clear: only hashes are imported, as passwordHash";

/// Calls `visit(key, value)` for each member.
template<typename Visit>
void visitMembers(const mortise_json_tape& tape, const mortise_json_node& object, Visit&& visit) {
    const mortise_json_node* at = &object + 1;
    for (std::uint32_t i = 0; i < object.length; ++i) {
        const mortise_json_node& value = at[1];
        visit(std::string_view(tape.text + at->offset, at->length), value);
        at = mortise_json_next(&value);
    }
}

/// A member that nobody reads may be a misspelt one.
template<typename T, std::size_t... I>
std::optional<std::string> unknownMember(const mortise_json_tape& tape, const mortise_json_node& object,
                                         std::index_sequence<I...>) {
    std::optional<std::string> unknown;
    visitMembers(tape, object, [&](std::string_view key, const mortise_json_node&) {
        if (!((mortise::detail::nth<I>(mortise::detail::description<T>).name == key) || ...)) unknown = key;
    });
    return unknown;
}
template<typename T>
std::optional<std::string> unknownMember(const mortise_json_tape& tape, const mortise_json_node& object) {
    return unknownMember<T>(tape, object, std::make_index_sequence<mortise::detail::fieldCount<T>>{});
}

std::optional<std::string> unknownMember(const mortise_json_tape& tape) {
    const mortise_json_node& root = tape.nodes[0];
    std::optional<std::string> unknown = unknownMember<TransferredUser>(tape, root);
    visitMembers(tape, root, [&](std::string_view key, const mortise_json_node& value) {
        if (key != "profile" || value.kind != MORTISE_JSON_OBJECT || unknown) return;
        unknown = unknownMember<TransferredProfile>(tape, value);
        if (unknown) unknown->insert(0, "profile/");
    });
    return unknown;
}

} // namespace

UserParser::UserParser(const mortise::Json& json, unsigned costLimit)
    : json_(json), schema_(json.schemaFor<TransferredUser>()), costLimit_(costLimit) {}

std::variant<TransferredUser, Reject> UserParser::parse(std::string_view text) const {
    TransferredUser user;
    std::optional<std::string> reason;
    std::string why;
    const bool fits = json_.visit(
        text, schema_,
        [&](const mortise_json_tape& tape) {
            if (const auto unknown = unknownMember(tape))
                reason = "'/" + *unknown + "' is no member of a user";
            else if (!mortise::decodeJson(tape, user))
                reason = "a value does not fit its member";
        },
        &why);
    if (!fits) reason = std::move(why);
    if (!reason) reason = fault(user);
    if (reason) return rejected(text, *std::move(reason));
    return user;
}

std::optional<std::string> UserParser::fault(TransferredUser& user) const {
    if (user.id) user.id = mortise::Uuid::parse(*user.id).value().text();
    if (!user.passwordHash) return "'/passwordHash' is missing";
    const std::optional<unsigned> cost = bcryptCost(*user.passwordHash);
    if (!cost) return "'/passwordHash' is no bcrypt hash ($2a$, $2b$ or $2y$)";
    if (*cost > costLimit_)
        return "'/passwordHash' has the cost " + std::to_string(*cost) + ", and logins take hashes up to " +
               std::to_string(costLimit_) + " (server.password_cost_limit)";
    return std::nullopt;
}

Reject UserParser::rejected(std::string_view text, std::string reason) const {
    bool isSecret = false;
    const bool isJson = json_.visit(text, mortise::JsonSchema(), [&](const mortise_json_tape& tape) {
        if (tape.nodes[0].kind != MORTISE_JSON_OBJECT) return;
        visitMembers(tape, tape.nodes[0],
                     [&](std::string_view key, const mortise_json_node&) { isSecret = isSecret || key == "password"; });
    });
    if (isSecret) return {std::string(clearPassword), true};
    return {std::move(reason), !isJson && text.find("\"password\"") != std::string_view::npos};
}

} // namespace users
