// SPDX-License-Identifier: Apache-2.0
#include "plugins/logging/level_table.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

namespace mortise::logging {

class LevelTableTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LevelTableTest);
    CPPUNIT_TEST(refusesBadEntries);
    CPPUNIT_TEST(longestNameWins);
    CPPUNIT_TEST(silentIsAboveAll);
    CPPUNIT_TEST(labelsGoBothWays);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesBadEntries() {
        for (const char* entry : {"", "users", "users=", "=info", "users=loud", "users=INFO", " = "}) {
            const std::vector<std::string> overrides{entry};
            faults_.clear();
            const LevelTable table(level_info, overrides, faults_);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(entry, std::size_t{1}, faults_.size());
        }
        faults_.clear();
        const std::vector<std::string> several{"users=info", "users = debug", "x", "host=loud"};
        const LevelTable table(level_warn, several, faults_);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, faults_.size());
        CPPUNIT_ASSERT_EQUAL(level_info, table.of("users"));
    }

    void longestNameWins() {
        const std::vector<std::string> overrides{"host=warn", " host.http = debug ", "users=trace"};
        const LevelTable table(level_info, overrides, faults_);
        CPPUNIT_ASSERT(faults_.empty());
        CPPUNIT_ASSERT_EQUAL(level_info, table.of(""));
        CPPUNIT_ASSERT_EQUAL(level_warn, table.of("host"));
        CPPUNIT_ASSERT_EQUAL(level_warn, table.of("host.plugins"));
        CPPUNIT_ASSERT_EQUAL(level_debug, table.of("host.http"));
        CPPUNIT_ASSERT_EQUAL(level_debug, table.of("host.http.limits"));
        CPPUNIT_ASSERT_EQUAL(level_warn, table.of("host.https"));
        CPPUNIT_ASSERT_EQUAL(level_info, table.of("hostess"));
        CPPUNIT_ASSERT_EQUAL(level_trace, table.of("users"));
    }

    void silentIsAboveAll() {
        const std::vector<std::string> overrides{"users=silent"};
        CPPUNIT_ASSERT(LevelTable(level_info, overrides, faults_).of("users") > level_fatal);
    }

    void labelsGoBothWays() {
        for (const Level level : {level_trace, level_debug, level_info, level_warn, level_error, level_fatal}) {
            CPPUNIT_ASSERT(levelOf(labelOf(level)) == level);
        }
        CPPUNIT_ASSERT_EQUAL(std::string("warn"), std::string(labelOf(45)));
        CPPUNIT_ASSERT_EQUAL(std::string("trace"), std::string(labelOf(0)));
    }

private:
    std::vector<std::string> faults_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(LevelTableTest);

} // namespace mortise::logging
