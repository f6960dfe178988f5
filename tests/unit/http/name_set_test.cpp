// SPDX-License-Identifier: Apache-2.0
#include "http/name_set.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace mortise::http {

class NameSetTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(NameSetTest);
    CPPUNIT_TEST(hasWhatWasAdded);
    CPPUNIT_TEST(readsBlocks);
    CPPUNIT_TEST(meets);
    CPPUNIT_TEST_SUITE_END();

public:
    void hasWhatWasAdded() {
        NameSet names;
        CPPUNIT_ASSERT(!names.mayHave("Vary") && !names.mayHave(""));
        names.add("Vary");
        CPPUNIT_ASSERT(names.mayHave("Vary") && names.mayHave("vARY") && !names.mayHave(""));
        // What answers are commonly asked for.
        for (const char* other : {"Cache-Control", "Content-Encoding", "Access-Control-Allow-Origin", "X-Powered-By"})
            CPPUNIT_ASSERT_MESSAGE(other, !names.mayHave(other));
    }

    void readsBlocks() {
        NameSet names;
        names.addBlock("");
        CPPUNIT_ASSERT(!names.mayHave("A"));
        names.addBlock("X-One: 1\r\nCache-Control:\r\nB: c: d\r\n");
        for (const char* name : {"x-one", "CACHE-CONTROL", "b"}) CPPUNIT_ASSERT_MESSAGE(name, names.mayHave(name));
        CPPUNIT_ASSERT(!names.mayHave("Vary"));
    }

    void meets() {
        NameSet one;
        NameSet other;
        CPPUNIT_ASSERT(!one.mayMeet(other));
        one.add("Vary");
        other.add("Cache-Control");
        CPPUNIT_ASSERT(!one.mayMeet(other));
        other.add("VARY");
        CPPUNIT_ASSERT(one.mayMeet(other));
        NameSet both;
        both.add(other);
        CPPUNIT_ASSERT(both.mayHave("vary") && both.mayHave("cache-control"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(NameSetTest);

} // namespace mortise::http
