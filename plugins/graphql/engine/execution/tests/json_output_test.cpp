// SPDX-License-Identifier: Apache-2.0
#include "execution/json_output.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>

using mortise::graphql::JsonOutput;

class GraphqlJsonOutputTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlJsonOutputTest);
    CPPUNIT_TEST(plainTexts);
    CPPUNIT_TEST(escapesAtEveryPlace);
    CPPUNIT_TEST(illFormedBecomesReplacement);
    CPPUNIT_TEST(numbersAsEcmaScript);
    CPPUNIT_TEST(boundHolds);
    CPPUNIT_TEST_SUITE_END();

    static std::string stringOf(std::string_view text) {
        JsonOutput output(1 << 20);
        output.string(text);
        return std::string(output.view());
    }
    static std::string numberOf(double value) {
        JsonOutput output(100);
        output.number(value);
        return std::string(output.view());
    }

    void plainTexts() {
        CPPUNIT_ASSERT_EQUAL(std::string("\"\""), stringOf(""));
        for (std::size_t size = 1; size < 40; ++size) {
            const std::string text(size, 'x');
            CPPUNIT_ASSERT_EQUAL('"' + text + '"', stringOf(text));
        }
        CPPUNIT_ASSERT_EQUAL(std::string("\"\x7F/\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""),
                             stringOf("\x7F/\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"));
    }

    void escapesAtEveryPlace() {
        static constexpr std::string_view specials("\"\\\b\f\n\r\t\x01\x1F\0", 10);
        static constexpr std::string_view escaped[] = {"\\\"", "\\\\", "\\b",     "\\f",     "\\n",
                                                       "\\r",  "\\t",  "\\u0001", "\\u001f", "\\u0000"};
        for (std::size_t at = 0; at < 20; ++at)
            for (std::size_t special = 0; special < specials.size(); ++special) {
                std::string text(20, 'y');
                text[at] = specials[special];
                std::string expected(20, 'y');
                expected.replace(at, 1, escaped[special]);
                CPPUNIT_ASSERT_EQUAL('"' + expected + '"', stringOf(text));
            }
    }

    void illFormedBecomesReplacement() {
        const std::string bad = "\xEF\xBF\xBD";
        CPPUNIT_ASSERT_EQUAL("\"a" + bad + "b\"", stringOf("a\xFF"
                                                           "b"));
        CPPUNIT_ASSERT_EQUAL('"' + bad + '"', stringOf("\xE2\x82"));                 // cut off: one part
        CPPUNIT_ASSERT_EQUAL('"' + bad + bad + '"', stringOf("\xC0\x80"));           // overlong
        CPPUNIT_ASSERT_EQUAL('"' + bad + bad + bad + '"', stringOf("\xED\xA0\x80")); // a surrogate
        CPPUNIT_ASSERT_EQUAL('"' + bad + bad + bad + bad + '"', stringOf("\xF4\x90\x80\x80"));
        CPPUNIT_ASSERT_EQUAL('"' + bad + "\\\"\"", stringOf("\xF0\x9F\x98\""));
    }

    void numbersAsEcmaScript() {
        const std::pair<double, std::string> cases[] = {{0, "0"},
                                                        {-0.0, "0"},
                                                        {1, "1"},
                                                        {-1.5, "-1.5"},
                                                        {100, "100"},
                                                        {1e20, "100000000000000000000"},
                                                        {1e21, "1e+21"},
                                                        {1.25e21, "1.25e+21"},
                                                        {123456789012345680000.0, "123456789012345680000"},
                                                        {1e-6, "0.000001"},
                                                        {1.5e-6, "0.0000015"},
                                                        {1e-7, "1e-7"},
                                                        {1.5e-7, "1.5e-7"},
                                                        {0.1, "0.1"},
                                                        {1.0 / 3, "0.3333333333333333"},
                                                        {5e-324, "5e-324"},
                                                        {1.7976931348623157e308, "1.7976931348623157e+308"},
                                                        {9007199254740993.0, "9007199254740992"}};
        for (const auto& [value, text] : cases) CPPUNIT_ASSERT_EQUAL(text, numberOf(value));
    }

    void boundHolds() {
        JsonOutput output(100);
        for (int i = 0; i < 100; ++i) output.put('a');
        CPPUNIT_ASSERT(!output.overflowed());
        output.put('b');
        CPPUNIT_ASSERT(output.overflowed());
        CPPUNIT_ASSERT_EQUAL(std::size_t{100}, output.size());
        output.clear();
        output.string(std::string(200, 'x'));
        CPPUNIT_ASSERT(output.overflowed());
        CPPUNIT_ASSERT(output.size() <= 100);
        output.clear();
        output.string(std::string(99, '\n'));
        CPPUNIT_ASSERT(output.overflowed());
        CPPUNIT_ASSERT(output.size() <= 100);
        output.clear();
        CPPUNIT_ASSERT(!output.overflowed());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlJsonOutputTest);
