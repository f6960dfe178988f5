// SPDX-License-Identifier: Apache-2.0
#include "execution/tests/toy.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::graphql {

using toy::Toy;

// What plans share, and where they end.
class GraphqlPlannerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlPlannerTest);
    CPPUNIT_TEST(expansionsAreShared);
    CPPUNIT_TEST(manyNames);
    CPPUNIT_TEST(fieldsAreBounded);
    CPPUNIT_TEST(depthIsBounded);
    CPPUNIT_TEST(depthOfSharedSelectionsCounts);
    CPPUNIT_TEST(cyclesEnd);
    CPPUNIT_TEST(workIsBounded);
    CPPUNIT_TEST(bytesAreBounded);
    CPPUNIT_TEST(argumentsCountAsBytes);
    CPPUNIT_TEST(onePlanForEachTypeThatIsPossible);
    CPPUNIT_TEST(rootThatIsMissing);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::string_view sdl = R"(
        interface Node { next: Node id: ID }
        type A implements Node { next: Node id: ID a: A b: A }
        type B implements Node { next: Node id: ID }
        type Query { a: A b: A node: Node }
    )";

    // 2^25 leaves when it is expanded: planned as the 26 fragments say it.
    void expansionsAreShared() {
        const Toy toy(sdl);
        std::string text = "{ a { ...F0 } }";
        for (int i = 0; i < 25; ++i) {
            const std::string next = "{ ...F" + std::to_string(i + 1) + " } ";
            text += " fragment F" + std::to_string(i) + " on A { a " + next + "b " + next + "}";
        }
        text += " fragment F25 on A { id }";
        const PlanResult planned = toy.plan(text);
        CPPUNIT_ASSERT(planned.plan != nullptr);
        // Of each level a and b are reached by two ways: their nodes are the same, so they are planned once.
        CPPUNIT_ASSERT(planned.plan->fieldCount() <= 2 * 26 * 2);
        CPPUNIT_ASSERT(planned.plan->bytes() < 100'000);
        CPPUNIT_ASSERT_EQUAL(toy::dataOf(R"({"a":null})"), toy.run(text));
    }

    void manyNames() {
        Toy toy(sdl);
        std::string text = "{ a {";
        std::string expected = R"({"a":{)";
        for (int i = 0; i < 300; ++i) {
            text += " x" + std::to_string(i) + ": id";
            expected += (i == 0 ? "\"x" : ",\"x") + std::to_string(i) + R"(":"1")";
        }
        text += " x0: id x299: id } }";
        toy.rows("Query", "a", [](Batch&, std::uint64_t) { return Cell::ofObject(1); });
        toy.rows("A", "id", [](Batch&, std::uint64_t) { return Cell::ofInteger(1); });
        CPPUNIT_ASSERT_EQUAL(toy::dataOf(expected + "}}"), toy.run(text));
    }

    void refused(const PlanResult& planned, const std::string& message) {
        CPPUNIT_ASSERT(planned.plan == nullptr);
        CPPUNIT_ASSERT(planned.error->kind == ErrorKind::limit);
        CPPUNIT_ASSERT_EQUAL(message, planned.error->message);
    }

    void fieldsAreBounded() {
        const Toy toy(sdl);
        PlanLimits limits;
        limits.fields = 3;
        CPPUNIT_ASSERT(toy.plan("{ a { x: id y: id } }", {}, limits).plan != nullptr);
        refused(toy.plan("{ a { x: id y: id z: id } }", {}, limits), "The operation selects more than 3 fields.");
    }

    static std::string nested(int levels) {
        std::string text = "{ ";
        for (int i = 0; i < levels; ++i) text += "a { ";
        return text + "id" + std::string(static_cast<std::size_t>(levels) + 1, '}');
    }

    void depthIsBounded() {
        const Toy toy(sdl);
        PlanLimits limits;
        limits.depth = 10;
        CPPUNIT_ASSERT(toy.plan(nested(9), {}, limits).plan != nullptr);
        refused(toy.plan(nested(10), {}, limits), "The operation's selections are more than 10 levels deep.");
        // A chain of fragments goes beyond what the parser allows, not beyond what the plan does.
        std::string text = "{ a { ...F0 } }";
        for (int i = 0; i < 400; ++i)
            text += " fragment F" + std::to_string(i) + " on A { a { ...F" + std::to_string(i + 1) + " } }";
        text += " fragment F400 on A { id }";
        limits.depth = 100'000;
        refused(toy.plan(text, {}, limits), "The operation's selections are more than 250 levels deep.");
    }

    void depthOfSharedSelectionsCounts() {
        const Toy toy(sdl);
        PlanLimits limits;
        limits.depth = 5;
        const std::string fragment = " fragment F on A { x: a { a { id } } }";
        CPPUNIT_ASSERT(toy.plan("{ a { ...F } b { a { ...F } } }" + fragment, {}, limits).plan != nullptr);
        refused(toy.plan("{ a { ...F } b { a { a { ...F } } } }" + fragment, {}, limits),
                "The operation's selections are more than 5 levels deep.");
    }

    // Validation refuses them; planning ends all the same.
    void cyclesEnd() {
        const Toy toy(sdl);
        CPPUNIT_ASSERT(toy.plan("{ a { ...F } } fragment F on A { id ...F }").plan != nullptr);
        CPPUNIT_ASSERT(toy.plan("{ a { ...F } } fragment F on A { a { ...F } }").plan == nullptr);
    }

    void workIsBounded() {
        const Toy toy(sdl);
        PlanLimits limits;
        limits.work = 5;
        CPPUNIT_ASSERT(toy.plan("{ a { id id id id } }", {}, limits).plan != nullptr);
        refused(toy.plan("{ a { id id id id id } }", {}, limits), "The operation takes more than 5 steps to plan.");
    }

    void bytesAreBounded() {
        const Toy toy(sdl);
        PlanLimits limits;
        for (limits.bytes = 16; limits.bytes < 2000; limits.bytes += 37) {
            const PlanResult planned = toy.plan(nested(4), {}, limits);
            if (planned.plan != nullptr) continue;
            refused(planned, "The operation's plan takes more than " + std::to_string(limits.bytes) + " bytes.");
        }
        CPPUNIT_ASSERT(toy.plan(nested(4), {}, limits).plan != nullptr);
    }

    // A text with an escape is kept by each field that has it, for each object type.
    void argumentsCountAsBytes() {
        const Toy toy(R"(
            interface Node { text(of: String): String next: Node }
            type A implements Node { text(of: String): String next: Node }
            type B implements Node { text(of: String): String next: Node }
            type Query { node: Node }
        )");
        const std::string text = "{ node { text(of: \"\\n" + std::string(20'000, 'x') + "\") } }";
        const auto plan = toy.plan(text).plan;
        CPPUNIT_ASSERT(plan != nullptr && plan->bytes() > 40'000);
        PlanLimits limits;
        limits.bytes = 30'000;
        refused(toy.plan(text, {}, limits), "The operation's plan takes more than 30000 bytes.");
    }

    void onePlanForEachTypeThatIsPossible() {
        const Toy toy(sdl);
        const auto planned = toy.plan("{ node { id ... on A { a { id } } } }").plan;
        const SelectionPlan& selection = *planned->root().fields[0].selection;
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, selection.objects.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, selection.find(toy.type("A"))->fields.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, selection.find(toy.type("B"))->fields.size());
        CPPUNIT_ASSERT(selection.find(toy.type("Query")) == nullptr);
    }

    void rootThatIsMissing() {
        const Toy toy(sdl);
        const PlanResult planned = toy.plan("mutation { a }");
        CPPUNIT_ASSERT(planned.error->kind == ErrorKind::request);
        CPPUNIT_ASSERT_EQUAL(std::string("Schema is not configured to execute mutation operation."),
                             planned.error->message);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlPlannerTest);

} // namespace mortise::graphql
