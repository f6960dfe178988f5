// SPDX-License-Identifier: Apache-2.0
#include "sqlite_statement.hpp"

#include <sqlite3.h>

#include <limits>

namespace mortise::database {

SqliteStatement SqliteStatement::prepare(sqlite3* database, std::string_view sql, int& code, bool& one) {
    SqliteStatement result;
    sqlite3_stmt* statement = nullptr;
    const char* tail = sql.data();
    one = true;
    if (sql.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        code = SQLITE_TOOBIG;
        return result;
    }
    code = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement,
                              &tail);
    result.statement_.reset(statement);
    const std::string_view rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
    one = rest.find_first_not_of(" \t\r\n;") == std::string_view::npos;
    return result;
}

int SqliteStatement::parameterCount() const noexcept {
    return sqlite3_bind_parameter_count(statement_.get());
}
bool SqliteStatement::isReadOnly() const noexcept {
    return sqlite3_stmt_readonly(statement_.get()) != 0;
}
int SqliteStatement::columnCount() const noexcept {
    return sqlite3_column_count(statement_.get());
}

int SqliteStatement::bind(std::span<const SqlValue> parameters) noexcept {
    int index = 0;
    int code = SQLITE_OK;
    for (const SqlValue& value : parameters) {
        ++index;
        // A null pointer would bind NULL; an empty text is a text.
        const char* const data = value.text.data() == nullptr ? "" : value.text.data();
        switch (value.kind) {
        case SqlKind::null:
            code = sqlite3_bind_null(statement_.get(), index);
            break;
        case SqlKind::integer:
        case SqlKind::dateTime:
            code = sqlite3_bind_int64(statement_.get(), index, value.integer);
            break;
        case SqlKind::number:
            code = sqlite3_bind_double(statement_.get(), index, value.number);
            break;
        case SqlKind::text:
        case SqlKind::decimal:
        case SqlKind::uuid:
            code = sqlite3_bind_text64(statement_.get(), index, data, value.text.size(), SQLITE_STATIC, SQLITE_UTF8);
            break;
        case SqlKind::blob:
            code = sqlite3_bind_blob64(statement_.get(), index, data, value.text.size(), SQLITE_STATIC);
            break;
        default:
            code = SQLITE_MISUSE;
        }
        if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
}

int SqliteStatement::bindValues(std::span<const sqlite3_value* const> values) noexcept {
    int index = 0;
    for (const sqlite3_value* const value : values)
        if (const int code = sqlite3_bind_value(statement_.get(), ++index, value); code != SQLITE_OK) return code;
    return SQLITE_OK;
}

int SqliteStatement::step() noexcept {
    return sqlite3_step(statement_.get());
}

SqlValue SqliteStatement::column(int index) const noexcept {
    sqlite3_value* const column = sqlite3_column_value(statement_.get(), index);
    const auto size = [&] { return static_cast<std::size_t>(sqlite3_value_bytes(column)); };
    SqlValue value;
    switch (sqlite3_value_type(column)) {
    case SQLITE_INTEGER:
        value.kind = SqlKind::integer;
        value.integer = sqlite3_value_int64(column);
        break;
    case SQLITE_FLOAT:
        value.kind = SqlKind::number;
        value.number = sqlite3_value_double(column);
        break;
    case SQLITE_TEXT: {
        value.kind = SqlKind::text;
        const auto* const data = reinterpret_cast<const char*>(sqlite3_value_text(column));
        value.text = {data, size()};
        break;
    }
    case SQLITE_BLOB: {
        value.kind = SqlKind::blob;
        const auto* const data = static_cast<const char*>(sqlite3_value_blob(column));
        value.text = {data, size()};
        break;
    }
    default:
        break;
    }
    return value;
}

void SqliteStatement::reset() noexcept {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
}

int SqliteStatement::run() noexcept {
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite3_step(statement_.get());
    // sqlite3_reset repeats the failure, and keeps the connection's message.
    const int ended = sqlite3_reset(statement_.get());
    return code == SQLITE_DONE ? ended : code;
}

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

} // namespace mortise::database
