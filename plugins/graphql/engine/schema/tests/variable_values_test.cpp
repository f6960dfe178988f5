// SPDX-License-Identifier: Apache-2.0
#include "schema/tests/given_schema.hpp"
#include "schema/variable_values.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

namespace mortise::graphql {

// The messages are graphql-js's.
class GraphqlVariableValuesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlVariableValuesTest);
    CPPUNIT_TEST(coercesAllKinds);
    CPPUNIT_TEST(missingAndNull);
    CPPUNIT_TEST(scalarsThatDoNotFit);
    CPPUNIT_TEST(enumerations);
    CPPUNIT_TEST(objects);
    CPPUNIT_TEST(oneOf);
    CPPUNIT_TEST(paths);
    CPPUNIT_TEST(unusableTypes);
    CPPUNIT_TEST(errorsAreBounded);
    CPPUNIT_TEST(nestingIsBounded);
    CPPUNIT_TEST(manyOfThem);
    CPPUNIT_TEST(withoutSuggestions);
    CPPUNIT_TEST(withoutValues);
    CPPUNIT_TEST(customScalars);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* sdl = R"(
        scalar Any
        scalar Even
        enum Level { LOW HIGH }
        input Point { x: Int! y: Int = 7 name: String level: Level next: Point list: [Point!] }
        input Choice @oneOf { a: Int b: String }
        type Query { a: Int b: Float c: ID d: Boolean }
    )";

    // Takes even numbers, doubled.
    class EvenInput : public ScalarInput {
    public:
        bool coerce(const Value& in, bool, Values& out, std::string_view name, std::string& message) const override {
            if (in.kind != ValueKind::integer) return false;
            if (in.integer % 2 != 0) {
                message = "It is odd.";
                return false;
            }
            Value value = in;
            value.name = name;
            value.integer *= 2;
            out.add(value);
            return true;
        }
    };

    struct Outcome {
        bool isSound = false;
        std::string text; // of the values, or the messages in their order
        std::vector<Error> errors;
    };

    static Outcome coerce(const std::string& definitions, std::string_view variables, VariableLimits limits = {}) {
        static const EvenInput even;
        const std::vector<NamedScalar> scalars{{"Even", &even}};
        const Schema schema = givenSchema(sdl, scalars);
        const std::string source = "query (" + definitions + ") { a }";
        const ParseResult parsed = parseDocument(source);
        CPPUNIT_ASSERT_MESSAGE(source, !parsed.error);
        const Values in = variables.empty() ? Values() : givenValues(variables);
        Values out;
        Outcome outcome;
        outcome.isSound = coerceVariables(schema, parsed.document, 1, in, limits, out, outcome.errors);
        if (outcome.isSound) {
            outcome.text = wholeText(out, 0);
        } else {
            for (const Error& error : outcome.errors) outcome.text += error.message + "\n";
        }
        return outcome;
    }

    static void gives(const std::string& definitions, std::string_view variables, const std::string& values) {
        const Outcome outcome = coerce(definitions, variables);
        CPPUNIT_ASSERT_EQUAL(values, outcome.text);
        CPPUNIT_ASSERT(outcome.isSound);
    }

    static void fails(const std::string& definitions, std::string_view variables, const std::string& messages) {
        const Outcome outcome = coerce(definitions, variables);
        CPPUNIT_ASSERT_EQUAL(messages, outcome.text);
        CPPUNIT_ASSERT(!outcome.isSound);
        for (const Error& error : outcome.errors) {
            CPPUNIT_ASSERT(error.kind == ErrorKind::variables);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, error.offsets.size());
        }
    }

    void coercesAllKinds() {
        gives("$i: Int $f: Float $s: String $b: Boolean $id: ID $d: ID $e: Level",
              "{i: 3.0, f: 2, s: \"x\", b: true, id: 5, d: \"y\", e: \"HIGH\"}",
              "{ i: 3, f: 2, s: \"x\", b: true, id: \"5\", d: \"y\", e: \"HIGH\" }");
        gives("$l: [[Int]]", "{l: 3}", "{ l: [[3]] }");
        gives("$l: [[Int]]", "{l: [1, [2, null], null]}", "{ l: [[1], [2, null], null] }");
        gives("$p: Point", "{p: {list: {x: 1}, x: 2}}", "{ p: { x: 2, y: 7, list: [{ x: 1, y: 7 }] } }");
        gives("$i: Int", "{i: null, other: 3}", "{ i: null }");
        gives("$id: ID", "{id: 9007199254740993}", "{ id: \"9007199254740993\" }");
    }

    void missingAndNull() {
        gives("$a: Int $b: Int = 3 $c: Point = {x: 4} $d: Int! = 5", "", "{ b: 3, c: { x: 4, y: 7 }, d: 5 }");
        gives("$b: Int = 3", "{b: null}", "{ b: null }");
        fails("$a: Int!", "", "Variable \"$a\" of required type \"Int!\" was not provided.\n");
        fails("$a: [Int!]! = [1]", "{a: null}", "Variable \"$a\" of non-null type \"[Int!]!\" must not be null.\n");
    }

    void scalarsThatDoNotFit() {
        const auto one = [](const std::string& type, const std::string& value, const std::string& why) {
            const std::string variables = "{a: " + value + "}";
            const Outcome outcome = coerce("$a: " + type, variables);
            CPPUNIT_ASSERT_EQUAL("Variable \"$a\" got invalid value " + value + "; " + why + value + "\n",
                                 outcome.text);
        };
        one("Int", "1.5", "Int cannot represent non-integer value: ");
        one("Int", "\"1\"", "Int cannot represent non-integer value: ");
        one("Int", "2147483648", "Int cannot represent non 32-bit signed integer value: ");
        one("Int", "-2147483649", "Int cannot represent non 32-bit signed integer value: ");
        one("Float", "\"1\"", "Float cannot represent non numeric value: ");
        one("String", "1", "String cannot represent a non string value: ");
        one("String", "[\"a\"]", "String cannot represent a non string value: ");
        one("Boolean", "1", "Boolean cannot represent a non boolean value: ");
        one("ID", "1.5", "ID cannot represent value: ");
        one("ID", "true", "ID cannot represent value: ");
        gives("$a: Int $b: Int", "{a: 2147483647, b: -2147483648}", "{ a: 2147483647, b: -2147483648 }");
    }

    void enumerations() {
        fails(
            "$e: Level", "{e: \"LOWW\"}",
            "Variable \"$e\" got invalid value \"LOWW\"; Value \"LOWW\" does not exist in \"Level\" enum. Did you mean "
            "the enum value \"LOW\"?\n");
        fails("$e: Level", "{e: 3}",
              "Variable \"$e\" got invalid value 3; Enum \"Level\" cannot represent non-string value: 3.\n");
    }

    void objects() {
        fails("$p: Point", "{p: 3}", "Variable \"$p\" got invalid value 3; Expected type \"Point\" to be an object.\n");
        fails("$p: Point", "{p: [{x: 1}]}",
              "Variable \"$p\" got invalid value [{ x: 1 }]; Expected type \"Point\" to be an object.\n");
        fails("$p: Point", "{p: {nam: 1}}",
              "Variable \"$p\" got invalid value { nam: 1 }; Field \"x\" of required type \"Int!\" was not provided.\n"
              "Variable \"$p\" got invalid value { nam: 1 }; Field \"nam\" is not defined by type \"Point\". Did you "
              "mean \"name\"?\n");
        fails(
            "$p: Point", "{p: {x: null}}",
            "Variable \"$p\" got invalid value null at \"p.x\"; Expected non-nullable type \"Int!\" not to be null.\n");
    }

    void oneOf() {
        gives("$c: Choice", "{c: {a: 1}}", "{ c: { a: 1 } }");
        const std::string exactly = "; Exactly one key must be specified for OneOf type \"Choice\".\n";
        fails("$c: Choice", "{c: {}}", "Variable \"$c\" got invalid value {}" + exactly);
        fails("$c: Choice", "{c: {b: \"x\", a: 1}}", "Variable \"$c\" got invalid value { b: \"x\", a: 1 }" + exactly);
        fails("$c: Choice", "{c: {b: null}}",
              "Variable \"$c\" got invalid value null at \"c.b\"; Field \"b\" must be non-null.\n");
        fails("$c: Choice", "{c: {b: \"x\", a: null}}",
              "Variable \"$c\" got invalid value { b: \"x\", a: null }" + exactly +
                  "Variable \"$c\" got invalid value null at \"c.a\"; Field \"a\" must be non-null.\n");
    }

    void paths() {
        fails("$p: [Point]", "{p: [{x: 1}, {x: 1, list: [{x: 1}, {x: \"a\"}]}]}",
              "Variable \"$p\" got invalid value \"a\" at \"p[1].list[1].x\"; Int cannot represent non-integer value: "
              "\"a\"\n");
        fails(
            "$a: [Int!] $b: Int", "{a: [1, null, \"x\"], b: true}",
            "Variable \"$a\" got invalid value null at \"a[1]\"; Expected non-nullable type \"Int!\" not to be null.\n"
            "Variable \"$a\" got invalid value \"x\" at \"a[2]\"; Int cannot represent non-integer value: \"x\"\n"
            "Variable \"$b\" got invalid value true; Int cannot represent non-integer value: true\n");
    }

    void unusableTypes() {
        const std::string rest = " which cannot be used as an input type.\n";
        fails("$q: [Query!]", "{q: 1}", "Variable \"$q\" expected value of type \"[Query!]\"" + rest);
        fails("$q: Nothing", "", "Variable \"$q\" expected value of type \"Nothing\"" + rest);
    }

    void errorsAreBounded() {
        std::string list = "{l: [";
        for (int i = 0; i < 100; ++i) list += "\"a\" ";
        list += "], m: \"b\"}";
        const Outcome all = coerce("$l: [Int] $m: Int", list);
        CPPUNIT_ASSERT_EQUAL(std::size_t{51}, all.errors.size());
        CPPUNIT_ASSERT_EQUAL(
            std::string("Too many errors processing variables, error limit reached. Execution aborted."),
            all.errors.back().message);
        VariableLimits limits;
        limits.errors = 100;
        CPPUNIT_ASSERT_EQUAL(std::size_t{101}, coerce("$l: [Int] $m: Int", list, limits).errors.size());
        limits.errors = 101;
        CPPUNIT_ASSERT_EQUAL(std::string("Variable \"$m\" got invalid value \"b\"; Int cannot represent non-integer "
                                         "value: \"b\""),
                             coerce("$l: [Int] $m: Int", list, limits).errors.back().message);
    }

    void nestingIsBounded() {
        VariableLimits limits;
        limits.nesting = 3;
        CPPUNIT_ASSERT(coerce("$a: Any", "{a: [[[1], 2], [[3]]]}", limits).isSound);
        const Outcome deep = coerce("$a: Any", "{a: [[[1], 2], [[[3]]]]}", limits);
        CPPUNIT_ASSERT_EQUAL(std::string("Variable \"$a\" has lists and objects more than 3 deep in each other.\n"),
                             deep.text);
        CPPUNIT_ASSERT(deep.errors[0].kind == ErrorKind::limit);

        // As JSON could bring it: no stack is spent on it.
        Values in;
        std::vector<std::uint32_t> open{in.begin(ValueKind::object)};
        open.push_back(in.begin(ValueKind::object, "p"));
        for (int i = 0; i < 20'000; ++i) open.push_back(in.begin(ValueKind::object, "next"));
        for (std::size_t i = open.size(); i-- > 0;) in.end(open[i]);
        const Schema schema = givenSchema(sdl);
        const ParseResult parsed = parseDocument("query ($p: Point) { a }");
        Values out;
        std::vector<Error> errors;
        limits.nesting = 1'000'000;
        CPPUNIT_ASSERT(!coerceVariables(schema, parsed.document, 1, in, limits, out, errors));
        CPPUNIT_ASSERT_EQUAL(std::string("Variable \"$p\" has lists and objects more than 500 deep in each other.\n"),
                             messagesOf(errors));
    }

    // More of them than TextLimits::tokens and a body of a megabyte allow, each found by its name.
    void manyOfThem() {
        constexpr int count = 5'000;
        std::string definitions;
        std::vector<std::string> names;
        for (int i = 0; i < count; ++i) {
            definitions += " $v" + std::to_string(i) + ": Int";
            names.push_back("v" + std::to_string(2 * (count - i)));
        }
        Values in;
        const std::uint32_t object = in.begin(ValueKind::object);
        Value value;
        value.kind = ValueKind::integer;
        for (int round = 0; round < 20; ++round)
            for (int i = 0; i < count; ++i) {
                value.integer = 2 * (count - i);
                value.name = round == 0 ? std::string_view(names[static_cast<std::size_t>(i)])
                                        : in.keep(std::to_string(round) + names[static_cast<std::size_t>(i)]);
                in.add(value);
            }
        in.end(object);
        const Schema schema = givenSchema("type Query { a: Int }");
        const std::string source = "query (" + definitions + ") { a }";
        const ParseResult parsed = parseDocument(source, {.bytes = 1'000'000, .tokens = 100'000});
        CPPUNIT_ASSERT(!parsed.error);
        Values out;
        std::vector<Error> errors;
        CPPUNIT_ASSERT(coerceVariables(schema, parsed.document, 1, in, {.values = 200'000}, out, errors));
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{(count - 1) / 2}, out[0].count); // the even ones, without 0
        for (std::uint32_t at = 1; at < out.size(); ++at)
            CPPUNIT_ASSERT_EQUAL("v" + std::to_string(out[at].integer), std::string(out[at].name));
    }

    void withoutSuggestions() {
        VariableLimits limits;
        limits.suggestions = false;
        CPPUNIT_ASSERT_EQUAL(
            std::string(
                "Variable \"$p\" got invalid value \"LO\" at \"p.level\"; Value \"LO\" does not exist in "
                "\"Level\" enum.\nVariable \"$p\" got invalid value { x: 1, level: \"LO\", nam: 2 }; Field \"nam\" "
                "is not defined by type \"Point\".\n"),
            coerce("$p: Point", "{p: {x: 1, level: \"LO\", nam: 2}}", limits).text);
    }

    void withoutValues() {
        VariableLimits limits;
        limits.showsValues = false;
        limits.suggestions = false;
        const auto messages = [&](const std::string& definitions, std::string_view variables) {
            return coerce(definitions, variables, limits).text;
        };
        CPPUNIT_ASSERT_EQUAL(
            std::string("Variable \"$p\" got invalid value at \"p.name\"; Expected type \"String\".\n"
                        "Variable \"$p\" got invalid value at \"p.level\"; Expected type \"Level\".\n"
                        "Variable \"$p\" got invalid value; Field \"z\" is not defined by type \"Point\".\n"),
            messages("$p: Point", "{p: {x: 1, name: [\"secret\"], level: \"secret\", z: \"secret\"}}"));
        CPPUNIT_ASSERT_EQUAL(
            std::string("Variable \"$p\" got invalid value; Expected type \"Point\" to be an object.\n"),
            messages("$p: Point", "{p: \"secret\"}"));
        CPPUNIT_ASSERT_EQUAL(std::string("Variable \"$e\" got invalid value; Expected type \"Even\".\n"),
                             messages("$e: Even", "{e: 3}"));
    }

    void customScalars() {
        gives("$a: Any $e: [Even]", "{a: {b: [1]}, e: [4]}", "{ a: { b: [1] }, e: [8] }");
        fails("$e: Even", "{e: 3}", "Variable \"$e\" got invalid value 3; It is odd.\n");
        fails("$e: Even", "{e: true}", "Variable \"$e\" got invalid value true; Expected type \"Even\".\n");
        fails("$e: Even", "{e: {a: 4}}", "Variable \"$e\" got invalid value { a: 4 }; Expected type \"Even\".\n");
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlVariableValuesTest);

} // namespace mortise::graphql
