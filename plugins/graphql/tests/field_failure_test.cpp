// SPDX-License-Identifier: Apache-2.0
#include "field_failure.hpp"

#include <mortise/error.hpp>
#include <mortise/row_not_found.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>
#include <string>

using mortise::graphql::failureOfCaught;
using mortise::graphql::FieldFailure;

// What is thrown in a transaction is what a REST handler would reply.
class GraphqlFieldFailureTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlFieldFailureTest);
    CPPUNIT_TEST(statusesAndCodes);
    CPPUNIT_TEST(outcomesThatAreNotKnown);
    CPPUNIT_TEST(faultsKeepTheirReason);
    CPPUNIT_TEST_SUITE_END();

    template<class Thrown>
    static FieldFailure of(const Thrown& thrown) {
        try {
            throw thrown;
        } catch (...) {
            return failureOfCaught();
        }
    }
    static std::string shown(const FieldFailure& failure) {
        return std::to_string(failure.status) + " " + std::string(failure.shownCode()) + " " + failure.message + " " +
               std::to_string(failure.retryAfter);
    }

    void statusesAndCodes() {
        CPPUNIT_ASSERT_EQUAL(std::string("409 CONFLICT Resource already exists 0"),
                             shown(of(mortise::UniqueConflict("users.email"))));
        CPPUNIT_ASSERT_EQUAL(std::string("403 FORBIDDEN Forbidden 0"), shown(of(mortise::HttpError(403, "Forbidden"))));
        CPPUNIT_ASSERT_EQUAL(std::string("418 BAD_REQUEST Teapot 0"), shown(of(mortise::HttpError(418, "Teapot"))));
        CPPUNIT_ASSERT_EQUAL(std::string("503 SERVICE_UNAVAILABLE Service unavailable 1"), shown(of(mortise::Busy())));
    }

    void outcomesThatAreNotKnown() {
        const mortise::SqlError lost(mortise::SqlFailure::unknownOutcome, {}, "the connection was lost at COMMIT");
        CPPUNIT_ASSERT_EQUAL(std::string("503 OUTCOME_UNKNOWN It is not known whether the request was carried out 0"),
                             shown(of(lost)));
    }

    void faultsKeepTheirReason() {
        CPPUNIT_ASSERT_EQUAL(std::string("500 INTERNAL_SERVER_ERROR a reason 0"),
                             shown(of(std::runtime_error("a reason"))));
        CPPUNIT_ASSERT_EQUAL(std::string("500 INTERNAL_SERVER_ERROR an exception of unknown type 0"), shown(of(7)));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlFieldFailureTest);
