// SPDX-License-Identifier: Apache-2.0
#include "language/line_index.hpp"
#include "language/utf8.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::graphql {

class GraphqlLineIndexTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlLineIndexTest);
    CPPUNIT_TEST(endsOfLines);
    CPPUNIT_TEST(columnsAreUtf16);
    CPPUNIT_TEST(theEnd);
    CPPUNIT_TEST(slicesAreUtf16);
    CPPUNIT_TEST_SUITE_END();

    static std::string at(std::string_view source, std::uint32_t offset) {
        const Location location = LineIndex(source).locate(offset);
        return std::to_string(location.line) + ':' + std::to_string(location.column);
    }

    static void same(std::string_view expected, const std::string& actual) {
        CPPUNIT_ASSERT_EQUAL(std::string(expected), actual);
    }

    void endsOfLines() {
        const std::string_view source = "a\nb\rc\r\nd\n\ne";
        same("1:1", at(source, 0));
        same("1:2", at(source, 1));
        same("2:1", at(source, 2));
        same("3:1", at(source, 4));
        same("3:2", at(source, 5));
        same("4:1", at(source, 7));
        same("5:1", at(source, 9));
        same("6:1", at(source, 10));
    }

    void columnsAreUtf16() {
        const std::string_view source = "é€\xF0\x9F\x98\x80x";
        same("1:2", at(source, 2));
        same("1:3", at(source, 5));
        same("1:5", at(source, 9));
    }

    void theEnd() {
        same("1:1", at("", 0));
        same("2:1", at("a\n", 2));
        same("1:4", at("abc", 100));
    }

    void slicesAreUtf16() {
        const std::string_view source = "é€\xF0\x9F\x98\x80x";
        same("é€", sliceUtf16(source, 0, 2));
        same("é€\xEF\xBF\xBD", sliceUtf16(source, 0, 3));
        same("é€\xF0\x9F\x98\x80", sliceUtf16(source, 0, 4));
        same("€\xF0\x9F\x98\x80x", sliceUtf16(source, 2, 9));
        CPPUNIT_ASSERT_EQUAL(std::size_t{5}, countUtf16(source));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlLineIndexTest);

} // namespace mortise::graphql
