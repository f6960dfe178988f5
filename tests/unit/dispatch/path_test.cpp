// SPDX-License-Identifier: Apache-2.0
#include "dispatch/path.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>

namespace mortise::dispatch {

namespace {

std::string normalised(std::string_view raw) {
    std::string storage = "left over";
    return std::string(normalisePath(raw, storage));
}

// As the dispatcher does: match in the normalised path, then decode a parameter cut out of it.
std::string parameter(std::string_view raw) {
    std::string storage;
    const std::string_view path = normalisePath(raw, storage);
    std::string decoded;
    decoded.reserve(path.size());
    return std::string(decodeParameter(path, decoded));
}

} // namespace

class PathTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PathTest);
    CPPUNIT_TEST(keepsAnEscapedSlashWhole);
    CPPUNIT_TEST(decodesOnlyOnce);
    CPPUNIT_TEST(survivesEscapesCutShort);
    CPPUNIT_TEST(decodesEscapes);
    CPPUNIT_TEST(copiesNothingWithoutEscapes);
    CPPUNIT_TEST(decodesParameters);
    CPPUNIT_TEST(appendsParameters);
    CPPUNIT_TEST_SUITE_END();

public:
    void keepsAnEscapedSlashWhole() {
        CPPUNIT_ASSERT_EQUAL(std::string("/files/a%2Fb"), normalised("/files/a%2fb"));
        CPPUNIT_ASSERT_EQUAL(std::string("a/b"), parameter("a%2Fb"));
    }

    void decodesOnlyOnce() {
        CPPUNIT_ASSERT_EQUAL(std::string("/a%252Fb"), normalised("/a%252Fb"));
        CPPUNIT_ASSERT_EQUAL(std::string("a%2Fb"), parameter("a%252Fb"));
        CPPUNIT_ASSERT_EQUAL(std::string("100%"), parameter("100%25"));
        CPPUNIT_ASSERT_EQUAL(std::string("%41"), parameter("%2541"));
    }

    // The HTTP floor refuses them; reading past the end would still be wrong.
    void survivesEscapesCutShort() {
        CPPUNIT_ASSERT_EQUAL(std::string("/a%"), normalised("/a%"));
        CPPUNIT_ASSERT_EQUAL(std::string("/a%4"), normalised("/a%4"));
    }

    void decodesEscapes() {
        CPPUNIT_ASSERT_EQUAL(std::string("/user/\xC3\xA4 x"), normalised("/us%65r/%c3%A4%20x"));
        CPPUNIT_ASSERT_EQUAL(std::string("/aA"), normalised("/a%41"));
    }

    void copiesNothingWithoutEscapes() {
        const std::string_view raw = "/users/1";
        std::string storage;
        CPPUNIT_ASSERT(normalisePath(raw, storage).data() == raw.data());
        CPPUNIT_ASSERT(decodeParameter(raw, storage).data() == raw.data());
    }

    void decodesParameters() {
        CPPUNIT_ASSERT_EQUAL(std::string("/"), parameter("%2F"));
        CPPUNIT_ASSERT_EQUAL(std::string("%"), parameter("%25"));
        CPPUNIT_ASSERT_EQUAL(std::string("a/b%c/"), parameter("a%2Fb%25c%2f"));
    }

    void appendsParameters() {
        std::string storage;
        storage.reserve(100);
        const std::string_view first = decodeParameter("a%2Fb", storage);
        const std::string_view second = decodeParameter("%25", storage);
        CPPUNIT_ASSERT(first == "a/b" && second == "%");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PathTest);

} // namespace mortise::dispatch
