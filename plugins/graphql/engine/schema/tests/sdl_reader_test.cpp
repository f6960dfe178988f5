// SPDX-License-Identifier: Apache-2.0
#include "schema/tests/given_schema.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::graphql {

// One faulty document for each rule of SDL. The messages are graphql-js's.
class GraphqlSdlReaderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlSdlReaderTest);
    CPPUNIT_TEST(readsEveryPart);
    CPPUNIT_TEST(joinsExtensions);
    CPPUNIT_TEST(roots);
    CPPUNIT_TEST(syntax);
    CPPUNIT_TEST(unique);
    CPPUNIT_TEST(knownTypes);
    CPPUNIT_TEST(schemaDefinitions);
    CPPUNIT_TEST(extensions);
    CPPUNIT_TEST(knownDirectives);
    CPPUNIT_TEST(directivesOncePerPlace);
    CPPUNIT_TEST(directiveArguments);
    CPPUNIT_TEST(directiveValues);
    CPPUNIT_TEST(inputFieldNames);
    CPPUNIT_TEST(standardTypesStay);
    CPPUNIT_TEST_SUITE_END();

    static void fails(const std::string& sdl, const std::string& messages) {
        CPPUNIT_ASSERT_EQUAL(messages, messagesOf(definitionFromSdl(sdl).errors));
    }

    static void passes(const std::string& sdl) { fails(sdl, ""); }

    void readsEveryPart() {
        const SdlResult result = definitionFromSdl(R"(
            "of the schema" schema { query: Q mutation: M }
            "of d" directive @d(a: Int = 1 @deprecated(reason: "old")) repeatable on FIELD | QUERY
            """ of Q """ type Q implements I & J { "of f" f("of a" a: [Int!]! = [1]): Int! @deprecated }
            union U = | Q | M
            enum E { "of A" A B @deprecated(reason: null) }
            input N @oneOf { a: Int @deprecated(reason: "a\nb") }
            scalar S @specifiedBy(url: "https://example.org")
            type M { a: Int } interface I { a: Int } interface J { a: Int }
        )");
        CPPUNIT_ASSERT_EQUAL(std::string(""), messagesOf(result.errors));
        const SchemaDefinition& schema = result.definition;
        CPPUNIT_ASSERT_EQUAL(std::string("of the schema"), *schema.description);
        CPPUNIT_ASSERT_EQUAL(std::string("Q M "), schema.query + " " + schema.mutation + " " + schema.subscription);
        const DirectiveDefinition& directive = schema.directives.at(0);
        CPPUNIT_ASSERT(directive.repeatable && *directive.description == "of d" && directive.locations.size() == 2);
        CPPUNIT_ASSERT_EQUAL(std::string("old"), *directive.arguments.at(0).deprecated);
        const TypeDefinition& query = schema.types.at(0);
        CPPUNIT_ASSERT_EQUAL(std::string("of Q"), query.description.value().substr(1, 4));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, query.interfaces.size());
        const FieldDefinition& field = query.fields.at(0);
        CPPUNIT_ASSERT_EQUAL(std::string("f Int! of f No longer supported"),
                             field.name + " " + field.type + " " + *field.description + " " + *field.deprecated);
        const InputValueDefinition& argument = field.arguments.at(0);
        CPPUNIT_ASSERT_EQUAL(std::string("a [Int!]! of a [1]"), argument.name + " " + argument.type + " " +
                                                                    *argument.description + " " +
                                                                    *argument.defaultValue);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, schema.types.at(1).members.size());
        const TypeDefinition& values = schema.types.at(2);
        CPPUNIT_ASSERT(*values.values.at(0).description == "of A" && !values.values.at(1).deprecated);
        CPPUNIT_ASSERT(schema.types.at(3).oneOf && *schema.types.at(3).inputs.at(0).deprecated == "a\nb");
        CPPUNIT_ASSERT_EQUAL(std::string("https://example.org"), *schema.types.at(4).specifiedBy);
    }

    void joinsExtensions() {
        const SdlResult result = definitionFromSdl(R"(
            extend type Query implements I { b: Int } type Query { a: Int } extend type Query { c: Int }
            extend union U = Query union U extend enum E { B } enum E { A } extend input N @oneOf { b: Int }
            input N { a: Int } interface I { b: Int } extend interface I { d: Int } scalar S
            extend scalar S @specifiedBy(url: "u") extend schema { mutation: Query }
        )");
        CPPUNIT_ASSERT_EQUAL(std::string(""), messagesOf(result.errors));
        const auto& types = result.definition.types;
        CPPUNIT_ASSERT_EQUAL(std::size_t{6}, types.size());
        CPPUNIT_ASSERT_EQUAL(std::string("abc"),
                             types[0].fields[0].name + types[0].fields[1].name + types[0].fields[2].name);
        CPPUNIT_ASSERT(types[0].interfaces.size() == 1 && types[1].members.size() == 1);
        CPPUNIT_ASSERT(types[2].values.size() == 2 && types[3].inputs.size() == 2 && types[3].oneOf);
        CPPUNIT_ASSERT(types[4].fields.size() == 2 && types[5].specifiedBy == "u");
        CPPUNIT_ASSERT_EQUAL(std::string("Query"), result.definition.mutation);
    }

    void roots() {
        const auto rootsOf = [](std::string_view sdl) {
            const SchemaDefinition made = definitionFromSdl(sdl).definition;
            return made.query + "," + made.mutation + "," + made.subscription;
        };
        CPPUNIT_ASSERT_EQUAL(std::string("Query,Mutation,Subscription"),
                             rootsOf("type Query { a: Int } type Mutation { a: Int } type Subscription { a: Int }"));
        CPPUNIT_ASSERT_EQUAL(std::string("Query,,"),
                             rootsOf("schema { query: Query } type Query { a: Int } type Mutation { a: Int }"));
        CPPUNIT_ASSERT_EQUAL(std::string(",,"), rootsOf("type Other { a: Int }"));
    }

    void syntax() {
        const SdlResult result = definitionFromSdl("type Query { a: }");
        CPPUNIT_ASSERT_EQUAL(std::string("Syntax Error: Expected Name, found \"}\".\n"), messagesOf(result.errors));
        CPPUNIT_ASSERT_EQUAL(16U, result.errors[0].offsets.at(0));
        fails("{ a } fragment F on T { a }", "A schema has no operations and fragments.\n"
                                             "A schema has no operations and fragments.\n");
    }

    void unique() {
        fails("type A { a: Int } enum A { B }", "There can be only one type named \"A\".\n");
        fails("type A { a: Int a: Int } extend type A { a: Int }", "Field \"A.a\" can only be defined once.\n"
                                                                   "Field \"A.a\" can only be defined once.\n");
        fails("input A { a: Int a: Int }", "Field \"A.a\" can only be defined once.\n");
        fails("enum A { B B }", "Enum value \"A.B\" can only be defined once.\n");
        fails("type A { a(b: Int, b: Int, b: Int): Int }", "Argument \"A.a(b:)\" can only be defined once.\n");
        fails("directive @a(b: Int, b: Int) on FIELD", "Argument \"@a(b:)\" can only be defined once.\n");
        fails("directive @a on FIELD directive @a on QUERY", "There can be only one directive named \"@a\".\n");
        const SdlResult result = definitionFromSdl("type A { a: Int } type A { b: Int }");
        CPPUNIT_ASSERT(result.errors.at(0).offsets == (std::vector<std::uint32_t>{5, 23}));
        passes("type A { a(b: Int): Int b(b: Int): Int } interface B { a: Int } enum C { A B } enum D { A B }");
    }

    void knownTypes() {
        fails("type A { a: Itn b(c: [Bolean!]): Int }", "Unknown type \"Bolean\". Did you mean \"Boolean\"?\n"
                                                        "Unknown type \"Itn\". Did you mean \"Int\" or \"ID\"?\n");
        fails("type A implements X { a: Int }", "Unknown type \"X\". Did you mean \"A\"?\n");
        fails("union U = Other", "Unknown type \"Other\".\n");
        fails("input I { a: Other }", "Unknown type \"Other\".\n");
        fails("directive @d(a: Other) on FIELD", "Unknown type \"Other\".\n");
        fails("schema { query: Other } extend schema { mutation: Other }",
              "Unknown type \"Other\".\nUnknown type \"Other\".\n");
        passes("type A { a: __Type b: ID }");
    }

    void schemaDefinitions() {
        fails("schema { query: A } schema { mutation: A } type A { a: Int }",
              "Must provide only one schema definition.\n");
        fails("schema { query: A query: A } extend schema { query: A } type A { a: Int }",
              "There can be only one query type in schema.\nThere can be only one query type in schema.\n");
    }

    void extensions() {
        fails("extend type A { a: Other } type AA { b: Int }",
              "Cannot extend type \"A\" because it is not defined. Did you mean \"AA\"?\n"
              "Unknown type \"Other\".\n");
        fails("extend input A { a: Int } type A { b: Int }", "Cannot extend non-input object type \"A\".\n");
        fails("extend scalar Int @specifiedBy(url: \"\")", "Cannot extend type \"Int\" because it is not defined.\n");
    }

    void knownDirectives() {
        fails("type A @other { a: Int }", "Unknown directive \"@other\".\n");
        const std::string all = R"(
            schema @d { query: A } scalar S @d type A @d { f(a: Int @d): Int @d } interface I @d { a: Int }
            union U @d = A enum E @d { V @d } input N @d { a: Int @d })";
        passes(all + "directive @d on SCHEMA | SCALAR | OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INTERFACE | "
                     "UNION | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION");
        std::string messages;
        for (const char* const place :
             {"ARGUMENT_DEFINITION", "ENUM", "ENUM_VALUE", "FIELD_DEFINITION", "INPUT_FIELD_DEFINITION", "INPUT_OBJECT",
              "INTERFACE", "OBJECT", "SCALAR", "SCHEMA", "UNION"})
            messages += "Directive \"@d\" may not be used on " + std::string(place) + ".\n";
        fails(all + "directive @d on FIELD", messages);
    }

    void directivesOncePerPlace() {
        const std::string once = "The directive \"@d\" can only be used once at this location.\n";
        const std::string declared = "directive @d on OBJECT | FIELD_DEFINITION | SCHEMA ";
        fails(declared + "type A @d @d { a: Int }", once);
        fails(declared + "type A @d { a: Int } extend type A @d", once);
        fails(declared + "schema @d { query: A } type A { a: Int } extend schema @d", once);
        passes(declared + "type A @d { a: Int @d b: Int @d }");
        passes("directive @d repeatable on OBJECT type A @d @d { a: Int }");
    }

    void directiveArguments() {
        const std::string declared = "directive @d(need: Int!, may: Int! = 3) on OBJECT ";
        fails(declared + "type A @d(neeed: 1) { a: Int }",
              "Directive \"@d\" argument \"need\" of type \"Int!\" is required, but it was not provided.\n"
              "Unknown argument \"neeed\" on directive \"@d\". Did you mean \"need\"?\n");
        fails(declared + "type A @d(need: 1, need: 2, need: 3) { a: Int }",
              "There can be only one argument named \"need\".\n");
        fails("scalar S @specifiedBy",
              "Directive \"@specifiedBy\" argument \"url\" of type \"String!\" is required, but it was not "
              "provided.\n");
        passes(declared + "type A @d(need: 1) { a: Int }");
    }

    void directiveValues() {
        fails("type A { a: Int @deprecated(reason: 5) }", "Argument \"reason\" has invalid value 5.\n");
        fails("scalar S @specifiedBy(url: null)", "Argument \"url\" of non-null type \"String!\" must not be null.\n");
        fails("scalar S @specifiedBy(url: [\"a\"])", "Argument \"url\" has invalid value [\"a\"].\n");
    }

    void inputFieldNames() {
        fails("type A { a(b: N = {c: 1, d: {c: 1, c: 2}}): Int } input N { c: Int d: N }",
              "There can be only one input field named \"c\".\n");
    }

    void standardTypesStay() {
        const Schema schema = givenSchema("type Query { a: Int } type String { a: Int } scalar ID");
        CPPUNIT_ASSERT(schema[schema.type("String")].kind == TypeKind::scalar);
        CPPUNIT_ASSERT(schema[schema.type("ID")].description);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlSdlReaderTest);

} // namespace mortise::graphql
