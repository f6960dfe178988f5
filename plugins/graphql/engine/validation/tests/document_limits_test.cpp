// SPDX-License-Identifier: Apache-2.0
#include "validation/document_limits.hpp"
#include "validation/operation_cost.hpp"
#include "validation/tests/validation_case.hpp"

#include "schema/sdl_reader.hpp"

#include <utility>

namespace {

using namespace mortise::graphql;
using namespace mortise::graphql::test;

std::string limitErrors(std::string_view source, const DocumentLimits& limits) {
    const ParseResult parsed = parsedForValidation(source);
    const std::vector<Error> errors = checkDocumentLimits(parsed.document, limits);
    for (const Error& error : errors) CPPUNIT_ASSERT(error.kind == ErrorKind::limit);
    return errorText(errors);
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

// Fragments F0 … F(count-1), each spreading the next twice, the last with `last`.
std::string doubling(std::size_t count, std::string_view type, std::string_view last) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string next = "...F" + std::to_string(i + 1);
        text += " fragment F" + std::to_string(i) + " on " + std::string(type) + " { ";
        text += i + 1 == count ? std::string(last) : next + " " + next;
        text += " }";
    }
    return text;
}

// What the introspection query of graphql-js and GraphiQL asks.
constexpr std::string_view introspectionQuery = R"(
query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind }
  subscriptionType { name kind } types { ...FullType }
  directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
fragment FullType on __Type { kind name description specifiedByURL isOneOf
  fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue }
    type { ...TypeRef } isDeprecated deprecationReason }
  inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated
  deprecationReason }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }
)";

class GraphqlDocumentLimitsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlDocumentLimitsTest);
    CPPUNIT_TEST(depth);
    CPPUNIT_TEST(aliases);
    CPPUNIT_TEST(rootFields);
    CPPUNIT_TEST(everyOperationIsNamed);
    CPPUNIT_TEST(cyclesCountNothing);
    CPPUNIT_TEST(doublingIsCountedNotWalked);
    CPPUNIT_TEST(introspectionPasses);
    CPPUNIT_TEST(costOfLists);
    CPPUNIT_TEST(costOfSizes);
    CPPUNIT_TEST(costOfVariables);
    CPPUNIT_TEST(costOfFragments);
    CPPUNIT_TEST(costIsRefused);
    CPPUNIT_TEST(costOfDoublingSaturates);
    CPPUNIT_TEST_SUITE_END();

private:
    void depth() {
        DocumentLimits limits;
        limits.depth = 3;
        CPPUNIT_ASSERT_EQUAL(std::string(), limitErrors("{ a { b { c } } }", limits));
        CPPUNIT_ASSERT_EQUAL(std::string("The query nests fields too deep: 4; the limit is 3. @0"),
                             limitErrors("{ a { b { c { d } } } }", limits));
        CPPUNIT_ASSERT_EQUAL(std::string(), limitErrors("{ a { ... { ... on X { b { c } } } } }", limits));
        CPPUNIT_ASSERT_EQUAL(
            std::string("The query nests fields too deep: 4; the limit is 3. @0"),
            limitErrors("{ a { ...F } } fragment F on X { b ...G } fragment G on X { b { c { d } } }", limits));
        limits.depth = 50;
        CPPUNIT_ASSERT_EQUAL(std::string(), limitErrors(repeated("{ a ", 50) + repeated("}", 50), limits));
        CPPUNIT_ASSERT_EQUAL(std::string("The query nests fields too deep: 51; the limit is 50. @0"),
                             limitErrors(repeated("{ a ", 51) + repeated("}", 51), limits));
    }

    void aliases() {
        DocumentLimits limits;
        limits.aliases = 3;
        CPPUNIT_ASSERT_EQUAL(std::string(), limitErrors("{ a: x b: x ...F y z } fragment F on X { c: x }", limits));
        CPPUNIT_ASSERT_EQUAL(std::string("The query has too many aliases: 4; the limit is 3. @0"),
                             limitErrors("{ a: x ...F x { ...F ... { b: x } } } fragment F on X { c: x }", limits));
    }

    void rootFields() {
        DocumentLimits limits;
        CPPUNIT_ASSERT_EQUAL(std::string(), limitErrors("{" + repeated(" a", 20) + " }", limits));
        CPPUNIT_ASSERT_EQUAL(
            std::string("The query selects too many root fields: 21; the limit is 20. @0"),
            limitErrors("{" + repeated(" a", 20) + " ...F } fragment F on X { ... { b { c } } }", limits));
        CPPUNIT_ASSERT_EQUAL(std::string(), limitErrors("mutation {" + repeated(" a", 5) + " }", limits));
        CPPUNIT_ASSERT_EQUAL(std::string("The mutation \"M\" selects too many root fields: 6; the limit is 5. @0"),
                             limitErrors("mutation M {" + repeated(" a", 6) + " }", limits));
        CPPUNIT_ASSERT_EQUAL(std::string("The subscription selects too many root fields: 21; the limit is 20. @0"),
                             limitErrors("subscription {" + repeated(" a", 21) + " }", limits));
    }

    void everyOperationIsNamed() {
        DocumentLimits limits;
        limits.depth = 1;
        limits.aliases = 0;
        CPPUNIT_ASSERT_EQUAL(std::string("The query \"B\" nests fields too deep: 2; the limit is 1. @14\n"
                                         "The query \"B\" has too many aliases: 1; the limit is 0. @14"),
                             limitErrors("query A { a } query B { x: a { b } }", limits));
    }

    void cyclesCountNothing() {
        DocumentLimits limits;
        limits.depth = 4;
        CPPUNIT_ASSERT_EQUAL(
            std::string(),
            limitErrors("{ a { ...F ...Nope } } fragment F on X { b { ...G } } fragment G on X { c ...F ...G }",
                        limits));
    }

    void doublingIsCountedNotWalked() {
        const std::string source = "{ ...F0 }" + doubling(25, "X", "x: a");
        CPPUNIT_ASSERT_EQUAL(std::string("The query has too many aliases: 16777216; the limit is 50. @0\n"
                                         "The query selects too many root fields: 16777216; the limit is 20. @0"),
                             limitErrors(source, {}));
        const std::string more = "{ ...F0 }" + doubling(80, "X", "x: a");
        CPPUNIT_ASSERT_EQUAL(std::string("The query has too many aliases: 4294967295; the limit is 50. @0\n"
                                         "The query selects too many root fields: 4294967295; the limit is 20. @0"),
                             limitErrors(more, {}));
    }

    void introspectionPasses() {
        CPPUNIT_ASSERT_EQUAL(std::string(), limitErrors(introspectionQuery, {}));
        assertValid(introspectionQuery);
        CPPUNIT_ASSERT(cost(introspectionQuery) < DocumentLimits{}.cost);
    }

    // A schema with costs. Fields with arguments take their size from `first`.
    static const Schema& costly() {
        static const SchemaResult built = [] {
            SdlResult read = definitionFromSdl("type Query { one: Node many(first: Int = 5): Page list: [Node] }"
                                               "type Page { nodes: [Node] total: Int }"
                                               "type Node { id: ID list(first: Int): [Node!]! deep: [[Node]] }");
            for (TypeDefinition& type : read.definition.types) {
                for (FieldDefinition& field : type.fields) {
                    if (!field.arguments.empty()) field.sizeArgument = "first";
                    if (field.name == "many") field.cost = 10;
                    if (field.name == "many") field.maximumSize = 5'000;
                    if (field.name == "nodes") field.assumedSize = 1;
                    if (field.name == "total") field.cost = 0;
                }
            }
            return buildSchema(read.definition);
        }();
        CPPUNIT_ASSERT(built.schema.has_value());
        return *built.schema;
    }

    static std::uint64_t costIn(const Schema& schema, std::string_view source, const Values* variables = nullptr) {
        const ParseResult parsed = parsedForValidation(source);
        const Resolution resolution(schema, parsed.document);
        return OperationCost(schema, parsed.document, resolution, variables)
            .of(parsed.document.child(0, NodeKind::operation));
    }
    static std::uint64_t cost(std::string_view source) { return costIn(validationSchema(), source); }
    static std::uint64_t costlyCost(std::string_view source, const Values* variables = nullptr) {
        return costIn(costly(), source, variables);
    }

    void costOfLists() {
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, costlyCost("{ one { id } }"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{11}, costlyCost("{ list { id } }"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1 + 10 * (1 + 10)}, costlyCost("{ list { deep { id } } }"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{11}, costlyCost("{ list { ... on Node { ... { id } } } }"));
    }

    void costOfSizes() {
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10 + 5 * (1 + 1)}, costlyCost("{ many { nodes { id } total } }"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10 + 7 * (1 + 1)}, costlyCost("{ many(first: 7) { nodes { id } } }"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{30}, costlyCost("{ many(first: -7) { nodes { id } } }"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10 + 5'000 * (1 + 1)},
                             costlyCost("{ many(first: 2000000000) { nodes { id } } }"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1 + 1 + 10}, costlyCost("{ one { list { id } } }"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1 + 1 + 2 * (1 + 3)},
                             costlyCost("{ one { list(first: 2) { list(first: 3) { id } } } }"));
    }

    void costOfVariables() {
        constexpr std::string_view given = "query ($n: Int) { many(first: $n) { nodes { id } } }";
        constexpr std::string_view defaulted = "query ($n: Int = 2) { many(first: $n) { nodes { id } } }";
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10 + 10 * 2}, costlyCost(given));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10 + 2 * 2}, costlyCost(defaulted));
        Values values;
        const std::uint32_t root = values.begin(ValueKind::object);
        values.end(root);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10 + 5 * 2}, costlyCost(given, &values));
        Values set;
        const std::uint32_t object = set.begin(ValueKind::object);
        Value n;
        n.kind = ValueKind::integer;
        n.integer = 30;
        n.name = "n";
        set.add(n);
        set.end(object);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10 + 30 * 2}, costlyCost(given, &set));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10 + 30 * 2}, costlyCost(defaulted, &set));
    }

    void costOfFragments() {
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2 + 11 + 2},
                             costlyCost("{ one { ...F } ...Q one { ...F } } fragment F on Node { id }"
                                        " fragment Q on Query { list { ...F } }"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, costlyCost("{ one { ...F } } fragment F on Node { id ...F }"));
    }

    void costIsRefused() {
        const ParseResult parsed = parsedForValidation("{ one { id } x: many(first: 1000) { nodes { id } } }");
        const Resolution resolution(costly(), parsed.document);
        const NodeId operation = parsed.document.child(0, NodeKind::operation);
        CPPUNIT_ASSERT(!checkCost(costly(), parsed.document, resolution, operation, nullptr, 2012));
        const auto error = checkCost(costly(), parsed.document, resolution, operation, nullptr, 2011);
        CPPUNIT_ASSERT(error && error->kind == ErrorKind::limit);
        CPPUNIT_ASSERT_EQUAL(std::string("The operation costs too much: 2012; the limit is 2011. The costliest is the "
                                         "field \"x\". @13"),
                             errorText({*error}));
    }

    void costOfDoublingSaturates() {
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1} + (std::uint64_t{1} << 24U),
                             costlyCost("{ one { ...F0 } }" + doubling(25, "Node", "id")));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1} << 63U, costlyCost("{ one { ...F0 } }" + doubling(90, "Node", "id")));
        CPPUNIT_ASSERT_EQUAL(
            std::uint64_t{1} << 63U,
            costlyCost("{ one { " + repeated("list(first: 2147483647) { ", 40) + "id" + repeated(" }", 40) + " } }"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlDocumentLimitsTest);

} // namespace
