// SPDX-License-Identifier: Apache-2.0
#include "base/sha256.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::base {

class Sha256Test : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(Sha256Test);
    CPPUNIT_TEST(computesKnownDigests);
    CPPUNIT_TEST(piecesMakeTheSameDigestAndItStartsAfresh);
    CPPUNIT_TEST_SUITE_END();

public:
    void computesKnownDigests() {
        CPPUNIT_ASSERT_EQUAL(std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
                             hexText(sha256("")));
        CPPUNIT_ASSERT_EQUAL(std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
                             hexText(sha256("abc"))); // FIPS 180-2 appendix B.1
        CPPUNIT_ASSERT_EQUAL(std::string("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
                             hexText(sha256(std::string(1'000'000, 'a')))); // B.3
    }

    void piecesMakeTheSameDigestAndItStartsAfresh() {
        Sha256 hash;
        for (int round = 0; round < 2; ++round) {
            hash.update("a");
            hash.update("");
            hash.update("bc");
            CPPUNIT_ASSERT_EQUAL(hexText(sha256("abc")), hexText(hash.finish()));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(Sha256Test);

} // namespace mortise::base
