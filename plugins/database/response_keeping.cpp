// SPDX-License-Identifier: Apache-2.0
#include "response_keeping.hpp"

namespace mortise::database {

ResponseKeeping::ResponseKeeping(const List& list) {
    for (const List::One& one : list) {
        if (one.table.keep == nullptr)
            list.refuse(one, "its table has no function keep");
        else
            keepers_.emplace_back(one.table, one.self);
    }
}

mortise_status ResponseKeeping::keep(Turn turn, const mortise_sql_response& response, mortise_sql_failure* failure,
                                     mortise_error* error) const {
    for (const auto& [table, self] : keepers_)
        if (const mortise_status status = table.keep(self, turn.handle(), &response, failure, error);
            status != MORTISE_OK)
            return status;
    return MORTISE_OK;
}

std::optional<bool> ResponseKeeping::wasKept(Turn turn) const {
    for (const auto& [table, self] : keepers_) {
        std::uint32_t kept = 0;
        detail::ErrorText error;
        if (table.was_kept != nullptr && table.was_kept(self, turn.handle(), &kept, error.raw()) == MORTISE_OK)
            return kept != 0;
    }
    return std::nullopt;
}

} // namespace mortise::database
