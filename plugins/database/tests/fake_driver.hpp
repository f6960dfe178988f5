// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "driver_session.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

class FakeDriver;

} // namespace mortise::database

struct mortise_sql_session {
    int number = 0;
    bool lost = false;
    std::string version;
};
struct mortise_sql_prepared {
    std::string sql;
    std::uint32_t parameters = 0;
};

namespace mortise::database {

// A server that is not there: what a driver's table would do with it. Thread-safe.
class FakeDriver {
public:
    struct Fault {
        std::uint32_t code = 0;
        bool lost = false;
        bool late = false;
        std::string text = "said";
    };
    using Rows = std::vector<std::vector<std::string>>;

    SqlDriver driver() { return {table(), this}; }

    // What a statement fails with: `session` is 1 for the first connection. Nothing: it does not.
    std::function<std::optional<Fault>(const std::string& sql, int session)> onStatement;
    std::function<std::optional<Fault>()> onConnect;
    std::function<std::optional<Fault>(const std::string& sql)> onPrepare;
    std::map<std::string, Rows> rows; // by the beginning of a text
    std::map<std::string, std::string> variables{
        {"sql_mode", "STRICT_TRANS_TABLES,STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
                     "NO_ENGINE_SUBSTITUTION,ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,SIMULTANEOUS_ASSIGNMENT"},
        {"time_zone", "+00:00"},
        {"autocommit", "ON"},
        {"character_set_client", "utf8mb4"},
        {"character_set_connection", "utf8mb4"},
        {"character_set_results", "utf8mb4"},
        {"collation_connection", "utf8mb4_nopad_bin"},
        {"tx_isolation", "READ-COMMITTED"},
        {"innodb_flush_log_at_trx_commit", "1"}};
    std::string version = "10.11.6-MariaDB-0+deb12u1";
    std::atomic<bool> down = false; // connections that are idle are not alive

    // What was said on all connections but for the set-up, "1: COMMIT".
    std::vector<std::string> said() const {
        const std::lock_guard lock(mutex_);
        return said_;
    }
    std::size_t count(const std::string& line) const {
        const std::vector<std::string> all = said();
        return static_cast<std::size_t>(std::count(all.begin(), all.end(), line));
    }
    int connects() const { return connects_; }
    int open() const { return open_; }
    int prepared() const { return prepared_; }
    std::vector<std::uint32_t> limits() const {
        const std::lock_guard lock(mutex_);
        return limits_;
    }

private:
    static FakeDriver& of(void* self) { return *static_cast<FakeDriver*>(self); }
    static std::string textOf(mortise_view view) { return {view.data == nullptr ? "" : view.data, view.size}; }

    static mortise_status fail(const Fault& fault, mortise_sql_session* session, mortise_sql_fault* out,
                               mortise_error* error) {
        if (session != nullptr && (fault.lost || fault.late)) session->lost = true;
        *out = {};
        out->code = fault.code;
        out->flags =
            (fault.lost || fault.late ? MORTISE_SQL_FAULT_LOST : 0u) | (fault.late ? MORTISE_SQL_FAULT_LATE : 0u);
        error->length = static_cast<std::uint32_t>(std::min<std::size_t>(fault.text.size(), error->capacity));
        std::memcpy(error->message, fault.text.data(), error->length);
        return fault.late ? MORTISE_BUSY : MORTISE_ERROR;
    }
    static bool isSetUp(const std::string& sql) {
        return sql.compare(0, 4, "SET ") == 0 || sql.compare(0, 5, "SHOW ") == 0;
    }
    std::optional<Fault> say(const std::string& sql, const mortise_sql_session& session, std::uint32_t limit) {
        if (!isSetUp(sql)) {
            const std::lock_guard lock(mutex_);
            said_.push_back(std::to_string(session.number) + ": " + sql);
            limits_.push_back(limit);
        }
        return onStatement ? onStatement(sql, session.number) : std::nullopt;
    }
    Rows rowsOf(const std::string& sql) const {
        if (sql.compare(0, 5, "SHOW ") == 0) {
            Rows all;
            for (const auto& [name, value] : variables) all.push_back({name, value});
            return all;
        }
        for (const auto& [begin, found] : rows)
            if (sql.compare(0, begin.size(), begin) == 0) return found;
        return {};
    }
    void show(const std::string& sql, mortise_sql_row row, void* context) const {
        if (row == nullptr) return;
        for (const std::vector<std::string>& one : rowsOf(sql)) {
            std::vector<mortise_sql_value> columns;
            for (const std::string& text : one)
                columns.push_back({MORTISE_SQL_TEXT, 0, 0, 0, {text.data(), text.size()}});
            row(context, columns.data(), static_cast<std::uint32_t>(columns.size()), sizeof(mortise_sql_value));
        }
    }

    static mortise_status connect(void* self, const mortise_sql_server*, std::uint32_t, mortise_sql_session** session,
                                  mortise_sql_fault* fault, mortise_error* error) {
        FakeDriver& fake = of(self);
        const int number = ++fake.connects_;
        if (fake.onConnect)
            if (const auto failure = fake.onConnect()) return fail(*failure, nullptr, fault, error);
        *session = new mortise_sql_session{number, false, fake.version}; // close() deletes it
        ++fake.open_;
        return MORTISE_OK;
    }
    static void close(void* self, mortise_sql_session* session) {
        if (session == nullptr) return;
        --of(self).open_;
        delete session;
    }
    static mortise_status run(void* self, mortise_sql_session* session, mortise_view sql, std::uint32_t limit,
                              mortise_sql_row row, void* context, std::uint64_t* changed, mortise_sql_fault* fault,
                              mortise_error* error) {
        FakeDriver& fake = of(self);
        const std::string text = textOf(sql);
        if (const auto failure = fake.say(text, *session, limit)) return fail(*failure, session, fault, error);
        fake.show(text, row, context);
        if (changed != nullptr) *changed = 1;
        return MORTISE_OK;
    }
    static mortise_status prepare(void* self, mortise_sql_session* session, mortise_view sql, std::uint32_t,
                                  mortise_sql_prepared** prepared, std::uint32_t* parameters, std::uint32_t* columns,
                                  mortise_sql_fault* fault, mortise_error* error) {
        FakeDriver& fake = of(self);
        const std::string text = textOf(sql);
        if (fake.onPrepare)
            if (const auto failure = fake.onPrepare(text)) return fail(*failure, session, fault, error);
        *parameters = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '?'));
        *columns = 1;
        *prepared = new mortise_sql_prepared{text, *parameters}; // forget() deletes it
        ++fake.prepared_;
        return MORTISE_OK;
    }
    static void forget(void* self, mortise_sql_session*, mortise_sql_prepared* prepared) {
        if (prepared == nullptr) return;
        --of(self).prepared_;
        delete prepared;
    }
    static mortise_status execute(void* self, mortise_sql_session* session, mortise_sql_prepared* prepared,
                                  const mortise_sql_value*, std::uint32_t, std::uint32_t, std::uint32_t limit,
                                  mortise_sql_row row, void* context, std::uint64_t* changed, mortise_sql_fault* fault,
                                  mortise_error* error) {
        return run(self, session, {prepared->sql.data(), prepared->sql.size()}, limit, row, context, changed, fault,
                   error);
    }
    static mortise_sql_driver_table table() {
        mortise_sql_driver_table made{};
        made.struct_size = sizeof made;
        made.connect = &connect;
        made.close = &close;
        made.version = [](void*, const mortise_sql_session* session) -> mortise_view {
            return {session->version.data(), session->version.size()};
        };
        made.alive = [](void* self, mortise_sql_session* session) -> std::uint32_t {
            return session->lost || of(self).down ? 0u : 1u;
        };
        made.run = &run;
        made.prepare = &prepare;
        made.forget = &forget;
        made.execute = &execute;
        return made;
    }

    mutable std::mutex mutex_;
    std::vector<std::string> said_;
    std::vector<std::uint32_t> limits_; // of what was said, in milliseconds
    std::atomic<int> connects_ = 0;
    std::atomic<int> open_ = 0;
    std::atomic<int> prepared_ = 0;
};

} // namespace mortise::database
