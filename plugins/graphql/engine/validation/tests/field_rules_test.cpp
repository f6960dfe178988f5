// SPDX-License-Identifier: Apache-2.0
#include "validation/tests/validation_case.hpp"

namespace {

using namespace mortise::graphql::test;

class GraphqlFieldRulesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlFieldRulesTest);
    CPPUNIT_TEST(scalarLeafs);
    CPPUNIT_TEST(fieldsOnCorrectType);
    CPPUNIT_TEST(introspectionDepth);
    CPPUNIT_TEST_SUITE_END();

private:
    void scalarLeafs() {
        assertValid(R"({ dog { name barks(times: 1) } paint })");
        assertErrors(R"({ dog })",
                     R"(Field "dog" of type "Dog" must have a selection of subfields. Did you mean "dog { ... }"? @2)");
        assertErrors(R"({ dog { name { length } barks(times: 1) { x } } })",
                     R"(Field "name" must not have a selection since type "String" has no subfields. @13
Field "barks" must not have a selection since type "Boolean!" has no subfields. @40)");
        assertErrors(
            R"({ human(id: 1) { pets } })",
            R"(Field "pets" of type "[Pet!]!" must have a selection of subfields. Did you mean "pets { ... }"? @17)");
    }

    void fieldsOnCorrectType() {
        assertValid(
            R"({ __typename dog { __typename name } thing { __typename ... on Dog { name } } pet { name } __schema { queryType { name } } __type(name: "Dog") { name } })");
        assertErrors(R"({ dog { nme meowVolume } })", R"(Cannot query field "nme" on type "Dog". Did you mean "name"? @8
Cannot query field "meowVolume" on type "Dog". @12)");
        assertErrors(
            R"({ thing { name } pet { lives barks } being { owner } })",
            R"(Cannot query field "name" on type "Thing". Did you mean to use an inline fragment on "Being", "Pet", "Cat", or "Dog"? @10
Cannot query field "lives" on type "Pet". Did you mean to use an inline fragment on "Cat"? @23
Cannot query field "barks" on type "Pet". Did you mean to use an inline fragment on "Dog"? @29
Cannot query field "owner" on type "Being". Did you mean to use an inline fragment on "Pet", "Cat", or "Dog"? @45)");
        assertErrors(R"({ dog { __schema { types { name } } unknown { deeper } } })",
                     R"(Cannot query field "__schema" on type "Dog". @8
Cannot query field "unknown" on type "Dog". @36)");
        assertErrors(R"({ thing { nothingLikeIt } })", R"(Cannot query field "nothingLikeIt" on type "Thing". @10)");
    }

    void introspectionDepth() {
        assertValid(R"({ __schema { types { fields { type { fields { name } } } } } })");
        assertErrors(R"({ __schema { types { fields { type { fields { type { fields { name } } } } } } } })",
                     R"(Maximum introspection depth exceeded @2)");
        assertErrors(
            R"({ __type(name: "Dog") { ...F } } fragment F on __Type { interfaces { possibleTypes { ...G } } } fragment G on __Type { inputFields { name } })",
            R"(Maximum introspection depth exceeded @2)");
        assertErrors(
            R"({ a: __schema { types { ...F } } b: __schema { types { fields { type { ...F } } } } } fragment F on __Type { fields { type { fields { name } } } })",
            R"(Maximum introspection depth exceeded @33)");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlFieldRulesTest);

} // namespace
