// SPDX-License-Identifier: Apache-2.0
#include "schema/tests/given_schema.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::graphql {

// One faulty schema for each rule; each is sound but for it. The messages are graphql-js's.
class GraphqlSchemaRulesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlSchemaRulesTest);
    CPPUNIT_TEST(roots);
    CPPUNIT_TEST(reservedNames);
    CPPUNIT_TEST(kindsOfTypes);
    CPPUNIT_TEST(emptyTypes);
    CPPUNIT_TEST(interfaces);
    CPPUNIT_TEST(implementedFields);
    CPPUNIT_TEST(unions);
    CPPUNIT_TEST(requiredIsNotDeprecated);
    CPPUNIT_TEST(oneOf);
    CPPUNIT_TEST(inputCycles);
    CPPUNIT_TEST(defaultsFit);
    CPPUNIT_TEST(defaultCycles);
    CPPUNIT_TEST(sizeArguments);
    CPPUNIT_TEST(namesOfDefinitions);
    CPPUNIT_TEST(allFaultsAtOnce);
    CPPUNIT_TEST_SUITE_END();

    static void fails(const std::string& sdl, const std::string& messages) {
        const SchemaResult result = schemaFromSdl(sdl);
        CPPUNIT_ASSERT_MESSAGE(sdl, !result.schema);
        CPPUNIT_ASSERT_EQUAL(messages, messagesOf(result.errors));
    }

    // Beside a sound query root.
    static void failsBeside(const std::string& sdl, const std::string& messages) {
        fails("type Query { q: Int } " + sdl, messages);
    }

    static void passes(const std::string& sdl) { givenSchema("type Query { q: Int } " + sdl); }

    void roots() {
        fails("type Other { a: Int }", "Query root type must be provided.\n");
        fails("type Mutation { a: Int } schema { mutation: Mutation }", "Query root type must be provided.\n");
        fails("interface Query { a: Int }", "Query root type must be Object type, it cannot be Query.\n");
        failsBeside("input Mutation { a: Int }",
                    "Mutation root type must be Object type if provided, it cannot be Mutation.\n");
        failsBeside("enum S { A } schema { query: Query subscription: S }",
                    "Subscription root type must be Object type if provided, it cannot be S.\n");
    }

    void reservedNames() {
        const std::string rest = " must not begin with \"__\", which is reserved by GraphQL introspection.\n";
        failsBeside("type __T { a: Int }", "Name \"__T\"" + rest);
        failsBeside("type T { __a: Int }", "Name \"__a\"" + rest);
        failsBeside("type T { a(__b: Int): Int }", "Name \"__b\"" + rest);
        failsBeside("enum E { __A }", "Name \"__A\"" + rest);
        failsBeside("input I { __a: Int }", "Name \"__a\"" + rest);
        failsBeside("directive @__d(__a: Int) on FIELD", "Name \"__a\"" + rest + "Name \"__d\"" + rest);
        passes("type _T { _a_(b__: Int): Int }");
    }

    void kindsOfTypes() {
        failsBeside("input I { a: Int } type T { a: [I!] }", "The type of T.a must be Output Type but got: [I!].\n");
        failsBeside("type T { a(b: T!): Int }", "The type of T.a(b:) must be Input Type but got: T!.\n");
        failsBeside("type T { a: Int } input I { a: [T] }", "The type of I.a must be Input Type but got: [T].\n");
        failsBeside("type T { a: Int } directive @d(a: T) on FIELD",
                    "The type of @d(a:) must be Input Type but got: T.\n");
        passes("scalar S enum E { A } input I { s: S e: E i: I } type T { t(s: S, e: E, i: I): T }");
    }

    void emptyTypes() {
        failsBeside("type T", "Type T must define one or more fields.\n");
        failsBeside("interface T", "Type T must define one or more fields.\n");
        failsBeside("union U", "Union type U must define one or more member types.\n");
        failsBeside("enum E", "Enum type E must define one or more values.\n");
        failsBeside("input I", "Input Object type I must define one or more fields.\n");
        passes("type T extend type T { a: Int }");
        SchemaDefinition definition;
        definition.types.push_back({TypeKind::object, "Query", {}, {}, {{"a", "Int", {}, {}, {}}}, {}, {}, {}});
        definition.directives.push_back({"d", {}, {}, false, {}});
        CPPUNIT_ASSERT_EQUAL(std::string("Directive @d must include 1 or more locations.\n"),
                             messagesOf(buildSchema(definition).errors));
    }

    void interfaces() {
        failsBeside("type A { a: Int } type T implements A { a: Int }",
                    "Type T must only implement Interface types, it cannot implement A.\n");
        failsBeside("interface A implements A { a: Int }",
                    "Type A cannot implement itself because it would create a circular reference.\n");
        failsBeside("interface A { a: Int } type T implements A & A { a: Int }", "Type T can only implement A once.\n");
        failsBeside("interface A implements B { a: Int } interface B implements A { a: Int }",
                    "Type A cannot implement B because it would create a circular reference.\n"
                    "Type B cannot implement A because it would create a circular reference.\n");
        failsBeside("interface A { a: Int } interface B implements A { a: Int } type T implements B { a: Int }",
                    "Type T must implement A because it is implemented by B.\n");
        passes("interface A { a: Int } interface B implements A { a: Int } type T implements B & A { a: Int }");
    }

    void implementedFields() {
        const std::string interface = "interface A { a(b: Int): [A] } ";
        failsBeside(interface + "type T implements A { b: Int }",
                    "Interface field A.a expected but T does not provide it.\n");
        failsBeside(interface + "type T implements A { a(b: Int): A }",
                    "Interface field A.a expects type [A] but T.a is type A.\n");
        failsBeside(interface + "type T implements A { a: [A] }",
                    "Interface field argument A.a(b:) expected but T.a does not provide it.\n");
        failsBeside(interface + "type T implements A { a(b: Int!): [A] }",
                    "Interface field argument A.a(b:) expects type Int but T.a(b:) is type Int!.\n");
        failsBeside(interface + "type T implements A { a(b: Int, c: Int!): [A] }",
                    "Object field T.a includes required argument c that is missing from the Interface field A.a.\n");
        passes(interface + "type T implements A { a(b: Int, c: Int! = 3, d: Int): [T!]! }");
    }

    void unions() {
        failsBeside("type A { a: Int } union U = A | A", "Union type U can only include type A once.\n");
        failsBeside("interface A { a: Int } union U = A | Int",
                    "Union type U can only include Object types, it cannot include A.\n"
                    "Union type U can only include Object types, it cannot include Int.\n");
    }

    void requiredIsNotDeprecated() {
        failsBeside("type T { a(b: Int! @deprecated): Int }", "Required argument T.a(b:) cannot be deprecated.\n");
        failsBeside("directive @d(b: Int! @deprecated) on FIELD", "Required argument @d(b:) cannot be deprecated.\n");
        failsBeside("input I { a: Int! @deprecated }", "Required input field I.a cannot be deprecated.\n");
        passes("type T { a(b: Int! = 1 @deprecated, c: Int @deprecated): Int }");
    }

    void oneOf() {
        failsBeside("input I @oneOf { a: Int! b: Int = 3 }",
                    "OneOf input field I.a must be nullable.\nOneOf input field I.b cannot have a default value.\n");
        passes("input I @oneOf { a: Int b: [Int!] }");
    }

    void inputCycles() {
        const std::string within = " within itself through a series of non-null fields: ";
        failsBeside("input I { i: I! }", "Cannot reference Input Object \"I\"" + within + "\"i\".\n");
        failsBeside("input A { b: B! } input B { x: Int c: C! } input C { a: A! c: C! }",
                    "Cannot reference Input Object \"A\"" + within + "\"b.c.a\".\n" +
                        "Cannot reference Input Object \"C\"" + within + "\"c\".\n");
        passes("input I { i: I j: [I!]! } input A { b: B! } input B { a: A }");
        // Far deeper than a stack would be.
        std::string chain;
        for (int i = 0; i < 20'000; ++i)
            chain += "input I" + std::to_string(i) + " { i: I" + std::to_string((i + 1) % 20'000) + "! }\n";
        const SchemaResult result = schemaFromSdl("type Query { q: Int } " + chain);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, result.errors.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{20'000}, result.errors[0].offsets.size());
    }

    void defaultsFit() {
        failsBeside("type T { a(b: Int = \"x\"): Int }",
                    "T.a(b:) has invalid default value: Expected value of type \"Int\", found \"x\".\n");
        failsBeside("input I { a: [Int!] = [1, null] }",
                    "I.a has invalid default value: Expected value of type \"[Int!]\", found [1, null].\n");
        failsBeside("directive @d(a: Int! = null) on FIELD",
                    "@d(a:) has invalid default value: Expected value of type \"Int!\", found null.\n");
        SchemaDefinition definition;
        definition.types.push_back(
            {TypeKind::object, "Query", {}, {}, {{"a", "Int", {}, {{"b", "Int", {}, "{", {}}}, {}}}, {}, {}, {}});
        const SchemaResult result = buildSchema(definition);
        CPPUNIT_ASSERT_EQUAL(std::string("Query.a(b:) has invalid default value: Syntax Error: Expected Name, found "
                                         "<EOF>.\n"),
                             messagesOf(result.errors));
    }

    void defaultCycles() {
        const std::string why = " has invalid default value: Invalid circular reference, the default value is made of "
                                "itself.\n";
        failsBeside("input I { i: I = {} }", "I.i" + why);
        failsBeside("input A { b: B = {} } input B { a: A = {} } input C { a: A = {b: null} }",
                    "A.b" + why + "B.a" + why);
        passes("input I { i: I = {i: null} } input A { b: [B] = [{}] } input B { x: Int = 1 }");
    }

    void sizeArguments() {
        SchemaDefinition definition;
        definition.types.push_back({TypeKind::object, "Query", {}, {}, {}, {}, {}, {}});
        FieldDefinition field{"a", "[Int]", {}, {{"first", "Int!", {}, {}, {}}, {"text", "String", {}, {}, {}}}, {}};
        field.sizeArgument = "first";
        definition.types[0].fields.push_back(field);
        const SchemaResult sound = buildSchema(definition);
        CPPUNIT_ASSERT(sound.schema);
        CPPUNIT_ASSERT_EQUAL(0, sound.schema->types()[0].fields[0].sizeArgument);
        for (const char* const name : {"text", "nothing"}) {
            definition.types[0].fields[0].sizeArgument = name;
            CPPUNIT_ASSERT_EQUAL("The size argument \"" + std::string(name) +
                                     "\" of Query.a must be one of its arguments, of type Int.\n",
                                 messagesOf(buildSchema(definition).errors));
        }
    }

    // What SDL cannot even write.
    void namesOfDefinitions() {
        SchemaDefinition definition;
        definition.mutation = "Mutatio";
        definition.types.push_back({TypeKind::object, "Query", {}, {}, {{"", "Int", {}, {}, {}}}, {}, {}, {}});
        definition.types.push_back({TypeKind::object, "Mutation", {}, {}, {{"a b", "[Int", {}, {}, {}}}, {}, {}, {}});
        definition.types.push_back({TypeKind::enumeration, "1E", {}, {}, {}, {}, {{"true", {}, {}}}, {}});
        CPPUNIT_ASSERT_EQUAL(
            std::string("Enum values cannot be named: true\nExpected name to be a non-empty string.\n"
                        "Names must only contain [_a-zA-Z0-9] but \"a b\" does not.\n"
                        "Names must start with [_a-zA-Z] but \"1E\" does not.\n"
                        "The type of Mutation.a b is not written as a type of at most 15 lists: \"[Int\".\n"
                        "Unknown type \"Mutatio\". Did you mean \"Mutation\"?\n"),
            messagesOf(buildSchema(definition).errors));
    }

    void allFaultsAtOnce() {
        const SchemaResult result = schemaFromSdl("interface Query { a: Query b(c: Query): Int } union U");
        CPPUNIT_ASSERT_EQUAL(std::string("Query root type must be Object type, it cannot be Query.\n"
                                         "The type of Query.b(c:) must be Input Type but got: Query.\n"
                                         "Union type U must define one or more member types.\n"),
                             messagesOf(result.errors));
        for (const Error& error : result.errors) CPPUNIT_ASSERT_EQUAL(std::size_t{1}, error.offsets.size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlSchemaRulesTest);

} // namespace mortise::graphql
