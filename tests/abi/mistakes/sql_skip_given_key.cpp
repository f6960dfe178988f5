// SPDX-License-Identifier: Apache-2.0
// error: skipDuplicates(): the table has a key that is generated() and no other unique key beside it
#include "sql_tables.hpp"

struct Tag {
    std::string name;
};
MORTISE_TABLE(tags, Tag, column(name).key())

auto add(const mortise::Database& database) {
    return database.insert(tags, Tag{}, skipDuplicates(tags.name));
}
