// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "migration.hpp"
#include "migration_records.hpp"
#include "required_constraint.hpp"
#include "sql_value.hpp"
#include "statement_text.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

class Transaction {
public:
    virtual ~Transaction() = default;
    // As TransactionBody::turn of the outermost body.
    virtual std::uint64_t turn() const noexcept = 0;
    // Returns the number of rows that a write matched.
    virtual std::uint64_t execute(std::uint32_t statement, std::span<const SqlValue> parameters,
                                  RowVisitor* visitor) = 0;
};

// On whose behalf something is asked of the database: here, of nobody.
class Caller {
public:
    virtual ~Caller() = default;
    // How long may be waited on its behalf.
    virtual std::chrono::milliseconds timeLeft() const { return std::chrono::milliseconds::max(); }
    // The turn of the request; 0: of none.
    virtual std::uint64_t turn() const noexcept { return 0; }
};

// From a timeLeft() of 0 on it is not run again.
class TransactionBody : public Caller {
public:
    // False, or throwing: roll back. May be run again when the database gave up a transaction that it was part of.
    virtual bool run(Transaction& transaction) = 0;
    // Asked once for every run that is to be committed, after its last statement; false, or throwing: it is rolled back
    // alone. From true on the transaction is committed, or fails. Not asked of a body inside of another one.
    virtual bool mayCommit() { return true; }
    // Whether those on whose behalf somebody waits go first.
    virtual bool isBackground() const noexcept { return turn() == 0; }
};

// One kind of database behind the service. Everything throws DatabaseError.
//
//   migrate* → open → (statement, read, transact, dataVersion, check, migrate)* → close
//
// migrate, undo, open and close are called one at a time; what stands between open and close is thread-safe.
class Connector {
public:
    virtual ~Connector() = default;

    virtual std::string_view dialect() const noexcept = 0;
    // What messages call the database.
    virtual std::string name() const = 0;
    // Runs, under a lock that other processes respect, what has not run. Throws MigrationsRefused where one of them is
    // to blame.
    virtual void migrate(std::span<const Migration> migrations, MigrationRun run, MigrationLog& log) = 0;
    // What of that the schema of the database does not have.
    virtual std::vector<SchemaFault> missing(std::span<const RequiredConstraint> constraints) const = 0;
    // Which of the statements the schema of the database does not take, where `checkSchema` cannot tell.
    virtual std::vector<SchemaFault> unfit(std::span<const StatementText>) const { return {}; }
    // Whether `reason`, for which one of these failed, is that the database is not there yet. Then `work` runs on
    // another thread once it is, from `open` on, again until it does not throw, and all else fails with `lost` before.
    // Takes the place of what was to run.
    virtual bool runWhenThere(const DatabaseError& /*reason*/, const std::function<void()>& /*work*/) { return false; }
    // Whether they can run on an empty database and leave a schema as it should be; else throws MigrationsRefused.
    // Opens no database. Returns what is wrong with the statements that are to run on that schema, and what of the
    // constraints it does not have.
    struct SchemaFaults {
        std::vector<SchemaFault> statements;
        std::vector<SchemaFault> constraints;
    };
    virtual SchemaFaults checkSchema(std::span<const Migration> migrations, std::span<const StatementText> statements,
                                     std::span<const RequiredConstraint> constraints) const = 0;
    // What the database has had; nothing where there is none yet. Writes nothing.
    virtual std::vector<MigrationRecord> migrationRecords() const = 0;
    // Undoes the migrations of `owner` from its last one down to `number`. Throws MigrationsRefused when one of them
    // is not known or cannot be undone.
    virtual void undo(std::span<const Migration> migrations, std::string_view owner, std::uint32_t number,
                      MigrationLog& log) = 0;
    virtual void open() = 0;
    // Registers a text, or finds it again. It must be one statement that the schema accepts. On a loop it is found
    // only; `busy` means: try again on a worker.
    virtual std::uint32_t statement(const StatementText& text) = 0;
    // Sees every write acknowledged before it began; in the body of a transaction of the same request, which is not in
    // a snapshot, what that wrote. On a loop `busy` means: try again on a worker.
    virtual void read(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor,
                      const Caller& caller) = 0;
    void read(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor) {
        read(statement, parameters, visitor, Caller());
    }
    // Runs `body`: what the calling thread reads within it is of one state, which shows every write acknowledged before
    // it began. Joins one that the thread is in. Throws before `body` runs, or what that throws; on a loop `busy`
    // means: try again on a worker. No transaction is begun within it, and a connection that is lost is not replaced.
    // False: this database cannot, and `body` was not run.
    virtual bool snapshot(const Caller& /*caller*/, const std::function<void()>& /*body*/) { return false; }
    // Durable when it returns true; false when the body said so. Throws `stale` when it may not commit, `busy` when the
    // wait for the writer or its time was over before it could be run. Inside of a
    // body on the same thread it joins that transaction: undone alone when its body says so, durable with the outer
    // one.
    virtual bool transact(TransactionBody& body) = 0;
    // Whether what is read after a transact() with unknownOutcome shows what came of it, for good.
    virtual bool showsOutcomes() const noexcept { return false; }
    // The transaction whose body the calling thread is in, or null.
    virtual Transaction* currentTransaction() const noexcept = 0;
    // Changes with every commit of anyone, but not within a snapshot of the thread. Never newer than what a read sees
    // that comes after it on the same thread. 0:
    // nobody knows.
    virtual std::uint64_t dataVersion() = 0;
    // Throws a sentence when the database cannot serve.
    virtual void check() = 0;
    // Ends what is open, waiting at most `patience` for others to leave. False: some did not; call again.
    virtual bool close(std::chrono::milliseconds patience) noexcept = 0;
    virtual bool readsOnLoop() const noexcept = 0;
    // How many may wait for it on workers at a time; 0: any number.
    virtual std::uint32_t width() const noexcept { return 0; }

protected:
    // That of the caller's request, where the calling thread is in its body; else null.
    Transaction* transactionOf(const Caller& caller) const noexcept {
        if (caller.turn() == 0) return nullptr;
        Transaction* const current = currentTransaction();
        return current != nullptr && current->turn() == caller.turn() ? current : nullptr;
    }
};

} // namespace mortise::database
