// SPDX-License-Identifier: Apache-2.0
// error: rows that come back from a change: the key of their table is one column
#include "sql_tables.hpp"

struct Mark {
    std::string owner, name;
    std::int64_t value = 0;
};
MORTISE_DESCRIBE(Mark, field(owner), field(name), field(value))
MORTISE_TABLE(marks, Mark, column(owner).key(), column(name).key(), column(value))

auto change(const mortise::Database& database) {
    return database.update<Mark>(marks).where(marks.owner == id).set(marks.value = 2);
}
