// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

using mortise::base::didYouMean;
using mortise::base::editDistance;
using mortise::base::nearest;

class SuggestTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SuggestTest);
    CPPUNIT_TEST(measuresDistances);
    CPPUNIT_TEST(findsTheNearest);
    CPPUNIT_TEST(staysSilentWhenNothingIsNear);
    CPPUNIT_TEST(ignoresAbsurdlyLongNames);
    CPPUNIT_TEST_SUITE_END();

    const std::vector<std::string> keys_{"listen", "mode", "max_connections", "max_body_size", "loops"};

    void measuresDistances() {
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, editDistance("", ""));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, editDistance("", "abc"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, editDistance("ab", "ba"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, editDistance("Listen", "listen"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, editDistance("kitten", "sitting"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, editDistance("ca", "abc"));
    }

    void findsTheNearest() {
        CPPUNIT_ASSERT_EQUAL(std::string("max_connections"), nearest("max_conections", keys_).value());
        CPPUNIT_ASSERT_EQUAL(std::string("listen"), nearest("lsiten", keys_).value());
        CPPUNIT_ASSERT_EQUAL(std::string("max_body_size"), nearest("Max-Body-Size", keys_).value());
        CPPUNIT_ASSERT_EQUAL(std::string("; did you mean 'mode'?"), didYouMean("mod", keys_));
    }

    void staysSilentWhenNothingIsNear() {
        CPPUNIT_ASSERT(!nearest("xyzzy", keys_));
        CPPUNIT_ASSERT(!nearest("", keys_));
        CPPUNIT_ASSERT(!nearest("a", std::vector<std::string>{"b"}));
        CPPUNIT_ASSERT_EQUAL(std::string(), didYouMean("workers", keys_));
    }

    void ignoresAbsurdlyLongNames() { CPPUNIT_ASSERT(!nearest(std::string(100'000, 'a'), keys_)); }
};
CPPUNIT_TEST_SUITE_REGISTRATION(SuggestTest);
