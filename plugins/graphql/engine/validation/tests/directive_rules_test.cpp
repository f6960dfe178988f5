// SPDX-License-Identifier: Apache-2.0
#include "validation/tests/validation_case.hpp"

namespace {

using namespace mortise::graphql::test;

class GraphqlDirectiveRulesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlDirectiveRulesTest);
    CPPUNIT_TEST(knownDirectives);
    CPPUNIT_TEST(uniqueDirectives);
    CPPUNIT_TEST_SUITE_END();

private:
    void knownDirectives() {
        assertValid(
            R"(query ($a: Boolean! @mark) @mark { dog @skip(if: $a) { name @include(if: true) } ... @include(if: true) { cat { name } } ...F @skip(if: false) } fragment F on Query { dog { name @need(name: "x") } })");
        assertErrors(
            R"(query @skip(if: true) { dog @unknown { name } ...F @mark } fragment F on Query @mark { dog { name @deprecated } })",
            R"(Directive "@skip" may not be used on QUERY. @6
Unknown directive "@unknown". @28
Directive "@mark" may not be used on FRAGMENT_SPREAD. @51
Directive "@mark" may not be used on FRAGMENT_DEFINITION. @79
Directive "@deprecated" may not be used on FIELD. @98)");
        assertErrors(R"(mutation ($a: ID! @need(name: "x")) @mark { rename(id: $a) { name } })",
                     R"(Directive "@need" may not be used on VARIABLE_DEFINITION. @18
Directive "@mark" may not be used on MUTATION. @36)");
        assertErrors(R"(subscription @nope { born { ... @mark { name } } })", R"(Unknown directive "@nope". @13
Directive "@mark" may not be used on INLINE_FRAGMENT. @32)");
    }

    void uniqueDirectives() {
        assertValid(R"({ dog @mark @mark(by: "x") @skip(if: true) @include(if: true) { name @skip(if: true) } })");
        assertValid(
            R"(query ($a: ID! @once) @once { human(id: $a) { ... @once { ...F } } } fragment F on Human @once { name })");
        assertErrors(
            R"({ dog @skip(if: true) @include(if: true) @skip(if: false) @skip(if: true) { name } ...F @skip(if: true) @skip(if: true) } fragment F on Query { dog { name } })",
            R"(The directive "@skip" can only be used once at this location. @6,41
The directive "@skip" can only be used once at this location. @6,58
The directive "@skip" can only be used once at this location. @88,104)");
        assertErrors(
            R"(query ($a: ID! @once @once) @once @once { human(id: $a) { ... @once @once { ...F } } } fragment F on Human @once @once { name })",
            R"(The directive "@once" can only be used once at this location. @28,34
The directive "@once" can only be used once at this location. @15,21
The directive "@once" can only be used once at this location. @62,68
The directive "@once" can only be used once at this location. @107,113)");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlDirectiveRulesTest);

} // namespace
