// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/database.h>
#include <mortise/service/migrations.h>

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct mortise_sql_transaction {};

namespace mortise::test {

// mortise.database/1 over a SQLite database in memory, or in a file, on one connection that calls share: for tests of
// plugins that keep tables. What the real plugin adds (threads, snapshots, durability) is tested there.
class MemoryDatabase {
public:
    explicit MemoryDatabase(const std::string& file = ":memory:") {
        if (sqlite3_open(file.c_str(), &handle_) != SQLITE_OK) throw std::runtime_error("sqlite3_open");
        table_.struct_size = sizeof table_;
        table_.statement = [](void* self, const mortise_sql_statement* statement, std::uint32_t, std::uint32_t* number,
                              mortise_error* error) {
            return of(self).statement({statement->sql.data, static_cast<std::size_t>(statement->sql.size)}, *number,
                                      error);
        };
        table_.read = [](void* self, mortise_exchange, std::uint32_t statement, const mortise_sql_value* parameters,
                         std::uint32_t count, std::uint32_t, mortise_sql_row row, void* context,
                         mortise_sql_failure* failure, mortise_error* error) {
            if (of(self).beforeRead && statement != 0 && statement <= of(self).statements_.size())
                of(self).beforeRead(sqlite3_sql(of(self).statements_[statement - 1]));
            return of(self).run(statement, parameters, count, row, context, failure, error);
        };
        table_.transact = [](void* self, mortise_exchange turn, std::uint32_t, mortise_sql_body body, void* context,
                             mortise_sql_failure* failure, mortise_error* error) {
            return of(self).transact(turn,
                                     [&](mortise_sql_transaction* t) { return body(context, t, failure, error); });
        };
        table_.respond = [](void* self, mortise_exchange turn, mortise_sql_response_body body, void* context,
                            mortise_sql_failure* failure, mortise_error* error) {
            mortise_sql_response response{};
            return of(self).transact(
                turn, [&](mortise_sql_transaction* t) { return body(context, t, &response, failure, error); });
        };
        table_.dialect = [](void*) -> std::uint32_t { return MORTISE_SQL_DIALECT_SQLITE; };
        table_.execute = [](void* self, mortise_sql_transaction*, std::uint32_t statement,
                            const mortise_sql_value* parameters, std::uint32_t count, std::uint32_t,
                            mortise_sql_row row, void* context, std::uint64_t* changed, mortise_sql_failure* failure,
                            mortise_error* error) {
            MemoryDatabase& database = of(self);
            const mortise_status status = database.run(statement, parameters, count, row, context, failure, error);
            if (changed != nullptr) *changed = static_cast<std::uint64_t>(sqlite3_changes(database.handle_));
            return status;
        };
        // Everything is one state to a test that writes nothing meanwhile.
        table_.snapshot = [](void* self, mortise_exchange, mortise_sql_snapshot_body body, void* context,
                             mortise_sql_failure*, mortise_error*) {
            ++of(self).snapshots;
            return body(context);
        };
        table_.data_version = [](void* self, std::uint64_t* version, mortise_error*) -> mortise_status {
            const std::lock_guard lock(of(self).mutex_);
            *version = of(self).version_;
            return MORTISE_OK;
        };
    }
    MemoryDatabase(const MemoryDatabase&) = delete;
    MemoryDatabase& operator=(const MemoryDatabase&) = delete;
    ~MemoryDatabase() {
        for (sqlite3_stmt* const statement : statements_) sqlite3_finalize(statement);
        sqlite3_close(handle_);
    }

    const mortise_database_table* table() const { return &table_; }
    unsigned snapshots = 0;
    mortise_status busy = MORTISE_OK; // what the next calls return instead of working, unless MORTISE_OK
    unsigned reads = 0;
    std::function<void(const std::string& sql)> beforeRead;      // called first by each, outside of transactions
    std::function<mortise_status(mortise_exchange)> beginCommit; // asked before the COMMIT of a turn
    unsigned background = 0;                                     // transactions of no turn
    std::vector<std::string> ran; // the texts of the statements, in the order in which they ran

    void migrate(const mortise_plugin_migrations& extension) {
        const auto text = [](mortise_view view) {
            return std::string_view(view.data, static_cast<std::size_t>(view.size));
        };
        for (std::uint32_t i = 0; i < extension.migration_count; ++i) {
            const mortise_migration& one = extension.migrations[i];
            const mortise_migration* const end = extension.migrations + extension.migration_count;
            const bool replaced = std::any_of(extension.migrations, end, [&](const mortise_migration& other) {
                return text(other.name) == text(one.name) && text(other.dialect) == "sqlite";
            });
            if (text(one.dialect) == "sqlite" || (one.dialect.size == 0 && !replaced)) execute(text(one.sql));
        }
    }
    void execute(std::string_view sql) {
        char* message = nullptr;
        if (sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, &message) == SQLITE_OK) {
            ++version_;
            return;
        }
        const std::string text = message;
        sqlite3_free(message);
        throw std::runtime_error(text);
    }
    std::string value(std::string_view sql) {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(handle_));
        std::string result;
        if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
            result = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
        sqlite3_finalize(statement);
        return result;
    }
    // How SQLite goes about a statement: a line a step.
    std::string plan(const std::string& sql) {
        std::string steps;
        const auto add = [](void* text, int, char** columns, char**) {
            static_cast<std::string*>(text)->append(columns[3]).append("\n");
            return 0;
        };
        if (sqlite3_exec(handle_, ("EXPLAIN QUERY PLAN " + sql).c_str(), add, &steps, nullptr) != SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(handle_));
        return steps;
    }

private:
    static MemoryDatabase& of(void* self) { return *static_cast<MemoryDatabase*>(self); }

    mortise_status fail(mortise_error* error, mortise_status status = MORTISE_ERROR) {
        const std::string_view text = sqlite3_errmsg(handle_);
        if (error != nullptr) {
            error->length = static_cast<std::uint32_t>(std::min<std::size_t>(text.size(), error->capacity));
            std::memcpy(error->message, text.data(), error->length);
        }
        return status;
    }

    mortise_status statement(std::string_view sql, std::uint32_t& number, mortise_error* error) {
        const std::lock_guard lock(mutex_);
        sqlite3_stmt* made = nullptr;
        if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &made, nullptr) != SQLITE_OK)
            return fail(error);
        statements_.push_back(made);
        number = static_cast<std::uint32_t>(statements_.size());
        return MORTISE_OK;
    }

    mortise_status run(std::uint32_t number, const mortise_sql_value* parameters, std::uint32_t count,
                       mortise_sql_row row, void* context, mortise_sql_failure* failure, mortise_error* error) {
        const std::lock_guard lock(mutex_);
        if (busy != MORTISE_OK) return busy;
        ++reads;
        sqlite3_stmt* const statement = statements_.at(number - 1);
        ran.emplace_back(sqlite3_sql(statement));
        const std::unique_ptr<sqlite3_stmt, void (*)(sqlite3_stmt*)> reset(statement, [](sqlite3_stmt* s) {
            sqlite3_reset(s);
            sqlite3_clear_bindings(s);
        });
        if (static_cast<int>(count) != sqlite3_bind_parameter_count(statement)) return MORTISE_INVALID;
        for (std::uint32_t i = 0; i < count; ++i) bind(statement, static_cast<int>(i) + 1, parameters[i]);
        for (;;) {
            const int code = sqlite3_step(statement);
            if (code == SQLITE_DONE) return MORTISE_OK;
            if (code != SQLITE_ROW) {
                const bool unique = sqlite3_extended_errcode(handle_) == SQLITE_CONSTRAINT_UNIQUE;
                if (unique && failure != nullptr) *failure = {MORTISE_SQL_FAILURE_UNIQUE, 0, {}};
                return fail(error, unique ? MORTISE_CONFLICT : MORTISE_ERROR);
            }
            if (row != nullptr && !show(statement, row, context)) return MORTISE_OK;
        }
    }

    static void bind(sqlite3_stmt* statement, int index, const mortise_sql_value& value) {
        switch (value.kind) {
        case MORTISE_SQL_INTEGER:
        case MORTISE_SQL_DATE_TIME:
            sqlite3_bind_int64(statement, index, value.integer);
            break;
        case MORTISE_SQL_NUMBER:
            sqlite3_bind_double(statement, index, value.number);
            break;
        case MORTISE_SQL_TEXT:
        case MORTISE_SQL_DECIMAL:
        case MORTISE_SQL_UUID:
            sqlite3_bind_text(statement, index, value.text.size == 0 ? "" : value.text.data,
                              static_cast<int>(value.text.size), SQLITE_TRANSIENT);
            break;
        case MORTISE_SQL_BLOB:
            sqlite3_bind_blob(statement, index, value.text.size == 0 ? "" : value.text.data,
                              static_cast<int>(value.text.size), SQLITE_TRANSIENT);
            break;
        default:
            sqlite3_bind_null(statement, index);
        }
    }

    static bool show(sqlite3_stmt* statement, mortise_sql_row row, void* context) {
        std::vector<mortise_sql_value> columns(static_cast<std::size_t>(sqlite3_column_count(statement)));
        for (int i = 0; i < sqlite3_column_count(statement); ++i) {
            mortise_sql_value& column = columns[static_cast<std::size_t>(i)];
            switch (sqlite3_column_type(statement, i)) {
            case SQLITE_NULL:
                column.kind = MORTISE_SQL_NULL;
                break;
            case SQLITE_INTEGER:
                column.kind = MORTISE_SQL_INTEGER;
                column.integer = sqlite3_column_int64(statement, i);
                break;
            default:
                column.kind = sqlite3_column_type(statement, i) == SQLITE_BLOB ? MORTISE_SQL_BLOB : MORTISE_SQL_TEXT;
                column.text.data = static_cast<const char*>(sqlite3_column_blob(statement, i));
                column.text.size = static_cast<std::uint64_t>(sqlite3_column_bytes(statement, i));
            }
        }
        return row(context, columns.data(), static_cast<std::uint32_t>(columns.size()), sizeof(mortise_sql_value)) != 0;
    }

    mortise_status transact(mortise_exchange turn,
                            const std::function<mortise_status(mortise_sql_transaction*)>& body) {
        const std::lock_guard lock(mutex_);
        if (busy != MORTISE_OK) return busy;
        const bool joins = sqlite3_get_autocommit(handle_) == 0;
        execute(joins ? "SAVEPOINT part" : "BEGIN IMMEDIATE");
        mortise_sql_transaction transaction;
        mortise_status status = body(&transaction);
        if (!joins) {
            if (turn == 0) ++background;
            if (status == MORTISE_OK && turn != 0 && beginCommit) status = beginCommit(turn);
            execute(status == MORTISE_OK ? "COMMIT" : "ROLLBACK");
        } else {
            if (status != MORTISE_OK) execute("ROLLBACK TO part");
            execute("RELEASE part");
        }
        return status;
    }

    sqlite3* handle_ = nullptr;
    mortise_database_table table_{};
    std::recursive_mutex mutex_;
    std::vector<sqlite3_stmt*> statements_;
    std::uint64_t version_ = 1;
};

} // namespace mortise::test
