// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector.hpp"
#include "database_error.hpp"
#include "fake_loops.hpp"
#include "sqlite_connector.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::database {

inline SqlValue integer(std::int64_t value) {
    return {SqlKind::integer, value, 0, {}};
}
inline SqlValue text(std::string_view value) {
    return {SqlKind::text, 0, 0, value};
}

inline StatementText sql(std::string_view text) {
    return {{}, text, std::nullopt, false};
}

class Body final : public TransactionBody {
public:
    explicit Body(
        std::function<bool(Transaction&)> call, std::function<bool()> claim = [] { return true; })
        : call_(std::move(call)), claim_(std::move(claim)) {}
    bool run(Transaction& transaction) override { return call_(transaction); }
    bool mayCommit() override { return claim_(); }
    std::chrono::milliseconds timeLeft() const override { return left_(); }
    bool isBackground() const noexcept override { return !isOfRequest_; }
    std::uint64_t turn() const noexcept override { return turn_; }
    Body& ofRequest(std::uint64_t turn = 0) {
        isOfRequest_ = true;
        turn_ = turn;
        return *this;
    }
    Body& within(std::function<std::chrono::milliseconds()> left) {
        left_ = std::move(left);
        return *this;
    }

private:
    std::function<std::chrono::milliseconds()> left_ = [] { return std::chrono::milliseconds::max(); };
    std::function<bool(Transaction&)> call_;
    std::function<bool()> claim_;
    bool isOfRequest_ = false;
    std::uint64_t turn_ = 0;
};

// The request with that turn.
class RequestCaller final : public Caller {
public:
    explicit RequestCaller(std::uint64_t turn) noexcept : turn_(turn) {}
    std::uint64_t turn() const noexcept override { return turn_; }

private:
    std::uint64_t turn_;
};

class Rows final : public RowVisitor {
public:
    explicit Rows(std::function<bool(std::span<const SqlValue>)> call) : call_(std::move(call)) {}
    bool row(std::span<const SqlValue> columns) override { return call_(columns); }

private:
    std::function<bool(std::span<const SqlValue>)> call_;
};

inline bool transact(
    Connector& connector, std::function<bool(Transaction&)> call, std::function<bool()> claim = [] { return true; }) {
    Body body(std::move(call), std::move(claim));
    return connector.transact(body);
}

// The first column of the only row.
inline std::int64_t readInteger(Connector& connector, std::uint32_t statement, std::vector<SqlValue> parameters = {},
                                const Caller& caller = Caller()) {
    std::int64_t result = -1;
    Rows rows([&](std::span<const SqlValue> columns) {
        result = columns[0].integer;
        return true;
    });
    connector.read(statement, parameters, &rows, caller);
    return result;
}

template<class Call>
DatabaseError failure(Call&& call) {
    try {
        std::forward<Call>(call)();
    } catch (const DatabaseError& error) {
        return error;
    }
    CPPUNIT_FAIL("nothing was thrown");
    return {DatabaseError::Kind::failed, {}};
}

inline void assertKind(DatabaseError::Kind kind, const DatabaseError& error) {
    CPPUNIT_ASSERT_MESSAGE(error.what(), error.kind() == kind);
}

inline void assertContains(const std::string& part, const std::string& whole) {
    CPPUNIT_ASSERT_MESSAGE("'" + part + "' is missing in: " + whole, whole.find(part) != std::string::npos);
}

// Keeps what it is told.
class KeptMigrationLog : public MigrationLog {
public:
    void warn(std::string_view owner, const std::string& message) override {
        warnings.push_back(std::string(owner) + ": " + message);
    }
    void ran(const Step& step) override {
        steps.push_back(std::string(step.owner) + '/' + std::string(step.name) + ' ' + std::to_string(step.statement) +
                        '/' + std::to_string(step.statements) + ' ' + std::to_string(step.rows));
    }
    void undone(std::string_view owner, std::string_view name) override {
        steps.push_back(std::string(owner) + '/' + std::string(name) + " undone");
    }
    void backedUp(const std::filesystem::path& file) override { backups.push_back(file); }

    std::vector<std::string> warnings;
    std::vector<std::string> steps;
    std::vector<std::filesystem::path> backups;
};

inline void migrate(Connector& connector, std::span<const Migration> list, MigrationRun run = MigrationRun::restart) {
    KeptMigrationLog log;
    connector.migrate(list, run, log);
}

// A database in a folder of its own with the table numbers(value UNIQUE, word).
class ConnectorFixture : public CppUnit::TestFixture {
public:
    using Kind = DatabaseError::Kind;

    void setUp() override {
        folder_ = std::make_unique<tests::TemporaryFolder>();
        options_ = {};
        reported_.clear();
        options_.file = *folder_ / "test.db";
        options_.synchronousFull = false; // tests that look at durability set it
    }
    void tearDown() override {
        loops_.become(0);
        connector_.reset();
        folder_.reset();
    }

protected:
    static constexpr Migration schema{"tests", "0001-numbers",
                                      "CREATE TABLE numbers (value INTEGER NOT NULL UNIQUE, word TEXT);"};

    std::unique_ptr<SqliteConnector> another() {
        auto connector = std::make_unique<SqliteConnector>(
            options_, loops_, [this](const std::string& text) { reported_.push_back(text); });
        migrate(*connector, std::span(&schema, 1));
        connector->open();
        return connector;
    }
    SqliteConnector& open() {
        connector_ = another();
        insert_ = connector_->statement(sql("INSERT INTO numbers (value, word) VALUES (?, ?)"));
        count_ = connector_->statement(sql("SELECT count(*) FROM numbers"));
        return *connector_;
    }
    bool insert(Connector& connector, std::int64_t value) {
        return transact(connector, [&](Transaction& transaction) {
            const std::vector<SqlValue> parameters{integer(value), text("word")};
            return transaction.execute(insert_, parameters, nullptr) == 1;
        });
    }

    std::unique_ptr<tests::TemporaryFolder> folder_;
    SqliteOptions options_;
    FakeLoops loops_{2};
    std::vector<std::string> reported_; // to the operator
    std::unique_ptr<SqliteConnector> connector_;
    std::uint32_t insert_ = 0;
    std::uint32_t count_ = 0;
};

} // namespace mortise::database
