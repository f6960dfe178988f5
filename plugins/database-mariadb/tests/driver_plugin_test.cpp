// SPDX-License-Identifier: Apache-2.0
#include "driver_fixture.hpp"

#include <mortise/service/sql_driver.h>

#include "tests/support/fake_host.hpp"
#include "tests/support/plugin_file.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mortise::mariadb {

// The built file, as the plugin `database` uses it.
class DriverPluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DriverPluginTest);
    CPPUNIT_TEST(testReadsAndWrites);
    CPPUNIT_TEST(testFaults);
    CPPUNIT_TEST(testWrongCalls);
    CPPUNIT_TEST(testSeveralInstances);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        plugin_ = std::make_unique<test::FakeInstance>(host_, test::pluginModule(DRIVER_FILE));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
        const mortise_service service = plugin_->open(MORTISE_SQL_DRIVER_MARIADB);
        table_ = static_cast<const mortise_sql_driver_table*>(service.table);
        self_ = service.self;
        server_ = {};
        server_.struct_size = sizeof server_;
        server_.socket = test::viewOf(sharedServer().socket());
        server_.user = server_.password = server_.database = test::viewOf("mortise");
        error_ = {text_, sizeof text_, 0};
        CPPUNIT_ASSERT_EQUAL_MESSAGE(message(), MORTISE_OK, connect());
    }
    void tearDown() override {
        table_->close(self_, session_);
        plugin_.reset();
    }

    void testReadsAndWrites() {
        CPPUNIT_ASSERT(test::textOf(table_->version(self_, session_)).find("MariaDB") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(1u, table_->alive(self_, session_));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, run("CREATE TEMPORARY TABLE rows_of_it (id INT PRIMARY KEY, t TEXT)"));
        std::uint32_t parameters = 0;
        std::uint32_t columns = 99;
        mortise_sql_prepared* const insert = prepare("INSERT INTO rows_of_it VALUES (?, ?)", parameters, columns);
        CPPUNIT_ASSERT_EQUAL(2u, parameters);
        CPPUNIT_ASSERT_EQUAL(0u, columns);
        std::uint64_t changed = 0;
        const mortise_sql_value values[] = {Kept::of(std::int64_t{1}).value(), {MORTISE_SQL_TEXT, 0, 0, 0, {"a", 1}}};
        const auto store = [&] {
            return table_->execute(self_, session_, insert, values, 2, sizeof values[0], 60000, nullptr, nullptr,
                                   &changed, &fault_, &error_);
        };
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, store());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, changed);
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, store());
        CPPUNIT_ASSERT_EQUAL(1062u, fault_.code);
        CPPUNIT_ASSERT_EQUAL(std::string("23000"), std::string(fault_.state));
        CPPUNIT_ASSERT_EQUAL(0u, fault_.flags);
        CPPUNIT_ASSERT(message().find("Duplicate entry '1'") != std::string::npos);
        table_->forget(self_, session_, insert);
        KeptRows kept;
        const RowSink sink = kept.sink();
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, table_->run(self_, session_, test::viewOf("SELECT * FROM rows_of_it"), 60000,
                                                     sink.row, sink.context, nullptr, nullptr, nullptr));
        CPPUNIT_ASSERT(kept.rows == (std::vector<KeptRow>{{Kept::of("1"), Kept::of("a")}}));
    }

    void testFaults() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, run("DO SLEEP(60)", 50));
        CPPUNIT_ASSERT_EQUAL(MORTISE_SQL_FAULT_LOST | MORTISE_SQL_FAULT_LATE, fault_.flags);
        CPPUNIT_ASSERT_EQUAL(std::string("the database did not respond in time"), message());
        CPPUNIT_ASSERT_EQUAL(0u, table_->alive(self_, session_));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, run("SELECT 1"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_SQL_FAULT_LOST, fault_.flags);
        table_->close(self_, std::exchange(session_, nullptr));
        server_.password = test::viewOf("not-that-1");
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, connect());
        CPPUNIT_ASSERT_EQUAL(1045u, fault_.code);
        CPPUNIT_ASSERT(message().find("not-that-1") == std::string::npos);
    }

    void testWrongCalls() {
        std::uint32_t count = 0;
        mortise_sql_prepared* const one = prepare("SELECT ?", count, count);
        const mortise_sql_value values[2] = {};
        const auto execute = [&](std::uint32_t parameters) {
            return table_->execute(self_, session_, one, values, parameters, sizeof values[0], 60000, nullptr, nullptr,
                                   nullptr, &fault_, &error_);
        };
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, execute(2));
        CPPUNIT_ASSERT_EQUAL(std::string("the statement has 1 parameters, not 2"), message());
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, execute(0));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, execute(1));
        table_->forget(self_, session_, one);
        table_->close(self_, std::exchange(session_, nullptr));
        server_.tls = 4;
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, connect());
        server_.tls = MORTISE_SQL_TLS_REQUIRED;
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, connect());
    }

    // Of two generations, say.
    void testSeveralInstances() {
        test::FakeHost other;
        test::FakeInstance second(other, test::pluginModule(DRIVER_FILE));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, second.configure());
        const mortise_service service = second.open(MORTISE_SQL_DRIVER_MARIADB);
        mortise_sql_session* session = nullptr;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, table_->connect(service.self, &server_, 60000, &session, &fault_, &error_));
        table_->close(service.self, session);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, run("SELECT 1"));
    }

private:
    std::string message() {
        const std::string text(text_, error_.length);
        error_.length = 0;
        return text;
    }
    mortise_status connect() { return table_->connect(self_, &server_, 60000, &session_, &fault_, &error_); }
    mortise_status run(const char* sql, std::uint32_t timeout = 60000) {
        return table_->run(self_, session_, test::viewOf(sql), timeout, nullptr, nullptr, nullptr, &fault_, &error_);
    }
    mortise_sql_prepared* prepare(const char* sql, std::uint32_t& parameters, std::uint32_t& columns) {
        mortise_sql_prepared* prepared = nullptr;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, table_->prepare(self_, session_, test::viewOf(sql), 60000, &prepared,
                                                         &parameters, &columns, &fault_, &error_));
        return prepared;
    }

    test::FakeHost host_;
    std::unique_ptr<test::FakeInstance> plugin_;
    const mortise_sql_driver_table* table_ = nullptr;
    void* self_ = nullptr;
    mortise_sql_server server_{};
    mortise_sql_session* session_ = nullptr;
    mortise_sql_fault fault_{};
    char text_[256];
    mortise_error error_{};
};
CPPUNIT_TEST_SUITE_REGISTRATION(DriverPluginTest);

} // namespace mortise::mariadb
