// SPDX-License-Identifier: Apache-2.0
#include "response_media_type.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::graphql {

class ResponseMediaTypeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ResponseMediaTypeTest);
    CPPUNIT_TEST(choosesByQuality);
    CPPUNIT_TEST_SUITE_END();

    static std::string chosen(std::string_view field) {
        Accept<2> accept(responseMediaTypes);
        accept.add(field);
        const auto type = chooseMediaType(accept);
        if (!type) return "none";
        return *type == ResponseMediaType::json ? "json" : "response";
    }

public:
    void choosesByQuality() {
        static constexpr const char* table[][2] = {
            {"", "json"},
            {"*/*", "json"},
            {"application/*", "json"},
            {"application/json", "json"},
            {"application/graphql-response+json", "response"},
            {"application/graphql-response+json; charset=utf-8", "response"},
            {"application/graphql-response+json, application/json;q=0.9", "response"},
            {"application/graphql-response+json;q=0.9, application/json", "json"},
            {"application/json, application/graphql-response+json", "response"},
            {"application/graphql-response+json, application/graphql+json, application/json, text/event-stream",
             "response"},
            {"application/graphql-response+json, */*", "response"},
            {"application/graphql-response+json;q=0.5, */*", "json"},
            {"application/json, */*;q=0.1", "json"},
            {"application/graphql-response+json;q=0, */*", "json"},
            {"application/json;q=0, */*", "response"},
            {"text/html, application/xhtml+xml, */*;q=0.8", "json"},
            {"text/html", "none"},
            {"application/json;q=0", "none"},
            {"application/json; charset=iso-8859-1", "none"},
            {"application/graphql-response+json; charset=utf-16, application/json", "json"},
        };
        for (const auto& row : table) CPPUNIT_ASSERT_EQUAL_MESSAGE(row[0], std::string(row[1]), chosen(row[0]));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ResponseMediaTypeTest);

} // namespace mortise::graphql
