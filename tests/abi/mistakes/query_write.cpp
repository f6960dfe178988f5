// SPDX-License-Identifier: Apache-2.0
// error: Query::run()
#include <mortise/plugin.hpp>
#include <mortise/query.hpp>

std::uint64_t change(const mortise::Query<std::int64_t()>& query, mortise::Transaction& transaction) {
    return query.run(transaction);
}
