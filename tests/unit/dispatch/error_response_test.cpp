// SPDX-License-Identifier: Apache-2.0
#include "dispatch/error_response.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>

namespace mortise::dispatch {

class ErrorResponseTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ErrorResponseTest);
    CPPUNIT_TEST(isPlainUnlessAskedFor);
    CPPUNIT_TEST(isAProblemWhenAskedFor);
    CPPUNIT_TEST(writesThePlainShape);
    CPPUNIT_TEST(writesAProblem);
    CPPUNIT_TEST(codesWhatOnlyItsStatusDescribes);
    CPPUNIT_TEST(hasTheCodeOfItsPlugin);
    CPPUNIT_TEST(knowsCodes);
    CPPUNIT_TEST_SUITE_END();

    static std::string written(const ErrorResponse& answer, ErrorFormat format) {
        std::string out;
        writeError(out, answer, "id-1", format);
        return out;
    }

public:
    void isPlainUnlessAskedFor() {
        for (const std::string_view accept :
             {"", "*/*", "application/json", "application/*", "text/html, */*;q=0.8", "application/problem+xml",
              "application/problem+json;q=0", "application/problem+json;q=0.4, application/json",
              "application/json, application/problem+json;q=0.999", "application/problem+json;q=2",
              "application/problem+json;q=0.1234", "application/problem+json;q=", "problem",
              "application/problem+jsonx"})
            CPPUNIT_ASSERT_MESSAGE(std::string(accept), errorFormat(accept) == ErrorFormat::plain);
    }
    void isAProblemWhenAskedFor() {
        for (const std::string_view accept :
             {"application/problem+json", "APPLICATION/PROBLEM+JSON", "application/json, application/problem+json",
              "application/json;q=0.5,application/problem+json;q=0.5", "text/html,application/problem+json;q=0.1",
              "application/problem+json; charset=utf-8; q=1.000", ",, application/problem+json ,"})
            CPPUNIT_ASSERT_MESSAGE(std::string(accept), errorFormat(accept) == ErrorFormat::problem);
    }
    void writesThePlainShape() {
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"error":"Route not found","requestId":"id-1"})"),
                             written({error::routeNotFound}, ErrorFormat::plain));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"error":"Malformed JSON","position":7,"requestId":"id-1"})"),
                             written({error::malformedJson, nullptr, 7, {}}, ErrorFormat::plain));
    }
    void writesAProblem() {
        json::Details details;
        details.add(json::Location::query, "/page", "minimum", "must be at least 1");
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"Validation error",)"
                        R"("code":"validation","errors":[{"in":"query","path":"/page","code":"minimum",)"
                        R"("message":"must be at least 1"}],"requestId":"id-1"})"),
            written({error::validation, &details, std::nullopt, {}}, ErrorFormat::problem));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"type":"about:blank","title":"Internal Server Error","status":500,)"
                                         R"("detail":"Internal server error","code":"internal",)"
                                         R"("message":"why","requestId":"id-1"})"),
                             written({error::internal, nullptr, std::nullopt, "why"}, ErrorFormat::problem));
    }
    void codesWhatOnlyItsStatusDescribes() {
        const std::string text = written({{409, {}, "User already exists"}}, ErrorFormat::problem);
        CPPUNIT_ASSERT_MESSAGE(text, text.find(R"("code":"conflict")") != std::string::npos);
        const std::string other = written({{599, {}, "x"}}, ErrorFormat::problem);
        CPPUNIT_ASSERT_MESSAGE(other, other.find(R"("title":"Error","status":599)") != std::string::npos &&
                                          other.find(R"("code":"error")") != std::string::npos);
    }
    void hasTheCodeOfItsPlugin() {
        const ErrorResponse taken{{409, {}, "It is taken"}, nullptr, std::nullopt, {}, "name_taken"};
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"error":"It is taken","code":"name_taken","requestId":"id-1"})"),
                             written(taken, ErrorFormat::plain));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"type":"about:blank","title":"Conflict","status":409,)"
                                         R"("detail":"It is taken","code":"name_taken","requestId":"id-1"})"),
                             written(taken, ErrorFormat::problem));
    }
    void knowsCodes() {
        for (const std::string& code : {std::string(), std::string("a_1"), std::string(64, 'a')})
            CPPUNIT_ASSERT_MESSAGE(code, isErrorCode(code));
        for (const std::string& code :
             {std::string("A"), std::string("a b"), std::string("a-b"), std::string("\""), std::string(65, 'a')})
            CPPUNIT_ASSERT_MESSAGE(code, !isErrorCode(code));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ErrorResponseTest);

} // namespace mortise::dispatch
