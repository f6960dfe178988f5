// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/response_keeper.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace mortise::database {

// What keeps the responses of one generation. Immutable.
class ResponseKeeping {
public:
    using List = Contributions<ResponseKeepers>;

    explicit ResponseKeeping(const List& list);

    bool empty() const noexcept { return keepers_.empty(); }
    // Each in turn, until one fails. What a keeper leaves for its failure is in `failure` and `error`.
    mortise_status keep(Turn turn, const mortise_sql_response& response, mortise_sql_failure* failure,
                        mortise_error* error) const;
    // After a commit whose outcome is not known: whether it is there, by the first who knows.
    std::optional<bool> wasKept(Turn turn) const;

private:
    std::vector<std::pair<mortise_response_keeper_table, void*>> keepers_;
};

} // namespace mortise::database
