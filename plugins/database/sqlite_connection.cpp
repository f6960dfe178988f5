// SPDX-License-Identifier: Apache-2.0
#include "sqlite_connection.hpp"

#include "foreign_keys.hpp"
#include "sqlite_error.hpp"
#include "sqlite_file.hpp"

#include <sqlite3.h>

#include <string>
#include <thread>
#include <utility>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;

// Between two tries to change the journal.
constexpr std::chrono::milliseconds journalRetry{2};

// Instructions of SQLite's machine between two looks at the clock: some 50 µs.
constexpr int progressInterval = 4000;

} // namespace

// Marks the connection as busy with one statement, and resets that at the end.
class SqliteConnection::Running {
public:
    Running(SqliteConnection& connection, SqliteStatement& statement) : connection_(connection), statement_(statement) {
        connection_.running_ = true;
        connection_.timed_ = false;
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
        statement_.reset();
        connection_.running_ = false;
    }

private:
    SqliteConnection& connection_;
    SqliteStatement& statement_;
};

SqliteConnection::SqliteConnection(const SqliteOptions& options, const StatementRegistry& registry, const Use& use)
    : registry_(registry),
      use_(use),
      file_(options.file),
      connection_(openConnection(options.file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX)),
      handle_(connection_.get()) {
    // Changing to write-ahead mode needs the file alone: another process that starts at the same moment may have it.
    setBusyTimeout(options.busyTimeout);
    configure(options);
    setBusyTimeout(use_.busyTimeout);
    if (use_.statementLimit.count() > 0) sqlite3_progress_handler(handle_, progressInterval, &onProgress, this);
}

SqliteConnection::~SqliteConnection() {
    statements_.clear();
    sqlite3_progress_handler(handle_, 0, nullptr, nullptr);
}

void SqliteConnection::configure(const SqliteOptions& options) {
    try {
        const std::string mode = enterWriteAheadMode(options.busyTimeout);
        if (mode != "wal")
            throw DatabaseError(Kind::failed, "database '" + file_.string() +
                                                  "' cannot be set to write-ahead logging (it stays '" + mode +
                                                  "'): its file system must support shared memory");
        execute(options.synchronousFull ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
        execute("PRAGMA foreign_keys = ON");
        execute("PRAGMA trusted_schema = OFF");
        execute("PRAGMA temp_store = MEMORY");
        execute("PRAGMA cache_size = -" + std::to_string(options.cacheBytes / 1024));
        execute(use_.access == Access::read ? "PRAGMA query_only = ON" : "PRAGMA query_only = OFF");
    } catch (const DatabaseError&) {
        requireKnownFormat();
        throw;
    }
    requireKnownFormat();
    if (use_.access == Access::write && sqlite3_db_readonly(handle_, "main") != 0)
        throw sqliteError(nullptr, SQLITE_READONLY, file_);
}

// While another connection is about to write, SQLite refuses the change at once: this one holds a shared lock already,
// so waiting inside of SQLite could be a deadlock. Between two tries it holds nothing.
std::string SqliteConnection::enterWriteAheadMode(std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        try {
            SqliteStatement statement = prepare("PRAGMA journal_mode = WAL");
            require(statement.step());
            return std::string(statement.column(0).text);
        } catch (const DatabaseError&) {
            const bool busy = (sqlite3_errcode(handle_) & 0xff) == SQLITE_BUSY;
            if (!busy || std::chrono::steady_clock::now() >= deadline) throw;
        }
        std::this_thread::sleep_for(journalRetry);
    }
}

void SqliteConnection::execute(std::string_view sql) const {
    require(prepare(sql).run());
}

// SQLite calls a file that only newer versions can read no database, and opens one that only they can write read-only.
void SqliteConnection::requireKnownFormat() const {
    if (isNewerFormat(handle_))
        throw DatabaseError(Kind::failed,
                            "database '" + file_.string() +
                                "' was written by a newer SQLite, whose file format this one cannot write");
}

std::uint64_t SqliteConnection::run(std::uint32_t number, std::span<const SqlValue> parameters, RowVisitor* visitor) {
    if (running_) throw DatabaseError(Kind::invalid, "the database was called while it shows a row");
    const StatementRegistry::Entry* const entry = registry_.at(number);
    if (entry == nullptr) throw DatabaseError(Kind::invalid, "there is no statement " + std::to_string(number));
    if (parameters.size() != entry->parameters)
        throw DatabaseError(Kind::invalid, "the statement takes " + std::to_string(entry->parameters) +
                                               " parameters, not " + std::to_string(parameters.size()) + ": " +
                                               entry->sql);
    if (use_.access == Access::read && !entry->readOnly)
        throw DatabaseError(Kind::invalid, "the statement writes, so it needs a transaction: " + entry->sql);
    SqliteStatement& prepared = statement(number, *entry);
    const Running running(*this, prepared);
    require(prepared.bind(parameters));
    const sqlite3_int64 before = entry->readOnly ? 0 : sqlite3_total_changes64(handle_);
    int code = SQLITE_OK;
    while ((code = prepared.step()) == SQLITE_ROW) {
        if (visitor == nullptr) continue;
        columns_.resize(static_cast<std::size_t>(prepared.columnCount()));
        for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i] = prepared.column(static_cast<int>(i));
        if (!visitor->row(columns_)) break;
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE) throw statementError(code, *entry, prepared, parameters);
    // sqlite3_changes64 keeps its value through statements that change no rows, such as CREATE.
    if (entry->readOnly || sqlite3_total_changes64(handle_) == before) return 0;
    return static_cast<std::uint64_t>(sqlite3_changes64(handle_));
}

DatabaseError SqliteConnection::statementError(int code, const StatementRegistry::Entry& entry, SqliteStatement& failed,
                                               std::span<const SqlValue> parameters) const {
    DatabaseError reason = error(code);
    if (reason.kind() == Kind::corrupt) {
        // The page may be whole on the disk, or be mended there: the next statement looks again.
        failed.reset();
        sqlite3_db_release_memory(handle_);
    }
    if (reason.kind() != Kind::foreignKey) return reason;
    failed.reset(); // it runs once more
    return {Kind::foreignKey, reason.what(), brokenForeignKey(handle_, entry.sql, parameters)};
}

SqliteStatement& SqliteConnection::statement(std::uint32_t number, const StatementRegistry::Entry& entry) {
    if (number >= statements_.size()) statements_.resize(number + 1u);
    SqliteStatement& statement = statements_[number];
    if (!statement) statement = prepare(entry.sql);
    return statement;
}

SqliteStatement SqliteConnection::prepare(std::string_view sql) const {
    int code = SQLITE_OK;
    bool one = true;
    SqliteStatement statement = SqliteStatement::prepare(handle_, sql, code, one);
    require(code);
    if (!statement) throw DatabaseError(Kind::invalid, "the statement is empty");
    if (!one) throw DatabaseError(Kind::invalid, "only one statement can be prepared at a time: " + std::string(sql));
    return statement;
}

void SqliteConnection::require(int code) const {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) throw error(code);
}

DatabaseError SqliteConnection::error(int code) const {
    if ((code & 0xff) == SQLITE_INTERRUPT)
        return {use_.pastLimit, "a statement was stopped after " + std::to_string(use_.statementLimit.count()) + " ms"};
    if ((code & 0xff) == SQLITE_AUTH)
        return {Kind::invalid, "a statement may not begin or end a transaction, attach a database or use PRAGMA"};
    return sqliteError(handle_, code, file_);
}

bool SqliteConnection::inTransaction() const noexcept {
    return sqlite3_get_autocommit(handle_) == 0;
}

void SqliteConnection::setBusyTimeout(std::chrono::milliseconds timeout) noexcept {
    sqlite3_busy_timeout(handle_, static_cast<int>(timeout.count()));
}

// The clock is first read after some 50 µs, so that short statements cost no look at it.
int SqliteConnection::onProgress(void* connection) noexcept {
    auto& self = *static_cast<SqliteConnection*>(connection);
    if (!self.running_) return 0;
    const auto now = std::chrono::steady_clock::now();
    if (!self.timed_) {
        self.timed_ = true;
        self.deadline_ = now + self.use_.statementLimit;
        return 0;
    }
    return now >= self.deadline_ ? 1 : 0;
}

} // namespace mortise::database
