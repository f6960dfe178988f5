// SPDX-License-Identifier: Apache-2.0
#include "validation/tests/validation_case.hpp"

namespace {

using namespace mortise::graphql::test;

class GraphqlOperationRulesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlOperationRulesTest);
    CPPUNIT_TEST(executableDefinitions);
    CPPUNIT_TEST(uniqueOperationNames);
    CPPUNIT_TEST(loneAnonymousOperation);
    CPPUNIT_TEST(singleFieldSubscriptions);
    CPPUNIT_TEST(uniqueFragmentNames);
    CPPUNIT_TEST(noUnusedFragments);
    CPPUNIT_TEST_SUITE_END();

private:
    void executableDefinitions() {
        assertValid(R"(query A { dog { name } } fragment F on Dog { name } query B { dog { ...F } })");
        assertErrors(R"({ dog { name } } type Foo { a: Int } extend type Dog { b: Int })",
                     R"(The "Foo" definition is not executable. @17
The "Dog" definition is not executable. @37)");
        assertErrors(R"(schema { query: Query } query { dog { name } })",
                     R"(The schema definition is not executable. @0)");
    }

    void uniqueOperationNames() {
        assertValid(R"(query A { dog { name } } query B { dog { name } })");
        assertValid(R"(query A { dog { ...A } } fragment A on Dog { name })");
        assertErrors(R"(query A { dog { name } } mutation A { rename(id: 1) { name } } query A { cat { name } })",
                     R"(There can be only one operation named "A". @6,34
There can be only one operation named "A". @6,69)");
    }

    void loneAnonymousOperation() {
        assertValid(R"({ dog { name } })");
        assertValid(R"({ dog { ...F } } fragment F on Dog { name })");
        assertErrors(R"({ dog { name } } query B { dog { name } })",
                     R"(This anonymous operation must be the only defined operation. @0)");
        assertErrors(R"({ dog { name } } { cat { name } })",
                     R"(This anonymous operation must be the only defined operation. @0
This anonymous operation must be the only defined operation. @17)");
    }

    void singleFieldSubscriptions() {
        assertValid(R"(subscription { born { name } })");
        assertValid(
            R"(subscription S { born { name } died @skip(if: true) { name } x: died @include(if: false) { name } })");
        assertValid(
            R"(subscription { born { name } born { owner { name } } ...F } fragment F on Subscription { born { name } ...F2 } fragment F2 on Subscription { born { name } })");
        assertErrors(R"(subscription { born { name } died { name } })",
                     R"(Anonymous Subscription must select only one top level field. @29)");
        assertErrors(
            R"(subscription S { ...F } fragment F on Subscription { born { name } a: died { name } ... { b: died { name } } })",
            R"(Subscription "S" must select only one top level field. @67,90)");
        assertErrors(R"(subscription { __typename })",
                     R"(Anonymous Subscription must not select an introspection top level field. @15)");
        assertErrors(R"(subscription S { born { name } t: __typename })",
                     R"(Subscription "S" must select only one top level field. @31
Subscription "S" must not select an introspection top level field. @31)");
    }

    void uniqueFragmentNames() {
        assertValid(R"({ dog { ...A ...B } } fragment A on Dog { name } fragment B on Dog { name })");
        assertErrors(
            R"({ dog { ...A } } fragment A on Dog { name } fragment A on Dog { name } fragment A on Dog { name })",
            R"(There can be only one fragment named "A". @26,53
There can be only one fragment named "A". @26,80)");
    }

    void noUnusedFragments() {
        assertValid(R"({ dog { ...A } } fragment A on Dog { ...B } fragment B on Pet { name })");
        assertErrors(R"({ dog { name } } fragment A on Dog { ...B } fragment B on Dog { name })",
                     R"(Fragment "A" is never used. @17
Fragment "B" is never used. @44)");
        assertErrors(R"({ dog { name } } fragment A on Dog { ...A })", R"(Cannot spread fragment "A" within itself. @37
Fragment "A" is never used. @17)");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlOperationRulesTest);

} // namespace
