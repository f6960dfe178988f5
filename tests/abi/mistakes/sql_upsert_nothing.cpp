// SPDX-License-Identifier: Apache-2.0
// error: upsert(): there is nothing to change where the row is there already
#include "sql_tables.hpp"

struct Tag {
    std::string name;
};
MORTISE_TABLE(tags, Tag, column(name).key())

auto put(const mortise::Database& database) {
    return database.upsert(tags, Tag{}, on(tags.name));
}
