// SPDX-License-Identifier: Apache-2.0
#include "validation/tests/validation_case.hpp"

namespace {

using namespace mortise::graphql::test;

class GraphqlFragmentCyclesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlFragmentCyclesTest);
    CPPUNIT_TEST(noFragmentCycles);
    CPPUNIT_TEST_SUITE_END();

private:
    void noFragmentCycles() {
        assertValid(
            R"({ dog { ...A ...B } } fragment A on Dog { ...B ...C } fragment B on Dog { ...C } fragment C on Dog { name })");
        assertValid(R"({ dog { ...A } } fragment A on Dog { name })");
        assertErrors(R"({ dog { ...A } } fragment A on Dog { ...A })",
                     R"(Cannot spread fragment "A" within itself. @37)");
        assertErrors(
            R"({ human(id: 1) { ...A } } fragment A on Human { friend { ...B } } fragment B on Human { friend { ...C ...B } } fragment C on Human { ... on Human { friend { ...A } } })",
            R"(Cannot spread fragment "A" within itself via "B", "C". @57,97,157
Cannot spread fragment "B" within itself. @102)");
        assertErrors(
            R"({ dog { ...A } } fragment A on Dog { ...B ...C } fragment B on Dog { ...C ...A } fragment C on Dog { ...A ...B })",
            R"(Cannot spread fragment "A" within itself via "B", "C". @37,69,101
Cannot spread fragment "B" within itself via "C". @69,106
Cannot spread fragment "A" within itself via "B". @37,74)");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlFragmentCyclesTest);

} // namespace
