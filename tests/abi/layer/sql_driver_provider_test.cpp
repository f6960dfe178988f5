// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/plugin.hpp>
#include <mortise/sql_driver_provider.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

struct mortise_sql_session {
    std::string version;
};
struct mortise_sql_prepared {
    std::string sql;
};

using namespace mortise::test;

namespace {

// Fails as the host's name, or the text of the statement, says.
class Driver : public mortise::Plugin<>, public mortise::SqlDriverProvider {
public:
    void configure(mortise::Setup&) override {}

    mortise_sql_session* connect(const mortise_sql_server& server, Timeout timeout) override {
        const std::string host(mortise::text(server.host));
        failBy(host);
        return new mortise_sql_session{host + " " + std::to_string(server.port) + " " +
                                       std::to_string(timeout.count())};
    }
    void close(mortise_sql_session* session) override {
        delete session;
        ++closed;
    }
    std::string_view version(const mortise_sql_session& session) override { return session.version; }
    bool alive(mortise_sql_session& session) override { return !session.version.empty(); }
    std::uint64_t run(mortise_sql_session&, std::string_view sql, Timeout timeout, mortise_sql_row, void*) override {
        failBy(sql);
        return static_cast<std::uint64_t>(timeout.count());
    }
    mortise_sql_prepared* prepare(mortise_sql_session&, std::string_view sql, Timeout, std::uint32_t& parameterCount,
                                  std::uint32_t& columnCount) override {
        failBy(sql);
        parameterCount = 2;
        columnCount = 3;
        return new mortise_sql_prepared{std::string(sql)};
    }
    void forget(mortise_sql_prepared* prepared) override {
        delete prepared;
        ++forgotten;
    }
    std::uint64_t execute(mortise_sql_session&, mortise_sql_prepared& prepared, const mortise::SqlValues& parameters,
                          Timeout, mortise_sql_row row, void* context) override {
        failBy(prepared.sql);
        for (const mortise_sql_value& value : parameters)
            if (row != nullptr) row(context, &value, 1, sizeof value);
        return parameters.size();
    }

    static inline int closed = 0;
    static inline int forgotten = 0;

private:
    static void failBy(std::string_view how) {
        if (how == "invalid") throw mortise::Invalid("wrong call");
        if (how == "throw") throw std::runtime_error("thrown");
        mortise_sql_fault fault{};
        fault.code = 2013;
        std::memcpy(fault.state, "08S01", 6);
        fault.flags = MORTISE_SQL_FAULT_LOST | (how == "late" ? MORTISE_SQL_FAULT_LATE : 0);
        if (how == "late" || how == "lost") throw mortise::SqlDriverError(fault, "gone");
    }
};

} // namespace

class SqlDriverProviderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SqlDriverProviderTest);
    CPPUNIT_TEST(passesCallsOn);
    CPPUNIT_TEST(saysWhatFailed);
    CPPUNIT_TEST(passesParameters);
    CPPUNIT_TEST(nothingIsClosedAndForgotten);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        host_ = std::make_unique<FakeHost>();
        plugin_ = std::make_unique<FakeInstance>(
            *host_, *mortise::moduleOf<Driver>(0, nullptr, "test.driver", "1.0.0",
                                               mortise::offers<mortise::SqlDriverProvider>()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
        const mortise_service service = plugin_->open(MORTISE_SQL_DRIVER_MARIADB);
        table_ = static_cast<const mortise_sql_driver_table*>(service.table);
        self_ = service.self;
        error_ = {text_, sizeof text_, 0};
        server_.struct_size = sizeof server_;
        server_.host = viewOf("db");
        server_.port = 7;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, table_->connect(self_, &server_, 250, &session_, nullptr, nullptr));
    }
    void tearDown() override {
        table_->close(self_, session_);
        plugin_.reset();
        host_.reset();
    }

    void passesCallsOn() {
        CPPUNIT_ASSERT_EQUAL(std::string("db 7 250"), textOf(table_->version(self_, session_)));
        CPPUNIT_ASSERT_EQUAL(1u, table_->alive(self_, session_));
        std::uint64_t changed = 0;
        CPPUNIT_ASSERT_EQUAL(
            MORTISE_OK, table_->run(self_, session_, viewOf("x"), 9, nullptr, nullptr, &changed, nullptr, nullptr));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{9}, changed);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK,
                             table_->run(self_, session_, viewOf("x"), 9, nullptr, nullptr, nullptr, nullptr, nullptr));
    }
    void saysWhatFailed() {
        const struct {
            const char* how;
            mortise_status status;
            std::uint32_t code;
            std::uint32_t flags;
            const char* message;
        } cases[] = {{"late", MORTISE_BUSY, 2013, MORTISE_SQL_FAULT_LOST | MORTISE_SQL_FAULT_LATE, "gone"},
                     {"lost", MORTISE_ERROR, 2013, MORTISE_SQL_FAULT_LOST, "gone"},
                     {"invalid", MORTISE_INVALID, 0, 0, "wrong call"},
                     {"throw", MORTISE_ERROR, 0, 0, "thrown"}};
        for (const auto& expected : cases) {
            const auto check = [&](mortise_status status, const mortise_sql_fault& fault) {
                CPPUNIT_ASSERT_EQUAL(expected.status, status);
                CPPUNIT_ASSERT_EQUAL(expected.code, fault.code);
                CPPUNIT_ASSERT_EQUAL(expected.flags, fault.flags);
                CPPUNIT_ASSERT_EQUAL(std::string(expected.message), std::string(text_, error_.length));
                error_.length = 0;
            };
            server_.host = viewOf(expected.how);
            mortise_sql_session* none = nullptr;
            mortise_sql_fault fault{99, 99, "before"};
            check(table_->connect(self_, &server_, 1, &none, &fault, &error_), fault);
            CPPUNIT_ASSERT(none == nullptr);
            fault = {99, 99, "before"};
            check(table_->run(self_, session_, viewOf(expected.how), 1, nullptr, nullptr, nullptr, &fault, &error_),
                  fault);
            mortise_sql_prepared* prepared = nullptr;
            std::uint32_t counts[2];
            fault = {99, 99, "before"};
            check(table_->prepare(self_, session_, viewOf(expected.how), 1, &prepared, &counts[0], &counts[1], &fault,
                                  &error_),
                  fault);
        }
    }
    void passesParameters() {
        mortise_sql_prepared* prepared = nullptr;
        std::uint32_t parameters = 0;
        std::uint32_t columns = 0;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, table_->prepare(self_, session_, viewOf("x"), 1, &prepared, &parameters,
                                                         &columns, nullptr, nullptr));
        CPPUNIT_ASSERT_EQUAL(2u, parameters);
        CPPUNIT_ASSERT_EQUAL(3u, columns);
        const struct {
            mortise_sql_value value;
            std::uint64_t later; // of an interface to come
        } values[2] = {{{MORTISE_SQL_INTEGER, 0, 5, 0, {}}, 1}, {{MORTISE_SQL_INTEGER, 0, 6, 0, {}}, 1}};
        std::vector<std::int64_t> shown;
        const auto row = [](void* context, const mortise_sql_value* value, std::uint32_t, std::uint32_t) {
            static_cast<std::vector<std::int64_t>*>(context)->push_back(value->integer);
            return 1u;
        };
        const auto execute = [&](const mortise_sql_value* first, std::uint32_t size) {
            return table_->execute(self_, session_, prepared, first, 2, size, 1, row, &shown, nullptr, nullptr,
                                   nullptr);
        };
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, execute(&values[0].value, sizeof values[0]));
        CPPUNIT_ASSERT(shown == (std::vector<std::int64_t>{5, 6}));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, execute(&values[0].value, 4));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, execute(nullptr, sizeof values[0]));
        const int before = Driver::forgotten;
        table_->forget(self_, session_, prepared);
        CPPUNIT_ASSERT_EQUAL(before + 1, Driver::forgotten);
    }
    void nothingIsClosedAndForgotten() {
        const int closed = Driver::closed;
        const int forgotten = Driver::forgotten;
        table_->close(self_, nullptr);
        table_->forget(self_, session_, nullptr);
        CPPUNIT_ASSERT_EQUAL(closed, Driver::closed);
        CPPUNIT_ASSERT_EQUAL(forgotten, Driver::forgotten);
    }

private:
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> plugin_;
    const mortise_sql_driver_table* table_ = nullptr;
    void* self_ = nullptr;
    mortise_sql_server server_{};
    mortise_sql_session* session_ = nullptr;
    char text_[256];
    mortise_error error_{};
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqlDriverProviderTest);
