// SPDX-License-Identifier: Apache-2.0
#include "wal_index.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sqlite3.h>

#include <memory>
#include <set>

namespace mortise::database {

class WalIndexTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(WalIndexTest);
    CPPUNIT_TEST(saysNothingTwiceWithoutAnIndex);
    CPPUNIT_TEST_SUITE_END();

    // A number that came again would say that nothing was committed in between.
    void saysNothingTwiceWithoutAnIndex() {
        sqlite3* opened = nullptr;
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, sqlite3_open(":memory:", &opened));
        const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(opened, &sqlite3_close);
        const WalIndex index(database.get());
        std::set<std::uint64_t> seen;
        for (int i = 0; i < 100; ++i) CPPUNIT_ASSERT(seen.insert(index.state()).second);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(WalIndexTest);

} // namespace mortise::database
