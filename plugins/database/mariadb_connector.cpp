// SPDX-License-Identifier: Apache-2.0
#include "mariadb_connector.hpp"

#include "mariadb_error.hpp"
#include "mariadb_migrator.hpp"
#include "mariadb_schema.hpp"
#include "mariadb_statement.hpp"
#include "migration_list.hpp"
#include "sql_tokens.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <random>
#include <utility>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;
using Milliseconds = std::chrono::milliseconds;

// A check of readiness responds within a second.
constexpr Milliseconds readinessWait{500};
// A failure of what is done when the server comes is for somebody to mend.
constexpr Milliseconds workPause{5000};

std::size_t parametersOf(std::string_view sql) {
    const std::vector<SqlToken> tokens = sqlTokens(sql);
    return static_cast<std::size_t>(
        std::count_if(tokens.begin(), tokens.end(), [](const SqlToken& token) { return token.isSign('?'); }));
}

std::string labelOf(const StatementText& text) {
    return "statement '" + std::string(text.name) + "' (" + std::string(text.sql) + "): ";
}

// As the database is to get it.
std::string sqlOf(const StatementText& text) {
    return std::string(text.sql) + (text.forUpdate ? " FOR UPDATE" : "");
}

// A statement of a migration takes as long as it takes, but for what holds its table.
std::string forMigrations(const MariadbOptions& options) {
    return "SET SESSION max_statement_time = 0, lock_wait_timeout = " +
           std::to_string((options.migrationWait.count() + 999) / 1000);
}

// It may be there later, although nobody changes a configuration; also one that went, or hung, while it was asked.
bool isAway(const DatabaseError& error) {
    if (const auto* const unconnected = dynamic_cast<const ConnectError*>(&error)) return unconnected->mayPass();
    return error.kind() == Kind::lost || error.kind() == Kind::busy;
}

// Unlike any other, also one that had its number.
std::string processName() {
    std::random_device random;
    return "process " + std::to_string(getpid()) + "-" + std::to_string(random());
}

} // namespace

MariadbConnector::MariadbConnector(MariadbOptions options, Loops& loops, std::function<SqlDriver()> driverOf,
                                   std::function<void(const std::string&)> report)
    : options_(std::move(options)),
      loops_(loops),
      driverOf_(std::move(driverOf)),
      report_(std::move(report)),
      process_(processName()),
      registry_(options_.statements),
      pool_([this] { return driver(); }, options_, registry_, report_),
      transactions_(pool_, options_) {}

MariadbConnector::~MariadbConnector() {
    close(options_.statementTimeout);
    if (thread_.joinable()) thread_.join();
}

SqlDriver MariadbConnector::driver() const {
    const SqlDriver found = driverOf_();
    if (!found) throw DatabaseError(Kind::failed, "the driver of database " + name() + " is not there");
    return found;
}

std::unique_ptr<MariadbSession> MariadbConnector::connect() const {
    return std::make_unique<MariadbSession>(driver(), options_, registry_, options_.server.connectTimeout);
}

MariadbMigrations MariadbConnector::migrationsOn(MariadbSession& session) {
    session.command(forMigrations(options_), options_.statementTimeout);
    const auto pause = [this](Milliseconds time) {
        std::unique_lock lock(mutex_);
        return !changed_.wait_for(lock, time, [this] { return closing_; });
    };
    return {options_, session, [this] { return connect(); }, process_, pause};
}

void MariadbConnector::migrate(std::span<const Migration> migrations, MigrationRun run, MigrationLog& log) {
    const std::vector<DialectMigration> list = migrationsOf(migrations, dialect());
    const auto session = connect();
    try {
        migrateMariadb(migrationsOn(*session), list, run, log);
    } catch (const DriverError& error) {
        throw session->error(error);
    }
}

void MariadbConnector::undo(std::span<const Migration> migrations, std::string_view owner, std::uint32_t number,
                            MigrationLog& log) {
    const std::vector<DialectMigration> list = migrationsOf(migrations, dialect());
    const auto session = connect();
    try {
        undoMariadb(migrationsOn(*session), list, owner, number, log);
    } catch (const DriverError& error) {
        throw session->error(error);
    }
}

std::vector<MigrationRecord> MariadbConnector::migrationRecords() const {
    const auto session = connect();
    try {
        return readMariadbMigrations(session->driver(), options_);
    } catch (const DriverError& error) {
        throw session->error(error);
    }
}

std::vector<SchemaFault> MariadbConnector::missing(std::span<const RequiredConstraint> constraints) const {
    if (constraints.empty()) return {};
    const auto session = connect();
    try {
        return missingConstraints(
            [&](std::string_view table) { return mariadbTable(session->driver(), table, options_.statementTimeout); },
            constraints);
    } catch (const DriverError& error) {
        throw session->error(error);
    }
}

std::vector<SchemaFault> MariadbConnector::unfit(std::span<const StatementText> statements) const {
    std::vector<SchemaFault> faults;
    if (statements.empty()) return faults;
    const auto session = connect();
    for (std::size_t i = 0; i < statements.size(); ++i) {
        const StatementText& text = statements[i];
        try {
            StatementRegistry::Entry entry = session->inspect(sqlOf(text), options_.statementTimeout);
            entry.readOnly = isReadOnlyStatement(text.sql);
            requireFits(text, entry);
        } catch (const DatabaseError& error) {
            if (session->isLost()) throw;
            faults.push_back({i, labelOf(text) + error.what()});
        }
    }
    return faults;
}

// Without a database: what their texts show.
Connector::SchemaFaults MariadbConnector::checkSchema(std::span<const Migration> migrations,
                                                      std::span<const StatementText> statements,
                                                      std::span<const RequiredConstraint>) const {
    static_cast<void>(migrationsOf(migrations, dialect()));
    SchemaFaults faults;
    for (std::size_t i = 0; i < statements.size(); ++i) {
        const StatementText& text = statements[i];
        try {
            const std::size_t columns = text.counts ? text.counts->columns : 0;
            requireFits(text, {std::string(text.sql), parametersOf(text.sql), columns, isReadOnlyStatement(text.sql)});
        } catch (const DatabaseError& error) {
            faults.statements.push_back({i, labelOf(text) + error.what()});
        }
    }
    return faults;
}

bool MariadbConnector::runWhenThere(const DatabaseError& reason, const std::function<void()>& work) {
    if (!isAway(reason)) return false;
    const std::lock_guard lock(mutex_);
    work_ = work;
    reason_ = reason.what();
    return true;
}

bool MariadbConnector::isUnencrypted() const {
    const std::string& host = options_.server.host;
    const bool isHere = host.empty() || host == "localhost" || host == "::1" || host.compare(0, 4, "127.") == 0;
    return options_.server.tls == MariadbServer::Tls::off && !isHere;
}

void MariadbConnector::open() {
    if (report_ && isUnencrypted())
        report_("the connection to database " + name() + " is not encrypted: set ssl-mode in its URL");
    {
        const std::lock_guard lock(mutex_);
        if (closing_) throw DatabaseError(Kind::failed, "the database is closed");
    }
    if (reason_.empty()) {
        try {
            static_cast<void>(pool_.lease(MariadbPool::Use::read, Milliseconds::max()));
            return;
        } catch (const ConnectError& error) {
            if (!error.mayPass()) throw;
            keepReason(error.what());
        }
    }
    waiting_ = true;
    thread_ = std::thread([this] { wait(); });
}

void MariadbConnector::wait() {
    for (Found found = tryAgain(); found != Found::there; found = tryAgain()) {
        const Milliseconds pause = found == Found::away ? pool_.pause() : std::min(workPause, options_.longestPause);
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, std::max(pause, options_.firstPause), [this] { return closing_; })) break;
    }
    const std::lock_guard lock(mutex_);
    waiting_ = false;
    changed_.notify_all();
}

MariadbConnector::Found MariadbConnector::tryAgain() {
    try {
        std::function<void()> work;
        static_cast<void>(pool_.lease(MariadbPool::Use::read, Milliseconds::max()));
        {
            const std::lock_guard lock(mutex_);
            work = work_;
        }
        if (work) work();
        requireRegistered();
    } catch (const DatabaseError& error) {
        keepReason(error.what());
        return isAway(error) ? Found::away : Found::failing;
    } catch (const std::exception& error) {
        keepReason(error.what());
        return Found::failing;
    }
    {
        const std::lock_guard lock(mutex_);
        reason_.clear();
        work_ = nullptr;
    }
    if (report_) report_("database " + name() + " is there");
    return Found::there;
}

void MariadbConnector::keepReason(const std::string& text) {
    {
        const std::lock_guard lock(mutex_);
        if (reason_ == text) return;
        reason_ = text;
    }
    if (report_) report_(text);
}

// What was registered while nobody could look.
void MariadbConnector::requireRegistered() {
    MariadbPool::Lease lease = pool_.lease(MariadbPool::Use::read, options_.server.poolTimeout);
    for (std::uint32_t number = 0; const StatementRegistry::Entry* const entry = registry_.at(number); ++number)
        if (!entry->isCounted) static_cast<void>(lease.session().inspect(entry->sql, options_.statementTimeout));
}

void MariadbConnector::requireThere() const {
    const std::lock_guard lock(mutex_);
    if (!reason_.empty()) throw DatabaseError(Kind::lost, reason_);
}

std::uint32_t MariadbConnector::statement(const StatementText& text) {
    const std::string sql = sqlOf(text);
    std::optional<std::uint32_t> number = registry_.find(sql);
    if (!number) number = registered(text, sql);
    StatementRegistry::Entry entry = *registry_.at(*number);
    if (text.forUpdate) entry.readOnly = isReadOnlyStatement(text.sql);
    requireFits(text, entry);
    return *number;
}

std::uint32_t MariadbConnector::registered(const StatementText& text, const std::string& sql) {
    if (loops_.current() != 0)
        throw DatabaseError(Kind::busy, "a statement is registered on a worker, not on an event loop");
    const bool readOnly = isReadOnlyStatement(text.sql) && !text.forUpdate;
    bool isThere = false;
    {
        const std::lock_guard lock(mutex_);
        isThere = reason_.empty();
    }
    if (!isThere) return registry_.add({sql, 0, 0, readOnly, false});
    if (MariadbSnapshot* const snapshot = snapshots_.current()) return registry_.add(snapshot->inspect(sql));
    MariadbPool::Lease lease = pool_.lease(MariadbPool::Use::read, options_.server.poolTimeout);
    return registry_.add(lease.session().inspect(sql, options_.statementTimeout));
}

// On a connection of its own also inside of a body: what it sees was acknowledged, as on every database.
void MariadbConnector::read(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor,
                            const Caller& caller) {
    class Watched final : public RowVisitor {
    public:
        explicit Watched(RowVisitor* visitor) : visitor_(visitor) {}
        bool row(std::span<const SqlValue> columns) override {
            shown = true;
            return visitor_->row(columns);
        }
        bool shown = false;

    private:
        RowVisitor* visitor_;
    };
    if (loops_.current() != 0) throw DatabaseError(Kind::busy, "reads on an event loop are off");
    requireThere();
    const StatementRegistry::Entry* const entry = registry_.at(statement);
    if (entry != nullptr && !entry->readOnly)
        throw DatabaseError(Kind::invalid, "the statement writes, so it needs a transaction: " + entry->sql);
    if (MariadbSnapshot* const snapshot = snapshots_.current())
        return snapshot->read(statement, parameters, visitor, caller);
    if (Transaction* const own = transactionOf(caller); own != nullptr && entry != nullptr) {
        own->execute(statement, parameters, visitor);
        return;
    }
    Watched watched(visitor);
    for (;;) {
        const MariadbPool::Lease lease = pool_.lease(MariadbPool::Use::read, caller.timeLeft());
        const Milliseconds time = std::min(caller.timeLeft(), options_.statementTimeout);
        try {
            lease.session().run(statement, parameters, visitor == nullptr ? nullptr : &watched, time);
            return;
        } catch (const DatabaseError& error) {
            // The server may have ended since the connection was used last: a new one knows.
            if (error.kind() != Kind::lost || !lease.wasUsed() || watched.shown) throw;
        }
    }
}

bool MariadbConnector::transact(TransactionBody& body) {
    if (loops_.current() != 0)
        throw DatabaseError(Kind::invalid,
                            "a transaction cannot run on an event loop: its handler must be on a worker");
    if (snapshots_.current() != nullptr) throw DatabaseError(Kind::invalid, withinSnapshot);
    requireThere();
    return transactions_.transact(body);
}

bool MariadbConnector::snapshot(const Caller& caller, const std::function<void()>& body) {
    if (loops_.current() != 0) throw DatabaseError(Kind::busy, "reads on an event loop are off");
    if (snapshots_.current() == nullptr) {
        requireThere();
        MariadbSnapshot snapshot(pool_, options_, caller);
        const ThreadSnapshots<MariadbSnapshot>::Scope scope(snapshots_, snapshot);
        body();
    } else {
        body();
    }
    return true;
}

void MariadbConnector::check() {
    requireThere();
    {
        const MariadbPool::Lease lease = pool_.lease(MariadbPool::Use::read, readinessWait);
        try {
            lease.session().command("DO 1", readinessWait);
        } catch (const DriverError& error) {
            throw lease.session().error(error);
        }
    }
    requireWritable();
}

// Whoever is not ready gets no requests that would find out.
void MariadbConnector::requireWritable() {
    const std::optional<DatabaseError> failure = transactions_.unwritable();
    if (!failure) return;
    if (failure->kind() == Kind::readOnly) {
        const MariadbPool::Lease lease = pool_.lease(MariadbPool::Use::read, readinessWait);
        try {
            const auto rows = mariadbRows(lease.session().driver(), "SELECT @@global.read_only", readinessWait);
            if (!rows.empty() && (rows[0][0] == "0" || rows[0][0] == "OFF")) return transactions_.wroteAgain();
        } catch (const DriverError& error) {
            throw lease.session().error(error);
        }
        throw DatabaseError(*failure);
    }
    if (!transactions_.mayWriteAgain()) throw DatabaseError(*failure);
}

bool MariadbConnector::close(std::chrono::milliseconds patience) noexcept {
    const Clock::time_point deadline = Clock::now() + patience;
    bool all = true;
    {
        std::unique_lock lock(mutex_);
        closing_ = true;
        changed_.notify_all();
        all = changed_.wait_until(lock, deadline, [this] { return !waiting_; });
    }
    if (all && thread_.joinable()) thread_.join();
    return pool_.close(deadline) && all;
}

} // namespace mortise::database
