// SPDX-License-Identifier: Apache-2.0
#include "execution/tests/toy.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

namespace mortise::graphql {

using toy::dataOf;
using toy::Toy;

// Fields, merging, conditions, fragments, lists, arguments, batches.
class GraphqlExecutionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlExecutionTest);
    CPPUNIT_TEST(fieldsInOrder);
    CPPUNIT_TEST(mergesFields);
    CPPUNIT_TEST(orderDependsOnConditions);
    CPPUNIT_TEST(conditionThatIsNull);
    CPPUNIT_TEST(fragmentsOnAbstractTypes);
    CPPUNIT_TEST(listsOfLists);
    CPPUNIT_TEST(argumentsAndVariables);
    CPPUNIT_TEST(argumentsThatFail);
    CPPUNIT_TEST(oneCallPerLevel);
    CPPUNIT_TEST(selectionIsKnown);
    CPPUNIT_TEST(leaves);
    CPPUNIT_TEST(isUsedAgain);
    CPPUNIT_TEST(argumentsStayInPlace);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::string_view sdl = R"(
        interface Node { id: ID! }
        enum Role { ADMIN GUEST }
        scalar Any
        type User implements Node {
            id: ID! name: String email: String role: Role friend: User posts(first: Int = 2): [Post!]!
        }
        type Post implements Node { id: ID! title: String author: User }
        union Thing = User | Post
        type Query {
            user: User users: [User!]! nodes: [Node] things: [Thing] matrix: [[Int]!]
            echo(text: String = "default", times: Int!): String
            int: Int float: Float string: String boolean: Boolean id: ID role: Role any: Any
        }
    )";

    static Toy make() {
        Toy toy(sdl);
        toy.rows("Query", "user", [](Batch&, std::uint64_t) { return Cell::ofObject(1); });
        toy.on("Query", "users", [](Batch& batch) {
            batch.beginList(0);
            for (std::uint64_t i = 1; i <= 3; ++i) batch.add(Cell::ofObject(i));
            batch.endList();
            return Progress::done;
        });
        for (const std::string_view field : {"nodes", "things"}) {
            const TypeId user = toy.type("User");
            const TypeId post = toy.type("Post");
            toy.on("Query", field, [user, post](Batch& batch) {
                batch.beginList(0);
                batch.add(Cell::ofObject(1, user));
                batch.add(Cell::ofObject(10, post));
                batch.add(Cell());
                batch.add(Cell::ofObject(2, user));
                batch.endList();
                return Progress::done;
            });
        }
        for (const std::string_view type : {"User", "Post"})
            toy.rows(type, "id",
                     [](Batch&, std::uint64_t parent) { return Cell::ofInteger(static_cast<std::int64_t>(parent)); });
        toy.rows("User", "name", [](Batch& batch, std::uint64_t parent) {
            return Cell::ofString(batch.keep("user " + std::to_string(parent)));
        });
        toy.rows("User", "friend", [](Batch&, std::uint64_t parent) { return Cell::ofObject(parent + 1); });
        toy.rows("Post", "title", [](Batch& batch, std::uint64_t parent) {
            return Cell::ofString(batch.keep("post " + std::to_string(parent)));
        });
        toy.rows("Post", "author", [](Batch&, std::uint64_t parent) { return Cell::ofObject(parent / 10); });
        toy.on("User", "posts", [](Batch& batch) {
            const std::int64_t first = batch.argument("first")->integer;
            for (std::size_t row = 0; row < batch.parents().size(); ++row) {
                batch.beginList(row);
                for (std::int64_t i = 0; i < first; ++i)
                    batch.add(Cell::ofObject(batch.parents()[row] * 10 + static_cast<std::uint64_t>(i)));
                batch.endList();
            }
            return Progress::done;
        });
        toy.rows("Query", "echo", [](Batch& batch, std::uint64_t) {
            std::string text;
            const Value* value = batch.argument("text");
            for (std::int64_t i = 0; i < batch.argument("times")->integer; ++i)
                text += value == nullptr || value->kind == ValueKind::null ? "null" : std::string(value->text);
            return Cell::ofString(batch.keep(text));
        });
        return toy;
    }

    void fieldsInOrder() {
        const Toy toy = make();
        CPPUNIT_ASSERT_EQUAL(dataOf(R"({"user":{"name":"user 1","id":"1","email":null,"__typename":"User","x":"1"}})"),
                             toy.run("{ user { name id email __typename x: id } }"));
        CPPUNIT_ASSERT_EQUAL(dataOf(R"({"__typename":"Query"})"), toy.run("{ __typename }"));
    }

    void mergesFields() {
        const Toy toy = make();
        CPPUNIT_ASSERT_EQUAL(dataOf(R"({"user":{"id":"1","name":"user 1","friend":{"id":"2","name":"user 2"}}})"),
                             toy.run("{ user { id friend @skip(if: true) { email } } ...F user { friend { name } } } "
                                     "fragment F on Query { user { name friend { id } } }"));
    }

    void orderDependsOnConditions() {
        const Toy toy = make();
        const std::string text = "query ($x: Boolean!) { user { id @include(if: $x) name id @skip(if: false) } }";
        CPPUNIT_ASSERT_EQUAL(dataOf(R"({"user":{"id":"1","name":"user 1"}})"),
                             toy.run(text, Toy::booleans({{"x", true}})));
        CPPUNIT_ASSERT_EQUAL(dataOf(R"({"user":{"name":"user 1","id":"1"}})"),
                             toy.run(text, Toy::booleans({{"x", false}})));
        const std::string both =
            "query ($x: Boolean!, $y: Boolean!) { user { ... @include(if: $x) { name @skip(if: $y) } } }";
        CPPUNIT_ASSERT_EQUAL(dataOf(R"({"user":{"name":"user 1"}})"),
                             toy.run(both, Toy::booleans({{"x", true}, {"y", false}})));
        CPPUNIT_ASSERT_EQUAL(dataOf(R"({"user":{}})"), toy.run(both, Toy::booleans({{"x", true}, {"y", true}})));
        CPPUNIT_ASSERT_EQUAL(dataOf(R"({"user":{}})"), toy.run(both, Toy::booleans({{"x", false}, {"y", false}})));
    }

    // A variable with a default may stand there and yet be null.
    void conditionThatIsNull() {
        const Toy toy = make();
        Values values;
        const std::uint32_t object = values.begin(ValueKind::object);
        Value null;
        null.name = "x";
        values.add(null);
        values.end(object);
        const std::string message = R"({"message":"Argument \"if\" of non-null type \"Boolean!\" must not be null.")";
        CPPUNIT_ASSERT_EQUAL("{\"errors\":[" + message + R"(,"locations":[{"line":1,"column":57}]}],"data":null})",
                             toy.run("query ($x: Boolean = true) { user { id } id @include(if:$x) }", values));
        CPPUNIT_ASSERT_EQUAL("{\"errors\":[" + message +
                                 R"(,"locations":[{"line":1,"column":52}],"path":["user"]}],"data":{"user":null}})",
                             toy.run("query ($x: Boolean = true) { user { id @include(if:$x) } }", values));
    }

    void fragmentsOnAbstractTypes() {
        const Toy toy = make();
        const std::string expected =
            R"([{"id":"1","name":"user 1","t":"User"},{"id":"10","title":"post 10","t":"Post"},)"
            R"(null,{"id":"2","name":"user 2","t":"User"}])";
        CPPUNIT_ASSERT_EQUAL(dataOf("{\"nodes\":" + expected + "}"),
                             toy.run("{ nodes { id ... on User { name } ...P t: __typename } } "
                                     "fragment P on Post { title }"));
        CPPUNIT_ASSERT_EQUAL(dataOf("{\"things\":" + expected + "}"),
                             toy.run("{ things { ... on Node { id } ... on User { name } ... on Post { title } "
                                     "... { t: __typename } } }"));
    }

    void listsOfLists() {
        Toy toy(sdl);
        toy.on("Query", "matrix", [](Batch& batch) {
            batch.beginList(0);
            for (int row = 0; row < 3; ++row) {
                batch.beginList();
                for (int i = 0; i < row; ++i) batch.add(Cell::ofInteger(i));
                if (row == 1) batch.add(Cell());
                batch.endList();
            }
            batch.endList();
            return Progress::done;
        });
        CPPUNIT_ASSERT_EQUAL(dataOf(R"({"matrix":[[],[0,null],[0,1]]})"), toy.run("{ matrix }"));
    }

    void argumentsAndVariables() {
        const Toy toy = make();
        CPPUNIT_ASSERT_EQUAL(
            dataOf(R"({"a":"defaultdefault","b":"xx","c":"nullnull"})"),
            toy.run(R"({ a: echo(times: 2) b: echo(text: "x", times: 2) c: echo(text: null, times: 2) })"));
        Values values;
        const std::uint32_t object = values.begin(ValueKind::object);
        Value number;
        number.kind = ValueKind::integer;
        number.integer = 3;
        number.number = 3;
        number.name = "n";
        values.add(number);
        values.end(object);
        CPPUNIT_ASSERT_EQUAL(dataOf(R"({"a":"defaultdefaultdefault","b":"xxx"})"),
                             toy.run(R"(query ($n: Int!, $t: String) { a: echo(times: $n, text: $t) )"
                                     R"(b: echo(text: "x", times: $n) })",
                                     values));
    }

    void argumentsThatFail() {
        const Toy toy = make();
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                R"({"errors":[{"message":"Argument \"times\" of required type \"Int!\" was provided the variable )"
                R"(\"$n\" which was not provided a runtime value.","locations":[{"line":1,"column":36}],)"
                R"("path":["a"]}],"data":{"a":null}})"),
            toy.run("query ($n: Int = 1) { a:echo(times:$n) }"));
    }

    void oneCallPerLevel() {
        Toy toy = make();
        const auto& posts = toy.on("User", "posts", [](Batch& batch) {
            CPPUNIT_ASSERT_EQUAL(std::size_t{3}, batch.parents().size());
            for (std::size_t row = 0; row < 3; ++row) {
                batch.beginList(row);
                for (std::uint64_t i = 0; i < 2; ++i) batch.add(Cell::ofObject(batch.parents()[row] * 10 + i));
                batch.endList();
            }
            return Progress::done;
        });
        const auto& titles = toy.text("Post", "title", "t");
        toy.run("{ users { id posts { title author { name } } } }");
        CPPUNIT_ASSERT_EQUAL(1, posts.calls);
        CPPUNIT_ASSERT_EQUAL(1, titles.calls);
    }

    void selectionIsKnown() {
        Toy toy = make();
        std::string seen;
        toy.on("Query", "user", [&seen](Batch& batch) {
            for (const PlannedField& field : batch.selection()->find(batch.field().type.named)->fields)
                seen += field.field->name + " ";
            batch.cells()[0] = Cell::ofObject(1);
            return Progress::done;
        });
        toy.run("{ user { x: id ...F } } fragment F on User { name y: email id }");
        CPPUNIT_ASSERT_EQUAL(std::string("id name email id "), seen);
    }

    // The field's response for a cell.
    static std::string leaf(std::string_view field, const Cell& cell) {
        Toy toy(sdl);
        toy.rows("Query", field, [cell](Batch&, std::uint64_t) { return cell; });
        const std::string response = toy.run("{" + std::string(field) + "}");
        const std::string start = "{\"data\":{\"" + std::string(field) + "\":";
        if (response.starts_with(start)) return response.substr(start.size(), response.size() - start.size() - 2);
        const std::string errors = "{\"errors\":[{\"message\":\"";
        return response.substr(errors.size(), response.find("\",\"locations") - errors.size());
    }

    void leaves() {
        const Cell text = Cell::ofString("x");
        const std::tuple<std::string, Cell, std::string> cases[] = {
            {"int", Cell::ofInteger(2147483647), "2147483647"},
            {"int", Cell::ofInteger(2147483648), "Int cannot represent non 32-bit signed integer value: 2147483648"},
            {"int", Cell::ofInteger(-2147483648), "-2147483648"},
            {"int", Cell::ofNumber(3), "3"},
            {"int", Cell::ofNumber(3.5), "Int cannot represent non-integer value: 3.5"},
            {"int", Cell::ofNumber(1e100), "Int cannot represent non 32-bit signed integer value: 1e+100"},
            {"int", Cell::ofBoolean(true), "1"},
            {"int", Cell::ofString("12"), "12"},
            {"int", text, "Int cannot represent non-integer value: \\\"x\\\""},
            {"float", Cell::ofInteger(5), "5"},
            {"float", Cell::ofNumber(0.5), "0.5"},
            {"float", Cell::ofNumber(1.0 / 0.0), "Float cannot represent non numeric value: Infinity"},
            {"float", text, "Float cannot represent non numeric value: \\\"x\\\""},
            {"string", Cell::ofBoolean(true), "\"true\""},
            {"string", Cell::ofInteger(7), "\"7\""},
            {"string", Cell::ofNumber(0.5), "\"0.5\""},
            {"string", Cell::ofNumber(0.0 / 0.0), "String cannot represent value: NaN"},
            {"boolean", Cell::ofInteger(2), "true"},
            {"boolean", Cell::ofNumber(0), "false"},
            {"boolean", text, "Boolean cannot represent a non boolean value: \\\"x\\\""},
            {"id", text, "\"x\""},
            {"id", Cell::ofInteger(12), "\"12\""},
            {"id", Cell::ofNumber(12.5), "ID cannot represent value: 12.5"},
            {"id", Cell::ofBoolean(true), "ID cannot represent value: true"},
            {"role", Cell::ofEnumeration(1), "\"GUEST\""},
            {"role", Cell::ofString("ADMIN"), "\"ADMIN\""},
            {"role", Cell::ofEnumeration(2), "Enum \\\"Role\\\" cannot represent value: 2"},
            {"role", text, "Enum \\\"Role\\\" cannot represent value: \\\"x\\\""},
            {"any", Cell::ofJson("{\"a\":[1]}"), "{\"a\":[1]}"},
            {"any", Cell::ofInteger(1), "1"},
            {"any", Cell::ofBoolean(false), "false"}};
        for (const auto& [field, cell, expected] : cases) CPPUNIT_ASSERT_EQUAL(expected, leaf(field, cell));
    }

    void isUsedAgain() {
        const Toy toy = make();
        Execution execution(toy.table(), {}, toy.clock);
        const auto first = toy.plan("{ users { id } }").plan;
        const auto second = toy.plan("{ user { name } }").plan;
        for (int i = 0; i < 3; ++i) {
            execution.start({first, nullptr, nullptr, 0, std::nullopt});
            CPPUNIT_ASSERT_EQUAL(dataOf(R"({"users":[{"id":"1"},{"id":"2"},{"id":"3"}]})"),
                                 std::string(execution.text()));
            execution.start({second, nullptr, nullptr, 0, std::nullopt});
            CPPUNIT_ASSERT_EQUAL(dataOf(R"({"user":{"name":"user 1"}})"), std::string(execution.text()));
        }
    }

    // A batch that waits keeps its arguments, also when its plan has more of them than the one before.
    void argumentsStayInPlace() {
        Toy toy(sdl);
        std::vector<BatchToken> tokens;
        toy.on("Query", "echo", [&tokens](Batch& batch) {
            tokens.push_back(batch.suspend());
            return Progress::pending;
        });
        Execution execution(toy.table(), {}, toy.clock);
        Values variables;
        const std::uint32_t object = variables.begin(ValueKind::object);
        Value one;
        one.kind = ValueKind::integer;
        one.integer = 1;
        one.name = "n";
        variables.add(one);
        variables.end(object);
        std::string text = "query ($n: Int!, $m: Int!) { a: echo(times: $n)";
        for (const char* const end : {" }", " b: echo(times: $m) c: echo(times: $n) d: echo(times: $n) }"}) {
            text += end;
            tokens.clear();
            execution.start({toy.plan(text).plan, &variables, nullptr, 0, std::nullopt});
            for (const BatchToken token : tokens) {
                Batch& batch = *execution.pending(token);
                CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, batch.argument("times")->integer);
                batch.cells()[0] = Cell::ofString(batch.argument("text")->text);
                execution.complete(token);
            }
            CPPUNIT_ASSERT(execution.resume() == Execution::State::done);
            text.resize(text.size() - 2);
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, execution.errors().size()); // of $m, which has no value
        CPPUNIT_ASSERT(execution.errors()[0].message.starts_with("Argument \"times\" of required type"));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":"default","b":null,"c":"default","d":"default"})"),
                             std::string(execution.data()));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlExecutionTest);

} // namespace mortise::graphql
