// SPDX-License-Identifier: Apache-2.0
#include "sqlite_connector.hpp"

#include "confined.hpp"
#include "migration_list.hpp"
#include "schema_lint.hpp"
#include "sqlite_constraint_check.hpp"
#include "sqlite_file.hpp"
#include "sqlite_memory.hpp"
#include "sqlite_migrator.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;

// A check of readiness responds within a second.
constexpr std::chrono::milliseconds checkWait{500};

// The snapshot of a reader that is leased.
class ReadTransaction {
public:
    explicit ReadTransaction(SqliteConnection& reader) : reader_(reader) {}
    ReadTransaction(const ReadTransaction&) = delete;
    ReadTransaction& operator=(const ReadTransaction&) = delete;
    // Ending what only read does not fail.
    ~ReadTransaction() {
        if (reader_.inTransaction()) static_cast<void>(end_.run());
    }
    void begin() { reader_.require(begin_.run()); }

private:
    SqliteConnection& reader_;
    SqliteStatement begin_ = reader_.prepare("BEGIN DEFERRED");
    SqliteStatement end_ = reader_.prepare("COMMIT");
};

StatementRegistry::Entry entryOf(const StatementText& text, const SqliteStatement& prepared) {
    return {std::string(text.sql), static_cast<std::size_t>(prepared.parameterCount()),
            static_cast<std::size_t>(prepared.columnCount()), prepared.isReadOnly()};
}

} // namespace

SqliteConnector::Opened::Opened(const SqliteOptions& given, Loops& loops,
                                const std::function<void(const std::string&)>& report)
    : options(given),
      registry(options.statements),
      writer(options, registry, damage, report),
      index(writer.connection().handle()),
      readers(options, registry, writer.files()) {
    if (!options.readsOnLoop) return;
    for (std::uint32_t i = 0; i < loops.count(); ++i)
        loopReaders.push_back(std::make_unique<LoopReader>(options, registry, index, loops));
}

SqliteConnector::SqliteConnector(SqliteOptions options, Loops& loops, std::function<void(const std::string&)> report)
    : options_(std::move(options)), loops_(loops), report_(std::move(report)) {}

SqliteConnector::~SqliteConnector() {
    close(options_.statementTimeout);
    // A thread that still is inside would lose what it works with: better to keep that for good.
    if (!closed_) static_cast<void>(opened_.release());
}

void SqliteConnector::migrate(std::span<const Migration> migrations, MigrationRun run, MigrationLog& log) {
    const std::vector<DialectMigration> list = migrationsOf(migrations, dialect());
    if (opened_ && !closed_) opened_->writer.files().require();
    prepareSqliteFile(options_.file);
    migrateSqlite(options_, list, run, log);
}

std::vector<SchemaFault> SqliteConnector::missing(std::span<const RequiredConstraint> constraints) const {
    if (constraints.empty()) return {};
    return missingConstraints(openConnection(options_.file, SQLITE_OPEN_READONLY).get(), constraints);
}

SqliteConnector::SchemaFaults SqliteConnector::checkSchema(std::span<const Migration> migrations,
                                                           std::span<const StatementText> statements,
                                                           std::span<const RequiredConstraint> constraints) const {
    SqliteMemory memory;
    if (auto faults = lintSchema(memory, migrationsOf(migrations, dialect())); !faults.empty())
        throw MigrationsRefused(std::move(faults));
    SchemaFaults faults{{}, missingConstraints(memory.handle(), constraints)};
    for (std::size_t i = 0; i < statements.size(); ++i) {
        const StatementText& text = statements[i];
        try {
            requireFits(text, entryOf(text, memory.prepare(text.sql)));
        } catch (const DatabaseError& error) {
            faults.statements.push_back(
                {i, "statement '" + std::string(text.name) + "' (" + std::string(text.sql) + "): " + error.what()});
        }
    }
    return faults;
}

std::vector<MigrationRecord> SqliteConnector::migrationRecords() const {
    return readSqliteMigrations(options_.file, options_.busyTimeout);
}

void SqliteConnector::undo(std::span<const Migration> migrations, std::string_view owner, std::uint32_t number,
                           MigrationLog& log) {
    const std::vector<DialectMigration> list = migrationsOf(migrations, dialect());
    prepareSqliteFile(options_.file);
    undoSqlite(options_, list, owner, number, log);
}

void SqliteConnector::open() {
    prepareSqliteFile(options_.file);
    opened_ = std::make_unique<Opened>(options_, loops_, report_);
}

SqliteConnector::Opened& SqliteConnector::opened() const {
    if (!opened_) throw DatabaseError(Kind::invalid, "the database is not open");
    return *opened_;
}

// Null: the calling thread is no loop, or its loop has no reader.
LoopReader* SqliteConnector::loopReader(const Opened& opened, std::uint32_t loop) {
    return loop == 0 || loop > opened.loopReaders.size() ? nullptr : opened.loopReaders[loop - 1].get();
}

std::uint32_t SqliteConnector::statement(const StatementText& text) {
    Opened& open = opened();
    std::optional<std::uint32_t> number = open.registry.find(text.sql);
    if (!number) {
        // A reader is waited for, and a long statement takes a while.
        if (loops_.current() != 0)
            throw DatabaseError(Kind::busy, "a statement is registered on a worker, not on an event loop");
        number = open.registry.add(prepared(open, text));
    }
    requireFits(text, *open.registry.at(*number));
    return *number;
}

StatementRegistry::Entry SqliteConnector::prepared(Opened& open, const StatementText& text) const {
    const auto on = [&](SqliteConnection& reader) {
        const Confined confined(reader.handle());
        return entryOf(text, reader.prepare(text.sql));
    };
    // Whoever has a reader waits for no second one, as others may that have one each.
    if (const Snapshot* const snapshot = open.snapshots.current()) return on(snapshot->reader);
    const ReaderPool::Lease reader = open.readers.lease();
    return on(*reader);
}

// Some failures end SQLite's transaction, and what is read afterwards is of another state.
void SqliteConnector::readWithin(const Snapshot& snapshot, std::uint32_t statement,
                                 std::span<const SqlValue> parameters, RowVisitor* visitor) {
    if (!snapshot.reader.inTransaction()) throw DatabaseError(Kind::failed, "the snapshot ended with a failure");
    snapshot.reader.run(statement, parameters, visitor);
}

bool SqliteConnector::snapshot(const Caller& caller, const std::function<void()>& body) {
    Opened& open = opened();
    if (const std::uint32_t loop = loops_.current(); loop != 0) {
        LoopReader* const reader = loopReader(open, loop);
        if (reader == nullptr) throw DatabaseError(Kind::busy, "reads on an event loop are off");
        reader->snapshot(body);
        return true;
    }
    if (open.snapshots.current() != nullptr) {
        body();
        return true;
    }
    const ReaderPool::Lease reader = open.readers.lease(std::min(open.options.readWait, caller.timeLeft()));
    ReadTransaction transaction(*reader);
    Snapshot snapshot{*reader, open.index.state()};
    transaction.begin();
    const ThreadSnapshots<Snapshot>::Scope scope(open.snapshots, snapshot);
    body();
    return true;
}

bool SqliteConnector::isReadOnly(const Opened& open, std::uint32_t statement) {
    const StatementRegistry::Entry* const entry = open.registry.at(statement);
    return entry != nullptr && entry->readOnly;
}

void SqliteConnector::read(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor,
                           const Caller& caller) {
    Opened& open = opened();
    const std::uint32_t loop = loops_.current();
    LoopReader* const reader = loopReader(open, loop);
    if (reader == nullptr && loop != 0) throw DatabaseError(Kind::busy, "reads on an event loop are off");
    try {
        if (reader != nullptr)
            reader->read(statement, parameters, visitor);
        else if (const Snapshot* const snapshot = open.snapshots.current())
            readWithin(*snapshot, statement, parameters, visitor);
        else if (Transaction* const own = transactionOf(caller); own != nullptr && isReadOnly(open, statement))
            own->execute(statement, parameters, visitor);
        else
            open.readers.lease()->run(statement, parameters, visitor);
    } catch (const DatabaseError& error) {
        open.damage.note(error);
        throw;
    }
}

bool SqliteConnector::transact(TransactionBody& body) {
    Opened& open = opened();
    if (loops_.current() != 0)
        throw DatabaseError(Kind::invalid,
                            "a transaction cannot run on an event loop: its handler must be on a worker");
    if (open.snapshots.current() != nullptr) throw DatabaseError(Kind::invalid, withinSnapshot);
    return open.writer.transact(body);
}

Transaction* SqliteConnector::currentTransaction() const noexcept {
    return opened_ ? opened_->writer.currentTransaction() : nullptr;
}

std::uint64_t SqliteConnector::dataVersion() {
    Opened& open = opened();
    if (LoopReader* const reader = loopReader(open, loops_.current()); reader != nullptr) return reader->dataVersion();
    if (const Snapshot* const snapshot = open.snapshots.current()) return snapshot->state;
    return open.index.state();
}

void SqliteConnector::check() {
    Opened& open = opened();
    open.writer.files().require();
    {
        const ReaderPool::Lease reader = open.readers.lease(std::min(checkWait, open.options.readWait));
        SqliteStatement probe = reader->prepare("SELECT 1 FROM sqlite_master LIMIT 1");
        reader->require(probe.run());
    }
    open.damage.check(open.options, open.registry, checkWait);
    open.writer.check(checkWait);
}

bool SqliteConnector::close(std::chrono::milliseconds patience) noexcept {
    if (!opened_ || closed_) return true;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    bool all = true;
    for (const auto& reader : opened_->loopReaders) all = reader->close(deadline) && all;
    all = opened_->readers.close(deadline) && all;
    all = opened_->writer.close(deadline) && all;
    closed_ = all;
    return all;
}

} // namespace mortise::database
