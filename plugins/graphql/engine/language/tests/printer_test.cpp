// SPDX-License-Identifier: Apache-2.0
#include "language/parser.hpp"
#include "language/printer.hpp"
#include "language/tests/document_shape.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::graphql {

// The layouts are graphql-js's.
class GraphqlPrinterTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlPrinterTest);
    CPPUNIT_TEST(values);
    CPPUNIT_TEST(types);
    CPPUNIT_TEST(operations);
    CPPUNIT_TEST(fragments);
    CPPUNIT_TEST(longArguments);
    CPPUNIT_TEST(blockStringsAreIndented);
    CPPUNIT_TEST(definitions);
    CPPUNIT_TEST(descriptionsAndArguments);
    CPPUNIT_TEST(extensions);
    CPPUNIT_TEST_SUITE_END();

    static std::string value(std::string_view source) {
        const ParseResult parsed = parseValue(source, false);
        CPPUNIT_ASSERT_MESSAGE(std::string(source), !parsed.error);
        return printNode(parsed.document, 1);
    }

    static void prints(const std::string& expected, std::string_view source) {
        const ParseResult parsed = parseDocument(source);
        CPPUNIT_ASSERT_MESSAGE(std::string(source), !parsed.error);
        const std::string printed = printDocument(parsed.document);
        CPPUNIT_ASSERT_EQUAL(expected, printed);
        const ParseResult again = parseDocument(printed);
        CPPUNIT_ASSERT_MESSAGE(printed, !again.error);
        CPPUNIT_ASSERT_EQUAL(shapeOf(parsed.document, 0), shapeOf(again.document, 0));
    }

    void values() {
        CPPUNIT_ASSERT_EQUAL(std::string("[1, {a: $b, c: D}, -2.5e3, true, null, \"\\u0007\\\"é\"]"),
                             value("[1 {a:$b c:D} -2.5e3,true null \"\\u0007\\\"\\u00E9\"]"));
        CPPUNIT_ASSERT_EQUAL(std::string("[[], {}]"), value("[[]{}]"));
        CPPUNIT_ASSERT_EQUAL(std::string("\"\"\"a\"\"\""), value("\"\"\"\n  a\n\"\"\""));
    }

    void types() {
        const ParseResult parsed = parseType("[[A!] !]!");
        CPPUNIT_ASSERT(!parsed.error);
        CPPUNIT_ASSERT_EQUAL(std::string("[[A!]!]!"), printNode(parsed.document, 1));
    }

    void operations() {
        prints("{\n  a\n  b: c\n}", "query{a,b:c}");
        prints("query Q {\n  a\n}", "query Q{a}");
        prints("mutation {\n  a\n}\n\nsubscription S {\n  b\n}", "mutation{a}subscription S{b}");
        prints("query @d {\n  a\n}", "query@d{a}");
        prints("query ($a: [Int!] = [1, 2] @d, $b: T) @e(x: 1) {\n  a(b: $b) @d {\n    c\n  }\n}",
               "query($a:[Int!]=[1 2]@d$b:T)@e(x:1){a(b:$b)@d{c}}");
        prints("query (\n$a: S = \"\"\"\nx\n y\n\"\"\"\n$b: T\n) {\n  a\n}",
               "query($a:S=\"\"\"\n  x\n   y\"\"\" $b:T){a}");
    }

    void fragments() {
        prints("{\n  ...F @d\n  ... on T @d {\n    a\n  }\n  ... @e {\n    b\n  }\n  ... {\n    c\n  }\n}\n\n"
               "fragment F on T @d {\n  a\n}",
               "{...F@d...on T@d{a}...@e{b}...{c}}fragment F on T@d{a}");
    }

    void longArguments() {
        const std::string name(57, 'n');
        prints("{\n  " + name + "(a: \"0123456789\", b: 1)\n}", '{' + name + "(a:\"0123456789\" b:1)}");
        prints("{\n  " + name + "(\n    a: \"01234567890\"\n    b: 1\n  ) {\n    x\n  }\n}",
               '{' + name + "(a:\"01234567890\" b:1){x}}");
        prints("{\n  a: " + name.substr(3) + "(\n    a: \"01234567890\"\n    b: 1\n  )\n}",
               "{a:" + name.substr(3) + "(a:\"01234567890\" b:1)}");
        prints("{\n  " + name + "(a: \"éé23456789\", b: 1)\n}", '{' + name + "(a:\"éé23456789\" b:1)}");
        prints("{\n  a @" + name + "(a: \"0123456789012345\", b: 1)\n}", "{a@" + name + "(a:\"0123456789012345\"b:1)}");
    }

    void blockStringsAreIndented() {
        prints("{\n  a {\n    b(c: \"\"\"\n    x\n     y\n    \"\"\")\n  }\n}", "{a{b(c:\"\"\"\nx\n y\"\"\")}}");
    }

    void definitions() {
        prints("schema @d {\n  query: Q\n  mutation: M\n  subscription: S\n}",
               "schema@d{query:Q mutation:M subscription:S}");
        prints("scalar A @d\n\ntype B\n\nunion C\n\nenum D\n\ninput E", "scalar A@d type B union C enum D input E");
        prints("type A implements B & C @d {\n  f(a: I = 1 @d, b: J): [T!]! @e\n  g: Int\n}",
               "type A implements&B&C@d{f(a:I=1@d b:J):[T!]!@e g:Int}");
        prints("interface A implements B {\n  f: T\n}", "interface A implements B{f:T}");
        prints("union U @d = A | B", "union U@d=|A|B");
        prints("enum E @d {\n  A @e\n  B\n}", "enum E@d{A@e B}");
        prints("input I @d {\n  a: [T] = [] @e\n  b: T\n}", "input I@d{a:[T]=[]@e b:T}");
        prints("directive @d(a: T = 1) repeatable on FIELD | QUERY", "directive@d(a:T=1)repeatable on|FIELD|QUERY");
        prints("directive @d on FIELD", "directive@d on FIELD");
    }

    void descriptionsAndArguments() {
        prints(
            "\"s\"\nschema {\n  query: Q\n}\n\n\"\"\"t\"\"\"\ntype T {\n  \"f\"\n  f(\n    \"a\"\n    a: I\n    b: J\n"
            "  ): T\n}\n\n\"e\"\nenum E {\n  \"v\"\n  V\n}\n\n\"d\"\ndirective @d(\n  \"a\"\n  a: T = \"x\"\n) on "
            "FIELD",
            "\"s\"schema{query:Q}\"\"\"t\"\"\"type T{\"f\"f(\"a\"a:I b:J):T}\"e\"enum E{\"v\"V}"
            "\"d\"directive@d(\"a\"a:T=\"x\")on FIELD");
    }

    void extensions() {
        prints(
            "extend schema @d\n\nextend schema {\n  query: Q\n}\n\nextend scalar A @d\n\nextend type A implements B\n\n"
            "extend interface A {\n  f: T\n}\n\nextend union A = B\n\nextend enum A {\n  B\n}\n\n"
            "extend input A {\n  b: T\n}",
            "extend schema@d extend schema{query:Q}extend scalar A@d extend type A implements B "
            "extend interface A{f:T}extend union A=B extend enum A{B}extend input A{b:T}");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlPrinterTest);

} // namespace mortise::graphql
