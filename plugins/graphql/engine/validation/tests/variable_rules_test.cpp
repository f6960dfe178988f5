// SPDX-License-Identifier: Apache-2.0
#include "validation/tests/validation_case.hpp"

namespace {

using namespace mortise::graphql::test;

class GraphqlVariableRulesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlVariableRulesTest);
    CPPUNIT_TEST(uniqueVariableNames);
    CPPUNIT_TEST(noUndefinedVariables);
    CPPUNIT_TEST(noUnusedVariables);
    CPPUNIT_TEST(variablesInAllowedPosition);
    CPPUNIT_TEST_SUITE_END();

private:
    void uniqueVariableNames() {
        assertValid(R"(query A($a: ID!) { human(id: $a) { name } } query B($a: ID!) { human(id: $a) { name } })");
        assertErrors(
            R"(query ($a: ID!, $b: ID!, $a: ID!, $a: ID!, $b: ID!) { human(id: $a) { friend { name @mark(by: "x") } } x: human(id: $b) { name } })",
            R"(There can be only one variable named "$a". @8,26,35
There can be only one variable named "$b". @17,44)");
    }

    void noUndefinedVariables() {
        assertValid(R"(query ($a: ID!) { ...F } fragment F on Query { human(id: $a) { name } })");
        assertErrors(R"({ human(id: $a) { name } })", R"(Variable "$a" is not defined. @12,0)");
        assertErrors(
            R"(query A($a: Float!) { near(point: {x: $a, y: $b}) { name } many(ids: [$c]) { name @skip(if: $d) } })",
            R"(Variable "$b" is not defined by operation "A". @45,0
Variable "$c" is not defined by operation "A". @70,0
Variable "$d" is not defined by operation "A". @92,0)");
        assertErrors(
            R"(query A { ...F } query B($a: ID!) { ...F } fragment F on Query { human(id: $a) { ...G } } fragment G on Human { pets(first: $n) { name } })",
            R"(Variable "$a" is not defined by operation "A". @75,0
Variable "$n" is not defined by operation "A". @124,0
Variable "$n" is not defined by operation "B". @124,17)");
    }

    void noUnusedVariables() {
        assertValid(
            R"(query ($a: ID!, $b: Boolean!) { human(id: $a) { ...F } } fragment F on Human { name @skip(if: $b) })");
        assertErrors(R"(query A($a: ID!, $b: ID) { human(id: $a) { name } })",
                     R"(Variable "$b" is never used in operation "A". @17)");
        assertErrors(R"(query ($a: Int = 1) { dog { name } })", R"(Variable "$a" is never used. @7)");
        assertErrors(
            R"(query A($a: ID!) { dog { name } } query B($a: ID!) { ...F } fragment F on Query { human(id: $a) { name } })",
            R"(Variable "$a" is never used in operation "A". @8)");
    }

    void variablesInAllowedPosition() {
        assertValid(
            R"(query ($a: ID!, $b: Int, $c: [ID!], $d: Boolean = true, $e: [Color!]) { human(id: $a) { pets(first: $b) { name @skip(if: $d) } } many(ids: $c) { name } paint(colors: $e) })");
        assertValid(R"(query ($a: Int = 3) { dog { barks(times: $a) } })");
        assertValid(
            R"(query ($a: Float!, $p: Point!) { near(point: {x: $a}) { name } pick(by: {point: $p}) { name } })");
        assertErrors(
            R"(query ($a: ID, $b: String, $c: [ID], $d: Boolean) { human(id: $a) { pets(first: $b) { name @skip(if: $d) } } many(ids: $c) { name } })",
            R"(Variable "$a" of type "ID" used in position expecting type "ID!". @7,62
Variable "$b" of type "String" used in position expecting type "Int". @15,80
Variable "$d" of type "Boolean" used in position expecting type "Boolean!". @37,101
Variable "$c" of type "[ID]" used in position expecting type "[ID!]!". @27,119)");
        assertErrors(R"(query ($a: Int = null) { dog { barks(times: $a) } })",
                     R"(Variable "$a" of type "Int" used in position expecting type "Int!". @7,44)");
        assertErrors(R"(query ($a: Color, $b: [Int]) { paint(colors: [$a], matrix: [$a]) x: paint(matrix: $b) })",
                     R"(Variable "$a" of type "Color" used in position expecting type "Color!". @7,46
Variable "$a" of type "Color" used in position expecting type "[Int]". @7,60
Variable "$b" of type "[Int]" used in position expecting type "[[Int]]". @18,82)");
        assertErrors(
            R"(query ($a: ID, $p: Point) { choose(by: {id: $a}) { name } x: choose(by: {point: $p}) { name } })",
            R"(Variable "$a" is of type "ID" but must be non-nullable to be used for OneOf Input Object "Choice". @7,44
Variable "$p" is of type "Point" but must be non-nullable to be used for OneOf Input Object "Choice". @15,80)");
        assertErrors(R"(query ($a: String) { ...F } fragment F on Query { near(point: {x: $a}) { name } })",
                     R"(Variable "$a" of type "String" used in position expecting type "Float!". @7,66)");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlVariableRulesTest);

} // namespace
