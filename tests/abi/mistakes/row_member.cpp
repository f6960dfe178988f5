// SPDX-License-Identifier: Apache-2.0
// error: a column is
#include <mortise/database.hpp>
#include <mortise/plugin.hpp>

struct Found {
    std::vector<int> ages;
};
MORTISE_DESCRIBE(Found, field(ages))

std::optional<Found> find(const mortise::Database& database, const mortise::Statement& statement) {
    return database.readOne<Found>(statement);
}
