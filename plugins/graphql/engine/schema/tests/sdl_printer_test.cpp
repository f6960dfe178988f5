// SPDX-License-Identifier: Apache-2.0
#include "schema/sdl_printer.hpp"
#include "schema/tests/given_schema.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::graphql {

class GraphqlSdlPrinterTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlSdlPrinterTest);
    CPPUNIT_TEST(printsAsGraphqlJs);
    CPPUNIT_TEST(printsRootsWhereTheyAreUnusual);
    CPPUNIT_TEST(printedAgainIsTheSame);
    CPPUNIT_TEST_SUITE_END();

    // As graphql-js 16.15 prints it.
    static constexpr const char* printed = R"(directive @tag(
  """Its name"""
  name: String! = "a\"b"
  level: Level
) repeatable on FIELD | QUERY

"""One line"""
type Query implements Node & Named {
  """
  Two
  lines
  """
  id: ID!

  """"""
  name(short: Boolean = true, n: [Int!] = [1, 2]): String @deprecated
  list(
    """The first"""
    first: Int = 10

    """The filter"""
    filter: Filter = {text: "x", level: HIGH} @deprecated(reason: "old \"one\"")
  ): [[Query!]]!
}

interface Node {
  id: ID!
}

interface Named implements Node {
  id: ID!
  name: String
}

union Found = Query | Other

type Other {
  a: Float
}

enum Level {
  LOW

  """
  A very long description of a value that is longer than seventy characters.
  """
  HIGH @deprecated(reason: "why")
}

input Filter {
  text: String = "x"
  level: Level = HIGH
}

input Choice @oneOf {
  a: Int
  b: Filter
}

"ends \u0007"
scalar Moment @specifiedBy(url: "https://example.org"))";

    void printsAsGraphqlJs() { CPPUNIT_ASSERT_EQUAL(std::string(printed), printSchema(givenSchema(printed))); }

    void printsRootsWhereTheyAreUnusual() {
        const std::string unusual = "schema {\n  query: Q\n  mutation: Mutation\n}\n\ntype Q {\n  a: Int\n}\n\ntype "
                                    "Mutation {\n  a: Int\n}";
        CPPUNIT_ASSERT_EQUAL(unusual, printSchema(givenSchema(unusual)));
        const std::string described = "\"\"\"Mine\"\"\"\nschema {\n  query: Query\n}\n\ntype Query {\n  a: Int\n}";
        CPPUNIT_ASSERT_EQUAL(described, printSchema(givenSchema(described)));
        CPPUNIT_ASSERT_EQUAL(std::string("type Query {\n  a: Int\n}"),
                             printSchema(givenSchema("schema { query: Query } type Query { a: Int }")));
    }

    void printedAgainIsTheSame() {
        const std::string once = printSchema(givenSchema(printed));
        CPPUNIT_ASSERT_EQUAL(once, printSchema(givenSchema(once)));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlSdlPrinterTest);

} // namespace mortise::graphql
