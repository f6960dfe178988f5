// SPDX-License-Identifier: Apache-2.0
#include "validation/tests/validation_case.hpp"

namespace {

using namespace mortise::graphql::test;

class GraphqlOverlappingFieldsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlOverlappingFieldsTest);
    CPPUNIT_TEST(fieldsThatMerge);
    CPPUNIT_TEST(differentFields);
    CPPUNIT_TEST(differentArguments);
    CPPUNIT_TEST(conflictingTypes);
    CPPUNIT_TEST(deepConflicts);
    CPPUNIT_TEST(conflictsOfFragments);
    CPPUNIT_TEST_SUITE_END();

private:
    void fieldsThatMerge() {
        assertValid(
            R"({ dog { name name } dog { name } ...F } fragment F on Query { dog { name owner { name } } dog { owner { friend { name } } } })");
        assertValid(R"({ thing { ... on Dog { x: name } ... on Robot { y: model @skip(if: true) } } })");
        assertValid(R"({ pet { ... on Dog { barks(times: 1) } ... on Cat { x: name } } })");
        assertValid(R"({ pet { ... on Dog { v: barks(times: 1) } ... on Cat { w: lives } } })");
        assertValid(R"({ thing { ... on Dog { name } ... on Cat { name(short: true) } } })");
        assertValid(
            R"({ near(point: {x: 1, y: 2}) { name } near(point: {y: 2, x: 1}) { name } paint(colors: [RED, GREEN]) paint(colors: [RED, GREEN]) })");
        assertValid(R"(query ($a: ID!) { human(id: $a) { name } human(id: $a) { friend { name } } })");
    }

    void differentFields() {
        assertErrors(
            R"({ dog { name: __typename name } })",
            R"(Fields "name" conflict because "__typename" and "name" are different fields. Use different aliases on the fields to fetch both if this was intentional. @8,25)");
        assertErrors(
            R"({ dog { x: name x: __typename } ...F } fragment F on Query { dog { x: owner { name } } })",
            R"(Fields "dog" conflict because subfields "x" conflict because "name" and "owner" are different fields and subfields "x" conflict because "__typename" and "owner" are different fields. Use different aliases on the fields to fetch both if this was intentional. @2,8,16,61,67,67
Fields "x" conflict because "name" and "__typename" are different fields. Use different aliases on the fields to fetch both if this was intentional. @8,16)");
    }

    void differentArguments() {
        assertErrors(
            R"({ dog { barks(times: 1) barks(times: 2) } })",
            R"(Fields "barks" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional. @8,24)");
        assertErrors(
            R"({ human(id: "1") { name } human(id: 1) { name } })",
            R"(Fields "human" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional. @2,26)");
        assertErrors(
            R"({ dog { barks(times: 1) barks(times: 1, loud: true) } })",
            R"(Fields "barks" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional. @8,24)");
        assertErrors(
            R"({ near { name } near(point: {x: 1}) { name } })",
            R"(Fields "near" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional. @2,16)");
        assertErrors(
            R"(query ($a: ID!, $b: ID!) { human(id: $a) { name } human(id: $b) { name } })",
            R"(Fields "human" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional. @27,50)");
        assertErrors(
            R"({ paint(colors: [RED]) paint(colors: [RED, RED]) })",
            R"(Fields "paint" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional. @2,23)");
        assertErrors(
            R"({ paint(matrix: [[1]]) paint(matrix: [[2]]) })",
            R"(Fields "paint" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional. @2,23)");
        assertErrors(
            R"({ near(point: {x: 1}) { name } near(point: {x: 1, y: 1}) { name } })",
            R"(Fields "near" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional. @2,31)");
        assertErrors(
            R"({ human(id: "a") { name } human(id: """a""") { name } })",
            R"(Fields "human" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional. @2,26)");
    }

    void conflictingTypes() {
        assertValid(
            R"({ thing { ... on Dog { x: owner { pets { y: name } } } ... on Cat { x: owner { pets { y: __typename } } } } })");
        assertErrors(
            R"({ thing { ... on Dog { x: name } ... on Robot { x: model } } })",
            R"(Fields "x" conflict because they return conflicting types "String" and "String!". Use different aliases on the fields to fetch both if this was intentional. @23,48)");
        assertErrors(
            R"({ thing { ... on Dog { x: owner { name } } ... on Cat { x: lives } } })",
            R"(Fields "x" conflict because they return conflicting types "Human" and "Int". Use different aliases on the fields to fetch both if this was intentional. @23,56)");
        assertErrors(
            R"({ thing { ... on Dog { x: barks(times: 1) } ... on Robot { x: model } } })",
            R"(Fields "x" conflict because they return conflicting types "Boolean!" and "String!". Use different aliases on the fields to fetch both if this was intentional. @23,59)");
    }

    void deepConflicts() {
        assertErrors(
            R"({ human(id: 1) { friend { friend { x: name } } } human(id: 1) { friend { friend { x: __typename } } } })",
            R"(Fields "human" conflict because subfields "friend" conflict because subfields "friend" conflict because subfields "x" conflict because "name" and "__typename" are different fields. Use different aliases on the fields to fetch both if this was intentional. @2,17,26,35,49,64,73,82)");
        assertErrors(
            R"({ human(id: 1) { a: friend { x: name y: name } } human(id: 1) { a: friend { x: __typename y: __typename } } })",
            R"(Fields "human" conflict because subfields "a" conflict because subfields "x" conflict because "name" and "__typename" are different fields and subfields "y" conflict because "name" and "__typename" are different fields. Use different aliases on the fields to fetch both if this was intentional. @2,17,29,37,49,64,76,90)");
    }

    void conflictsOfFragments() {
        assertErrors(
            R"({ dog { ...A ...B } } fragment A on Dog { x: name } fragment B on Dog { x: __typename })",
            R"(Fields "x" conflict because "name" and "__typename" are different fields. Use different aliases on the fields to fetch both if this was intentional. @42,72)");
        assertErrors(
            R"({ dog { x: name ...A } } fragment A on Dog { ...B } fragment B on Dog { x: __typename })",
            R"(Fields "x" conflict because "name" and "__typename" are different fields. Use different aliases on the fields to fetch both if this was intentional. @8,72)");
        assertErrors(
            R"({ human(id: 1) { friend { ...A } } human(id: 1) { friend { ...B } } } fragment A on Human { x: name } fragment B on Human { x: __typename })",
            R"(Fields "human" conflict because subfields "friend" conflict because subfields "x" conflict because "name" and "__typename" are different fields. Use different aliases on the fields to fetch both if this was intentional. @2,17,92,35,50,124)");
        assertErrors(
            R"({ dog { ...A ...B } } fragment A on Dog { ...C } fragment B on Dog { x: name } fragment C on Dog { x: __typename })",
            R"(Fields "x" conflict because "__typename" and "name" are different fields. Use different aliases on the fields to fetch both if this was intentional. @99,69)");
        assertErrors(R"({ human(id: 1) { ...A } } fragment A on Human { friend { x: name ...A } x: __typename })",
                     R"(Cannot spread fragment "A" within itself. @65
Fields "x" conflict because "name" and "__typename" are different fields. Use different aliases on the fields to fetch both if this was intentional. @57,72)");
        assertErrors(
            R"({ human(id: 1) { ...A friend { x: name } } } fragment A on Human { friend { ...B } } fragment B on Human { ...C } fragment C on Human { x: __typename })",
            R"(Fields "friend" conflict because subfields "x" conflict because "name" and "__typename" are different fields. Use different aliases on the fields to fetch both if this was intentional. @22,31,67,136)");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlOverlappingFieldsTest);

} // namespace
