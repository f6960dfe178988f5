// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>
#include <vector>

namespace base = mortise::base;
using namespace std::string_view_literals;

class TextTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TextTest);
    CPPUNIT_TEST(findsInvalidUtf8);
    CPPUNIT_TEST(splitsLists);
    CPPUNIT_TEST(trims);
    CPPUNIT_TEST(changesTheCaseOfAsciiOnly);
    CPPUNIT_TEST(makesTextPrintable);
    CPPUNIT_TEST_SUITE_END();

    void findsInvalidUtf8() {
        for (const std::string_view good : {""sv, "abc"sv, "\x00"sv, "\xC3\xA9"sv, "\xE2\x82\xAC"sv, "\xED\x9F\xBF"sv,
                                            "\xF0\x9F\x98\x80"sv, "\xF4\x8F\xBF\xBF"sv}) {
            CPPUNIT_ASSERT_EQUAL(std::string_view::npos, base::findInvalidUtf8(good));
        }
        for (const std::string_view bad :
             {"\x80"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC3"sv, "\xE0\x80\x80"sv, "\xED\xA0\x80"sv, "\xE2\x82"sv,
              "\xF0\x80\x80\x80"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xFF"sv}) {
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, base::findInvalidUtf8("ab" + std::string(bad) + "c"));
        }
    }

    void splitsLists() {
        using List = std::vector<std::string>;
        CPPUNIT_ASSERT(base::splitList("") == List{});
        CPPUNIT_ASSERT(base::splitList("  ") == List{});
        CPPUNIT_ASSERT((base::splitList("a") == List{"a"}));
        CPPUNIT_ASSERT((base::splitList(" a ,b,  c d ") == List{"a", "b", "c d"}));
        CPPUNIT_ASSERT((base::splitList("a,,b,") == List{"a", "", "b", ""}));
    }

    void trims() {
        CPPUNIT_ASSERT_EQUAL(std::string("a b"), std::string(base::trim(" \t a b\r\n")));
        CPPUNIT_ASSERT(base::trim(" \t ").empty());
    }

    void changesTheCaseOfAsciiOnly() {
        CPPUNIT_ASSERT_EQUAL(std::string("a\xC3\x84z"), base::lowerAscii("A\xC3\x84Z"));
        CPPUNIT_ASSERT_EQUAL(std::string("A\xC3\xA4Z"), base::upperAscii("a\xC3\xA4z"));
    }

    void makesTextPrintable() {
        CPPUNIT_ASSERT_EQUAL(std::string("a\\x0Ab\\x1B[31m\\xFF\xC3\xA9\\x7F"),
                             base::printable("a\nb\x1B[31m\xFF\xC3\xA9\x7F"));
        CPPUNIT_ASSERT_EQUAL(std::string(80, 'x') + "...", base::printable(std::string(81, 'x')));
        CPPUNIT_ASSERT_EQUAL(std::string(80, 'x'), base::printable(std::string(80, 'x')));
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(TextTest);
