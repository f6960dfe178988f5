// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/database.hpp>
#include <mortise/database_provider.hpp>
#include <mortise/plugin.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <cmath>
#include <stdexcept>

using namespace mortise::test;

namespace {

struct User {
    std::string id;
    std::optional<std::string> name;
    mortise::DateTime createdAt;
    bool admin = false;
    double score = 0;
};
MORTISE_DESCRIBE(User, field(id), field(name), field(createdAt), field(admin), field(score))

struct OneColumn {
    std::string id;
};
MORTISE_DESCRIBE(OneColumn, field(id))

// Statement 1 gives two rows, 2 breaks a unique constraint, 3 is busy, 4 fails, 6 to 8 break other rules; every call is
// written down.
class Provider : public mortise::Plugin<>, public mortise::DatabaseProvider {
public:
    static inline std::vector<std::string> calls;
    static inline int deadlocks = 0;
    static inline bool resolved = false;
    static inline mortise_status snapshot_refusal = MORTISE_OK;
    static inline bool commit_fails = false; // the shared COMMIT behind several bodies
    static inline std::string kept;          // the response that was to be kept

    std::uint32_t statement(const mortise_sql_statement& statement) override {
        const std::string_view sql = mortise::text(statement.sql);
        if (sql == "nonsense") throw mortise::Error("near \"nonsense\": syntax error");
        calls.push_back("statement " + textOf(statement.name) +
                        (statement.flags == MORTISE_SQL_FOR_UPDATE ? " locks" : ""));
        return static_cast<std::uint32_t>(sql.size());
    }
    mortise_status read(mortise::Turn turn, std::uint32_t number, const mortise::SqlValues& parameters,
                        mortise_sql_row row, void* context) override {
        if (turn) calls.push_back("read for " + std::to_string(turn.handle()));
        return run(number, parameters, row, context);
    }
    mortise_status transact(mortise::Turn turn, mortise_sql_body body, void* context, mortise_sql_failure* failure,
                            mortise_error* error) override {
        return transact(turn, [&] { return body(context, nullptr, failure, error); });
    }
    mortise_status respond(mortise::Turn turn, mortise_sql_response_body body, void* context,
                           mortise_sql_failure* failure, mortise_error* error) override {
        mortise_sql_response response{};
        const mortise_status status = transact(turn, [&] { return body(context, nullptr, &response, failure, error); });
        kept = response.reply != nullptr ? std::to_string(response.reply->status) + " " + textOf(response.reply->body)
               : response.error != nullptr
                   ? "error " + std::to_string(response.error->status) + " " + textOf(response.error->message)
                   : "nothing";
        return status;
    }
    mortise_status execute(mortise_sql_transaction*, std::uint32_t number, const mortise::SqlValues& parameters,
                           mortise_sql_row row, void* context, std::uint64_t* changed) override {
        *changed = 1;
        if (number == 3 && resolved) return run(1, parameters, row, context);
        return run(number, parameters, row, context);
    }
    std::uint64_t dataVersion() override { return 77; }
    std::uint32_t dialect() override { return MORTISE_SQL_DIALECT_SQLITE; }
    mortise_status snapshot(mortise::Turn turn, mortise_sql_snapshot_body body, void* context) override {
        calls.push_back("snapshot for " + std::to_string(turn.handle()));
        if (snapshot_refusal != MORTISE_OK) return snapshot_refusal;
        const mortise_status status = body(context);
        calls.push_back("end " + std::to_string(status));
        return status;
    }
    std::unique_ptr<mortise::DatabaseProvider> forConsumer(const mortise::Consumer& consumer) override;

private:
    template<class Body>
    mortise_status transact(mortise::Turn turn, Body&& body) {
        calls.push_back(turn ? "begin for " + std::to_string(turn.handle()) : "begin");
        mortise_status status = body();
        while (status == MORTISE_BUSY && deadlocks-- > 0) {
            calls.push_back("again");
            resolved = true;
            status = body();
        }
        if (commit_fails) {
            calls.push_back("commit failed");
            throw mortise::Error("disk I/O error");
        }
        if (status == MORTISE_OK && !beginCommit(turn)) {
            calls.push_back("rollback");
            throw mortise::Stale("the request has ended");
        }
        calls.push_back(status == MORTISE_OK ? "commit" : "rollback " + std::to_string(status));
        return status;
    }
    static mortise_status run(std::uint32_t number, const mortise::SqlValues& parameters, mortise_sql_row row,
                              void* context) {
        std::string call = "run " + std::to_string(number);
        for (const mortise_sql_value& v : parameters) {
            if (v.kind == MORTISE_SQL_NULL)
                call += " null";
            else if (v.kind == MORTISE_SQL_INTEGER)
                call += " i" + std::to_string(v.integer);
            else if (v.kind == MORTISE_SQL_NUMBER)
                call += " n" + std::to_string(v.number);
            else if (v.kind == MORTISE_SQL_DATE_TIME)
                call += " d" + std::to_string(v.integer);
            else
                call += (v.kind == MORTISE_SQL_TEXT      ? " t"
                         : v.kind == MORTISE_SQL_DECIMAL ? " m"
                                                         : " b") +
                        textOf(v.text);
        }
        calls.push_back(call);
        if (number == 2) throw mortise::UniqueConflict("UNIQUE constraint failed", "users_email");
        if (number == 6) throw mortise::SqlError(mortise::SqlFailure::foreignKey, "posts_author", "FOREIGN KEY");
        if (number == 7) throw mortise::SqlError(mortise::SqlFailure::deadlock, {}, "deadlock");
        if (number == 8) throw mortise::SqlError(mortise::SqlFailure::tooLong, std::string(200, 'x'), "too long");
        if (number == 3) return MORTISE_BUSY;
        if (number == 4) return MORTISE_ERROR;
        for (int i = 0; i < 2 && row != nullptr; ++i) {
            mortise_sql_value columns[5] = {};
            columns[0] = {MORTISE_SQL_TEXT, 0, 0, 0, viewOf(i == 0 ? "a" : "b")};
            if (i == 0) columns[1] = {MORTISE_SQL_TEXT, 0, 0, 0, viewOf("Ada")};
            columns[2] = {MORTISE_SQL_INTEGER, 0, 1000 + i, 0, {}};
            columns[3] = {MORTISE_SQL_INTEGER, 0, 1, 0, {}};
            columns[4] = {i == 0 ? MORTISE_SQL_NUMBER : MORTISE_SQL_INTEGER, 0, 3, 2.5, {}};
            if (row(context, columns, 5, sizeof *columns) == 0) break;
        }
        return MORTISE_OK;
    }
};

// As the one consumer that is told apart has it.
class Own final : public Provider {
public:
    ~Own() override { calls.push_back("ada is gone"); }
    std::uint64_t dataVersion() override { return 78; }
};

std::unique_ptr<mortise::DatabaseProvider> Provider::forConsumer(const mortise::Consumer& consumer) {
    if (consumer.instanceName == "busy") throw mortise::Busy();
    return consumer.instanceName == "ada" ? std::make_unique<Own>() : nullptr;
}

} // namespace

class DatabaseTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DatabaseTest);
    CPPUNIT_TEST(failuresAreExceptions);
    CPPUNIT_TEST(failuresHaveAKindAndAConstraint);
    CPPUNIT_TEST(returnsWhatTheBodyReturns);
    CPPUNIT_TEST(responds);
    CPPUNIT_TEST(isOfARequest);
    CPPUNIT_TEST(snapshots);
    CPPUNIT_TEST(statementsHaveNamesAndLocks);
    CPPUNIT_TEST(forgottenStatementsAreRefused);
    CPPUNIT_TEST(consumersAreToldApart);
    CPPUNIT_TEST(rowsOfAnotherShapeAreRefused);
    CPPUNIT_TEST(bindsEveryType);
    CPPUNIT_TEST(readsRows);
    CPPUNIT_TEST(throwingVisitsComeOut);
    CPPUNIT_TEST(commits);
    CPPUNIT_TEST(rollsBack);
    CPPUNIT_TEST(failedCommitIsWhatComesOut);
    CPPUNIT_TEST(runsAgainAfterADeadlock);
    CPPUNIT_TEST(storesOnBehalfOfATurn);
    CPPUNIT_TEST(storesNothingForAnEndedRequest);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        Provider::calls.clear();
        Provider::deadlocks = 0;
        Provider::snapshot_refusal = MORTISE_OK;
        Provider::resolved = false;
        host_ = std::make_unique<FakeHost>();
        plugin_ = std::make_unique<FakeInstance>(
            *host_,
            *mortise::moduleOf<Provider>(0, nullptr, "test.db", "1.0.0", mortise::offers<mortise::DatabaseProvider>()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
        host_->give(MORTISE_DATABASE_SERVICE, plugin_->open(MORTISE_DATABASE_SERVICE));
        database_ = mortise::Database(host_->raw());
        CPPUNIT_ASSERT(database_);
    }

    void failuresAreExceptions() {
        CPPUNIT_ASSERT_THROW(database_.statement("nonsense"), mortise::Error);
        try {
            database_.statement("nonsense");
        } catch (const mortise::Error& error) {
            CPPUNIT_ASSERT_EQUAL(std::string("statement: near \"nonsense\": syntax error"), std::string(error.what()));
        }
        const auto ignore = [](const mortise::Row&) {};
        CPPUNIT_ASSERT_THROW(database_.read(statement(2), {}, ignore), mortise::UniqueConflict);
        CPPUNIT_ASSERT_THROW(database_.read(statement(3), {}, ignore), mortise::Busy);
        CPPUNIT_ASSERT_THROW(database_.read(statement(4), {}, ignore), mortise::Error);
    }
    void failuresHaveAKindAndAConstraint() {
        const auto caught = [&](std::uint32_t number) {
            try {
                database_.transact([&](mortise::Transaction& t) { t.execute(statement(number)); });
            } catch (const mortise::SqlError& error) {
                return error;
            }
            CPPUNIT_FAIL("nothing was thrown");
            return mortise::SqlError(mortise::SqlFailure::other, {}, {});
        };
        CPPUNIT_ASSERT(caught(2).kind() == mortise::SqlFailure::unique && caught(2).constraint() == "users_email");
        CPPUNIT_ASSERT(caught(2).code() == 409 && caught(2).message() == "Resource already exists");
        CPPUNIT_ASSERT(caught(6).kind() == mortise::SqlFailure::foreignKey && caught(6).constraint() == "posts_author");
        CPPUNIT_ASSERT(caught(6).code() == 409 && caught(6).message() == "Resource is in use");
        CPPUNIT_ASSERT(caught(7).status() == MORTISE_BUSY && caught(7).code() == 503 && caught(7).retryAfter() == 1);
        CPPUNIT_ASSERT_EQUAL(std::string(128, 'x'), caught(8).constraint());
        CPPUNIT_ASSERT_THROW(database_.read(statement(6), {}, [](const mortise::Row&) {}), mortise::SqlError);
    }
    void returnsWhatTheBodyReturns() {
        CPPUNIT_ASSERT_EQUAL(5, database_.transact([](mortise::Transaction&) { return 5; }));
        Provider::deadlocks = 1;
        int runs = 0;
        CPPUNIT_ASSERT_EQUAL(2, database_.transact([&](mortise::Transaction& t) {
            ++runs;
            t.execute(statement(3));
            return runs;
        }));
    }
    void responds() {
        const mortise_exchange exchange = host_->bareRequest();
        const auto status = [&](mortise::Reply reply) {
            return database_.respond(mortise::Turn(exchange), [&](mortise::Transaction&) { return std::move(reply); })
                .code();
        };
        CPPUNIT_ASSERT_EQUAL(201u, status(mortise::created(OneColumn{"a"})));
        CPPUNIT_ASSERT_EQUAL(std::string("201 {\"id\":\"a\"}"), Provider::kept);
        CPPUNIT_ASSERT_EQUAL(409u, status(mortise::conflict("Taken")));
        CPPUNIT_ASSERT_EQUAL(std::string("error 409 Taken"), Provider::kept);
        CPPUNIT_ASSERT_EQUAL(0u, status(mortise::Reply::later()));
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), Provider::kept);
        CPPUNIT_ASSERT_THROW(database_.respond(mortise::Turn(exchange),
                                               [](mortise::Transaction& t) {
                                                   t.execute(statement(2));
                                                   return mortise::noContent();
                                               }),
                             mortise::UniqueConflict);
    }
    void isOfARequest() {
        const mortise_exchange exchange = host_->bareRequest();
        const mortise::DatabaseSession session = database_(mortise::Turn(exchange));
        CPPUNIT_ASSERT(session.readOne<User>(statement(1)));
        CPPUNIT_ASSERT((Provider::calls == std::vector<std::string>{"read for " + std::to_string(exchange), "run 1"}));
        CPPUNIT_ASSERT(session.dataVersion() == 77 && session.dialect() == mortise::SqlDialect::sqlite);
    }
    void snapshots() {
        const mortise_exchange exchange = host_->bareRequest();
        const mortise::DatabaseSession session = database_(mortise::Turn(exchange));
        CPPUNIT_ASSERT_EQUAL(5, session.snapshot([] { return 5; }));
        bool ran = false;
        session.snapshot([&] { ran = true; });
        CPPUNIT_ASSERT(ran);
        CPPUNIT_ASSERT_THROW(session.snapshot([] { throw std::logic_error("from the body"); }), std::logic_error);
        const std::string began = "snapshot for " + std::to_string(exchange);
        CPPUNIT_ASSERT((Provider::calls == std::vector<std::string>{began, "end 0", began, "end 0", began, "end -1"}));
        Provider::snapshot_refusal = MORTISE_BUSY;
        CPPUNIT_ASSERT_THROW(session.snapshot([] { CPPUNIT_FAIL("it ran"); }), mortise::Busy);
        Provider::snapshot_refusal = MORTISE_UNSUPPORTED;
        CPPUNIT_ASSERT_EQUAL(7, session.snapshot([] { return 7; }));
        CPPUNIT_ASSERT_THROW(session.snapshot([]() -> int { throw mortise::HttpError(404, "of the body"); }),
                             mortise::HttpError);
        CPPUNIT_ASSERT_THROW(mortise::Database().snapshot([] { return 1; }), mortise::Absent);
    }
    void statementsHaveNamesAndLocks() {
        CPPUNIT_ASSERT(database_.statement("users.byId", "SELECT 1", mortise::SqlLock::forUpdate));
        CPPUNIT_ASSERT(database_.statement("SELECT 1"));
        CPPUNIT_ASSERT((Provider::calls == std::vector<std::string>{"statement users.byId locks", "statement "}));
    }
    void forgottenStatementsAreRefused() {
        const mortise::Statement forgotten;
        CPPUNIT_ASSERT(!forgotten && database_.statement("x"));
        Provider::calls.clear();
        CPPUNIT_ASSERT_THROW(database_.read(forgotten, {}, [](const mortise::Row&) {}), mortise::Invalid);
        CPPUNIT_ASSERT_THROW(database_.readOne<User>(forgotten), mortise::Invalid);
        CPPUNIT_ASSERT_THROW(database_.readAll<User>(forgotten), mortise::Invalid);
        CPPUNIT_ASSERT(Provider::calls.empty()); // nothing was asked of the database
        CPPUNIT_ASSERT_THROW(
            database_.transact([&](mortise::Transaction& transaction) { transaction.execute(forgotten); }),
            mortise::Invalid);
        CPPUNIT_ASSERT_THROW(
            database_.transact([&](mortise::Transaction& transaction) { transaction.readOne<User>(forgotten); }),
            mortise::Invalid);
        CPPUNIT_ASSERT((Provider::calls == std::vector<std::string>{"begin", "rollback -2", "begin", "rollback -2"}));
    }
    void consumersAreToldApart() {
        CPPUNIT_ASSERT(plugin_->open("mortise.users/1", "ada").table == nullptr);
        CPPUNIT_ASSERT_EQUAL(std::string("openService() does not know 'mortise.users/1'"), plugin_->error());
        CPPUNIT_ASSERT(plugin_->open(MORTISE_DATABASE_SERVICE, "busy").table == nullptr);
        CPPUNIT_ASSERT(plugin_->open(MORTISE_DATABASE_SERVICE, "anybody").self == plugin_->self());
        const mortise_service given = plugin_->open(MORTISE_DATABASE_SERVICE, "ada");
        CPPUNIT_ASSERT(given.table != nullptr && given.self != plugin_->self());
        host_->give(MORTISE_DATABASE_SERVICE, given);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{78}, mortise::Database(host_->raw()).dataVersion());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{77}, database_.dataVersion());
        plugin_->close(MORTISE_DATABASE_SERVICE, plugin_->open(MORTISE_DATABASE_SERVICE, "anybody"));
        CPPUNIT_ASSERT(Provider::calls.empty());
        plugin_->close(MORTISE_DATABASE_SERVICE, given);
        CPPUNIT_ASSERT_EQUAL(std::string("ada is gone"), Provider::calls.back());
    }
    void rowsOfAnotherShapeAreRefused() {
        CPPUNIT_ASSERT_THROW(database_.readOne<OneColumn>(statement(1)), mortise::Error);
    }
    void bindsEveryType() {
        const std::optional<int> none;
        const std::string text = "text";
        database_.read(statement(1),
                       mortise::bind(1, std::uint8_t{2}, true, 0.5, text, "literal", std::string_view("view"), nullptr,
                                     none, std::optional<int>(3), mortise::DateTime{99},
                                     *mortise::Decimal::parse("0.10"), mortise::Blob{"bytes"}),
                       [](const mortise::Row&) {});
        CPPUNIT_ASSERT_EQUAL(std::string("run 1 i1 i2 i1 n0.500000 ttext tliteral tview null null i3 d99 m0.10 bbytes"),
                             Provider::calls.back());
    }
    void readsRows() {
        const auto all = database_.readAll<User>(statement(1));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, all.size());
        CPPUNIT_ASSERT(all[0].id == "a" && all[0].name == "Ada" && all[0].createdAt.unixMilliseconds == 1000);
        CPPUNIT_ASSERT(all[0].admin && all[0].score == 2.5);
        CPPUNIT_ASSERT(!all[1].name && all[1].score == 3.0);
        CPPUNIT_ASSERT_EQUAL(std::string("a"), database_.readOne<User>(statement(1))->id);
        int rows = 0;
        database_.read(statement(1), {}, [&](const mortise::Row& row) {
            CPPUNIT_ASSERT(row.size() == 5 && row.text(0) == "a" && !row.isNull(1));
            return ++rows < 1;
        });
        CPPUNIT_ASSERT_EQUAL(1, rows);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{77}, database_.dataVersion());
    }
    void throwingVisitsComeOut() {
        int rows = 0;
        CPPUNIT_ASSERT_THROW(database_.read(statement(1), {},
                                            [&](const mortise::Row&) {
                                                ++rows;
                                                throw std::logic_error("x");
                                            }),
                             std::logic_error);
        CPPUNIT_ASSERT_EQUAL(1, rows);
    }
    void commits() {
        database_.transact([&](mortise::Transaction& transaction) {
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, transaction.execute(statement(5), mortise::bind(1)));
            CPPUNIT_ASSERT_EQUAL(std::string("a"), transaction.readOne<User>(statement(1))->id);
        });
        CPPUNIT_ASSERT(Provider::calls == (std::vector<std::string>{"begin", "run 5 i1", "run 1", "commit"}));
    }
    void rollsBack() {
        CPPUNIT_ASSERT_THROW(database_.transact([](mortise::Transaction&) { throw std::logic_error("x"); }),
                             std::logic_error);
        CPPUNIT_ASSERT_EQUAL(std::string("rollback -1"), Provider::calls.back());
        CPPUNIT_ASSERT_THROW(database_.transact([](mortise::Transaction& t) { t.execute(statement(2)); }),
                             mortise::UniqueConflict);
        CPPUNIT_ASSERT_EQUAL(std::string("rollback -5"), Provider::calls.back());
        CPPUNIT_ASSERT_THROW(database_.transact([](mortise::Transaction& t) { t.execute(statement(3)); }),
                             mortise::Busy);
        CPPUNIT_ASSERT_EQUAL(std::string("rollback -4"), Provider::calls.back());
    }
    // What the body saw came from a group that was not stored: its conflict is none.
    void failedCommitIsWhatComesOut() {
        Provider::commit_fails = true;
        std::string what;
        try {
            database_.transact([](mortise::Transaction& t) { t.execute(statement(2)); });
        } catch (const mortise::UniqueConflict&) {
            what = "conflict";
        } catch (const mortise::Error& failure) {
            what = failure.what();
        }
        Provider::commit_fails = false;
        CPPUNIT_ASSERT_MESSAGE(what, what.find("disk I/O error") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("commit failed"), Provider::calls.back());
    }
    void runsAgainAfterADeadlock() {
        Provider::deadlocks = 1;
        int runs = 0;
        database_.transact([&](mortise::Transaction& t) {
            ++runs;
            t.execute(statement(3));
        });
        CPPUNIT_ASSERT_EQUAL(2, runs);
        CPPUNIT_ASSERT_EQUAL(std::string("commit"), Provider::calls.back());
    }

    void storesOnBehalfOfATurn() {
        const mortise_exchange exchange = host_->bareRequest();
        database_(mortise::Turn(exchange)).transact([](mortise::Transaction&) {});
        CPPUNIT_ASSERT(Provider::calls ==
                       (std::vector<std::string>{"begin for " + std::to_string(exchange), "commit"}));
        CPPUNIT_ASSERT(host_->answer(exchange).claimed);
        // Its request and its Deferred are the turn.
        mortise::detail::Runtime runtime;
        runtime.attach(host_->raw());
        mortise::Request request(runtime, exchange, host_->rawRequest(exchange));
        database_(request).transact([](mortise::Transaction&) {});
        const mortise::Deferred later = request.defer();
        database_(later).transact([](mortise::Transaction&) {});
        CPPUNIT_ASSERT_EQUAL(3u, host_->answer(exchange).commits);
    }
    void storesNothingForAnEndedRequest() {
        const mortise_exchange exchange = host_->bareRequest();
        CPPUNIT_ASSERT(host_->endRequest(exchange));
        CPPUNIT_ASSERT_THROW(database_(mortise::Turn(exchange)).transact([](mortise::Transaction&) {}), mortise::Stale);
        CPPUNIT_ASSERT_EQUAL(std::string("rollback"), Provider::calls.back());
        // What the body comes to is told before that.
        CPPUNIT_ASSERT_THROW(
            database_(mortise::Turn(exchange)).transact([](mortise::Transaction&) { throw std::logic_error("x"); }),
            std::logic_error);
        // Nothing may be stored for a Deferred that has replied; the background it is not.
        const mortise::Deferred replied;
        CPPUNIT_ASSERT_THROW(database_(replied).transact([](mortise::Transaction&) {}), mortise::Stale);
    }

private:
    static mortise::Statement statement(std::uint32_t number) { return {number, true}; }

    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> plugin_;
    mortise::Database database_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DatabaseTest);
