// SPDX-License-Identifier: Apache-2.0
#include "schema/argument_values.hpp"
#include "schema/scalar_coercion.hpp"
#include "schema/tests/given_schema.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cmath>
#include <string>

namespace mortise::graphql {

// The messages are graphql-js's.
class GraphqlArgumentValuesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlArgumentValuesTest);
    CPPUNIT_TEST(literals);
    CPPUNIT_TEST(defaults);
    CPPUNIT_TEST(variables);
    CPPUNIT_TEST(objects);
    CPPUNIT_TEST(oneOf);
    CPPUNIT_TEST(faults);
    CPPUNIT_TEST(keepsWhatStoodBefore);
    CPPUNIT_TEST(seesVariables);
    CPPUNIT_TEST(leafLiterals);
    CPPUNIT_TEST(numbersOutOfRange);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* sdl = R"(
        scalar Any
        enum Level { LOW HIGH }
        input Point { x: Int! y: Int = 7 next: Point }
        input Choice @oneOf { a: Int b: String }
        type Query {
          f(i: Int, f: Float, s: String, b: Boolean, id: ID, l: Level, list: [[Int!]], p: Point, c: Choice, any: Any): Int
          d(a: Int = 3, b: Int! = 4): Int
          n(a: Int!): Int
        }
    )";

    // The values, or the message and where it stands.
    static std::string coerce(const std::string& field, std::string_view variables = {}) {
        const Schema schema = givenSchema(sdl);
        const std::string source = "{" + field + "}";
        const ParseResult parsed = parseDocument(source);
        CPPUNIT_ASSERT_MESSAGE(source, !parsed.error);
        const Values given = variables.empty() ? Values() : givenValues(variables);
        const NodeId node = 3;
        const Field* const definition = schema.selectable(schema.type("Query"), parsed.document.name(node));
        Values out;
        Error error;
        if (coerceArguments(schema, parsed.document, definition->arguments, node, variables.empty() ? nullptr : &given,
                            out, error))
            return wholeText(out, 0);
        CPPUNIT_ASSERT(out.empty());
        return error.message + " " + std::to_string(error.offsets.at(0));
    }

    static void gives(const std::string& field, const std::string& expected, std::string_view variables = {}) {
        CPPUNIT_ASSERT_EQUAL(expected, coerce(field, variables));
    }

    void literals() {
        gives("f(s: \"a\\n\\u00e9\", i: 3, f: 2, b: true, id: 5, l: HIGH)",
              "{ i: 3, f: 2, s: \"a\\né\", b: true, id: \"5\", l: \"HIGH\" }");
        gives("f(s: \"\"\"\n  a\n    b\n\"\"\", id: \"x\", i: null)", "{ i: null, s: \"a\\n  b\", id: \"x\" }");
        gives("f(list: 3)", "{ list: [[3]] }");
        gives("f(list: [[1, 2], 3, null])", "{ list: [[1, 2], [3], null] }");
        gives("f(any: {a: [1.5, X, \"y\"], b: null})", "{ any: { a: [1.5, \"X\", \"y\"], b: null } }");
    }

    void defaults() {
        gives("d", "{ a: 3, b: 4 }");
        gives("d(a: null)", "{ a: null, b: 4 }");
        gives("d(a: $a, b: $b)", "{ a: 3, b: 4 }", "{}");
    }

    void variables() {
        gives("f(i: $i, list: [[$i, 2], [$i]])", "{ i: 1, list: [[1, 2], [1]] }", "{i: 1}");
        gives("f(i: $i, list: [$l])", "{ list: [null] }", "{}");
        gives("f(p: {x: 1, y: $y, next: $n})", "{ p: { x: 1, y: 7 } }", "{}");
        gives("f(any: [$a, {b: $a, c: $d}])", "{ any: [1, { b: 1 }] }", "{a: 1}");
        gives("f(any: [$a])", "{ any: [null] }", "{}");
        gives("n(a: $a)", "{ a: 5 }", "{a: 5}");
    }

    void objects() {
        gives("f(p: {next: {x: 2, y: 3}, x: 1})", "{ p: { x: 1, y: 7, next: { x: 2, y: 3 } } }");
        gives("f(p: {x: 1, x: 2})", "{ p: { x: 2, y: 7 } }");
    }

    void oneOf() {
        gives("f(c: {a: 1})", "{ c: { a: 1 } }");
        gives("f(c: {a: $a, b: \"x\"})", "{ c: { b: \"x\" } }", "{}");
        gives("f(c: {a: 1, b: \"x\"})", "Argument \"c\" has invalid value {a: 1, b: \"x\"}. 6");
        gives("f(c: {a: null})", "Argument \"c\" has invalid value {a: null}. 6");
        gives("f(c: {a: $a})", "Argument \"c\" has invalid value {a: $a}. 6", "{}");
    }

    void faults() {
        gives("n", "Argument \"a\" of required type \"Int!\" was not provided. 1");
        gives("n(a: null)", "Argument \"a\" of non-null type \"Int!\" must not be null. 6");
        gives("n(a: $a)",
              "Argument \"a\" of required type \"Int!\" was provided the variable \"$a\" which was not provided a "
              "runtime value. 6");
        gives("n(a: $a)", "Argument \"a\" of non-null type \"Int!\" must not be null. 6", "{a: null}");
        gives("n(a: \"x\")", "Argument \"a\" has invalid value \"x\". 6");
        gives("f(p: {})", "Argument \"p\" has invalid value {}. 6");
        gives("f(p: 3)", "Argument \"p\" has invalid value 3. 6");
        gives("f(list: [[null]])", "Argument \"list\" has invalid value [[null]]. 9");
        gives("f(list: [[$a]])", "Argument \"list\" has invalid value [[$a]]. 9", "{}");
        gives("f(l: MIDDLE)", "Argument \"l\" has invalid value MIDDLE. 6");
    }

    void keepsWhatStoodBefore() {
        const Schema schema = givenSchema(sdl);
        const ParseResult parsed = parseDocument("{ f(p: {x: 1, next: {}}) }");
        Values out = givenValues("[1]");
        Error error;
        const std::vector<InputValue>& arguments = schema[schema.type("Query")].field("f")->arguments;
        CPPUNIT_ASSERT(!coerceArguments(schema, parsed.document, arguments, 3, nullptr, out, error));
        CPPUNIT_ASSERT_EQUAL(2U, out.size());
        CPPUNIT_ASSERT(error.kind == ErrorKind::argument);
    }

    void seesVariables() {
        const ParseResult parsed = parseDocument("{ a(x: [{y: $z}]) b(x: [1]) @include(if: $c) { c(x: $c) } }");
        CPPUNIT_ASSERT(usesVariables(parsed.document, 3));
        NodeId other = parsed.document[3].end;
        CPPUNIT_ASSERT(!usesVariables(parsed.document, other));
        CPPUNIT_ASSERT(usesVariables(parsed.document, parsed.document.child(other, NodeKind::directive)));
    }

    void leafLiterals() {
        const Schema schema = givenSchema(sdl);
        const auto message = [&](const char* type, const char* literal, bool suggestions = true) {
            const ParseResult parsed = parseValue(literal, true);
            std::string text;
            const bool fits = leafLiteralFits(schema[schema.type(type)], parsed.document, 1, suggestions, text);
            CPPUNIT_ASSERT_EQUAL(fits, text.empty());
            Values values;
            CPPUNIT_ASSERT_EQUAL(fits, coerceLeafLiteral(schema[schema.type(type)], parsed.document, 1, nullptr, true,
                                                         values, {}, text));
            return fits ? std::string() : text;
        };
        const auto is = [](const std::string& expected, const std::string& text) {
            CPPUNIT_ASSERT_EQUAL(expected, text);
        };
        is("", message("Int", "-7"));
        is("Int cannot represent non-integer value: 1.5", message("Int", "1.5"));
        is("Int cannot represent non-integer value: \"1\"", message("Int", "\"1\""));
        is("Int cannot represent non 32-bit signed integer value: 2147483648", message("Int", "2147483648"));
        is("Int cannot represent non 32-bit signed integer value: 99999999999999999999",
           message("Int", "99999999999999999999"));
        is("", message("Float", "1"));
        is("Float cannot represent non numeric value: true", message("Float", "true"));
        is("String cannot represent a non string value: [A, {b: 1}]", message("String", "[A {b:1}]"));
        is("Boolean cannot represent a non boolean value: 0", message("Boolean", "0"));
        is("ID cannot represent a non-string and non-integer value: 1.5", message("ID", "1.5"));
        is("", message("Level", "LOW"));
        is("Value \"LOWW\" does not exist in \"Level\" enum. Did you mean the enum value \"LOW\"?",
           message("Level", "LOWW"));
        is("Enum \"Level\" cannot represent non-enum value: \"LOW\". Did you mean the enum value \"LOW\"?",
           message("Level", "\"LOW\""));
        is("", message("Any", "{a: [1]}"));
        std::string text;
        const ParseResult parsed = parseValue("LO", true);
        CPPUNIT_ASSERT(!leafLiteralFits(schema[schema.type("Level")], parsed.document, 1, false, text));
        is("Value \"LO\" does not exist in \"Level\" enum.", text);
    }

    void numbersOutOfRange() {
        gives("f(f: 1e400)", "Argument \"f\" has invalid value 1e400. 6");
        gives("f(f: -1e-400)", "{ f: 0 }");
        gives("f(f: 0.1e400)", "Argument \"f\" has invalid value 0.1e400. 6");
        gives("f(any: [1, {a: 1e400}])", "Argument \"any\" has invalid value [1, {a: 1e400}]. 8");
        gives("f(f: 99999999999999999999)", "{ f: 100000000000000000000 }");
        const std::string zeros(400, '0');
        CPPUNIT_ASSERT_EQUAL(0.0, literalNumber("0." + zeros + "1"));
        CPPUNIT_ASSERT_EQUAL(0.0, literalNumber("-0." + zeros + "1e5"));
        CPPUNIT_ASSERT_EQUAL(0.0, literalNumber("1e-99999999999999999999"));
        CPPUNIT_ASSERT(std::isinf(literalNumber("1" + zeros)));
        CPPUNIT_ASSERT(std::isinf(literalNumber("1" + zeros + "e-5")));
        CPPUNIT_ASSERT(std::isinf(literalNumber("0." + zeros + "1e800")));
        CPPUNIT_ASSERT(std::isinf(literalNumber("1.0E+99999999999999999999")));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlArgumentValuesTest);

} // namespace mortise::graphql
