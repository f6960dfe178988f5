// SPDX-License-Identifier: Apache-2.0
#include "schema/name_index.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <deque>
#include <string>

namespace mortise::graphql {

class GraphqlNameIndexTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlNameIndexTest);
    CPPUNIT_TEST(findsWhatWasInserted);
    CPPUNIT_TEST(refusesTheSameNameTwice);
    CPPUNIT_TEST_SUITE_END();

    void findsWhatWasInserted() {
        NameIndex index;
        CPPUNIT_ASSERT_EQUAL(NameIndex::none, index.find("a"));
        std::deque<std::string> names;
        for (std::uint32_t i = 0; i < 1000; ++i) {
            names.push_back(std::string(i % 13, 'n') + std::to_string(i));
            CPPUNIT_ASSERT(index.insert(names.back(), i));
        }
        CPPUNIT_ASSERT_EQUAL(1000U, index.size());
        for (std::uint32_t i = 0; i < 1000; ++i) CPPUNIT_ASSERT_EQUAL(i, index.find(names[i]));
        CPPUNIT_ASSERT_EQUAL(NameIndex::none, index.find("n"));
        CPPUNIT_ASSERT_EQUAL(NameIndex::none, index.find(""));
    }

    void refusesTheSameNameTwice() {
        NameIndex index;
        CPPUNIT_ASSERT(index.insert("name", 1));
        CPPUNIT_ASSERT(!index.insert("name", 2));
        CPPUNIT_ASSERT_EQUAL(1U, index.find("name"));
        CPPUNIT_ASSERT_EQUAL(1U, index.size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlNameIndexTest);

} // namespace mortise::graphql
