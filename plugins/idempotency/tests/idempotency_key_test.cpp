// SPDX-License-Identifier: Apache-2.0
#include "idempotency_key.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <optional>
#include <string>

namespace {

using mortise::idempotency::parseKey;

class IdempotencyKeyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(IdempotencyKeyTest);
    CPPUNIT_TEST(takesQuotedAndBare);
    CPPUNIT_TEST(refusesTheRest);
    CPPUNIT_TEST_SUITE_END();

public:
    void takesQuotedAndBare() {
        const std::string longest(255, 'k');
        const struct {
            std::string field, key;
        } cases[] = {{"a", "a"},
                     {"\"a\"", "a"},
                     {" \ta \t", "a"},
                     {"\" a \"", " a "},
                     {"a,b;c\\d", "a,b;c\\d"},
                     {R"("a\"b\\c")", R"(a"b\c)"},
                     {longest, longest},
                     {'"' + longest + '"', longest}};
        for (const auto& [field, key] : cases) {
            const std::optional<std::string> parsed = parseKey(field);
            CPPUNIT_ASSERT_MESSAGE(field, parsed.has_value());
            CPPUNIT_ASSERT_EQUAL(key, *parsed);
        }
    }
    void refusesTheRest() {
        const std::string tooLong(256, 'k');
        for (const std::string& field :
             {std::string(), std::string(" "), std::string("\""), std::string("\"\""), std::string("\"a"),
              std::string("a\""), std::string("\"a\"b\""), std::string("\"a\";p"), std::string("a b"),
              std::string("\"\\a\""), std::string("\"a\\\""), std::string("\x7f"), std::string("\"\t\""),
              std::string("\xc3\xa9"), std::string("\"\xc3\xa9\""), std::string("a\0b", 3), tooLong,
              '"' + tooLong + '"'})
            CPPUNIT_ASSERT_MESSAGE(field, !parseKey(field));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(IdempotencyKeyTest);

} // namespace
