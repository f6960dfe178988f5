// SPDX-License-Identifier: Apache-2.0
#include "allowed_operations.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::graphql {

class AllowedOperationsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(AllowedOperationsTest);
    CPPUNIT_TEST(findsByIdAndDigest);
    CPPUNIT_TEST(refusesAnIdTwice);
    CPPUNIT_TEST(readsDigests);
    CPPUNIT_TEST_SUITE_END();

public:
    void findsByIdAndDigest() {
        AllowedOperations operations;
        OperationDigest digest{};
        digest[0] = 0xAB;
        const std::string hex = "ab" + std::string(62, '0');
        CPPUNIT_ASSERT(operations.add("first", "{ a }", digest));
        for (const std::string& id : {std::string("first"), hex, "sha256:" + hex, std::string("sha256:first")}) {
            const auto found = operations.find(id);
            CPPUNIT_ASSERT_MESSAGE(id, found && *found == "{ a }");
        }
        for (const std::string& id : {std::string(), std::string("First"), "sha1:" + hex, "sha256:sha256:" + hex})
            CPPUNIT_ASSERT_MESSAGE(id, !operations.find(id));
        CPPUNIT_ASSERT(operations.contains("{ a }") && !operations.contains("{a}") && !operations.contains(""));
    }
    void refusesAnIdTwice() {
        AllowedOperations operations;
        CPPUNIT_ASSERT(operations.add("x", "{ a }", {}));
        CPPUNIT_ASSERT(!operations.add("x", "{ b }", {1}));
        CPPUNIT_ASSERT(operations.add("y", "{ a }", {})); // one text by two names
        CPPUNIT_ASSERT(operations.all().size() == 2 && !operations.contains("{ b }"));
    }
    void readsDigests() {
        OperationDigest digest{};
        const std::string hex = "00ff" + std::string(58, '1') + "Ab";
        CPPUNIT_ASSERT(readDigest(hex, digest) && digest[0] == 0 && digest[1] == 0xFF && digest[31] == 0xAB);
        CPPUNIT_ASSERT_EQUAL("00ff" + std::string(58, '1') + "ab", hexOf(digest));
        for (const std::string& bad :
             {std::string(), hex + "00", hex.substr(1), "g" + hex.substr(1), hex.substr(1) + "/"})
            CPPUNIT_ASSERT_MESSAGE(bad, !readDigest(bad, digest));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AllowedOperationsTest);

} // namespace mortise::graphql
