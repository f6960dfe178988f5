// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "migration.hpp"
#include "sql_value.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace mortise::database {

class Transaction {
public:
    virtual ~Transaction() = default;
    // Returns the number of rows changed.
    virtual std::uint64_t execute(std::uint32_t statement, std::span<const SqlValue> parameters,
                                  RowVisitor* visitor) = 0;
};

class TransactionBody {
public:
    virtual ~TransactionBody() = default;
    // False, or throwing: roll back. May be run again when the database gave up a transaction that it was part of.
    virtual bool run(Transaction& transaction) = 0;
    // Asked once for every run that is to be committed, after its last statement; false, or throwing: it is rolled back
    // alone. From true on the transaction is committed, or fails. Not asked of a body inside of another one.
    virtual bool mayCommit() { return true; }
    // How long may be waited on its behalf; from 0 on it is not run again.
    virtual std::chrono::milliseconds timeLeft() const { return std::chrono::milliseconds::max(); }
};

// One kind of database behind the service. Everything throws DatabaseError.
//
//   migrate* → open → (statement, read, transact, dataVersion, check, migrate)* → close
//
// migrate, open and close are called one at a time; what stands between open and close is thread-safe.
class Connector {
public:
    virtual ~Connector() = default;

    // Runs, each in a transaction and under a lock that other processes respect, what has not run.
    virtual void migrate(std::span<const Migration> migrations) = 0;
    virtual void open() = 0;
    // Registers a text, or finds it again. It must be one statement that the schema accepts.
    virtual std::uint32_t statement(std::string_view sql) = 0;
    // Sees every write acknowledged before it began. On a loop `busy` means: try again on a worker.
    virtual void read(std::uint32_t statement, std::span<const SqlValue> parameters, RowVisitor* visitor) = 0;
    // Durable when it returns true; false when the body said so. Throws `stale` when it may not commit, `busy` when the
    // wait for the writer or its time was over before it could be run. Inside of a
    // body on the same thread it joins that transaction: undone alone when its body says so, durable with the outer
    // one.
    virtual bool transact(TransactionBody& body) = 0;
    // The transaction whose body the calling thread is in, or null.
    virtual Transaction* currentTransaction() const noexcept = 0;
    // Changes with every commit of anyone. Never newer than what a read sees that comes after it on the same thread.
    virtual std::uint64_t dataVersion() = 0;
    // Throws a sentence when the database cannot serve.
    virtual void check() = 0;
    // Ends what is open, waiting at most `patience` for others to leave. False: some did not; call again.
    virtual bool close(std::chrono::milliseconds patience) noexcept = 0;
    virtual bool readsOnLoop() const noexcept = 0;
};

} // namespace mortise::database
