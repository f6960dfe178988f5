// SPDX-License-Identifier: Apache-2.0
// What the plugin logs of statements.
#include "database_plugin_fixture.hpp"

namespace mortise::database {

class QueryLogTest : public DatabasePluginFixture {
    CPPUNIT_TEST_SUITE(QueryLogTest);
    CPPUNIT_TEST(logsAtTheLevelThatIsSet);
    CPPUNIT_TEST(showsNoValues);
    CPPUNIT_TEST(asksWhetherTheLogKeepsIt);
    CPPUNIT_TEST(warnsOfSlowStatements);
    CPPUNIT_TEST(warnsOfRepeatedStatements);
    CPPUNIT_TEST_SUITE_END();

    // Stores one row for the request 77.
    void store(std::string_view sql = "INSERT INTO numbers VALUES (?, ?)") {
        Insert insert{*this, *static_cast<const mortise_database_table*>(service_.table), 0, 4711};
        insert.statement = statement(insert.database, sql);
        insert.turn = 77;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, insert.run());
    }
    std::vector<Record> of(const std::string& message) const {
        std::vector<Record> found;
        for (const Record& record : records_)
            if (record.message == message) found.push_back(record);
        return found;
    }
    void again() {
        tearDown();
        records_.clear();
        setUp();
    }

public:
    void logsAtTheLevelThatIsSet() {
        struct Case {
            const char* setting;
            bool development;
            std::uint32_t level; // 0: not at all
        };
        for (const auto& [setting, development, level] : {Case{"auto", false, MORTISE_LOG_DEBUG},
                                                          {"auto", true, MORTISE_LOG_INFO},
                                                          {"off", true, 0},
                                                          {"debug", true, MORTISE_LOG_DEBUG},
                                                          {"info", false, MORTISE_LOG_INFO}}) {
            overrides_["query_log"] = setting;
            overrides_["slow_statement"] = "0ms";
            development_ = development;
            start();
            store();
            const std::vector<Record> said = of("Statement");
            CPPUNIT_ASSERT_EQUAL(std::size_t{level == 0 ? 0u : 1u}, said.size());
            if (level != 0) CPPUNIT_ASSERT_EQUAL(level, said[0].level);
            again();
        }
    }
    void showsNoValues() {
        overrides_["query_log"] = "info";
        overrides_["slow_statement"] = "0ms";
        start();
        store();
        const Record said = of("Statement").at(0);
        CPPUNIT_ASSERT_EQUAL(std::string("statements"), said.logger);
        CPPUNIT_ASSERT_EQUAL(mortise_exchange{77}, said.turn);
        CPPUNIT_ASSERT_EQUAL(std::string("INSERT INTO numbers VALUES (?, ?)"), said.fields.at("statement"));
        CPPUNIT_ASSERT_EQUAL(std::string("database"), said.fields.at("plugin")); // the consumer
        CPPUNIT_ASSERT_EQUAL(std::string("1"), said.fields.at("rows"));
        CPPUNIT_ASSERT_EQUAL(std::string("0"), said.fields.at("failed"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, said.fields.size());
        for (const Record& record : records_)
            for (const auto& [name, value] : record.fields)
                CPPUNIT_ASSERT_MESSAGE(name + value, value.find("4711") == std::string::npos);
    }
    void asksWhetherTheLogKeepsIt() {
        keptLevel_ = MORTISE_LOG_INFO;
        overrides_["slow_statement"] = "0ms";
        start();
        store();
        CPPUNIT_ASSERT(of("Statement").empty());
    }
    void warnsOfSlowStatements() {
        constexpr std::string_view slow = "INSERT INTO numbers WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                                          "FROM n WHERE i < 30000) SELECT "
                                          "count(*) + ?, ? FROM n";
        for (const auto& [limit, times] : {std::pair("1ms", 1u), {"1h", 0u}, {"0ms", 0u}}) {
            overrides_["query_log"] = "off"; // which says nothing of these
            overrides_["slow_statement"] = limit;
            start();
            store(slow);
            const std::vector<Record> said = of("A statement was slow");
            CPPUNIT_ASSERT_EQUAL(std::size_t{times}, said.size());
            if (times != 0) CPPUNIT_ASSERT_EQUAL(std::uint32_t{MORTISE_LOG_WARN}, said[0].level);
            again();
        }
    }
    void warnsOfRepeatedStatements() {
        overrides_["query_log"] = "off";
        const mortise_database_table& database = start();
        const std::uint32_t all = statement(database, "SELECT count(*) FROM numbers");
        const auto read = [&](mortise_exchange turn) {
            CPPUNIT_ASSERT_EQUAL(
                MORTISE_OK, database.read(service_.self, turn, all, nullptr, 0, 0, nullptr, nullptr, nullptr, nullptr));
        };
        const std::string message = "A request runs one statement again and again: one for all of them may do";
        for (int i = 0; i < 30; ++i) read(0); // the background may
        for (int i = 0; i < 10; ++i) read(77);
        CPPUNIT_ASSERT(of(message).empty());
        for (int i = 0; i < 30; ++i) read(77);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, of(message).size());
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{MORTISE_LOG_WARN}, of(message)[0].level);
        CPPUNIT_ASSERT_EQUAL(std::string("11"), of(message)[0].fields.at("times"));
        CPPUNIT_ASSERT_EQUAL(mortise_exchange{77}, of(message)[0].turn);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(QueryLogTest);

} // namespace mortise::database
