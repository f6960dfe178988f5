// SPDX-License-Identifier: Apache-2.0
// What each failure of a database comes to: across the C boundary, and where nobody catches it.
#include "tests/support/fake_host.hpp"

#include <mortise/database.hpp>
#include <mortise/database_provider.hpp>
#include <mortise/plugin.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <iterator>

using namespace mortise::test;

namespace {

// Written out once more: what clients and plugins rely on. `retry` is Retry-After.
struct Expected {
    std::uint32_t kind;
    mortise_status status;
    std::uint32_t code;
    std::string message, retry;
};
const Expected table[] = {
    {MORTISE_SQL_FAILURE_OTHER, MORTISE_ERROR, 500, "Internal server error", ""},
    {MORTISE_SQL_FAILURE_UNIQUE, MORTISE_CONFLICT, 409, "Resource already exists", ""},
    {MORTISE_SQL_FAILURE_FOREIGN_KEY, MORTISE_ERROR, 409, "Resource is in use", ""},
    {MORTISE_SQL_FAILURE_NOT_NULL, MORTISE_ERROR, 500, "Internal server error", ""},
    {MORTISE_SQL_FAILURE_CHECK, MORTISE_ERROR, 500, "Internal server error", ""},
    {MORTISE_SQL_FAILURE_TOO_LONG, MORTISE_ERROR, 500, "Internal server error", ""},
    {MORTISE_SQL_FAILURE_DEADLOCK, MORTISE_BUSY, 503, "Service unavailable", "1"},
    {MORTISE_SQL_FAILURE_BUSY, MORTISE_BUSY, 503, "Service unavailable", "1"},
    {MORTISE_SQL_FAILURE_READ_ONLY, MORTISE_ERROR, 503, "Service unavailable", "10"},
    {MORTISE_SQL_FAILURE_LOST, MORTISE_BUSY, 503, "Service unavailable", "1"},
    {MORTISE_SQL_FAILURE_UNKNOWN_OUTCOME, MORTISE_ERROR, 503, "It is not known whether the request was carried out",
     ""},
    {MORTISE_SQL_FAILURE_FULL, MORTISE_ERROR, 503, "Service unavailable", "10"},
    {MORTISE_SQL_FAILURE_CORRUPT, MORTISE_ERROR, 500, "Internal server error", ""},
};

mortise::SqlFailure failureOf(std::uint32_t kind) {
    return static_cast<mortise::SqlFailure>(kind);
}

// Read by nobody else: the number of the statement is the failure.
struct Post {
    std::string title;
    std::string lastTitle;
};
MORTISE_DESCRIBE(Post, field(title), field(lastTitle))

class Plugin : public mortise::Plugin<>, public mortise::DatabaseProvider {
public:
    void configure(mortise::Setup& setup) override {
        setup.get("/fails/:kind").handle([](mortise::Request& request) -> mortise::Reply { return fail(request); });
        setup.post("/fails/:kind").body<Post>().handle([](mortise::Request& request, const Post&) -> mortise::Reply {
            return fail(request);
        });
        setup.get("/teapot").handle(
            [](mortise::Request&) -> mortise::Reply { throw mortise::HttpError(418, "I'm a teapot", 7); });
        setup.get("/broken").handle(
            [](mortise::Request&) -> mortise::Reply { throw mortise::HttpError(500, "for the client"); });
    }
    std::uint32_t statement(const mortise_sql_statement&) override { return 1; }
    mortise_status read(mortise::Turn, std::uint32_t kind, const mortise::SqlValues&, mortise_sql_row, void*) override {
        throw mortise::SqlError(failureOf(kind), "posts_key", "said by the database");
    }
    mortise_status transact(mortise::Turn, mortise_sql_body body, void* context, mortise_sql_failure* failure,
                            mortise_error* error) override {
        return body(context, nullptr, failure, error);
    }
    mortise_status respond(mortise::Turn, mortise_sql_response_body, void*, mortise_sql_failure*,
                           mortise_error*) override {
        return MORTISE_ERROR;
    }
    mortise_status execute(mortise_sql_transaction*, std::uint32_t kind, const mortise::SqlValues&, mortise_sql_row,
                           void*, std::uint64_t*) override {
        throw mortise::SqlError(failureOf(kind), "posts_key", "said by the database");
    }
    std::uint64_t dataVersion() override { return 1; }
    std::uint32_t dialect() override { return MORTISE_SQL_DIALECT_SQLITE; }

private:
    static mortise::Reply fail(mortise::Request& request) {
        throw mortise::SqlError(
            failureOf(static_cast<std::uint32_t>(std::stoul(std::string(request.parameter("kind"))))),
            request.field("X-Rule"), "said by the database");
    }
};

} // namespace

class SqlErrorTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SqlErrorTest);
    CPPUNIT_TEST(everyKindHasAStatus);
    CPPUNIT_TEST(everyKindComesBack);
    CPPUNIT_TEST(statusesWithoutAKindAreOrdinary);
    CPPUNIT_TEST(uncaughtIsAResponse);
    CPPUNIT_TEST(busyOnALoopGoesToAWorker);
    CPPUNIT_TEST(namesTheFieldOfTheBody);
    CPPUNIT_TEST(httpErrorsAreResponses);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        host_ = std::make_unique<FakeHost>();
        plugin_ = std::make_unique<FakeInstance>(
            *host_,
            *mortise::moduleOf<Plugin>(0, nullptr, "test.db", "1.0.0", mortise::offers<mortise::DatabaseProvider>()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
    }
    void tearDown() override {
        plugin_.reset();
        host_.reset();
    }

    void everyKindHasAStatus() {
        const mortise_service service = plugin_->open(MORTISE_DATABASE_SERVICE);
        const auto& database = *static_cast<const mortise_database_table*>(service.table);
        CPPUNIT_ASSERT_EQUAL(std::size(table), std::size(mortise::sqlFailureRules));
        for (const Expected& expected : table) {
            mortise_sql_failure failure{99, 99, "before"};
            CPPUNIT_ASSERT_EQUAL(expected.status, database.read(service.self, 0, expected.kind, nullptr, 0, 0, nullptr,
                                                                nullptr, &failure, nullptr));
            CPPUNIT_ASSERT_EQUAL(expected.kind, failure.kind);
            CPPUNIT_ASSERT_EQUAL(std::string("posts_key"), std::string(failure.name, failure.name_length));
            CPPUNIT_ASSERT_EQUAL(expected.status, database.read(service.self, 0, expected.kind, nullptr, 0, 0, nullptr,
                                                                nullptr, nullptr, nullptr));
        }
    }
    void everyKindComesBack() {
        host_->give(MORTISE_DATABASE_SERVICE, plugin_->open(MORTISE_DATABASE_SERVICE));
        const mortise::Database database(host_->raw());
        for (const Expected& expected : table) {
            const mortise::Statement statement{expected.kind, true};
            const std::function<void()> uses[] = {
                [&] { database.read(statement, {}, [](const mortise::Row&) {}); },
                [&] { database.transact([&](mortise::Transaction& t) { t.execute(statement); }); }};
            for (const auto& use : uses) {
                try {
                    use();
                    CPPUNIT_FAIL("nothing was thrown");
                } catch (const mortise::SqlError& error) {
                    CPPUNIT_ASSERT(error.kind() == failureOf(expected.kind) && expected.kind != 0);
                    CPPUNIT_ASSERT_EQUAL(std::string("posts_key"), error.constraint());
                    CPPUNIT_ASSERT_EQUAL(expected.status, error.status());
                    CPPUNIT_ASSERT_EQUAL(expected.code, error.code());
                    CPPUNIT_ASSERT_EQUAL(expected.message, error.message());
                    CPPUNIT_ASSERT_EQUAL(expected.retry.empty() ? 0u
                                                                : static_cast<unsigned>(std::stoul(expected.retry)),
                                         error.retryAfter());
                    CPPUNIT_ASSERT_EQUAL(expected.kind == MORTISE_SQL_FAILURE_UNIQUE,
                                         dynamic_cast<const mortise::UniqueConflict*>(&error) != nullptr);
                    CPPUNIT_ASSERT(std::string(error.what()).find("said by the database") != std::string::npos);
                } catch (const mortise::Error& error) {
                    CPPUNIT_ASSERT_EQUAL(std::uint32_t{MORTISE_SQL_FAILURE_OTHER}, expected.kind);
                    CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, error.status());
                }
            }
        }
    }
    // What a provider says in `failure` counts only with the status that goes with it, and a kind of the future not.
    void statusesWithoutAKindAreOrdinary() {
        const auto raised = [](mortise_status status, std::uint32_t kind) -> std::string {
            mortise_sql_failure failure{};
            failure.kind = kind;
            try {
                mortise::detail::raiseSql(status, "read", failure, "text");
            } catch (const mortise::SqlError&) {
                return "sql";
            } catch (const mortise::Busy&) {
                return "busy";
            } catch (const mortise::Stale&) {
                return "stale";
            } catch (const mortise::Error& error) {
                return "error " + std::to_string(error.status());
            }
            return "nothing";
        };
        CPPUNIT_ASSERT_EQUAL(std::string("nothing"), raised(MORTISE_OK, MORTISE_SQL_FAILURE_UNIQUE));
        CPPUNIT_ASSERT_EQUAL(std::string("busy"), raised(MORTISE_BUSY, MORTISE_SQL_FAILURE_OTHER));
        CPPUNIT_ASSERT_EQUAL(std::string("busy"), raised(MORTISE_BUSY, MORTISE_SQL_FAILURE_CHECK));
        CPPUNIT_ASSERT_EQUAL(std::string("stale"), raised(MORTISE_STALE, MORTISE_SQL_FAILURE_BUSY));
        CPPUNIT_ASSERT_EQUAL("error " + std::to_string(MORTISE_ERROR), raised(MORTISE_ERROR, 13));
        CPPUNIT_ASSERT_EQUAL(std::string("sql"), raised(MORTISE_ERROR, MORTISE_SQL_FAILURE_FULL));
    }
    void uncaughtIsAResponse() {
        for (const Expected& expected : table) {
            host_->records.clear();
            FakeRequest request;
            request.parameters["kind"] = std::to_string(expected.kind);
            const FakeAnswer answer = host_->call("GET", "/fails/:kind", request);
            CPPUNIT_ASSERT_EQUAL(MORTISE_REPLIED, answer.returned);
            CPPUNIT_ASSERT_EQUAL(expected.code, answer.status);
            CPPUNIT_ASSERT(answer.error);
            CPPUNIT_ASSERT_EQUAL(
                std::string(expected.kind == MORTISE_SQL_FAILURE_UNKNOWN_OUTCOME ? "outcome_unknown" : ""),
                answer.errorCode);
            const auto retry = answer.fields.find("Retry-After");
            CPPUNIT_ASSERT_EQUAL(expected.retry, retry == answer.fields.end() ? std::string() : retry->second);
            // A 500 carries the reason to the host, which logs it and sends none; of the others the log is told here.
            const std::string said = expected.code == 500 ? "said by the database" : expected.message;
            CPPUNIT_ASSERT_EQUAL(said, answer.body);
            if (expected.code == 500) {
                CPPUNIT_ASSERT(host_->records.empty());
                continue;
            }
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host_->records.size());
            CPPUNIT_ASSERT_EQUAL(expected.code == 503 ? std::uint32_t{MORTISE_LOG_WARN}
                                                      : std::uint32_t{MORTISE_LOG_DEBUG},
                                 host_->records[0].level);
            CPPUNIT_ASSERT_EQUAL(std::string("said by the database"), host_->records[0].fields.at("error"));
        }
    }
    void busyOnALoopGoesToAWorker() {
        for (const Expected& expected : table) {
            FakeRequest request;
            request.onLoop = true;
            request.parameters["kind"] = std::to_string(expected.kind);
            const FakeAnswer answer = host_->call("GET", "/fails/:kind", request);
            CPPUNIT_ASSERT_EQUAL(expected.status == MORTISE_BUSY ? MORTISE_BUSY : MORTISE_REPLIED, answer.returned);
            CPPUNIT_ASSERT_EQUAL(expected.status == MORTISE_BUSY ? 0u : 1u, answer.terminalCalls);
        }
    }
    void namesTheFieldOfTheBody() {
        const auto details = [&](std::uint32_t kind, const char* rule) {
            FakeRequest request;
            request.body = R"({"title":"a","lastTitle":"b"})";
            request.parameters["kind"] = std::to_string(kind);
            request.fields["X-Rule"] = rule;
            const FakeAnswer answer = host_->call("POST", "/fails/:kind", request);
            std::string all = std::to_string(answer.status);
            for (const std::string& detail : answer.details) all += ", " + detail;
            return all;
        };
        CPPUNIT_ASSERT_EQUAL(std::string("400, body /title custom"), details(MORTISE_SQL_FAILURE_CHECK, "posts_title"));
        CPPUNIT_ASSERT_EQUAL(std::string("400, body /lastTitle custom"),
                             details(MORTISE_SQL_FAILURE_CHECK, "posts_last_title_range"));
        CPPUNIT_ASSERT_EQUAL(std::string("400, body /title maxLength"),
                             details(MORTISE_SQL_FAILURE_TOO_LONG, "posts.title"));
        for (const char* const rule : {"", "posts", "posts_subtitle", "posts.titles"})
            for (const std::uint32_t kind : {MORTISE_SQL_FAILURE_CHECK, MORTISE_SQL_FAILURE_TOO_LONG})
                CPPUNIT_ASSERT_EQUAL(std::string("500"), details(kind, rule));
        CPPUNIT_ASSERT_EQUAL(std::string("409"), details(MORTISE_SQL_FAILURE_UNIQUE, "posts_title"));
        CPPUNIT_ASSERT_EQUAL(std::string("500"), details(MORTISE_SQL_FAILURE_NOT_NULL, "posts.title"));
    }
    void httpErrorsAreResponses() {
        const FakeAnswer teapot = host_->call("GET", "/teapot");
        CPPUNIT_ASSERT(teapot.status == 418 && teapot.body == "I'm a teapot" && teapot.fields.at("Retry-After") == "7");
        CPPUNIT_ASSERT_EQUAL(500u, host_->call("GET", "/broken").status);
    }

private:
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> plugin_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqlErrorTest);
