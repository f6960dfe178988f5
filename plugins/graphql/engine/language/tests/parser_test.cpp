// SPDX-License-Identifier: Apache-2.0
#include "language/line_index.hpp"
#include "language/parser.hpp"
#include "language/tests/document_shape.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <utility>

namespace mortise::graphql {

// Every production: what the document then has, and where its nodes stand.
class GraphqlParserTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlParserTest);
    CPPUNIT_TEST(operations);
    CPPUNIT_TEST(selections);
    CPPUNIT_TEST(fragments);
    CPPUNIT_TEST(directives);
    CPPUNIT_TEST(values);
    CPPUNIT_TEST(types);
    CPPUNIT_TEST(keywordsAreNames);
    CPPUNIT_TEST(schemas);
    CPPUNIT_TEST(typeDefinitions);
    CPPUNIT_TEST(directiveDefinitions);
    CPPUNIT_TEST(extensions);
    CPPUNIT_TEST(descriptions);
    CPPUNIT_TEST(offsetsAreOfTheFirstToken);
    CPPUNIT_TEST(childrenOfADocument);
    CPPUNIT_TEST(afterAnErrorThereIsNoDocument);
    CPPUNIT_TEST(defaultValues);
    CPPUNIT_TEST_SUITE_END();

    static std::string shape(std::string_view source) {
        const ParseResult parsed = parseDocument(source);
        if (parsed.error) return parsed.error->message;
        const std::string whole = shapeOf(parsed.document, 0);
        return whole.substr(9, whole.size() - 10); // without document( )
    }

    static std::string valueShape(std::string_view source, bool isConstant = false) {
        const ParseResult parsed = parseValue(source, isConstant);
        return parsed.error ? parsed.error->message : shapeOf(parsed.document, 1);
    }

    static std::string typeShape(std::string_view source) {
        const ParseResult parsed = parseType(source);
        return parsed.error ? parsed.error->message : shapeOf(parsed.document, 1);
    }

    static void same(std::string_view expected, const std::string& actual) {
        CPPUNIT_ASSERT_EQUAL(std::string(expected), actual);
    }

    void operations() {
        same("operation(selectionSet(field:a))", shape("{a}"));
        same("operation(selectionSet(field:a))", shape("query{a}"));
        same("operation+1:M(selectionSet(field:a))", shape("mutation M{a}"));
        same("operation+2:S(selectionSet(field:a))", shape("subscription S {a}"));
        same("operation:Q(variableDefinition:a(namedType:Int) "
             "variableDefinition:b(nonNullType(listType(nonNullType(namedType:T))) list(int=1) directive:d) "
             "directive:e selectionSet(field:a))",
             shape("query Q($a:Int $b:[T!]!=[1]@d)@e{a}"));
        same("operation(selectionSet(field:a)) operation:B(selectionSet(field:b))", shape("{a} query B {b}"));
    }

    void selections() {
        same("operation(selectionSet(field:a field:c=b))", shape("{a,b:c}"));
        same("operation(selectionSet(field:a(argument:b(int=1) argument:c(variable:d) directive:e "
             "selectionSet(field:f))))",
             shape("{a(b:1 c:$d)@e{f}}"));
    }

    void fragments() {
        same("operation(selectionSet(fragmentSpread:F(directive:d) inlineFragment(namedType:T directive:d "
             "selectionSet(field:a)) inlineFragment(directive:e selectionSet(field:b)) "
             "inlineFragment(selectionSet(field:c))))",
             shape("{...F@d ...on T@d{a} ...@e{b} ...{c}}"));
        same("fragmentDefinition:F(namedType:T directive:d selectionSet(field:a))", shape("fragment F on T @d {a}"));
    }

    void directives() {
        same("operation(directive:a directive:b(argument:c(variable:d)) selectionSet(field:x))",
             shape("query @a @b(c:$d) {x}"));
    }

    void values() {
        same("variable:a", valueShape("$a"));
        same("int=-0", valueShape("-0"));
        same("float=1.5e-3", valueShape("1.5e-3"));
        same("string=", valueShape("\"\""));
        same("string+1=a", valueShape("\"\"\"\n  a\n\"\"\""));
        same("boolean=true", valueShape("true"));
        same("boolean=false", valueShape("false"));
        same("null=null", valueShape("null"));
        same("enum=nullish", valueShape("nullish"));
        same("list", valueShape("[]"));
        same("object", valueShape("{}"));
        same("list(int=1 list(enum=A) object(objectField:a(variable:b)))", valueShape("[1 [A] {a:$b}]"));
        same("Syntax Error: Unexpected variable \"$b\" in constant value.", valueShape("[{a:$b}]", true));
        same("Syntax Error: Expected <EOF>, found Int \"2\".", valueShape("1 2"));
        same("Syntax Error: Unexpected <EOF>.", valueShape(""));
    }

    void types() {
        same("namedType:A", typeShape("A"));
        same("nonNullType(namedType:A)", typeShape("A!"));
        same("nonNullType(listType(listType(nonNullType(namedType:A))))", typeShape("[[A!]]!"));
        same("Syntax Error: Expected <EOF>, found \"!\".", typeShape("A!!"));
        same("Syntax Error: Expected \"]\", found <EOF>.", typeShape("[A"));
    }

    void keywordsAreNames() {
        for (const char* word : {"on", "fragment", "query", "mutation", "subscription", "true", "false", "null", "type",
                                 "schema", "extend", "repeatable", "implements"}) {
            const std::string name(word);
            same("operation:" + name + "(selectionSet(field:" + name + '=' + name + "(argument:" + name +
                     "(variable:" + name + ") directive:" + name + ")))",
                 shape("query " + name + '{' + name + ':' + name + '(' + name + ":$" + name + ")@" + name + '}'));
        }
        same("fragmentDefinition:fragment(namedType:on selectionSet(field:on))", shape("fragment fragment on on{on}"));
    }

    void schemas() {
        same("schema(directive:d rootOperation(namedType:Q) rootOperation+1(namedType:M) rootOperation+2(namedType:S))",
             shape("schema @d {query:Q mutation:M subscription:S}"));
        same("Syntax Error: Expected \"{\", found <EOF>.", shape("schema"));
        same("Syntax Error: Unexpected Name \"other\".", shape("schema{other:Q}"));
    }

    void typeDefinitions() {
        same("scalarType:A(directive:d)", shape("scalar A @d"));
        same("objectType:A", shape("type A"));
        same("objectType:A(implements:B implements:C directive:d fieldDefinition:f(inputValue:a(namedType:I int=1 "
             "directive:d) nonNullType(namedType:T) directive:d))",
             shape("type A implements & B & C @d {f(a:I=1@d):T!@d}"));
        same("interfaceType:A(implements:B fieldDefinition:f(namedType:T))", shape("interface A implements B {f:T}"));
        same("unionType:U(directive:d namedType:A namedType:B)", shape("union U @d = |A|B"));
        same("unionType:U", shape("union U"));
        same("enumType:E(directive:d enumValue:A(directive:d) enumValue:B)", shape("enum E @d {A@d B}"));
        same("inputType:I(directive:d inputValue:a(listType(namedType:T) list) inputValue:b(namedType:T directive:d))",
             shape("input I @d {a:[T]=[] b:T@d}"));
        same("Syntax Error: Expected Name, found \"}\".", shape("type A {}"));
        same("Syntax Error: Expected Name, found \")\".", shape("type A {f():T}"));
        same("Syntax Error: Name \"true\" is reserved and cannot be used for an enum value.", shape("enum E {true}"));
    }

    void directiveDefinitions() {
        same("directiveDefinition:d(location:FIELD)", shape("directive @d on FIELD"));
        same("directiveDefinition+1:d(inputValue:a(namedType:T) location:FIELD location:DIRECTIVE_DEFINITION)",
             shape("directive @d(a:T) repeatable on |FIELD|DIRECTIVE_DEFINITION"));
        same("Syntax Error: Unexpected Name \"NOWHERE\".", shape("directive @d on FIELD | NOWHERE"));
        same("Syntax Error: Expected \"on\", found Name \"FIELD\".", shape("directive @d FIELD"));
    }

    void extensions() {
        same("schema+1(rootOperation(namedType:Q))", shape("extend schema {query:Q}"));
        same("schema+1(directive:d)", shape("extend schema @d"));
        same("scalarType+1:A(directive:d)", shape("extend scalar A @d"));
        same("objectType+1:A(implements:B)", shape("extend type A implements B"));
        same("interfaceType+1:A(fieldDefinition:f(namedType:T))", shape("extend interface A {f:T}"));
        same("unionType+1:A(namedType:B)", shape("extend union A = B"));
        same("enumType+1:A(enumValue:B)", shape("extend enum A {B}"));
        same("inputType+1:A(inputValue:b(namedType:T))", shape("extend input A {b:T}"));
        for (const char* kind : {"schema", "scalar A", "type A", "interface A", "union A", "enum A", "input A"})
            same("Syntax Error: Unexpected <EOF>.", shape(std::string("extend ") + kind));
        same("Syntax Error: Unexpected Name \"directive\".", shape("extend directive @d on FIELD"));
        same("Syntax Error: Unexpected Name \"query\".", shape("extend query {a}"));
        same("Syntax Error: Unexpected \"{\".", shape("extend {a}"));
    }

    void descriptions() {
        same("objectType:A(string=x fieldDefinition:f(string+1=y inputValue:a(string=z namedType:T) namedType:T))",
             shape("\"x\" type A {\"\"\"y\"\"\" f(\"z\" a:T):T}"));
        same("enumType:E(string=x enumValue:A(string=y))", shape("\"x\" enum E {\"y\" A}"));
        same("schema(string=x rootOperation(namedType:Q))", shape("\"x\" schema {query:Q}"));
        same("directiveDefinition:d(string=x location:FIELD)", shape("\"x\" directive @d on FIELD"));
        // Before an operation, a variable or a fragment they are read over.
        same("operation(variableDefinition:a(namedType:T) selectionSet(field:b)) "
             "fragmentDefinition:F(namedType:T selectionSet(field:a))",
             shape("\"x\" query (\"y\" $a:T) {b} \"z\" fragment F on T {a}"));
        same("Syntax Error: Unexpected description, descriptions are not supported on shorthand queries.",
             shape("\"x\" {a}"));
        same("Syntax Error: Unexpected description, only GraphQL definitions support descriptions.",
             shape("\"x\" extend type A @d"));
        same("Syntax Error: Unexpected Int \"1\".", shape("\"x\" 1"));
    }

    // Graphql-js's loc.start, which is what its errors report.
    void offsetsAreOfTheFirstToken() {
        const std::string_view source =
            "query Q($v: [T!]!) @d(x: 1) { al: f ...F ... on T { a } } \"s\" type T { \"t\" f: T }";
        const ParseResult parsed = parseDocument(source);
        CPPUNIT_ASSERT(!parsed.error);
        const std::pair<NodeKind, std::string_view> starts[] = {
            {NodeKind::operation, "query"},  {NodeKind::variableDefinition, "$v"}, {NodeKind::nonNullType, "[T"},
            {NodeKind::listType, "[T"},      {NodeKind::directive, "@d"},          {NodeKind::argument, "x:"},
            {NodeKind::field, "al:"},        {NodeKind::fragmentSpread, "...F"},   {NodeKind::inlineFragment, "... on"},
            {NodeKind::objectType, "\"s\""}, {NodeKind::fieldDefinition, "\"t\""}, {NodeKind::selectionSet, "{ al"}};
        for (const auto& [kind, start] : starts) {
            NodeId id = 0;
            while (id < parsed.document.size() && parsed.document.kind(id) != kind) ++id;
            CPPUNIT_ASSERT(id < parsed.document.size());
            CPPUNIT_ASSERT_EQUAL(std::string(start),
                                 std::string(source.substr(parsed.document[id].offset, start.size())));
        }
    }

    void childrenOfADocument() {
        const ParseResult parsed = parseDocument("{ al: f(a: \"\\u0041\") @d x }");
        const Document& document = parsed.document;
        CPPUNIT_ASSERT_EQUAL(std::size_t{8}, document.size());
        const NodeId selections = document.child(1, NodeKind::selectionSet);
        std::string names;
        for (const NodeId field : document.children(selections))
            names += std::string(document.responseName(field)) + ' ';
        same("al x ", names);
        const NodeId field = document.child(selections, NodeKind::field);
        same("f", std::string(document.name(field)));
        const NodeId text = document.child(document.child(field, NodeKind::argument), NodeKind::stringValue);
        same("A", document.stringValue(text));
        same("\\u0041", std::string(document.rawValue(text)));
        CPPUNIT_ASSERT(document.child(field, NodeKind::selectionSet) == noNode);
    }

    void afterAnErrorThereIsNoDocument() {
        const ParseResult parsed = parseDocument("{ a b( }");
        CPPUNIT_ASSERT(parsed.error.has_value());
        CPPUNIT_ASSERT(parsed.error->kind == ErrorKind::syntax);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, parsed.document.size());
    }

    void defaultValues() {
        const auto defaults = [](std::string_view source, NodeKind kind) {
            const ParseResult parsed = parseDocument(source);
            CPPUNIT_ASSERT(!parsed.error);
            std::string all;
            for (NodeId node = 0; node < parsed.document.size(); ++node) {
                if (parsed.document.kind(node) != kind) continue;
                const NodeId value = parsed.document.defaultValue(node);
                all += value == noNode ? "-" : parsed.document.rawValue(value);
                all += ' ';
            }
            return all;
        };
        CPPUNIT_ASSERT_EQUAL(
            std::string("- 1 - null c "),
            defaults("query ($a: T, $b: [T!] = 1, $c: T! @d, $d: T = null @d(x: 2), $e: T = \"c\") { f }",
                     NodeKind::variableDefinition));
        CPPUNIT_ASSERT_EQUAL(
            std::string("- 1 - E d "),
            defaults("input I { a: T \"of b\" b: [T] = 1 \"of c\" c: T! @d d: T = E @d \"x\" e: T = \"d\" }",
                     NodeKind::inputValueDefinition));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlParserTest);

} // namespace mortise::graphql
