// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector.hpp"
#include "damage.hpp"
#include "loop_reader.hpp"
#include "loops.hpp"
#include "reader_pool.hpp"
#include "sqlite_options.hpp"
#include "statement_registry.hpp"
#include "thread_snapshots.hpp"
#include "wal_index.hpp"
#include "writer.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mortise::database {

// SQLite in write-ahead mode: one writer, one reader for each event loop, a pool of readers for all other threads.
class SqliteConnector final : public Connector {
public:
    // `loops` outlives this object. `report` takes what an operator has to mend at once, on any thread.
    SqliteConnector(SqliteOptions options, Loops& loops, std::function<void(const std::string&)> report = {});
    ~SqliteConnector() override;

    std::string_view dialect() const noexcept override { return "sqlite"; }
    std::string name() const override { return options_.file.string(); }
    void migrate(std::span<const Migration> migrations, MigrationRun run, MigrationLog& log) override;
    std::vector<SchemaFault> missing(std::span<const RequiredConstraint> constraints) const override;
    SchemaFaults checkSchema(std::span<const Migration> migrations, std::span<const StatementText> statements,
                             std::span<const RequiredConstraint> constraints) const override;
    std::vector<MigrationRecord> migrationRecords() const override;
    void undo(std::span<const Migration> migrations, std::string_view owner, std::uint32_t number,
              MigrationLog& log) override;
    void open() override;
    std::uint32_t statement(const StatementText& text) override;
    void read(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor,
              const Caller& caller) override;
    using Connector::read;
    bool snapshot(const Caller& caller, const std::function<void()>& body) override;
    bool transact(TransactionBody& body) override;
    Transaction* currentTransaction() const noexcept override;
    std::uint64_t dataVersion() override;
    void check() override;
    bool close(std::chrono::milliseconds patience) noexcept override;
    bool readsOnLoop() const noexcept override { return options_.readsOnLoop; }

private:
    // Of a thread that runs no loop.
    struct Snapshot {
        SqliteConnection& reader;
        std::uint64_t state; // of the index, from before it began
    };

    // What is there from `open` on. Knows nothing of its owner, so that it can be left behind when a thread stays in
    // it.
    struct Opened {
        Opened(const SqliteOptions& given, Loops& loops, const std::function<void(const std::string&)>& report);
        const SqliteOptions options;
        StatementRegistry registry;
        Damage damage;
        Writer writer;
        WalIndex index; // the writer's view of it
        ReaderPool readers;
        ThreadSnapshots<Snapshot> snapshots;
        std::vector<std::unique_ptr<LoopReader>> loopReaders; // of loop i + 1
    };

    Opened& opened() const;
    static bool isReadOnly(const Opened& open, std::uint32_t statement);
    static void readWithin(const Snapshot& snapshot, std::uint32_t statement, std::span<const SqlValue> parameters,
                           RowVisitor* visitor);
    StatementRegistry::Entry prepared(Opened& open, const StatementText& text) const;
    static LoopReader* loopReader(const Opened& opened, std::uint32_t loop);

    const SqliteOptions options_;
    Loops& loops_;
    const std::function<void(const std::string&)> report_;
    std::unique_ptr<Opened> opened_;
    bool closed_ = false; // nothing calls into opened_ any more
};

} // namespace mortise::database
