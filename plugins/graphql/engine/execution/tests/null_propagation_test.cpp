// SPDX-License-Identifier: Apache-2.0
#include "execution/tests/toy.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::graphql {

using toy::dataOf;
using toy::Toy;

// Errors, and nulls where they may not be (October 2021, 6.4.4).
class GraphqlNullPropagationTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlNullPropagationTest);
    CPPUNIT_TEST(errorInNullableField);
    CPPUNIT_TEST(errorInNonNullField);
    CPPUNIT_TEST(nullInNonNullField);
    CPPUNIT_TEST(nullReachesTheRoot);
    CPPUNIT_TEST(itemsOfLists);
    CPPUNIT_TEST(nestedLists);
    CPPUNIT_TEST(siblingsAfterwardsAreNotReported);
    CPPUNIT_TEST(errorsBeforeStay);
    CPPUNIT_TEST(noListWhereOneIs);
    CPPUNIT_TEST(wrongTypes);
    CPPUNIT_TEST(errorsAreBounded);
    CPPUNIT_TEST(causeIsHandedOn);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::string_view sdl = R"(
        type Leaf { ok: String bad: String badly: String! none: String! next: Leaf must: Leaf! }
        type Other { ok: String }
        interface Named { ok: String }
        type A implements Named { ok: String }
        type Query {
            leaf: Leaf must: Leaf! named: Named
            a: [Int] b: [Int!] c: [Int!]! d: [[Int!]!] e: [[Int!]] leaves: [Leaf] sure: [Leaf!]
        }
    )";

    static Toy make() {
        Toy toy(sdl);
        toy.text("Leaf", "ok", "fine");
        for (const std::string_view field : {"bad", "badly"})
            toy.rows("Leaf", field, [](Batch& batch, std::uint64_t) { return batch.failure("broken", 7); });
        for (const std::string_view type : {"Query", "Leaf"})
            for (const std::string_view field : {"leaf", "next", "must"})
                if (toy.schema()[toy.type(type)].field(field) != nullptr)
                    toy.rows(type, field, [](Batch&, std::uint64_t) { return Cell::ofObject(1); });
        return toy;
    }
    static std::string failed(const std::string& errors, const std::string& data) {
        return "{\"errors\":[" + errors + "],\"data\":" + data + "}";
    }
    static std::string error(const std::string& message, const std::string& location, const std::string& path) {
        return R"({"message":")" + message + R"(","locations":[)" + location + R"(],"path":[)" + path + "]}";
    }
    static std::string at(int column) { return R"({"line":1,"column":)" + std::to_string(column) + "}"; }

    void errorInNullableField() {
        CPPUNIT_ASSERT_EQUAL(failed(error("broken", at(8), R"("leaf","x")"), R"({"leaf":{"x":null,"ok":"fine"}})"),
                             make().run("{ leaf{x:bad ok} }"));
        // Each node of the merged field is a location.
        CPPUNIT_ASSERT_EQUAL(
            failed(error("broken", at(8) + "," + at(19), R"("leaf","bad")"), R"({"leaf":{"bad":null}})"),
            make().run("{ leaf{bad} leaf {bad} }"));
    }

    void errorInNonNullField() {
        CPPUNIT_ASSERT_EQUAL(failed(error("broken", at(11), R"("leaf","badly")"), R"({"leaf":null})"),
                             make().run("{ leaf{ok badly} }"));
        CPPUNIT_ASSERT_EQUAL(
            failed(error("broken", at(22), R"("leaf","next","must","badly")"), R"({"leaf":{"next":null,"ok":"fine"}})"),
            make().run("{ leaf { next { must{badly} } ok } }"));
    }

    void nullInNonNullField() {
        CPPUNIT_ASSERT_EQUAL(
            failed(error("Cannot return null for non-nullable field Leaf.none.", at(8), R"("leaf","x")"),
                   R"({"leaf":null})"),
            make().run("{ leaf{x:none} }"));
    }

    void nullReachesTheRoot() {
        CPPUNIT_ASSERT_EQUAL(failed(error("broken", at(16), R"("must","must","badly")"), "null"),
                             make().run("{ must { must {badly} } }"));
    }

    void itemsOfLists() {
        Toy toy = make();
        for (const std::string_view field : {"a", "b", "c"})
            toy.on("Query", field, [](Batch& batch) {
                batch.beginList(0);
                batch.add(Cell::ofInteger(1));
                batch.add(Cell());
                batch.add(batch.failure("late"));
                batch.endList();
                return Progress::done;
            });
        const auto null = [](const char* field) {
            return error("Cannot return null for non-nullable field Query." + std::string(field) + ".", at(3),
                         '"' + std::string(field) + "\",1");
        };
        CPPUNIT_ASSERT_EQUAL(failed(error("late", at(3), "\"a\",2"), R"({"a":[1,null,null]})"), toy.run("{ a }"));
        CPPUNIT_ASSERT_EQUAL(failed(null("b"), R"({"b":null})"), toy.run("{ b }"));
        CPPUNIT_ASSERT_EQUAL(failed(null("c"), "null"), toy.run("{ c }"));
        for (const std::string_view field : {"leaves", "sure"})
            toy.on("Query", field, [](Batch& batch) {
                batch.beginList(0);
                for (std::uint64_t i = 0; i < 3; ++i) batch.add(Cell::ofObject(i));
                batch.endList();
                return Progress::done;
            });
        toy.rows("Leaf", "none", [](Batch&, std::uint64_t row) { return row == 1 ? Cell() : Cell::ofString("n"); });
        const auto leaf = [](const char* field, int column) {
            return error("Cannot return null for non-nullable field Leaf.none.", at(column),
                         '"' + std::string(field) + "\",1,\"none\"");
        };
        CPPUNIT_ASSERT_EQUAL(
            failed(leaf("leaves", 13), R"({"leaves":[{"ok":"fine","none":"n"},null,{"ok":"fine","none":"n"}]})"),
            toy.run("{ leaves{ok none} }"));
        CPPUNIT_ASSERT_EQUAL(failed(leaf("sure", 11), R"({"sure":null})"), toy.run("{ sure{ok none} }"));
    }

    void nestedLists() {
        Toy toy = make();
        for (const std::string_view field : {"d", "e"})
            toy.on("Query", field, [](Batch& batch) {
                batch.beginList(0);
                for (int list = 0; list < 3; ++list) {
                    batch.beginList();
                    batch.add(Cell::ofInteger(list));
                    if (list == 1) batch.add(Cell());
                    batch.add(Cell::ofInteger(9));
                    batch.endList();
                }
                batch.endList();
                return Progress::done;
            });
        const auto null = [](const char* field) {
            return error("Cannot return null for non-nullable field Query." + std::string(field) + ".", at(3),
                         '"' + std::string(field) + "\",1,1");
        };
        CPPUNIT_ASSERT_EQUAL(failed(null("d"), R"({"d":null})"), toy.run("{ d }"));
        CPPUNIT_ASSERT_EQUAL(failed(null("e"), R"({"e":[[0,9],null,[2,9]]})"), toy.run("{ e }"));
    }

    void siblingsAfterwardsAreNotReported() {
        CPPUNIT_ASSERT_EQUAL(failed(error("broken", at(8), R"("leaf","badly")"), R"({"leaf":null})"),
                             make().run("{ leaf{badly none bad} }"));
    }

    void errorsBeforeStay() {
        CPPUNIT_ASSERT_EQUAL(
            failed(error("broken", at(8), R"("leaf","bad")") + "," + error("broken", at(12), R"("leaf","badly")"),
                   R"({"leaf":null})"),
            make().run("{ leaf{bad badly} }"));
    }

    void noListWhereOneIs() {
        Toy toy = make();
        toy.rows("Query", "a", [](Batch&, std::uint64_t) { return Cell::ofInteger(1); });
        CPPUNIT_ASSERT_EQUAL(
            failed(error(R"(Expected Iterable, but did not find one for field \"Query.a\".)", at(3), "\"a\""),
                   R"({"a":null})"),
            toy.run("{ a }"));
    }

    void wrongTypes() {
        Toy toy = make();
        const TypeId other = toy.type("Other");
        for (const std::string_view field : {"named", "leaf"})
            toy.rows("Query", field, [other](Batch&, std::uint64_t) { return Cell::ofObject(1, other); });
        CPPUNIT_ASSERT_EQUAL(
            failed(error(R"(Runtime Object type \"Other\" is not a possible type for \"Named\".)", at(3), "\"named\""),
                   R"({"named":null})"),
            toy.run("{ named{ok} }"));
        CPPUNIT_ASSERT_EQUAL(
            failed(error(R"(Expected value of type \"Leaf\" but got: Other.)", at(3), "\"leaf\""), R"({"leaf":null})"),
            toy.run("{ leaf{ok} }"));
        toy.rows("Query", "named", [](Batch&, std::uint64_t) { return Cell::ofObject(1); });
        CPPUNIT_ASSERT(toy.run("{ named{ok} }").find("must resolve to an Object type at runtime") != std::string::npos);
    }

    void errorsAreBounded() {
        Toy toy = make();
        toy.on("Query", "leaves", [](Batch& batch) {
            batch.beginList(0);
            for (std::uint64_t i = 0; i < 120; ++i) batch.add(Cell::ofObject(i));
            batch.endList();
            return Progress::done;
        });
        const auto plan = toy.plan("{ leaves { bad } }").plan;
        Execution execution(toy.table(), {}, toy.clock);
        execution.start({plan, nullptr, nullptr, 0, std::nullopt});
        CPPUNIT_ASSERT_EQUAL(std::size_t{50}, execution.errors().size());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{70}, execution.droppedErrors());
    }

    void causeIsHandedOn() {
        Toy toy = make();
        const auto plan = toy.plan("{ leaf { bad } }").plan;
        Execution execution(toy.table(), {}, toy.clock);
        execution.start({plan, nullptr, nullptr, 0, std::nullopt});
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{7}, execution.errors().front().cause);
        CPPUNIT_ASSERT(execution.errors().front().kind == ErrorKind::field);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlNullPropagationTest);

} // namespace mortise::graphql
