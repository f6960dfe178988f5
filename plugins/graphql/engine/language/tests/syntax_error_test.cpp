// SPDX-License-Identifier: Apache-2.0
#include "language/line_index.hpp"
#include "language/parser.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::graphql {

// Messages and places of syntax errors, which are graphql-js's.
class GraphqlSyntaxErrorTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlSyntaxErrorTest);
    CPPUNIT_TEST(characters);
    CPPUNIT_TEST(numbers);
    CPPUNIT_TEST(strings);
    CPPUNIT_TEST(escapes);
    CPPUNIT_TEST(blockStrings);
    CPPUNIT_TEST(whatAParserExpects);
    CPPUNIT_TEST(tokensAreShownByTheirMeaning);
    CPPUNIT_TEST(longTokensAreCut);
    CPPUNIT_TEST(wrongUtf8);
    CPPUNIT_TEST(whatIsIgnored);
    CPPUNIT_TEST_SUITE_END();

    // "line:column message without its beginning"
    static std::string fault(std::string_view source) {
        const ParseResult parsed = parseDocument(source);
        return describeFault(source, parsed);
    }

    static std::string valueFault(std::string_view source) {
        const ParseResult parsed = parseValue(source, false);
        return describeFault(source, parsed);
    }

    static std::string describeFault(std::string_view source, const ParseResult& parsed) {
        constexpr std::string_view beginning = "Syntax Error: ";
        if (!parsed.error) return "none";
        CPPUNIT_ASSERT(parsed.error->message.starts_with(beginning));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, parsed.error->offsets.size());
        const Location at = LineIndex(source).locate(parsed.error->offsets[0]);
        return std::to_string(at.line) + ':' + std::to_string(at.column) + ' ' +
               parsed.error->message.substr(beginning.size());
    }

    static void same(std::string_view expected, const std::string& actual) {
        CPPUNIT_ASSERT_EQUAL(std::string(expected), actual);
    }

    void characters() {
        same("1:3 Unexpected character: U+0007.", fault("{ \x07"));
        same("1:3 Unexpected character: U+0000.", fault(std::string_view("{ \0 }", 5)));
        same("1:1 Unexpected character: \"?\".", fault("?"));
        same("1:2 Unexpected character: \".\".", fault("{.}"));
        same("1:2 Unexpected character: \".\".", fault("{..}"));
        same("1:1 Unexpected character: U+007F.", fault("\x7f"));
        same("1:1 Unexpected character: U+00E9.", fault("é"));
        same("1:1 Unexpected character: U+FFFF.", fault("\xEF\xBF\xBF"));
        same("1:1 Unexpected character: U+1F600.", fault("😀"));
        same("1:1 Unexpected character: U+10FFFF.", fault("\xF4\x8F\xBF\xBF"));
        same("1:3 Unexpected single quote character ('), did you mean to use a double quote (\")?", fault("{ 'a' }"));
    }

    void numbers() {
        for (const char* good : {"0", "-0", "9", "-123", "0.1", "1e3", "1E+3", "-1.5e-10"})
            same("none", valueFault(good));
        same("1:2 Invalid number, unexpected digit after 0: \"0\".", valueFault("00"));
        same("1:3 Invalid number, unexpected digit after 0: \"1\".", valueFault("-01"));
        same("1:2 Invalid number, expected digit but got: <EOF>.", valueFault("-"));
        same("1:2 Invalid number, expected digit but got: \"A\".", valueFault("-A"));
        same("1:1 Unexpected character: \"+\".", valueFault("+1"));
        same("1:1 Unexpected character: \".\".", valueFault(".5"));
        same("1:3 Invalid number, expected digit but got: <EOF>.", valueFault("1."));
        same("1:3 Invalid number, expected digit but got: \"e\".", valueFault("1.e1"));
        same("1:3 Invalid number, expected digit but got: '\"'.", valueFault("1.\"\""));
        same("1:3 Invalid number, expected digit but got: <EOF>.", valueFault("1e"));
        same("1:4 Invalid number, expected digit but got: \"x\".", valueFault("1e+x"));
        same("1:2 Invalid number, expected digit but got: \"x\".", valueFault("0x1"));
        same("1:2 Invalid number, expected digit but got: \"_\".", valueFault("1_"));
        same("1:4 Invalid number, expected digit but got: \".\".", valueFault("1.2.3"));
        same("1:3 Invalid number, expected digit but got: U+1F600.", valueFault("1.😀"));
        same("none", valueFault("[1-1 1\"a\" 1{}]"));
    }

    void strings() {
        same("1:2 Unterminated string.", valueFault("\""));
        same("1:5 Unterminated string.", valueFault("\"abc"));
        same("1:3 Unterminated string.", valueFault("\"a\nb\""));
        same("1:3 Unterminated string.", valueFault("\"a\r\nb\""));
        same("1:4 Unterminated string.", valueFault("\"😀"));
        same("none", valueFault("\"\x07 \x7f 😀 \xEF\xBF\xBF\""));
    }

    void escapes() {
        same("none", valueFault(R"("\" \\ \/ \b \f \n \r \t \u0000 \u{0} \u{10FFFF} \uD83D\uDE00")"));
        same("1:2 Invalid character escape sequence: \"\\x\".", valueFault(R"("\x")"));
        same("1:2 Invalid character escape sequence: \"\\\".", valueFault("\"\\"));
        same("1:2 Invalid character escape sequence: \"\\\xEF\xBF\xBD\".", valueFault("\"\\😀\""));
        same("1:2 Invalid character escape sequence: \"\\é\".", valueFault("\"\\é\""));
        same("1:2 Invalid Unicode escape sequence: \"\\u12\".", valueFault(R"("\u12)"));
        same("1:2 Invalid Unicode escape sequence: \"\\u12G4\".", valueFault(R"("\u12G4")"));
        same("1:2 Invalid Unicode escape sequence: \"\\uD800\".", valueFault(R"("\uD800")"));
        same("1:2 Invalid Unicode escape sequence: \"\\uDE00\".", valueFault(R"("\uDE00\uD83D")"));
        same("1:2 Invalid Unicode escape sequence: \"\\uD83D\".", valueFault(R"("\uD83D\u0041")"));
        same("1:2 Invalid Unicode escape sequence: \"\\u{}\".", valueFault(R"("\u{}")"));
        same("1:2 Invalid Unicode escape sequence: \"\\u{D800}\".", valueFault(R"("\u{D800}")"));
        same("1:2 Invalid Unicode escape sequence: \"\\u{110000}\".", valueFault(R"("\u{110000}")"));
        same("1:2 Invalid Unicode escape sequence: \"\\u{FFFFFFFF\".", valueFault(R"("\u{FFFFFFFF}")"));
        same("1:2 Invalid Unicode escape sequence: \"\\u{000000000\".", valueFault(R"("\u{0000000000}")"));
        same("1:2 Invalid Unicode escape sequence: \"\\u{12x\".", valueFault(R"("\u{12x}")"));
    }

    void blockStrings() {
        same("1:4 Unterminated string.", valueFault("\"\"\""));
        same("2:3 Unterminated string.", valueFault("\"\"\"a\nb\""));
        same("1:8 Unterminated string.", valueFault("\"\"\"\\\"\"\""));
        same("none", valueFault("\"\"\" \" \"\" \\\"\"\" \\u \x07 \"\"\""));
    }

    void whatAParserExpects() {
        same("1:1 Unexpected <EOF>.", fault(""));
        same("1:2 Expected Name, found <EOF>.", fault("{"));
        same("1:2 Expected Name, found \"}\".", fault("{}"));
        same("1:4 Expected Name, found \"}\".", fault("{a(}"));
        same("1:5 Expected Name, found \")\".", fault("{ a()}"));
        same("1:5 Expected \":\", found \")\".", fault("{a(b)}"));
        same("1:6 Unexpected \")\".", fault("{a(b:)}"));
        same("1:6 Expected \"{\", found <EOF>.", fault("query"));
        same("1:1 Unexpected Name \"notAnOperation\".", fault("notAnOperation Foo { field }"));
        same("1:1 Unexpected \"...\".", fault("..."));
        same("1:7 Expected \"{\", found <EOF>.", fault("{ ... "));
        same("1:10 Unexpected Name \"on\".", fault("fragment on on on { on }"));
        same("1:10 Unexpected String \"on\".", fault("fragment \"on\" on T { a }"));
        same("1:10 Expected Name, found String \"of\".", fault("fragment \"of\" on T { a }"));
        same("1:12 Expected \"on\", found Name \"of\".", fault("fragment F of T { a }"));
        same("1:20 Unexpected variable \"$b\" in constant value.", fault("query ($a: Int = [ $b]) { a }"));
        same("1:18 Unexpected \"$\".", fault("query ($a: Int = $) { a }"));
        same("1:8 Expected \"$\", found Name \"a\".", fault("query (a: Int) { a }"));
        same("1:20 Unexpected variable \"$b\" in constant value.", fault("query ($a: T @d(x: $b)) { a }"));
        same("1:5 Expected Name, found \"}\".", fault("{ a:}"));
        same("1:7 Unexpected \"}\".", fault("{ a } }"));
        same("3:1 Expected Name, found <EOF>.", fault("{\r\na\n"));
    }

    void tokensAreShownByTheirMeaning() {
        same("1:2 Expected Name, found String \"a\"b\".", fault("{\"a\\\"b\"}"));
        same("1:2 Expected Name, found BlockString \"a\nb\".", fault("{\"\"\"\n  a\n  b\n\"\"\"}"));
        same("1:2 Expected Name, found Float \"1.50\".", fault("{1.50}"));
        same("1:2 Expected Name, found String \"\".", fault("{\"\"}"));
    }

    void longTokensAreCut() {
        same("1:1 Unexpected Name \"" + std::string(200, 'x') + "…\".", fault(std::string(201, 'x')));
        same("1:1 Unexpected Name \"" + std::string(200, 'x') + "\".", fault(std::string(200, 'x')));
        same("1:2 Expected Name, found String \"" + std::string(199, 'x') + "…\".",
             fault("{\"" + std::string(199, 'x') + "éé\"}"));
    }

    void wrongUtf8() {
        for (const char* bad : {"{ a } # \xff", "{ a } # \xc0\xaf", "{ a } # \xed\xa0\x80", "{ a } # \xf4\x90\x80\x80",
                                "{ a } # \xe2\x82", "{ a } # \x80", "{ a } # \xf0\x80\x80\x80"})
            same("1:9 Invalid UTF-8.", fault(bad));
        same("none",
             fault("{ a } # \xc2\x80 \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"));
    }

    void whatIsIgnored() {
        same("none", fault("\xEF\xBB\xBF, \t\r\n{ # comment } é\ra, # another"
                           "\n}\xEF\xBB\xBF#"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlSyntaxErrorTest);

} // namespace mortise::graphql
