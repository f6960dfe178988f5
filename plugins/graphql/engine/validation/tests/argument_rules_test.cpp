// SPDX-License-Identifier: Apache-2.0
#include "validation/tests/validation_case.hpp"

namespace {

using namespace mortise::graphql::test;

class GraphqlArgumentRulesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlArgumentRulesTest);
    CPPUNIT_TEST(knownArgumentNames);
    CPPUNIT_TEST(uniqueArgumentNames);
    CPPUNIT_TEST(providedRequiredArguments);
    CPPUNIT_TEST_SUITE_END();

private:
    void knownArgumentNames() {
        assertValid(R"({ dog { barks(times: 1, loud: false) @mark(by: "x", weight: 2) } })");
        assertErrors(R"({ dog { barks(times: 1, lod: true) name(x: 1) } })",
                     R"(Unknown argument "lod" on field "Dog.barks". Did you mean "loud"? @24
Unknown argument "x" on field "Dog.name". @40)");
        assertErrors(R"({ dog { name @mark(bye: "x") @skip(if: true, unless: 1) } })",
                     R"(Unknown argument "bye" on directive "@mark". Did you mean "by"? @19
Unknown argument "unless" on directive "@skip". @45)");
        assertErrors(R"({ dog { nope(a: 1) @nope(times: "x") } })",
                     R"(Cannot query field "nope" on type "Dog". Did you mean "name"? @8
Unknown directive "@nope". @19)");
        assertErrors(R"({ dog { barks(times: 1) @nope(times: "x", other: 2) } })", R"(Unknown directive "@nope". @24
Int cannot represent non-integer value: "x" @37)");
    }

    void uniqueArgumentNames() {
        assertValid(R"({ dog { barks(times: 1, loud: false) } })");
        assertErrors(R"({ dog { barks(times: 1, loud: false, times: 2, loud: true, times: 3) } })",
                     R"(There can be only one argument named "times". @14,37,59
There can be only one argument named "loud". @24,47)");
        assertErrors(R"({ dog { name @mark(by: "x", by: "y") } })",
                     R"(There can be only one argument named "by". @19,28)");
    }

    void providedRequiredArguments() {
        assertValid(R"({ dog { barks(times: 1) } many { name } cat { name @need(name: "x") } })");
        assertErrors(R"({ dog { barks } human { name } })",
                     R"(Field "barks" argument "times" of type "Int!" is required, but it was not provided. @8
Field "human" argument "id" of type "ID!" is required, but it was not provided. @16)");
        assertErrors(R"({ dog { name @need @skip } })",
                     R"(Directive "@need" argument "name" of type "String!" is required, but it was not provided. @13
Directive "@skip" argument "if" of type "Boolean!" is required, but it was not provided. @19)");
        assertErrors(R"({ near(point: {x: "late"}) { name @need } human { nope } })",
                     R"(Float cannot represent non numeric value: "late" @18
Directive "@need" argument "name" of type "String!" is required, but it was not provided. @34
Cannot query field "nope" on type "Human". Did you mean "name"? @50
Field "human" argument "id" of type "ID!" is required, but it was not provided. @42)");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlArgumentRulesTest);

} // namespace
