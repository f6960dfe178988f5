// SPDX-License-Identifier: Apache-2.0
#include "touched_rows.hpp"

#include <sqlite3.h>

#include <new>
#include <string_view>
#include <utility>

namespace mortise::database {

void FreeSqliteValue::operator()(sqlite3_value* value) const noexcept {
    sqlite3_value_free(value);
}

TouchedRows::TouchedRows(sqlite3* database, std::size_t limit) : database_(database), limit_(limit) {
    sqlite3_preupdate_hook(database_, &onChange, this);
}

TouchedRows::~TouchedRows() {
    sqlite3_preupdate_hook(database_, nullptr, nullptr);
}

void TouchedRows::onChange(void* self, sqlite3* database, int operation, const char* schema, const char* table,
                           long long, long long) noexcept {
    if (std::string_view(schema) != "main") return;
    try {
        static_cast<TouchedRows*>(self)->note(database, operation, table);
    } catch (const std::bad_alloc&) { // a row that is not noted
    }
}

void TouchedRows::note(sqlite3* database, int operation, const char* table) {
    using Read = int (*)(sqlite3*, int, sqlite3_value**);
    const auto values = [&](Read read) {
        std::vector<SqliteValue> found;
        for (int i = 0; i < sqlite3_preupdate_count(database); ++i) {
            sqlite3_value* value = nullptr;
            found.emplace_back(read(database, i, &value) == SQLITE_OK ? sqlite3_value_dup(value) : nullptr);
        }
        return found;
    };
    TouchedRow row{table, {}, {}};
    if (operation != SQLITE_INSERT) row.before = values(&sqlite3_preupdate_old);
    if (operation != SQLITE_DELETE) row.after = values(&sqlite3_preupdate_new);
    if (rows_.size() > limit_) rows_.pop_back();
    rows_.push_back(std::move(row));
}

} // namespace mortise::database
