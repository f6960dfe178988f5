// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector.hpp"
#include "loops.hpp"
#include "mariadb_migrator.hpp"
#include "mariadb_options.hpp"
#include "mariadb_pool.hpp"
#include "mariadb_snapshot.hpp"
#include "mariadb_transactions.hpp"
#include "statement_registry.hpp"
#include "thread_snapshots.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mortise::database {

// MariaDB: a pool of connections by a driver. Where the server is away when it is opened, what needs it fails with
// `lost`, and a thread of its own waits for it.
class MariadbConnector final : public Connector {
public:
    // `driver` is asked once, by `migrate`, `undo`, `migrationRecords` or `open`. `loops` outlives this object.
    // `report` takes what an operator has to know, on any thread.
    MariadbConnector(MariadbOptions options, Loops& loops, std::function<SqlDriver()> driver,
                     std::function<void(const std::string&)> report);
    ~MariadbConnector() override;

    std::string_view dialect() const noexcept override { return "mariadb"; }
    std::string name() const override { return options_.server.place(); }
    void migrate(std::span<const Migration> migrations, MigrationRun run, MigrationLog& log) override;
    std::vector<SchemaFault> missing(std::span<const RequiredConstraint> constraints) const override;
    std::vector<SchemaFault> unfit(std::span<const StatementText> statements) const override;
    SchemaFaults checkSchema(std::span<const Migration> migrations, std::span<const StatementText> statements,
                             std::span<const RequiredConstraint> constraints) const override;
    bool runWhenThere(const DatabaseError& reason, const std::function<void()>& work) override;
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
    bool showsOutcomes() const noexcept override { return true; }
    Transaction* currentTransaction() const noexcept override { return transactions_.currentTransaction(); }
    std::uint64_t dataVersion() override { return 0; }
    void check() override;
    bool close(std::chrono::milliseconds patience) noexcept override;
    bool readsOnLoop() const noexcept override { return false; }
    // A read or a snapshot inside of a body has the last connection; whoever has a snapshot waits for none.
    std::uint32_t width() const noexcept override {
        return static_cast<std::uint32_t>(options_.server.connectionLimit) - 1;
    }

private:
    using Clock = std::chrono::steady_clock;

    SqlDriver driver() const;
    // A connection of its own, for what may take long.
    std::unique_ptr<MariadbSession> connect() const;
    // On `session`, which it sets up for them.
    MariadbMigrations migrationsOn(MariadbSession& session);
    std::uint32_t registered(const StatementText& text, const std::string& sql);
    void requireThere() const;
    enum class Found { there, away, failing };
    Found tryAgain();
    bool isUnencrypted() const;
    void requireRegistered();
    void requireWritable();
    void wait();
    void keepReason(const std::string& text);

    const MariadbOptions options_;
    Loops& loops_;
    const std::function<SqlDriver()> driverOf_;
    const std::function<void(const std::string&)> report_;
    const std::string process_; // for whoever waits for it
    StatementRegistry registry_;
    MariadbPool pool_;
    MariadbTransactions transactions_;
    ThreadSnapshots<MariadbSnapshot> snapshots_;

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::function<void()> work_; // what is to be done once it is there
    std::string reason_;         // why it is not there; empty: it is
    bool closing_ = false;
    bool waiting_ = false; // the thread is
    std::thread thread_;
};

} // namespace mortise::database
