// SPDX-License-Identifier: Apache-2.0
#include "../base64url.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace {

std::optional<std::string> decoded(std::string_view text) {
    std::string out(auth::decodedBound(text.size()), '?');
    const std::optional<std::size_t> size = auth::decodeBase64Url(text, out.data());
    if (!size) return std::nullopt;
    out.resize(*size);
    return out;
}

std::string encoded(std::string_view bytes) {
    std::string text = "<";
    auth::appendBase64Url(text, bytes);
    return text.substr(1);
}

class Base64UrlTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(Base64UrlTest);
    CPPUNIT_TEST(refusesForeignCharacters);
    CPPUNIT_TEST(refusesPaddingAndOddSizes);
    CPPUNIT_TEST(refusesUnusedBits);
    CPPUNIT_TEST(knowsTheVectors);
    CPPUNIT_TEST(bringsEveryByteBack);
    CPPUNIT_TEST_SUITE_END();

    void refusesForeignCharacters() {
        for (int c = 0; c < 256; ++c) {
            const char value = static_cast<char>(c);
            const bool good =
                (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
            for (std::size_t at = 0; at < 4; ++at) {
                std::string text = "AAAA";
                text[at] = value;
                CPPUNIT_ASSERT_EQUAL(good, decoded(text).has_value());
                CPPUNIT_ASSERT_EQUAL(good, decoded("AAAA" + text + "AAAA").has_value());
            }
            if (!good) CPPUNIT_ASSERT(!decoded(std::string("A") + value));
            if (!good) CPPUNIT_ASSERT(!decoded(std::string("AA") + value));
        }
    }

    void refusesPaddingAndOddSizes() {
        CPPUNIT_ASSERT(!decoded("Zg=="));
        CPPUNIT_ASSERT(!decoded("Zm8="));
        CPPUNIT_ASSERT(!decoded("A"));
        CPPUNIT_ASSERT(!decoded("AAAAA"));
    }

    void refusesUnusedBits() {
        CPPUNIT_ASSERT(decoded("AA") && !decoded("AB") && !decoded("AP"));
        CPPUNIT_ASSERT(decoded("AAA") && !decoded("AAB") && !decoded("AAD"));
        CPPUNIT_ASSERT(decoded("AAE").has_value());
    }

    /// RFC 4648 section 10.
    void knowsTheVectors() {
        CPPUNIT_ASSERT_EQUAL(std::string(""), encoded(""));
        CPPUNIT_ASSERT_EQUAL(std::string("Zg"), encoded("f"));
        CPPUNIT_ASSERT_EQUAL(std::string("Zm8"), encoded("fo"));
        CPPUNIT_ASSERT_EQUAL(std::string("Zm9v"), encoded("foo"));
        CPPUNIT_ASSERT_EQUAL(std::string("Zm9vYg"), encoded("foob"));
        CPPUNIT_ASSERT_EQUAL(std::string("Zm9vYmE"), encoded("fooba"));
        CPPUNIT_ASSERT_EQUAL(std::string("-_-_"), encoded("\xfb\xff\xbf"));
        CPPUNIT_ASSERT_EQUAL(std::string("fooba"), decoded("Zm9vYmE").value());
        CPPUNIT_ASSERT_EQUAL(std::string(), decoded("").value());
    }

    void bringsEveryByteBack() {
        std::string bytes;
        for (int i = 0; i < 256; ++i) {
            CPPUNIT_ASSERT_EQUAL(auth::encodedSize(bytes.size()), encoded(bytes).size());
            CPPUNIT_ASSERT_EQUAL(bytes, decoded(encoded(bytes)).value());
            bytes.push_back(static_cast<char>(i * 37));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(Base64UrlTest);

} // namespace
