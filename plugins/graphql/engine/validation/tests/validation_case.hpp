// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/parser.hpp"
#include "schema/sdl_reader.hpp"
#include "validation/validator.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <limits>
#include <string>
#include <string_view>

namespace mortise::graphql::test {

inline constexpr std::string_view validationSdl = R"(
directive @mark(by: String, weight: Int! = 1) repeatable on QUERY | FIELD | VARIABLE_DEFINITION
directive @need(name: String!) on FIELD
directive @once on QUERY | FRAGMENT_DEFINITION | VARIABLE_DEFINITION | INLINE_FRAGMENT
enum Color { RED GREEN }
input Point { x: Float! y: Float = 0 color: Color inner: Point }
input Choice @oneOf { id: ID point: Point }
interface Being { name: String }
interface Pet implements Being { name: String owner: Human }
type Dog implements Being & Pet { name: String owner: Human barks(loud: Boolean = true, times: Int!): Boolean! }
type Cat implements Being & Pet { name(short: Boolean): String owner: Human lives: Int }
type Human implements Being { name: String pets(first: Int = 10): [Pet!]! friend: Human }
type Robot { model: String! }
union Thing = Dog | Cat | Robot
type Query {
  dog: Dog cat: Cat pet: Pet being: Being human(id: ID!): Human thing: Thing
  near(point: Point): Pet pick(by: Choice!): Pet paint(color: Color, colors: [Color!], matrix: [[Int]]): Int
  many(ids: [ID!]! = []): [Pet] choose(by: Choice): Pet
}
type Mutation { rename(id: ID!, name: String): Human }
type Subscription { born(kind: String): Pet died: Pet }
)";

// Built once.
inline const Schema& validationSchema() {
    static const SchemaResult built = schemaFromSdl(validationSdl);
    CPPUNIT_ASSERT_MESSAGE(built.errors.empty() ? "" : built.errors.front().message, built.schema.has_value());
    return *built.schema;
}

// No bounds on the text: those of validation are to be seen.
inline ParseResult parsedForValidation(std::string_view source) {
    TextLimits limits;
    limits.bytes = std::numeric_limits<std::uint32_t>::max() - 1;
    limits.tokens = std::numeric_limits<std::uint32_t>::max() - 1;
    limits.nesting = 500;
    ParseResult parsed = parseDocument(source, limits);
    CPPUNIT_ASSERT_MESSAGE(parsed.error ? parsed.error->message : "", !parsed.error);
    return parsed;
}

inline std::vector<Error> errorsIn(std::string_view source, const ValidationOptions& options = {}) {
    const ParseResult parsed = parsedForValidation(source);
    return validate(validationSchema(), parsed.document, options);
}

// A line an error: its message, then the bytes it points at.
inline std::string errorText(const std::vector<Error>& errors) {
    std::string text;
    for (const Error& error : errors) {
        if (!text.empty()) text += '\n';
        text += error.message;
        for (std::size_t i = 0; i < error.offsets.size(); ++i) {
            text += (i == 0 ? " @" : ",") + std::to_string(error.offsets[i]);
        }
    }
    return text;
}

inline void assertValid(std::string_view source) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(source), std::string(), errorText(errorsIn(source)));
}

inline void assertErrors(std::string_view source, std::string_view expected) {
    CPPUNIT_ASSERT_EQUAL_MESSAGE(std::string(source), std::string(expected), errorText(errorsIn(source)));
}

} // namespace mortise::graphql::test
