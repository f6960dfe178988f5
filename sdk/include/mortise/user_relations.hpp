// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>
#include <mortise/turn.hpp>
#include <mortise/typed_service.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {

// The rows of one user.
struct RelatedRows {
    std::string json = "[]";         // an array
    std::int64_t count = 0;          // of its elements
    std::optional<std::string> next; // a cursor to those behind; empty: there are none
};
MORTISE_DESCRIBE(RelatedRows, field(json), field(count), field(next))

// An extension point of the plugin `users`: what other plugins keep for users, shown with them where a request says
// include=NAME, under the contribution's name, with NAMENext beside it. Whoever contributes names it in mayUse<>() or
// needs<>(); its tables refer to users (id) with ON DELETE CASCADE.
struct UserRelation {
    static constexpr const char* pointId = "mortise.users.relation/1";

    // [worker], and for one id [loop] where mortise.database/1 reads on loops. For each of the ids, in their order, at
    // most `limit` rows that `viewer` (a user's id; empty: anybody) may see, by a constant number of statements. Throws
    // Busy on a loop to be called again on a worker. Not there: the rows are not shown.
    Method<std::vector<RelatedRows>(Turn turn, std::vector<std::string_view> ids, std::string_view viewer,
                                    std::int64_t limit)>
        load;
    // [worker] Before a user is deleted, inside of a transaction: deletes at most `limit` of the user's rows, and
    // returns how many. Called again, in another transaction, as long as it is all of them. Not there: the rows are
    // few, and go with the user.
    Method<std::int64_t(Turn turn, std::string_view id, std::int64_t limit)> remove;
};
MORTISE_SERVICE(UserRelation, method(load), method(remove))

} // namespace v1
} // namespace mortise
