// SPDX-License-Identifier: Apache-2.0
#include "schema/schema.hpp"
#include "schema/tests/given_schema.hpp"
#include "schema/type_from_node.hpp"
#include "schema/type_text.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <set>
#include <string>

namespace mortise::graphql {

class GraphqlSchemaTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlSchemaTest);
    CPPUNIT_TEST(typesStandInOrder);
    CPPUNIT_TEST(fieldsHaveDenseIds);
    CPPUNIT_TEST(selectable);
    CPPUNIT_TEST(possibleTypes);
    CPPUNIT_TEST(subTypes);
    CPPUNIT_TEST(typeTexts);
    CPPUNIT_TEST(typesOfDocuments);
    CPPUNIT_TEST(directives);
    CPPUNIT_TEST(defaults);
    CPPUNIT_TEST(movesWithoutDanglingNames);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* sdl = R"(
        type Query { node(id: ID!): Node found: [Found!]! user: User depth: Int }
        interface Node { id: ID! }
        interface Named implements Node { id: ID! name: String }
        interface Alone { x: Float }
        type User implements Named & Node { id: ID! name: String }
        type Post implements Node { id: ID! title(short: Boolean = true): String }
        type Tag { text: String }
        union Found = User | Tag
        enum Level { LOW HIGH }
    )";

    void typesStandInOrder() {
        const Schema schema = givenSchema(sdl);
        std::string names;
        for (const Type& type : schema.types()) names += type.name + " ";
        CPPUNIT_ASSERT_EQUAL(std::string("Query ID Int Node Named String Alone Float User Post Boolean Tag Found Level "
                                         "__Schema __Type __TypeKind __Field __InputValue __EnumValue __Directive "
                                         "__DirectiveLocation "),
                             names);
        CPPUNIT_ASSERT(schema[schema.type("ID")].scalarKind == ScalarKind::id);
        CPPUNIT_ASSERT_EQUAL(noType, schema.type("Nothing"));
        CPPUNIT_ASSERT_EQUAL(std::string("Query"), schema[schema.root(OperationKind::query)].name);
        CPPUNIT_ASSERT_EQUAL(noType, schema.root(OperationKind::mutation));
    }

    void fieldsHaveDenseIds() {
        const Schema schema = givenSchema(sdl);
        std::set<FieldId> ids{schema.typenameField().id, schema.schemaField().id, schema.typeField().id};
        std::size_t count = 3;
        for (TypeId id = 0; id < schema.types().size(); ++id)
            for (const Field& field : schema[id].fields) {
                CPPUNIT_ASSERT_EQUAL(id, field.owner);
                ids.insert(field.id);
                ++count;
            }
        CPPUNIT_ASSERT_EQUAL(count, ids.size());
        CPPUNIT_ASSERT_EQUAL(count, static_cast<std::size_t>(schema.fieldCount()));
        CPPUNIT_ASSERT_EQUAL(schema.fieldCount() - 1, *ids.rbegin());
    }

    void selectable() {
        const Schema schema = givenSchema(sdl);
        const TypeId query = schema.type("Query");
        const TypeId user = schema.type("User");
        CPPUNIT_ASSERT(schema.selectable(query, "__schema") == &schema.schemaField());
        CPPUNIT_ASSERT(schema.selectable(query, "__type") == &schema.typeField());
        CPPUNIT_ASSERT(schema.selectable(user, "__type") == nullptr);
        CPPUNIT_ASSERT(schema.selectable(user, "__typename") == &schema.typenameField());
        CPPUNIT_ASSERT(schema.selectable(schema.type("Found"), "__typename") != nullptr);
        CPPUNIT_ASSERT(schema.selectable(schema.type("Found"), "id") == nullptr);
        CPPUNIT_ASSERT(schema.selectable(schema.type("Level"), "__typename") == nullptr);
        CPPUNIT_ASSERT(schema.selectable(user, "name") == schema[user].field("name"));
        CPPUNIT_ASSERT_EQUAL(0, schema.typeField().argument("name"));
        CPPUNIT_ASSERT_EQUAL(-1, schema.typeField().argument("nam"));
    }

    void possibleTypes() {
        const Schema schema = givenSchema(sdl);
        const auto possible = [&](const char* left, const char* right) {
            return schema.isPossible(schema.type(left), schema.type(right));
        };
        const auto overlap = [&](const char* left, const char* right) {
            const bool is = schema.overlap(schema.type(left), schema.type(right));
            CPPUNIT_ASSERT_EQUAL(is, schema.overlap(schema.type(right), schema.type(left)));
            return is;
        };
        CPPUNIT_ASSERT(possible("Node", "User") && possible("Node", "Post") && !possible("Node", "Tag"));
        CPPUNIT_ASSERT(possible("Named", "User") && !possible("Named", "Post"));
        CPPUNIT_ASSERT(possible("Found", "Tag") && possible("User", "User") && !possible("User", "Post"));
        CPPUNIT_ASSERT(overlap("Node", "Named") && overlap("Node", "Found") && overlap("Found", "User"));
        CPPUNIT_ASSERT(overlap("Alone", "Alone") && !overlap("Alone", "Node") && !overlap("Found", "Post"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, schema[schema.type("Node")].possible.size());
    }

    void subTypes() {
        const Schema schema = givenSchema(sdl);
        const auto type = [&](std::string_view text) {
            const auto read = readTypeText(text);
            return TypeRef{schema.type(read->name), read->lists, read->nonNull};
        };
        const auto is = [&](std::string_view sub, std::string_view super) {
            return schema.isSubType(type(sub), type(super));
        };
        CPPUNIT_ASSERT(is("User!", "User") && !is("User", "User!") && is("User", "User"));
        CPPUNIT_ASSERT(is("User", "Node") && is("Named", "Node") && !is("Node", "Named") && is("User", "Found"));
        CPPUNIT_ASSERT(is("[User!]!", "[Node]") && !is("[User]", "[Node!]") && !is("User", "[User]"));
        CPPUNIT_ASSERT(!is("[User]", "User") && is("[[Int!]!]!", "[[Int]]") && !is("Int", "Float"));
        CPPUNIT_ASSERT(!is("Found", "Node"));
    }

    void typeTexts() {
        const Schema schema = givenSchema(sdl);
        for (const char* const text : {"Int", "Int!", "[Int]", "[Int!]", "[Int]!", "[[Int!]]!", "[[[Int]!]!]!"}) {
            const auto read = readTypeText(text);
            CPPUNIT_ASSERT(read);
            CPPUNIT_ASSERT_EQUAL(std::string(text), schema.text({schema.type(read->name), read->lists, read->nonNull}));
        }
        CPPUNIT_ASSERT(readTypeText(" [ Int ! ] "));
        for (const char* const text : {"", "!", "[Int", "Int]", "Int!!", "[]", "1nt", "In t", "[Int]x"})
            CPPUNIT_ASSERT_MESSAGE(text, !readTypeText(text));
        CPPUNIT_ASSERT(readTypeText(std::string(15, '[') + "A" + std::string(15, ']')));
        CPPUNIT_ASSERT(!readTypeText(std::string(16, '[') + "A" + std::string(16, ']')));
    }

    void typesOfDocuments() {
        const Schema schema = givenSchema(sdl);
        const auto textOf = [&](std::string_view source) {
            const ParseResult parsed = parseType(source);
            const auto type = typeFromNode(schema, parsed.document, 1);
            return type ? schema.text(*type) : std::string("none");
        };
        for (const char* const text : {"Int", "Int!", "[Int!]", "[[User]!]!"})
            CPPUNIT_ASSERT_EQUAL(std::string(text), textOf(text));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), textOf("[Nothing]"));
        CPPUNIT_ASSERT_EQUAL(std::string("none"), textOf(std::string(16, '[') + "Int" + std::string(16, ']')));
    }

    void directives() {
        const Schema schema =
            givenSchema("directive @mine(a: Int = 3) repeatable on FIELD directive @skip(if: Boolean!) on FIELD "
                        "type Query { a: Int }");
        std::string names;
        for (const Directive& directive : schema.directives()) names += directive.name + " ";
        CPPUNIT_ASSERT_EQUAL(std::string("mine skip include deprecated specifiedBy oneOf "), names);
        CPPUNIT_ASSERT(schema.directive("mine")->repeatable);
        CPPUNIT_ASSERT_EQUAL(std::string("3"), *schema.directive("mine")->argument("a")->defaultText);
        CPPUNIT_ASSERT(schema.directive("nothing") == nullptr);
        CPPUNIT_ASSERT_EQUAL(std::string("\"No longer supported\""),
                             *schema.directive("deprecated")->argument("reason")->defaultText);
    }

    void defaults() {
        const Schema schema = givenSchema(R"(
            scalar Any
            enum Level { LOW HIGH }
            input Inner { n: Int = 5, o: Outer }
            input Outer { inner: Inner = {}, list: [[Level!]] = HIGH, f: Float! = 1e50 }
            type Query {
              a(o: Outer = {f: 2}, id: ID = 7, other: ID = "x7", text: String = """a"b""", none: Int = null
                any: Any = {a: [1, FOO], b: "c"}): Int
            }
        )");
        const Type& query = schema[schema.type("Query")];
        const auto text = [&](std::size_t at) { return *query.fields[0].arguments[at].defaultText; };
        CPPUNIT_ASSERT_EQUAL(std::string("{inner: {n: 5}, list: [[HIGH]], f: 2}"), text(0));
        CPPUNIT_ASSERT_EQUAL(std::string("7"), text(1));
        CPPUNIT_ASSERT_EQUAL(std::string("\"x7\""), text(2));
        CPPUNIT_ASSERT_EQUAL(std::string("\"a\\\"b\""), text(3));
        CPPUNIT_ASSERT_EQUAL(std::string("null"), text(4));
        CPPUNIT_ASSERT_EQUAL(std::string("{a: [1, \"FOO\"], b: \"c\"}"), text(5));
        CPPUNIT_ASSERT_EQUAL(std::string("1e+50"), *schema[schema.type("Outer")].input("f")->defaultText);
        CPPUNIT_ASSERT(!schema[schema.type("Outer")].input("f")->isRequired());
        const Value* const list =
            query.fields[0].arguments[0].defaultValue.member(query.fields[0].arguments[0].defaultValue[0], "list");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, (list + 2)->integer);
    }

    void movesWithoutDanglingNames() {
        Schema first = givenSchema(sdl);
        const Schema second = std::move(first);
        CPPUNIT_ASSERT(second[second.type("Post")].field("title") != nullptr);
        CPPUNIT_ASSERT(second.selectable(second.type("Query"), "user") != nullptr);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlSchemaTest);

} // namespace mortise::graphql
