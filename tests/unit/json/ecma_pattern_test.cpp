// SPDX-License-Identifier: Apache-2.0
#include "json/ecma_pattern.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <re2/re2.h>

#include <string>
#include <vector>

using mortise::json::translatePattern;

namespace {

bool matches(const std::string& pattern, const std::string& text) {
    std::string translated;
    const auto fault = translatePattern(pattern, translated);
    CPPUNIT_ASSERT_MESSAGE(pattern + ": " + (fault ? fault->message : ""), !fault);
    const RE2 compiled(translated, RE2::Quiet);
    CPPUNIT_ASSERT_MESSAGE(pattern + " -> " + translated + ": " + compiled.error(), compiled.ok());
    return RE2::PartialMatch(text, compiled);
}

struct Case {
    std::string pattern;
    std::vector<std::string> yes;
    std::vector<std::string> no;
};

void check(const std::vector<Case>& cases) {
    for (const Case& item : cases) {
        for (const std::string& text : item.yes)
            CPPUNIT_ASSERT_MESSAGE(item.pattern + " should match '" + text + "'", matches(item.pattern, text));
        for (const std::string& text : item.no)
            CPPUNIT_ASSERT_MESSAGE(item.pattern + " should not match '" + text + "'", !matches(item.pattern, text));
    }
}

} // namespace

class EcmaPatternTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(EcmaPatternTest);
    CPPUNIT_TEST(plainParts);
    CPPUNIT_TEST(anchorsAreThoseOfTheText);
    CPPUNIT_TEST(sets);
    CPPUNIT_TEST(spacesAreUnicode);
    CPPUNIT_TEST(escapes);
    CPPUNIT_TEST(codePoints);
    CPPUNIT_TEST(classes);
    CPPUNIT_TEST(properties);
    CPPUNIT_TEST(groups);
    CPPUNIT_TEST(quantifiers);
    CPPUNIT_TEST(refusedWithPosition);
    CPPUNIT_TEST_SUITE_END();

    void plainParts() {
        check({
            {"", {"", "a"}, {}},
            {"b", {"abc"}, {"acd"}},
            {"a|bc", {"a", "bc"}, {"b"}},
            {"a.c",
             {"abc",
              "a\xe2\x82\xac"
              "c",
              "a\xf0\x9f\x90\xb2"
              "c"},
             {"a\nc", "a\rc",
              "a\xe2\x80\xa8"
              "c",
              "a\xe2\x80\xa9"
              "c",
              "ac"}},
            {"\xc3\xa9+\xf0\x9f\x90\xb2", {"\xc3\xa9\xc3\xa9\xf0\x9f\x90\xb2"}, {"e\xf0\x9f\x90\xb2"}},
            {"#&~\"'%@! -_<>=,:;`", {"#&~\"'%@! -_<>=,:;`"}, {"#"}},
            {"^a{$", {"a{"}, {"a"}},
            {"^a{,3}$", {"a{,3}"}, {"aa"}},
            {"^{}]$", {"{}]"}, {}},
        });
    }

    void anchorsAreThoseOfTheText() {
        check({{"^a$", {"a"}, {"a\n", "b\na", "ba"}},
               {"\\bab\\b", {"ab", "x ab y"}, {"cab"}},
               {"\\Bab", {"cab"}, {"ab"}}});
    }

    void sets() {
        check({
            {"^\\d$", {"0", "9"}, {"a", "\xd9\xa3"}},
            {"^\\D$", {"a", "\xd9\xa3"}, {"0"}},
            {"^\\w$", {"a", "Z", "0", "_"}, {"-", "\xc3\xa9", "\xe2\x84\xaa"}},
            {"^\\W$", {"-", "\xc3\xa9"}, {"a", "_"}},
            {"^[\\d\\W]$", {"1", "-", "\xc3\xa9"}, {"a"}},
            {"^[^\\d\\W]$", {"a", "_"}, {"1", "-", "\xc3\xa9"}},
        });
    }

    void spacesAreUnicode() {
        const std::vector<std::string> spaces = {" ",
                                                 "\t",
                                                 "\n",
                                                 "\v",
                                                 "\f",
                                                 "\r",
                                                 "\xc2\xa0",
                                                 "\xe1\x9a\x80",
                                                 "\xe2\x80\x80",
                                                 "\xe2\x80\x8a",
                                                 "\xe2\x80\xa8",
                                                 "\xe2\x80\xa9",
                                                 "\xe2\x80\xaf",
                                                 "\xe2\x81\x9f",
                                                 "\xe3\x80\x80",
                                                 "\xef\xbb\xbf"};
        const std::vector<std::string> others = {std::string(1, '\0'),
                                                 "\x08",
                                                 "\x0e",
                                                 "!",
                                                 "a",
                                                 "\xc2\x85",
                                                 "\xc2\xa1",
                                                 "\xe1\xa0\x8e",
                                                 "\xe2\x80\x8b",
                                                 "\xe2\x80\xa7",
                                                 "\xe2\x80\xb0",
                                                 "\xe2\x81\xa0",
                                                 "\xe3\x80\x81",
                                                 "\xef\xbb\xbe",
                                                 "\xf4\x8f\xbf\xbf"};
        check({{"^\\s$", spaces, others},
               {"^\\S$", others, spaces},
               {"^[\\s]$", spaces, others},
               {"^[\\S]$", others, spaces},
               {"^[^\\s]$", others, spaces},
               {"^[\\s\\S]$", spaces, {}},
               {"^[\\s\\S]$", others, {}}});
    }

    void escapes() {
        check({
            {"^\\t\\n\\v\\f\\r$", {"\t\n\v\f\r"}, {}},
            {"^\\cC$", {"\x03"}, {"\\cC", "C"}},
            {"^\\cc$", {"\x03"}, {}},
            {"^[\\cJ]$", {"\n"}, {"J", "c"}},
            {"^\\0$", {std::string(1, '\0')}, {"0"}},
            {"^a\\/b$", {"a/b"}, {}},
            {"^\\^\\$\\\\\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|$", {"^$\\.*+?()[]{}|"}, {}},
            {"^\\-\\_\\@\\\"\\ $", {"-_@\" "}, {}},
            {"^\\x41\\xe9$", {"A\xc3\xa9"}, {"A\xe9"}},
            {"^[\\b]$", {"\b"}, {"b"}},
        });
    }

    void codePoints() {
        check({
            {"^\\u0041\\u20ac$", {"A\xe2\x82\xac"}, {}},
            {"^\\u{41}\\u{1F432}$", {"A\xf0\x9f\x90\xb2"}, {}},
            {"^\\uD83D\\uDC32*$", {"\xf0\x9f\x90\xb2\xf0\x9f\x90\xb2", ""}, {"\xf0\x9f\x90\x89"}},
            {"^[\\uD83D\\uDC32-\\uD83D\\uDC34]$", {"\xf0\x9f\x90\xb3"}, {"\xf0\x9f\x90\xb5", "\xf0\x9f\x90\xb1"}},
            {"^\xf0\x9f\x90\xb2*$", {"", "\xf0\x9f\x90\xb2\xf0\x9f\x90\xb2"}, {"\xf0\x9f\x90\x89"}},
            // Half a pair is in no text.
            {"\\uD83D", {}, {"\xf0\x9f\x90\xb2", "D83D"}},
            {"^[^\\uD83D]$", {"a"}, {}},
        });
    }

    void classes() {
        check({
            {"^[abc]$", {"a", "c"}, {"d", ""}},
            {"^[^abc]$", {"d", "\n", "\xe2\x82\xac"}, {"a"}},
            {"[]", {}, {"", "a", "[]"}},
            {"^[^]$", {"a", "\n", "\xf0\x9f\x90\xb2"}, {"", "ab"}},
            {"^[a-c-]$", {"b", "-"}, {"d"}},
            {"^[-a]$", {"-", "a"}, {"b"}},
            {"^[[:alpha:]]$", {"a]", ":]", "[]"}, {"b"}},
            {"^[\\]^.$*&&]$", {"]", "^", ".", "$", "*", "&"}, {"a", "\\"}},
            {"^[!-/]$", {"#", "/"}, {"0"}},
            {"^[\\x00-\\x1f]$", {"\x01"}, {" "}},
        });
    }

    void properties() {
        check({
            {"^\\p{Letter}+$", {"a\xc3\xa9\xe4\xb8\xad"}, {"1", "_"}},
            {"^\\p{L}\\p{Lu}\\p{Lowercase_Letter}$", {"aBc"}, {"abc"}},
            {"^\\P{Letter}$", {"1"}, {"a"}},
            {"^[^\\p{Letter}]$", {"1"}, {"a"}},
            {"^[\\P{Lu}]$", {"a"}, {"A"}},
            {"^\\p{digit}+$", {"42", "\xe0\xa7\xaa\xe0\xa7\xa8"}, {"-%#"}},
            {"^\\p{General_Category=Decimal_Number}\\p{gc=Nd}$", {"42"}, {"4a"}},
            {"^\\p{Script=Greek}\\p{sc=Latin}$",
             {"\xce\xb1"
              "a"},
             {"aa"}},
            {"^\\p{Cased_Letter}[\\p{LC}1]$",
             {"aB", "a1"},
             {"a2", "\xe4\xb8\xad"
                    "a"}},
            {"^\\p{punct}\\p{Math_Symbol}\\p{Space_Separator}$", {"!+ "}, {"a+ "}},
            {"^\\p{Any}\\p{ASCII}\\p{ASCII_Hex_Digit}\\p{White_Space}$",
             {"\xe2\x82\xac"
              "aF "},
             {"a\xe2\x82\xac"
              "F "}},
            {"^\\P{ASCII}$", {"\xe2\x82\xac"}, {"a"}},
            {"^[\\p{L}\\d-]$", {"-", "a", "1"}, {"+"}},
        });
    }

    void groups() {
        check({
            {"^(ab)+$", {"abab"}, {"aba"}},
            {"^(?:a|b)c$", {"ac", "bc"}, {"abc"}},
            {"^(?<year>\\d{4})-(?<m\xc3\xa9>\\d\\d)$", {"2024-12"}, {"2024"}},
            {"^(a(b(c)?)?)$", {"a", "ab", "abc"}, {"ac"}},
            {"^()$", {""}, {"a"}},
        });
    }

    void quantifiers() {
        check({
            {"^a*b+c?$", {"b", "aabbc"}, {"a", "bcc"}},
            {"^a*?b+?c??$", {"b", "aabbc"}, {"a"}},
            {"^a{2}b{1,}c{0,2}$", {"aab", "aabbcc"}, {"ab", "aabccc"}},
            {"^a{2}?$", {"aa"}, {"a"}},
            {"^a{1000}$", {std::string(1000, 'a')}, {std::string(999, 'a')}},
            {"^a{002}$", {"aa"}, {"a"}},
        });
    }

    void refusedWithPosition() {
        struct Refused {
            std::string pattern;
            std::size_t position;
            std::string part; // of the message
        };
        const std::vector<Refused> cases = {
            {"ab(?=c)", 2, "looks ahead"},
            {"(?!c)", 0, "looks ahead"},
            {"a(?<=b)", 1, "looks behind"},
            {"a(?<!b)", 1, "looks behind"},
            {"(a)\\1", 3, "refers back"},
            {"(?<n>a)\\k<n>", 7, "refers back"},
            {"a{1001}", 1, "more than 1000 times"},
            {"xa{5,1001}", 2, "more than 1000 times"},
            {"a{99999999999999999999}", 1, "more than 1000 times"},
            {"a{3,2}", 1, "at most fewer"},
            {"a**", 2, "cannot be repeated"},
            {"*a", 0, "cannot be repeated"},
            {"(+)", 1, "cannot be repeated"},
            {"a|?", 2, "cannot be repeated"},
            {"^*", 1, "cannot be repeated"},
            {"\\b+", 2, "cannot be repeated"},
            {"{2}", 0, "cannot be repeated"},
            {"\xc3\xa9(a", 2, "not closed"},
            {"a)", 1, "not open"},
            {"(?i)a", 0, "unknown kind of group"},
            {"(?P<n>a)", 0, "unknown kind of group"},
            {"(?<1>a)", 0, "without a proper name"},
            {"(?<>a)", 0, "without a proper name"},
            {"(?<n", 0, "without a proper name"},
            {"(?<n>a)(?<n>b)", 7, "the same name"},
            {"a[b", 1, "not closed"},
            {"[a-", 0, "not closed"},
            {"[^", 0, "not closed"},
            {"[b-a]", 1, "ends before it begins"},
            {"[\\d-a]", 1, "begins or ends with a set"},
            {"[a-\\d]", 1, "begins or ends with a set"},
            {"a\\", 1, "ends with a backslash"},
            {"a\\Z", 1, "does not know: \\Z"},
            {"\\a", 0, "does not know: \\a"},
            {"\\Qa\\E", 0, "does not know"},
            {"\\c1", 0, "\\c without a letter"},
            {"\\x1", 0, "two hexadecimal digits"},
            {"\\u12", 0, "four hexadecimal digits"},
            {"\\u{}", 0, "without a code point"},
            {"\\u{110000}", 0, "without a code point"},
            {"\\u{12", 0, "without a code point"},
            {"\\01", 0, "octal"},
            {"\\p", 0, "property in braces"},
            {"\\pL", 0, "property in braces"},
            {"a\\p{Emoji}", 1, "does not know: Emoji"},
            {"\\p{Script_Extensions=Greek}", 0, "does not know"},
            {"\\p{sc=}", 0, "does not know"},
            {"\\P{LC}", 0, "can only include"},
            {"\\\xc3\xa9", 0, "needs none"},
        };
        for (const Refused& item : cases) {
            std::string translated;
            const auto fault = translatePattern(item.pattern, translated);
            CPPUNIT_ASSERT_MESSAGE(item.pattern + " -> " + translated, fault.has_value());
            CPPUNIT_ASSERT_MESSAGE(item.pattern + ": " + fault->message,
                                   fault->message.find(item.part) != std::string::npos);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(item.pattern, item.position, fault->position);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(EcmaPatternTest);
