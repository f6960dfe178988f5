// SPDX-License-Identifier: Apache-2.0
#include "stored_response.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cstddef>
#include <optional>
#include <string>

namespace {

using mortise::idempotency::StoredResponse;

StoredResponse full() {
    StoredResponse response;
    response.isError = response.isJson = response.noStore = true;
    response.status = 409;
    response.contentType = "text/plain";
    response.body = std::string("a\0b\xff", 4);
    response.errorCode = "taken";
    response.fields = {{"Location", "/x"}, {"X-Empty", ""}};
    response.details = {{"body", "/a", "format", "must be"}, {"query", "", "", ""}};
    return response;
}

class StoredResponseTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(StoredResponseTest);
    CPPUNIT_TEST(comesBackAsItWas);
    CPPUNIT_TEST(isNothingWhereItIsCutOrLonger);
    CPPUNIT_TEST(isNothingOfAnotherVersion);
    CPPUNIT_TEST_SUITE_END();

public:
    void comesBackAsItWas() {
        for (const StoredResponse& given : {StoredResponse(), full()}) {
            const std::optional<StoredResponse> back = StoredResponse::decode(given.encode());
            CPPUNIT_ASSERT(back.has_value());
            CPPUNIT_ASSERT_EQUAL(given.encode(), back->encode());
            CPPUNIT_ASSERT_EQUAL(given.status, back->status);
            CPPUNIT_ASSERT_EQUAL(given.isError, back->isError);
            CPPUNIT_ASSERT_EQUAL(given.isJson, back->isJson);
            CPPUNIT_ASSERT_EQUAL(given.noStore, back->noStore);
            CPPUNIT_ASSERT_EQUAL(given.contentType, back->contentType);
            CPPUNIT_ASSERT_EQUAL(given.body, back->body);
            CPPUNIT_ASSERT_EQUAL(given.errorCode, back->errorCode);
            CPPUNIT_ASSERT(given.fields == back->fields);
            CPPUNIT_ASSERT_EQUAL(given.details.size(), back->details.size());
            for (std::size_t i = 0; i < given.details.size(); ++i)
                CPPUNIT_ASSERT_EQUAL(given.details[i].message, back->details[i].message);
        }
    }
    void isNothingWhereItIsCutOrLonger() {
        const std::string bytes = full().encode();
        for (std::size_t size = 0; size < bytes.size(); ++size)
            CPPUNIT_ASSERT_MESSAGE(std::to_string(size), !StoredResponse::decode(bytes.substr(0, size)));
        CPPUNIT_ASSERT(!StoredResponse::decode(bytes + 'x'));
        // Sizes and numbers of what is not there.
        for (std::size_t at = 1; at < bytes.size(); ++at) {
            std::string damaged = bytes;
            damaged[at] = '\xff';
            static_cast<void>(StoredResponse::decode(damaged));
        }
    }
    void isNothingOfAnotherVersion() {
        std::string bytes = full().encode();
        bytes[0] = 2;
        CPPUNIT_ASSERT(!StoredResponse::decode(bytes));
        bytes[0] = 1;
        bytes[1] = 8; // a flag that is not known
        CPPUNIT_ASSERT(!StoredResponse::decode(bytes));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(StoredResponseTest);

} // namespace
