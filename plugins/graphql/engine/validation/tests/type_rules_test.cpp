// SPDX-License-Identifier: Apache-2.0
#include "validation/tests/validation_case.hpp"

namespace {

using namespace mortise::graphql::test;

class GraphqlTypeRulesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlTypeRulesTest);
    CPPUNIT_TEST(knownTypeNames);
    CPPUNIT_TEST(fragmentsOnCompositeTypes);
    CPPUNIT_TEST(variablesAreInputTypes);
    CPPUNIT_TEST(knownFragmentNames);
    CPPUNIT_TEST(possibleFragmentSpreads);
    CPPUNIT_TEST_SUITE_END();

private:
    void knownTypeNames() {
        assertValid(
            R"(query ($a: String, $b: [Color!]) { paint(colors: $b) near(point: {x: 1}) { ... on Dog { name } } ...F } fragment F on Query { human(id: 1) { name @mark(by: $a) } })");
        assertErrors(
            R"(query ($a: JumbledUpLetters) { human(id: $a) { ... on Dgo { name } } ...F } fragment F on Qeury { dog { name } })",
            R"(Unknown type "JumbledUpLetters". @11
Unknown type "Dgo". Did you mean "Dog"? @54
Unknown type "Qeury". Did you mean "Query"? @90)");
        assertErrors(R"(query ($a: [Pont!]!) { dog { name @mark(by: $a) } })",
                     R"(Unknown type "Pont". Did you mean "Point", "Int", or "Pet"? @12)");
    }

    void fragmentsOnCompositeTypes() {
        assertValid(R"({ dog { ... on Pet { name } ... on Thing { __typename } } })");
        assertErrors(R"({ dog { ... on Boolean { name } } })",
                     R"(Fragment cannot condition on non composite type "Boolean". @15)");
        assertErrors(R"({ dog { ...F } } fragment F on Color { name })",
                     R"(Fragment "F" cannot condition on non composite type "Color". @31)");
        assertErrors(R"({ dog { ... on Point { x } } })",
                     R"(Fragment cannot condition on non composite type "Point". @15)");
    }

    void variablesAreInputTypes() {
        assertValid(
            R"(query ($a: Point, $c: ID!) { near(point: $a) { name } paint(colors: [RED], matrix: null) human(id: $c) { name } x: paint(color: RED, matrix: []) @mark y: many { name @skip(if: false) } z: paint @include(if: true) })");
        assertErrors(R"(query ($a: Dog, $b: [[Thing!]]!, $c: Being) { dog { name } })",
                     R"(Variable "$a" cannot be non-input type "Dog". @11
Variable "$b" cannot be non-input type "[[Thing!]]!". @20
Variable "$c" cannot be non-input type "Being". @37
Variable "$a" is never used. @7
Variable "$b" is never used. @16
Variable "$c" is never used. @33)");
    }

    void knownFragmentNames() {
        assertValid(R"({ dog { ...F ... on Dog { name } } } fragment F on Dog { name })");
        assertErrors(R"({ dog { ...Nope ... on Dog { ...Nada } } })", R"(Unknown fragment "Nope". @11
Unknown fragment "Nada". @32)");
    }

    void possibleFragmentSpreads() {
        assertValid(
            R"({ dog { ... on Dog { name } ... on Pet { name } ... on Thing { __typename } } being { ... on Thing { __typename } ... on Pet { name } ... on Human { name } } thing { ... on Pet { name } ...F } } fragment F on Being { name })");
        assertErrors(R"({ dog { ... on Cat { lives } } })",
                     R"(Fragment cannot be spread here as objects of type "Dog" can never be of type "Cat". @8)");
        assertErrors(R"({ dog { ...F } } fragment F on Robot { model })",
                     R"(Fragment "F" cannot be spread here as objects of type "Dog" can never be of type "Robot". @8)");
        assertErrors(R"({ pet { ... on Robot { model } } thing { ... on Human { name } } })",
                     R"(Fragment cannot be spread here as objects of type "Pet" can never be of type "Robot". @8
Fragment cannot be spread here as objects of type "Thing" can never be of type "Human". @41)");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlTypeRulesTest);

} // namespace
