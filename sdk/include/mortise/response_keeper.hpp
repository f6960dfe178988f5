// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/sql_call.hpp>
#include <mortise/extension_point.hpp>
#include <mortise/guard.hpp>
#include <mortise/service/database.h>
#include <mortise/setup.hpp>
#include <mortise/turn.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise {
inline namespace v1 {

// The extension point of whoever gives mortise.database/1, see service/database.h.
struct ResponseKeepers {
    static constexpr const char* pointId = MORTISE_RESPONSE_KEEPER_POINT;
    using Table = mortise_response_keeper_table;
};

// For a plugin to derive from that stores the responses of Database::respond: it says needs<ResponseKeepers>(), and
// keepResponses(setup, "name", *this) in configure.
class ResponseKeeper {
public:
    virtual ~ResponseKeeper() = default;
    // [worker] Inside the transaction of the response, which Database::transact joins; after each successful run of its
    // body. Borrowed for the call. Throwing rolls back, and is what respond() throws.
    virtual void keep(Turn turn, const mortise_sql_response& response) = 0;
    // [worker] After a commit whose outcome is not known: whether what was kept in it is there. Waits for a transaction
    // that has not ended. Nothing: not known; throwing is the same.
    virtual std::optional<bool> wasKept(Turn turn) {
        static_cast<void>(turn);
        return std::nullopt;
    }
};

template<class Keeper>
void keepResponses(Setup& setup, std::string_view name, Keeper& keeper) {
    static constexpr mortise_response_keeper_table table = {
        sizeof(mortise_response_keeper_table),
        0,
        [](void* self, mortise_exchange turn, const mortise_sql_response* response, mortise_sql_failure* failure,
           mortise_error* error) {
            return detail::guardSql(failure, error, [&] {
                if (response == nullptr) throw Invalid("there is no mortise_sql_response");
                detail::as<ResponseKeeper, Keeper>(self).keep(Turn(turn), *response);
                return MORTISE_OK;
            });
        },
        [](void* self, mortise_exchange turn, std::uint32_t* kept, mortise_error* error) {
            return detail::guard(error, [&] {
                if (kept == nullptr) throw Invalid("there is no place for what was kept");
                const std::optional<bool> known = detail::as<ResponseKeeper, Keeper>(self).wasKept(Turn(turn));
                if (!known) return MORTISE_ABSENT;
                *kept = *known ? 1 : 0;
                return MORTISE_OK;
            });
        },
    };
    setup.contribute<ResponseKeepers>(name, table, &keeper);
}

} // namespace v1
} // namespace mortise
