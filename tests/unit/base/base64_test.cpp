// SPDX-License-Identifier: Apache-2.0
#include "base/base64.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::base {

class Base64Test : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(Base64Test);
    CPPUNIT_TEST(refusesEverySecondSpelling);
    CPPUNIT_TEST(agreesWithTheRfcs);
    CPPUNIT_TEST(everyByteSurvives);
    CPPUNIT_TEST(onlyOneTwoCharacterTextInSixteenIsValid);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesEverySecondSpelling() {
        for (const char* bad : {"A", "AAAAA", "Zg==", "Zm8=", "Zh", "Zm9", "Zm9v ", " Zm9v", "Zm\n9v", "Z+8v", "Z/8v",
                                "Zm9v=", "Zm.v", "Zm9v\xc3\xa9", "="}) {
            CPPUNIT_ASSERT_MESSAGE(bad, !base64UrlDecode(bad));
        }
        CPPUNIT_ASSERT(!base64UrlDecode(std::string_view("Zm\0v", 4)));
    }

    void agreesWithTheRfcs() {
        // RFC 4648 section 10, without padding; RFC 7515 appendix C.
        const std::pair<std::string, std::string> pairs[] = {
            {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
            {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\x03\xec\xff\xe0\xc1", "A-z_4ME"},
        };
        for (const auto& [bytes, text] : pairs) {
            CPPUNIT_ASSERT_EQUAL(text, base64UrlEncode(bytes));
            CPPUNIT_ASSERT_EQUAL(bytes, base64UrlDecode(text).value());
        }
    }

    void everyByteSurvives() {
        std::string bytes;
        for (int length = 0; length < 600; ++length) {
            CPPUNIT_ASSERT(base64UrlDecode(base64UrlEncode(bytes)).value() == bytes);
            bytes += static_cast<char>(length * 7 + length / 256);
        }
    }

    void onlyOneTwoCharacterTextInSixteenIsValid() {
        int valid = 0;
        for (int a = 0; a < 256; ++a) {
            for (int b = 0; b < 256; ++b) {
                const char text[] = {static_cast<char>(a), static_cast<char>(b)};
                const auto decoded = base64UrlDecode({text, 2});
                if (!decoded) continue;
                ++valid;
                CPPUNIT_ASSERT_EQUAL(std::string(text, 2), base64UrlEncode(*decoded));
            }
        }
        CPPUNIT_ASSERT_EQUAL(256, valid);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(Base64Test);

} // namespace mortise::base
