// SPDX-License-Identifier: Apache-2.0
#include "http/cookies.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

namespace mortise::http {

class CookiesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CookiesTest);
    CPPUNIT_TEST(passesOverWhatIsNoPair);
    CPPUNIT_TEST(readsPairs);
    CPPUNIT_TEST(theFirstOfANameStays);
    CPPUNIT_TEST(isBounded);
    CPPUNIT_TEST(anyBytesAreHandled);
    CPPUNIT_TEST_SUITE_END();

    static std::string read(std::string_view field, std::size_t most = 100) {
        std::vector<CookiePair> pairs;
        readCookies(field, pairs, most);
        std::string text;
        for (const CookiePair& pair : pairs) text += "<" + std::string(pair.name) + "|" + std::string(pair.value) + ">";
        return text;
    }

    void passesOverWhatIsNoPair() {
        for (const char* field : {"", ";", ";;;", " ", "a", "a;b", "=", "=a", " =a; \t=b", "\"a\"", "a; ;b "})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(field, std::string(), read(field));
        CPPUNIT_ASSERT_EQUAL(std::string("<a|1>"), read("x; =y; a=1; z"));
    }

    void readsPairs() {
        const std::vector<std::pair<std::string, std::string>> cases = {
            {"a=1", "<a|1>"},
            {"a=1; b=2", "<a|1><b|2>"},
            {"a=1;b=2;", "<a|1><b|2>"},
            {"\ta = 1\t;  b\t=2 ", "<a|1><b|2>"},
            {"a=", "<a|>"},
            {"a=b=c", "<a|b=c>"},
            {"a=\"b c\"", "<a|b c>"},
            {"a=\"\"; b=\"; c=\"x", "<a|><b|\"><c|\"x>"},
            {"a=%3B", "<a|%3B>"},
            {"a=\r1; b\n=2", "<a|\r1><b\n|2>"},
            {"a=x,y; $Version=1", "<a|x,y><$Version|1>"},
            {"\xc3\xa9=\xff", "<\xc3\xa9|\xff>"},
            {"__Host-id=1; __proto__=2", "<__Host-id|1><__proto__|2>"},
        };
        for (const auto& [field, expected] : cases) CPPUNIT_ASSERT_EQUAL_MESSAGE(field, expected, read(field));
    }

    void theFirstOfANameStays() {
        CPPUNIT_ASSERT_EQUAL(std::string("<a|1><b|2><A|4>"), read("a=1; b=2; a=3; A=4; a"));
        std::vector<CookiePair> pairs;
        readCookies("a=1", pairs, 10);
        readCookies("a=2; b=3", pairs, 10);
        CPPUNIT_ASSERT(pairs.size() == 2 && pairs[0].value == "1" && pairs[1].value == "3");
    }

    void isBounded() {
        std::string field;
        for (int i = 0; i < 1000; ++i) field += "c" + std::to_string(i) + "=1;";
        std::vector<CookiePair> pairs;
        readCookies(field, pairs, 180);
        CPPUNIT_ASSERT_EQUAL(std::size_t{180}, pairs.size());
        CPPUNIT_ASSERT_EQUAL(std::string(), read("a=1", 0));
    }

    void anyBytesAreHandled() {
        std::mt19937 random(3);
        const std::string alphabet("ab=;\" \t,\0\xff", 10);
        for (int round = 0; round < 20'000; ++round) {
            std::string field(random() % 24, '\0');
            for (char& byte : field) byte = alphabet[random() % alphabet.size()];
            std::vector<CookiePair> pairs;
            readCookies(field, pairs, 5);
            CPPUNIT_ASSERT(pairs.size() <= 5);
            for (const CookiePair& pair : pairs) {
                CPPUNIT_ASSERT(!pair.name.empty() && pair.name.find_first_of("=;") == std::string_view::npos);
                CPPUNIT_ASSERT(pair.value.find(';') == std::string_view::npos);
            }
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CookiesTest);

} // namespace mortise::http
