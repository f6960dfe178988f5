// SPDX-License-Identifier: Apache-2.0
#include "language/string_literal.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::graphql {

class GraphqlStringLiteralTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlStringLiteralTest);
    CPPUNIT_TEST(escapesAreResolved);
    CPPUNIT_TEST(blockStringsLoseTheirIndentation);
    CPPUNIT_TEST(stringsAreEscaped);
    CPPUNIT_TEST(blockStringsAreLaidOut);
    CPPUNIT_TEST(whatCanBeABlockString);
    CPPUNIT_TEST_SUITE_END();

    static void same(const std::string& expected, const std::string& actual) { CPPUNIT_ASSERT_EQUAL(expected, actual); }

    void escapesAreResolved() {
        same("", resolveEscapes(""));
        same("plain é", resolveEscapes("plain é"));
        same("\" \\ / \b \f \n \r \t", resolveEscapes(R"(\" \\ \/ \b \f \n \r \t)"));
        same("A\xC2\x80\xE0\xA0\x80\xEF\xBF\xBF", resolveEscapes(R"(\u0041\u0080\u0800\uFFFF)"));
        same("\xF0\x9F\x98\x80 \xF0\x9F\x98\x80 \xF4\x8F\xBF\xBF",
             resolveEscapes(R"(\uD83D\uDE00 \u{1f600} \u{10FFFF})"));
        same(std::string("\0", 1), resolveEscapes(R"(\u{0})"));
        same("\\n", resolveEscapes(R"(\\n)"));
    }

    void blockStringsLoseTheirIndentation() {
        same("", dedentBlockString(""));
        same("", dedentBlockString(" \n\t\n  "));
        same("  a", dedentBlockString("  a"));
        same("a\nb", dedentBlockString("\n    a\n    b\n"));
        same("a\n  b\n\nc", dedentBlockString("\n  a\n    b\n\n  c\n\n"));
        same("  a\nb\n c", dedentBlockString("  a\n b\n  c"));
        same("a\nb\nc", dedentBlockString("a\r\n b\r c"));
        same("a\n\tb", dedentBlockString("\n\ta\n\t\tb"));
        same("a\n \nb", dedentBlockString("\n  a\n   \n  b"));
        same("\"\"\" \\n \\\"", dedentBlockString("\\\"\"\" \\n \\\""));
    }

    void stringsAreEscaped() {
        same("\"\"", printString(""));
        same("\"é \xF0\x9F\x98\x80\"", printString("é \xF0\x9F\x98\x80"));
        same(R"("\" \\ / \b \f \n \r \t")", printString("\" \\ / \b \f \n \r \t"));
        same(R"("\u0000\u0007\u000B\u001F\u007F")", printString(std::string("\0\a\v\x1f\x7f", 5)));
        same("\"\\u0080\\u009F\xC2\xA0\"", printString("\xC2\x80\xC2\x9F\xC2\xA0"));
    }

    void blockStringsAreLaidOut() {
        same("\"\"\"\"\"\"", printBlockString(""));
        same("\"\"\"a\"\"\"", printBlockString("a"));
        same("\"\"\"\na\nb\n\"\"\"", printBlockString("a\nb"));
        same("\"\"\"  a\"\"\"", printBlockString("  a"));
        same("\"\"\"  a\"\n\"\"\"", printBlockString("  a\""));
        same("\"\"\"\na\\\n\"\"\"", printBlockString("a\\"));
        same("\"\"\"\n\\\"\"\"\n\"\"\"", printBlockString("\"\"\""));
        same("\"\"\"\na \\\"\"\" b\n c\n\"\"\"", printBlockString("a \"\"\" b\n c"));
        same("\"\"\"" + std::string(70, 'x') + "\"\"\"", printBlockString(std::string(70, 'x')));
        same("\"\"\"\n" + std::string(71, 'x') + "\n\"\"\"", printBlockString(std::string(71, 'x')));
        same("\"\"\" " + std::string(71, 'x') + "\n\"\"\"", printBlockString(' ' + std::string(71, 'x')));
        std::string accents;
        for (int i = 0; i < 70; ++i) accents += "é";
        same("\"\"\"" + accents + "\"\"\"", printBlockString(accents));
    }

    void whatCanBeABlockString() {
        for (const char* good : {"", "a", "a\nb", "a\n  b", " a", "é\x7f", "a\n\nb", "  a\nb", "\x10"})
            CPPUNIT_ASSERT_MESSAGE(good, isPrintableAsBlockString(good));
        for (const char* bad : {" ", "\n", "\na", "a\n", "a\n ", "a\r", "a\r\nb", "\x07", "\x0f", "  a\n  b", " \na"})
            CPPUNIT_ASSERT_MESSAGE(bad, !isPrintableAsBlockString(bad));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlStringLiteralTest);

} // namespace mortise::graphql
