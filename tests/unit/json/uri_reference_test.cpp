// SPDX-License-Identifier: Apache-2.0
#include "json/uri_reference.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

using mortise::json::decodePercent;
using mortise::json::resolveUri;
using mortise::json::splitFragment;

class UriReferenceTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(UriReferenceTest);
    CPPUNIT_TEST(examplesOfTheRfc);
    CPPUNIT_TEST(otherBases);
    CPPUNIT_TEST(fragments);
    CPPUNIT_TEST(percentEscapes);
    CPPUNIT_TEST_SUITE_END();

    struct Case {
        std::string reference;
        std::string expected;
    };

    // RFC 3986, sections 5.4.1 and 5.4.2.
    void examplesOfTheRfc() {
        const std::vector<Case> cases = {
            {"g:h", "g:h"},
            {"g", "http://a/b/c/g"},
            {"./g", "http://a/b/c/g"},
            {"g/", "http://a/b/c/g/"},
            {"/g", "http://a/g"},
            {"//g", "http://g"},
            {"?y", "http://a/b/c/d;p?y"},
            {"g?y", "http://a/b/c/g?y"},
            {"#s", "http://a/b/c/d;p?q#s"},
            {"g#s", "http://a/b/c/g#s"},
            {"g?y#s", "http://a/b/c/g?y#s"},
            {";x", "http://a/b/c/;x"},
            {"", "http://a/b/c/d;p?q"},
            {".", "http://a/b/c/"},
            {"./", "http://a/b/c/"},
            {"..", "http://a/b/"},
            {"../", "http://a/b/"},
            {"../g", "http://a/b/g"},
            {"../..", "http://a/"},
            {"../../g", "http://a/g"},
            {"../../../g", "http://a/g"},
            {"../../../../g", "http://a/g"},
            {"/./g", "http://a/g"},
            {"/../g", "http://a/g"},
            {"g.", "http://a/b/c/g."},
            {"..g", "http://a/b/c/..g"},
            {"./../g", "http://a/b/g"},
            {"./g/.", "http://a/b/c/g/"},
            {"g/./h", "http://a/b/c/g/h"},
            {"g/../h", "http://a/b/c/h"},
            {"g;x=1/../y", "http://a/b/c/y"},
            {"g?y/../x", "http://a/b/c/g?y/../x"},
            {"g#s/../x", "http://a/b/c/g#s/../x"},
        };
        for (const Case& item : cases)
            CPPUNIT_ASSERT_EQUAL_MESSAGE(item.reference, item.expected,
                                         resolveUri("http://a/b/c/d;p?q", item.reference));
    }

    void otherBases() {
        CPPUNIT_ASSERT_EQUAL(std::string("http://a/g"), resolveUri("http://a", "g"));
        CPPUNIT_ASSERT_EQUAL(std::string("urn:x:y#/a"), resolveUri("urn:x:y", "#/a"));
        CPPUNIT_ASSERT_EQUAL(std::string("urn:x:y?=a#b"), resolveUri("http://a/b", "urn:x:y?=a#b"));
        CPPUNIT_ASSERT_EQUAL(std::string("file:///c:/a/c"), resolveUri("file:///c:/a/b", "c"));
        CPPUNIT_ASSERT_EQUAL(std::string("#a"), resolveUri("", "#a"));
        CPPUNIT_ASSERT_EQUAL(std::string("b/c"), resolveUri("", "b/./c"));
        CPPUNIT_ASSERT_EQUAL(std::string("c"), resolveUri("b", "c"));
        CPPUNIT_ASSERT_EQUAL(std::string("c"), resolveUri("", "a/../../c"));
    }

    void fragments() {
        CPPUNIT_ASSERT_EQUAL(std::string("a"), std::string(splitFragment("a#b#c").address));
        CPPUNIT_ASSERT_EQUAL(std::string("b#c"), std::string(splitFragment("a#b#c").fragment));
        CPPUNIT_ASSERT_EQUAL(std::string("a"), std::string(splitFragment("a").address));
        CPPUNIT_ASSERT(splitFragment("a").fragment.empty());
    }

    void percentEscapes() {
        CPPUNIT_ASSERT_EQUAL(std::string("a b%"), *decodePercent("a%20b%25"));
        CPPUNIT_ASSERT_EQUAL(std::string("\xc3\xa9"), *decodePercent("%C3%a9"));
        for (const std::string_view text : {"%", "a%2", "%zz", "%-1", "%+1"}) CPPUNIT_ASSERT(!decodePercent(text));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UriReferenceTest);
