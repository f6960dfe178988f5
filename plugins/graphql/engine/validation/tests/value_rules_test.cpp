// SPDX-License-Identifier: Apache-2.0
#include "validation/tests/validation_case.hpp"

namespace {

using namespace mortise::graphql::test;

class GraphqlValueRulesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlValueRulesTest);
    CPPUNIT_TEST(valuesOfCorrectType);
    CPPUNIT_TEST(oneOf);
    CPPUNIT_TEST(uniqueInputFieldNames);
    CPPUNIT_TEST_SUITE_END();

private:
    void valuesOfCorrectType() {
        assertValid(
            R"({ human(id: 1) { pets(first: 2) { name } } x: human(id: "a") { name } paint(color: RED, colors: [RED, GREEN], matrix: [[1], [2, null], null]) y: paint(color: null, colors: RED, matrix: 1) near(point: {x: 1, y: 2.5, color: RED, inner: {x: 0}}) { name } many(ids: [1, "a"]) { name } })");
        assertErrors(
            R"({ human(id: 1.5) { pets(first: "x") { name } } dog { barks(times: 3000000000, loud: "yes") } })",
            R"(ID cannot represent a non-string and non-integer value: 1.5 @12
Int cannot represent non-integer value: "x" @31
Int cannot represent non 32-bit signed integer value: 3000000000 @66
Boolean cannot represent a non boolean value: "yes" @84)");
        assertErrors(R"({ paint(color: REDD, colors: [RED, "GREEN", null, 5], matrix: [["x"], [[1]]]) })",
                     R"(Value "REDD" does not exist in "Color" enum. Did you mean the enum value "RED"? @15
Enum "Color" cannot represent non-enum value: "GREEN". Did you mean the enum value "GREEN"? @35
Expected value of type "Color!", found null. @44
Enum "Color" cannot represent non-enum value: 5. @50
Int cannot represent non-integer value: "x" @64
Int cannot represent non-integer value: [1] @71)");
        assertErrors(
            R"({ near(point: {y: "a", z: 1, colour: RED, inner: {}}) { name } x: near(point: 5) { name } y: near(point: [1]) { name } })",
            R"(Field "Point.x" of required type "Float!" was not provided. @14
Float cannot represent non numeric value: "a" @18
Field "z" is not defined by type "Point". Did you mean "x" or "y"? @23
Field "colour" is not defined by type "Point". Did you mean "color"? @29
Field "Point.x" of required type "Float!" was not provided. @49
Expected value of type "Point", found 5. @78
Expected value of type "Point", found [1]. @105)");
        assertErrors(R"({ human(id: null) { name } many(ids: null) { name } dog { barks(times: [1], loud: {a: 1}) } })",
                     R"(Expected value of type "ID!", found null. @12
Expected value of type "[ID!]!", found null. @37
Int cannot represent non-integer value: [1] @71
Boolean cannot represent a non boolean value: {a: 1} @82)");
        assertErrors(
            R"(query ($a: Int = "x", $b: Point = {x: null}, $c: Color! = BLUE) { dog { name @mark(weight: 1.0) } })",
            R"(Int cannot represent non-integer value: "x" @17
Expected value of type "Float!", found null. @38
Value "BLUE" does not exist in "Color" enum. @58
Int cannot represent non-integer value: 1.0 @91
Variable "$a" is never used. @7
Variable "$b" is never used. @22
Variable "$c" is never used. @45)");
    }

    void oneOf() {
        assertValid(R"({ pick(by: {id: 1}) { name } x: pick(by: {point: {x: 1}}) { name } })");
        assertValid(R"(query ($a: ID!) { pick(by: {id: $a}) { name } })");
        assertErrors(R"({ pick(by: {}) { name } })",
                     R"(OneOf Input Object "Choice" must specify exactly one key. @11)");
        assertErrors(R"({ pick(by: {id: 1, point: {x: 1}}) { name } })",
                     R"(OneOf Input Object "Choice" must specify exactly one key. @11)");
        assertErrors(R"({ pick(by: {id: null}) { name } })", R"(Field "Choice.id" must be non-null. @11)");
        assertErrors(R"({ pick(by: {di: 1}) { name } })",
                     R"(Field "di" is not defined by type "Choice". Did you mean "id"? @12)");
    }

    void uniqueInputFieldNames() {
        assertValid(R"({ near(point: {x: 1, inner: {x: 1}}) { name } })");
        assertErrors(R"({ near(point: {x: 1, y: 1, x: 2, inner: {x: 1, x: 2}, x: 3}) { name } })",
                     R"(There can be only one input field named "x". @15,27
There can be only one input field named "x". @41,47
There can be only one input field named "x". @15,54)");
        assertErrors(R"({ paint(color: {a: 1, a: 2}) })",
                     R"(Enum "Color" cannot represent non-enum value: {a: 1, a: 2}. @15
There can be only one input field named "a". @16,22)");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlValueRulesTest);

} // namespace
