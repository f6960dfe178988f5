// SPDX-License-Identifier: Apache-2.0
#include "base/hmac_sha256.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::base {

namespace {

struct Vector {
    std::string key;
    std::string message;
    const char* mac;
};

std::string counting(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i) text += static_cast<char>(i);
    return text;
}

std::string raw(const Sha256Digest& digest) {
    return {digest.begin(), digest.end()};
}

// RFC 4231 section 4 (case 5 is about truncation).
const Vector vectors[] = {
    {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {std::string(20, '\xaa'), std::string(50, '\xdd'),
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {counting(1, 25), std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {std::string(131, '\xaa'),
     "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed "
     "before being used by the HMAC algorithm.",
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    // Not of the RFC: nothing under an empty key.
    {"", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
};

} // namespace

class HmacSha256Test : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(HmacSha256Test);
    CPPUNIT_TEST(computesTheVectorsOfRfc4231);
    CPPUNIT_TEST(takesANullKeyAsEmpty);
    CPPUNIT_TEST(keepsItsKeyOverManyMessages);
    CPPUNIT_TEST(copiesAreIndependent);
    CPPUNIT_TEST(verifiesOnlyTheWholeSignature);
    CPPUNIT_TEST_SUITE_END();

public:
    void computesTheVectorsOfRfc4231() {
        for (const Vector& vector : vectors) {
            HmacSha256 hmac(vector.key);
            CPPUNIT_ASSERT_EQUAL(std::string(vector.mac), hexText(hmac.sign(vector.message)));
        }
    }

    void takesANullKeyAsEmpty() {
        HmacSha256 hmac{std::string_view()};
        CPPUNIT_ASSERT_EQUAL(std::string(vectors[6].mac), hexText(hmac.sign({})));
    }

    void keepsItsKeyOverManyMessages() {
        HmacSha256 hmac(vectors[1].key);
        for (int i = 0; i < 3; ++i) {
            CPPUNIT_ASSERT_EQUAL(std::string(vectors[1].mac), hexText(hmac.sign(vectors[1].message)));
            CPPUNIT_ASSERT(hexText(hmac.sign("another")) != vectors[1].mac);
        }
    }

    void copiesAreIndependent() {
        HmacSha256 original(vectors[0].key);
        HmacSha256 copy = original.copy();
        { const HmacSha256 gone = std::move(original); }
        CPPUNIT_ASSERT_EQUAL(std::string(vectors[0].mac), hexText(copy.sign(vectors[0].message)));
    }

    void verifiesOnlyTheWholeSignature() {
        HmacSha256 hmac("key");
        const std::string signature = raw(hmac.sign("message"));
        CPPUNIT_ASSERT(hmac.verify("message", signature));
        CPPUNIT_ASSERT(!hmac.verify("massage", signature));
        CPPUNIT_ASSERT(!hmac.verify("message", signature.substr(0, 31)));
        CPPUNIT_ASSERT(!hmac.verify("message", signature + "x"));
        CPPUNIT_ASSERT(!hmac.verify("message", ""));
        for (std::size_t i = 0; i < signature.size(); ++i) {
            std::string changed = signature;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            CPPUNIT_ASSERT(!hmac.verify("message", changed));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HmacSha256Test);

} // namespace mortise::base
