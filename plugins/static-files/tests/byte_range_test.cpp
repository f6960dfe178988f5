// SPDX-License-Identifier: Apache-2.0
#include "byte_range.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::static_files {

class ByteRangeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ByteRangeTest);
    CPPUNIT_TEST(takesParts);
    CPPUNIT_TEST(refusesWhatLiesBehindTheEnd);
    CPPUNIT_TEST(ignoresWhatItDoesNotKnow);
    CPPUNIT_TEST_SUITE_END();

    static std::string shown(std::string_view value, std::uint64_t size) {
        const ByteRange range = parseByteRange(value, size);
        if (range.kind == ByteRange::Kind::whole) return "whole";
        if (range.kind == ByteRange::Kind::unsatisfiable) return "unsatisfiable";
        return std::to_string(range.first) + "+" + std::to_string(range.length);
    }

public:
    void takesParts() {
        CPPUNIT_ASSERT_EQUAL(std::string("0+1"), shown("bytes=0-0", 10));
        CPPUNIT_ASSERT_EQUAL(std::string("2+3"), shown("bytes=2-4", 10));
        CPPUNIT_ASSERT_EQUAL(std::string("2+8"), shown("bytes=2-", 10));
        CPPUNIT_ASSERT_EQUAL(std::string("7+3"), shown("bytes=-3", 10));
        CPPUNIT_ASSERT_EQUAL(std::string("0+10"), shown("bytes=-11", 10));
        CPPUNIT_ASSERT_EQUAL(std::string("9+1"), shown("bytes=9-999999999999999999999999999", 10));
        CPPUNIT_ASSERT_EQUAL(std::string("1+1"), shown("BYTES= 1-1 ", 10));
    }
    void refusesWhatLiesBehindTheEnd() {
        CPPUNIT_ASSERT_EQUAL(std::string("unsatisfiable"), shown("bytes=10-", 10));
        CPPUNIT_ASSERT_EQUAL(std::string("unsatisfiable"), shown("bytes=10-12", 10));
        CPPUNIT_ASSERT_EQUAL(std::string("unsatisfiable"), shown("bytes=-0", 10));
        CPPUNIT_ASSERT_EQUAL(std::string("unsatisfiable"), shown("bytes=0-", 0));
        CPPUNIT_ASSERT_EQUAL(std::string("unsatisfiable"), shown("bytes=-1", 0));
        CPPUNIT_ASSERT_EQUAL(std::string("unsatisfiable"), shown("bytes=99999999999999999999999-", 10));
    }
    void ignoresWhatItDoesNotKnow() {
        for (const std::string_view value : {"", "bytes", "bytes=", "bytes=-", "bytes=x-1", "bytes=1-x", "bytes=2-1",
                                             "items=0-1", "bytes=0-1,3-4", "bytes=+1-2", "bytes=1--2", "bytes 0-1"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(value), std::string("whole"), shown(value, 10));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ByteRangeTest);

} // namespace mortise::static_files
