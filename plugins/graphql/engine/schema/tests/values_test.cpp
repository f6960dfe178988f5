// SPDX-License-Identifier: Apache-2.0
#include "schema/inspect.hpp"
#include "schema/number_text.hpp"
#include "schema/tests/given_schema.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <limits>
#include <string>

namespace mortise::graphql {

class GraphqlValuesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlValuesTest);
    CPPUNIT_TEST(membersAndItems);
    CPPUNIT_TEST(appendedValuesAreWhole);
    CPPUNIT_TEST(numbersAsJavascriptWritesThem);
    CPPUNIT_TEST(inspected);
    CPPUNIT_TEST(inspectedTextIsBounded);
    CPPUNIT_TEST_SUITE_END();

    static std::string shown(std::string_view literal) { return inspect(givenValues(literal), 0); }

    void membersAndItems() {
        const Values values = givenValues("{a: [1, {b: true}], c: \"x\", d: null}");
        CPPUNIT_ASSERT_EQUAL(3U, values[0].count);
        const Value* const list = values.member(values[0], "a");
        CPPUNIT_ASSERT(list != nullptr && list->kind == ValueKind::list);
        CPPUNIT_ASSERT_EQUAL(2U, list->count);
        CPPUNIT_ASSERT(values.member(values[0], "b") == nullptr);
        CPPUNIT_ASSERT_EQUAL(std::string("x"), std::string(values.member(values[0], "c")->text));
        CPPUNIT_ASSERT(values.member(values[0], "d")->kind == ValueKind::null);
    }

    void appendedValuesAreWhole() {
        const Values from = givenValues("{a: [1, {b: true}], c: \"x\"}");
        Values to;
        const std::uint32_t object = to.begin(ValueKind::object);
        to.append(from, 1, "first");
        to.append(from, 0, "second");
        to.end(object);
        CPPUNIT_ASSERT_EQUAL(std::string("{ first: [1, [Object]], second: { a: [Array], c: \"x\" } }"), inspect(to, 0));
        to.clear();
        CPPUNIT_ASSERT(to.empty());
    }

    void numbersAsJavascriptWritesThem() {
        const auto is = [](const char* expected, double value) {
            CPPUNIT_ASSERT_EQUAL(std::string(expected), numberText(value));
        };
        is("0", -0.0);
        is("1", 1);
        is("-12.5", -12.5);
        is("100", 100);
        is("100000000000000000000", 1e20);
        is("1e+21", 1e21);
        is("1.5e+300", 1.5e300);
        is("0.000001", 1e-6);
        is("1e-7", 1e-7);
        is("1.25e-7", 1.25e-7);
        is("0.1", 0.1);
        is("123456.789", 123456.789);
        is("NaN", std::numeric_limits<double>::quiet_NaN());
        is("-Infinity", -std::numeric_limits<double>::infinity());
    }

    void inspected() {
        CPPUNIT_ASSERT_EQUAL(std::string("\"a\\n\\\"\\\\\\u0001é\""), shown("\"a\\n\\\"\\\\\\u0001é\""));
        CPPUNIT_ASSERT_EQUAL(std::string("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ... 1 more item]"),
                             shown("[1 2 3 4 5 6 7 8 9 10 11]"));
        CPPUNIT_ASSERT_EQUAL(std::string("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ... 2 more items]"),
                             shown("[1 2 3 4 5 6 7 8 9 10 11 12]"));
        CPPUNIT_ASSERT_EQUAL(std::string("{ a: [[Object], [], {}, [Array]], b: 1 }"),
                             shown("{a: [{c: 1}, [], {}, [1]], b: 1}"));
    }

    void inspectedTextIsBounded() {
        Values values;
        const std::string text = std::string(inspectedBytes - 2, 'a') + "éééé";
        Value value;
        value.kind = ValueKind::string;
        value.text = text;
        values.add(value);
        CPPUNIT_ASSERT_EQUAL('"' + std::string(inspectedBytes - 2, 'a') + "…", inspect(values, 0));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlValuesTest);

} // namespace mortise::graphql
