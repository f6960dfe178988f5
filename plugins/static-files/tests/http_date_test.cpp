// SPDX-License-Identifier: Apache-2.0
#include "http_date.hpp"

#include <cppunit/extensions/HelperMacros.h>

namespace mortise::static_files {

class HttpDateTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(HttpDateTest);
    CPPUNIT_TEST(writes);
    CPPUNIT_TEST(readsAllThreeForms);
    CPPUNIT_TEST(readsWhatItWrites);
    CPPUNIT_TEST(readsLeapSeconds);
    CPPUNIT_TEST(refusesOthers);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::int64_t example = 784111777; // of RFC 9110 section 5.6.7

public:
    void writes() {
        CPPUNIT_ASSERT_EQUAL(std::string("Sun, 06 Nov 1994 08:49:37 GMT"), httpDate(example));
        CPPUNIT_ASSERT_EQUAL(std::string("Thu, 01 Jan 1970 00:00:00 GMT"), httpDate(0));
    }
    void readsAllThreeForms() {
        for (const std::string_view text :
             {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
            CPPUNIT_ASSERT(parseHttpDate(text) == example);
        CPPUNIT_ASSERT(parseHttpDate("Wed Nov 16 08:49:37 1994") == example + 10 * 86400);
    }
    void readsWhatItWrites() {
        for (std::int64_t when = 0; when < 4'000'000'000; when += 86'413 * 97)
            CPPUNIT_ASSERT(parseHttpDate(httpDate(when)) == when);
    }
    void readsLeapSeconds() {
        CPPUNIT_ASSERT(parseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT") ==
                       parseHttpDate("Sun, 01 Jan 2017 00:00:00 GMT"));
        CPPUNIT_ASSERT(!parseHttpDate("Wed, 30 Feb 1994 23:59:60 GMT"));
    }
    void refusesOthers() {
        for (const std::string_view text :
             {"", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 6 Nov 1994 08:49:37 GMT",
              "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT", "Wed, 30 Feb 1994 08:49:37 GMT",
              "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
              "784111777", "1994-11-06T08:49:37Z"})
            CPPUNIT_ASSERT_MESSAGE(std::string(text), !parseHttpDate(text));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HttpDateTest);

} // namespace mortise::static_files
