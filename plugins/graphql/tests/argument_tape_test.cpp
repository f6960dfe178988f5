// SPDX-License-Identifier: Apache-2.0
#include "argument_tape.hpp"
#include "tape_values.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>

using mortise::graphql::ArgumentTape;
using mortise::graphql::Value;
using mortise::graphql::ValueKind;
using mortise::graphql::Values;
using mortise::graphql::valuesOfTape;

namespace {

Value named(ValueKind kind, std::string_view name) {
    Value value;
    value.kind = kind;
    value.name = name;
    return value;
}

// The nodes' kinds, skips and texts.
std::string shown(const mortise_json_tape& tape) {
    std::string text;
    for (std::uint32_t i = 0; i < tape.node_count; ++i) {
        const mortise_json_node& node = tape.nodes[i];
        text += std::to_string(node.kind) + ":" + std::to_string(node.skip);
        if (node.kind >= MORTISE_JSON_INTEGER && node.kind <= MORTISE_JSON_STRING)
            text += ":" + std::string(tape.text + node.offset, node.length);
        text += ' ';
    }
    return text;
}

} // namespace

class GraphqlArgumentTapeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlArgumentTapeTest);
    CPPUNIT_TEST(everyKind);
    CPPUNIT_TEST(numbersKeepTheirDigits);
    CPPUNIT_TEST(membersAreTapes);
    CPPUNIT_TEST(textsWithNul);
    CPPUNIT_TEST(backToValues);
    CPPUNIT_TEST(tooManyValues);
    CPPUNIT_TEST_SUITE_END();

    static void fill(Values& values) {
        const std::uint32_t root = values.begin(ValueKind::object);
        Value text = named(ValueKind::string, "title");
        text.text = "Emma";
        values.add(text);
        Value mood = named(ValueKind::enumeration, "mood");
        mood.text = "CALM";
        mood.integer = 3;
        values.add(mood);
        const std::uint32_t list = values.begin(ValueKind::list, "tags");
        values.add(named(ValueKind::null, {}));
        Value yes = named(ValueKind::boolean, {});
        yes.boolean = true;
        values.add(yes);
        values.end(list);
        Value pages = named(ValueKind::integer, "pages");
        pages.integer = -7;
        values.add(pages);
        values.end(root);
    }

    void everyKind() {
        Values values;
        fill(values);
        ArgumentTape tape;
        tape.write(values);
        CPPUNIT_ASSERT_EQUAL(
            std::string("7:11 5:1:title 5:1:Emma 5:1:mood 5:1:CALM 5:1:tags 6:3 0:1 2:1 5:1:pages 3:1:-7 "),
            shown(tape.raw()));
        CPPUNIT_ASSERT_EQUAL(4U, tape.raw().nodes[0].length);
    }

    void numbersKeepTheirDigits() {
        const auto written = [](ValueKind kind, std::int64_t integer, double number, std::string_view text) {
            Values values;
            Value value = named(kind, {});
            value.integer = integer;
            value.number = number;
            value.text = text;
            values.add(value);
            ArgumentTape tape;
            tape.write(values);
            return shown(tape.raw());
        };
        CPPUNIT_ASSERT_EQUAL(std::string("3:1:-9223372036854775808 "),
                             written(ValueKind::integer, INT64_MIN, -9223372036854775808.0, {}));
        CPPUNIT_ASSERT_EQUAL(std::string("4:1:1.50 "), written(ValueKind::number, 0, 1.5, "1.50"));
        CPPUNIT_ASSERT_EQUAL(std::string("4:1:1e+21 "), written(ValueKind::number, 0, 1e21, {}));
        CPPUNIT_ASSERT_EQUAL(std::string("3:1:3 "), written(ValueKind::number, 0, 3, {}));
        // Past 64 bits and without a fraction it is no integer of a tape.
        CPPUNIT_ASSERT_EQUAL(std::string("4:1:123456789012345678901.0 "),
                             written(ValueKind::number, 0, 1.2345678901234568e20, "123456789012345678901"));
    }

    void membersAreTapes() {
        Values values;
        fill(values);
        ArgumentTape tape;
        tape.write(values);
        mortise_json_tape part{};
        CPPUNIT_ASSERT(tape.member("tags", part) == &part);
        CPPUNIT_ASSERT_EQUAL(std::string("6:3 0:1 2:1 "), shown(part));
        CPPUNIT_ASSERT(tape.member("nothing", part) == nullptr);
        ArgumentTape copy;
        copy.copy(part);
        CPPUNIT_ASSERT_EQUAL(shown(part), shown(copy.raw()));
    }

    void textsWithNul() {
        Values values;
        Value text = named(ValueKind::string, {});
        text.text = std::string_view("a\0b", 3);
        values.add(text);
        ArgumentTape tape;
        tape.write(values);
        CPPUNIT_ASSERT(tape.raw().nodes[0].flags == MORTISE_JSON_HAS_NUL);
        CPPUNIT_ASSERT_EQUAL(MORTISE_JSON_TAPE_HAS_NUL, tape.raw().flags);
        Values plain;
        plain.add(named(ValueKind::null, {}));
        tape.write(plain);
        CPPUNIT_ASSERT_EQUAL(0U, tape.raw().flags);
    }

    void backToValues() {
        Values values;
        fill(values);
        ArgumentTape tape;
        tape.write(values);
        Values back;
        CPPUNIT_ASSERT(valuesOfTape(tape.raw(), tape.raw().nodes[0], 100, back));
        ArgumentTape again;
        again.write(back);
        CPPUNIT_ASSERT_EQUAL(shown(tape.raw()), shown(again.raw()));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{-7}, back.member(back[0], "pages")->integer);
    }

    void tooManyValues() {
        Values values;
        fill(values);
        ArgumentTape tape;
        tape.write(values);
        Values back;
        CPPUNIT_ASSERT(valuesOfTape(tape.raw(), tape.raw().nodes[0], 7, back));
        back.clear();
        CPPUNIT_ASSERT(!valuesOfTape(tape.raw(), tape.raw().nodes[0], 6, back));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlArgumentTapeTest);
