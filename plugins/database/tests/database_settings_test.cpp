// SPDX-License-Identifier: Apache-2.0
#include "database_settings.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace mortise::database {

class DatabaseSettingsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DatabaseSettingsTest);
    CPPUNIT_TEST(hasTheDefaultsOfTheOptions);
    CPPUNIT_TEST(reachesTheOptions);
    CPPUNIT_TEST_SUITE_END();

    static void assertSame(const SqliteOptions& wanted, const SqliteOptions& made) {
        CPPUNIT_ASSERT_EQUAL(wanted.synchronousFull, made.synchronousFull);
        CPPUNIT_ASSERT_EQUAL(wanted.readsOnLoop, made.readsOnLoop);
        CPPUNIT_ASSERT_EQUAL(wanted.busyTimeout.count(), made.busyTimeout.count());
        CPPUNIT_ASSERT_EQUAL(wanted.writeWait.count(), made.writeWait.count());
        CPPUNIT_ASSERT_EQUAL(wanted.readWait.count(), made.readWait.count());
        CPPUNIT_ASSERT_EQUAL(wanted.loopBusyLimit.count(), made.loopBusyLimit.count());
        CPPUNIT_ASSERT_EQUAL(wanted.loopReadLimit.count(), made.loopReadLimit.count());
        CPPUNIT_ASSERT_EQUAL(wanted.statementTimeout.count(), made.statementTimeout.count());
        CPPUNIT_ASSERT_EQUAL(wanted.migrationWait.count(), made.migrationWait.count());
        CPPUNIT_ASSERT_EQUAL(wanted.readers, made.readers);
        CPPUNIT_ASSERT_EQUAL(wanted.statements, made.statements);
        CPPUNIT_ASSERT_EQUAL(wanted.groupCommit, made.groupCommit);
        CPPUNIT_ASSERT_EQUAL(wanted.cacheBytes, made.cacheBytes);
        CPPUNIT_ASSERT_EQUAL(wanted.walAutocheckpoint, made.walAutocheckpoint);
    }

    void hasTheDefaultsOfTheOptions() { assertSame({}, optionsOf({})); }
    // Each value is another one, and none the default.
    void reachesTheOptions() {
        Settings settings;
        settings.synchronous = "normal";
        settings.readsOnLoop = false;
        settings.busyTimeout = 1ms;
        settings.writeWait = 3ms;
        settings.readWait = 4ms;
        settings.loopBusyLimit = 5ms;
        settings.loopReadLimit = 6ms;
        settings.statementTimeout = 7ms;
        settings.migrationWait = 9ms;
        settings.readers = 10;
        settings.statements = 11;
        settings.groupCommit = 12;
        settings.cacheSize = Bytes{13};
        settings.walAutocheckpoint = 14;
        assertSame({{}, false, false, 1ms, 3ms, 4ms, 5ms, 6ms, 7ms, 9ms, 10, 11, 12, 13, 14}, optionsOf(settings));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DatabaseSettingsTest);

} // namespace mortise::database
