// SPDX-License-Identifier: Apache-2.0
#include "json/parser.hpp"
#include "json/writer.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

using mortise::json::describe;
using mortise::json::parse;
using mortise::json::ParseFault;
using mortise::json::ParseLimits;
using mortise::json::Tape;
using mortise::json::Value;
using mortise::json::Writer;
using Reason = mortise::json::ParseFault::Reason;

namespace {

std::string written(const Tape& tape) {
    std::string text;
    Writer(text).value(tape.root());
    return text;
}

std::string repeated(std::string_view part, int times) {
    std::string text;
    for (int index = 0; index < times; ++index) text += part;
    return text;
}

// Every node consistent with its neighbours: skips add up to the sizes, text inside of the text.
void checkLayout(const Tape& tape) {
    const mortise_json_tape view = tape.view();
    CPPUNIT_ASSERT_EQUAL(static_cast<std::uint32_t>(sizeof view), view.struct_size);
    CPPUNIT_ASSERT_EQUAL(view.node_count, view.nodes[0].skip);
    for (std::uint32_t index = 0; index < view.node_count; ++index) {
        const mortise_json_node& node = view.nodes[index];
        CPPUNIT_ASSERT_EQUAL(0, static_cast<int>(node.reserved));
        CPPUNIT_ASSERT(node.skip >= 1 && index + node.skip <= view.node_count);
        if (node.kind < MORTISE_JSON_ARRAY) {
            CPPUNIT_ASSERT_EQUAL(1u, node.skip);
            CPPUNIT_ASSERT(node.offset + node.length <= view.text_size);
            continue;
        }
        CPPUNIT_ASSERT_EQUAL(0u, node.offset);
        const std::uint32_t each = node.kind == MORTISE_JSON_OBJECT ? 2 : 1;
        std::uint32_t children = 0;
        const mortise_json_node* child = &node + 1;
        for (; child < &node + node.skip; child = mortise_json_next(child)) ++children;
        CPPUNIT_ASSERT(child == &node + node.skip);
        CPPUNIT_ASSERT_EQUAL(node.length * each, children);
    }
}

} // namespace

class ParserTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ParserTest);
    CPPUNIT_TEST(faultsHavePositionAndReason);
    CPPUNIT_TEST(faultLeavesTapeEmptyAndUsable);
    CPPUNIT_TEST(everyPrefixOfADocumentEndsTooEarly);
    CPPUNIT_TEST(everyChangedByteIsHandled);
    CPPUNIT_TEST(depthIsLimited);
    CPPUNIT_TEST(nodesAreLimited);
    CPPUNIT_TEST(numbersKeepTheirText);
    CPPUNIT_TEST(numbersAtTheEdges);
    CPPUNIT_TEST(stringsAreUnescaped);
    CPPUNIT_TEST(longStringsAreUnescapedAnywhere);
    CPPUNIT_TEST(nulIsFlagged);
    CPPUNIT_TEST(layoutIsAsDocumented);
    CPPUNIT_TEST(lastDuplicateWins);
    CPPUNIT_TEST(duplicatesAgainstAModel);
    CPPUNIT_TEST(manyDuplicatesAreCheap);
    CPPUNIT_TEST(buffersAreKeptAndGivenBack);
    CPPUNIT_TEST_SUITE_END();

    void faultsHavePositionAndReason() {
        struct Case {
            std::string text;
            std::size_t position;
            Reason reason;
        };
        const std::vector<Case> cases = {
            {"", 0, Reason::empty},
            {" ", 1, Reason::unexpected_end},
            {"\n\t\r ", 4, Reason::unexpected_end},
            {std::string(1, '\0'), 0, Reason::unexpected_character},
            {std::string("1\0", 2), 1, Reason::trailing_content},
            {std::string("[1\0]", 4), 2, Reason::unexpected_character},
            {std::string("\"a\0b\"", 5), 2, Reason::control_character},
            {"\v1", 0, Reason::unexpected_character},
            {"\xc2\xa0"
             "1",
             0, Reason::unexpected_character},
            {"\xef\xbb\xbf{}", 0, Reason::byte_order_mark},
            {"\xff\xfe{\0}", 0, Reason::invalid_utf8},
            {"nul", 3, Reason::unexpected_end},
            {"nulL", 3, Reason::unexpected_character},
            {"nullx", 4, Reason::trailing_content},
            {"True", 0, Reason::unexpected_character},
            {"falze", 3, Reason::unexpected_character},
            {"NaN", 0, Reason::unexpected_character},
            {"[Infinity]", 1, Reason::unexpected_character},
            {"-Infinity", 1, Reason::bad_number},
            {"'a'", 0, Reason::unexpected_character},
            {"// note\n1", 0, Reason::unexpected_character},
            {"[1 /* note */]", 3, Reason::unexpected_character},
            {"1 2", 2, Reason::trailing_content},
            {"{} x", 3, Reason::trailing_content},
            {"[] ]", 3, Reason::trailing_content},
            {"[", 1, Reason::unexpected_end},
            {"[1", 2, Reason::unexpected_end},
            {"[1,", 3, Reason::unexpected_end},
            {"[1,]", 3, Reason::unexpected_character},
            {"[,1]", 1, Reason::unexpected_character},
            {"[1,,2]", 3, Reason::unexpected_character},
            {"[1 2]", 3, Reason::unexpected_character},
            {"[1}", 2, Reason::unexpected_character},
            {"]", 0, Reason::unexpected_character},
            {"{", 1, Reason::unexpected_end},
            {"{\"a\"", 4, Reason::unexpected_end},
            {"{\"a\":", 5, Reason::unexpected_end},
            {"{\"a\":1", 6, Reason::unexpected_end},
            {"{\"a\":1,", 7, Reason::unexpected_end},
            {"{\"a\":1,}", 7, Reason::unexpected_character},
            {"{\"a\":1 \"b\":2}", 7, Reason::unexpected_character},
            {"{\"a\" 1}", 5, Reason::unexpected_character},
            {"{\"a\"::1}", 5, Reason::unexpected_character},
            {"{\"a\":}", 5, Reason::unexpected_character},
            {"{a:1}", 1, Reason::unexpected_character},
            {"{1:1}", 1, Reason::unexpected_character},
            {"{,}", 1, Reason::unexpected_character},
            {"{\"a\":1]", 6, Reason::unexpected_character},
            {"{\"a\":1}}", 7, Reason::trailing_content},
            {"-", 1, Reason::unexpected_end},
            {"--1", 1, Reason::bad_number},
            {"+1", 0, Reason::unexpected_character},
            {".5", 0, Reason::unexpected_character},
            {"01", 1, Reason::trailing_content},
            {"[-01]", 3, Reason::unexpected_character},
            {"1.", 2, Reason::unexpected_end},
            {"[1.]", 3, Reason::bad_number},
            {"1.e5", 2, Reason::bad_number},
            {"1e", 2, Reason::unexpected_end},
            {"[1e+]", 4, Reason::bad_number},
            {"1e5.5", 3, Reason::trailing_content},
            {"0x10", 1, Reason::trailing_content},
            {"1_000", 1, Reason::trailing_content},
            {"[18446744073709551616]", 1, Reason::number_out_of_range},
            {"[-9223372036854775809]", 1, Reason::number_out_of_range},
            {"[1,100000000000000000000000]", 3, Reason::number_out_of_range},
            {"1e400", 0, Reason::number_out_of_range},
            {"[-1e400]", 1, Reason::number_out_of_range},
            {"1.8e308", 0, Reason::number_out_of_range},
            {"0.0001e400", 0, Reason::number_out_of_range},
            {"1" + std::string(400, '0') + ".0", 0, Reason::number_out_of_range},
            {"1e99999999999999999999", 0, Reason::number_out_of_range},
            {"\"", 1, Reason::unexpected_end},
            {"\"abc", 4, Reason::unexpected_end},
            {"\"abcdefghijklmnopqrstuvwxyz0123456789", 37, Reason::unexpected_end},
            {"\"a\nb\"", 2, Reason::control_character},
            {"\"0123456789abcdefghij\tb\"", 21, Reason::control_character},
            {"\"a\\", 3, Reason::unexpected_end},
            {"\"\\x41\"", 2, Reason::bad_escape},
            {"\"\\'\"", 2, Reason::bad_escape},
            {"\"\\\n\"", 2, Reason::bad_escape},
            {"\"\\U0041\"", 2, Reason::bad_escape},
            {"\"\\u00", 5, Reason::unexpected_end},
            {"\"\\u00g0\"", 5, Reason::bad_escape},
            {"\"\\u00\"", 5, Reason::bad_escape},
            {"\"\\\\\\z\"", 4, Reason::bad_escape},
            {"\"ab\\ud800\"", 3, Reason::lone_surrogate},
            {"\"\\ud800x\"", 1, Reason::lone_surrogate},
            {"\"\\ud800\\n\"", 1, Reason::lone_surrogate},
            {"\"\\ud800", 7, Reason::unexpected_end},
            {"\"\\ud800\\", 8, Reason::unexpected_end},
            {"\"\\ud800\\u", 9, Reason::unexpected_end},
            {"\"\\ud800\\u12", 11, Reason::unexpected_end},
            {"\"\\ud800\\ud800\"", 1, Reason::lone_surrogate},
            {"\"\\ud800\\u0041\"", 1, Reason::lone_surrogate},
            {"\"\\udc00\"", 1, Reason::lone_surrogate},
            {"\"\\udc00\\ud800\"", 1, Reason::lone_surrogate},
            {"{\"\\ud800\":1}", 2, Reason::lone_surrogate},
            {"\"a\xff\"", 2, Reason::invalid_utf8},
            {"\"\xc3(\"", 1, Reason::invalid_utf8},
            {"\"\xe2\x82\"", 1, Reason::invalid_utf8},
            {"\"\xc0\xaf\"", 1, Reason::invalid_utf8},
            {"\"\xed\xa0\x80\"", 1, Reason::invalid_utf8},
            {"\"\xf4\x90\x80\x80\"", 1, Reason::invalid_utf8},
            {"[1]\xff", 3, Reason::invalid_utf8},
            {"[\xff", 1, Reason::invalid_utf8},
            {"[1,]\"\xff\"", 3, Reason::unexpected_character},
            {"\"\xff\" ]", 1, Reason::invalid_utf8},
        };
        for (const Case& item : cases) {
            Tape tape;
            const auto fault = parse(item.text, tape);
            CPPUNIT_ASSERT_MESSAGE(item.text, fault.has_value());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(item.text, std::string(describe(item.reason)),
                                         std::string(describe(fault->reason)));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(item.text, item.position, fault->position);
            CPPUNIT_ASSERT_MESSAGE(item.text, tape.empty());
        }
    }

    void faultLeavesTapeEmptyAndUsable() {
        Tape tape;
        CPPUNIT_ASSERT(!parse("[1,2,3]", tape));
        CPPUNIT_ASSERT(parse("[1,2,", tape));
        CPPUNIT_ASSERT(tape.empty());
        CPPUNIT_ASSERT(tape.text().empty());
        CPPUNIT_ASSERT(!parse("{\"a\":[]}", tape));
        CPPUNIT_ASSERT_EQUAL(std::string("{\"a\":[]}"), written(tape));
    }

    void everyPrefixOfADocumentEndsTooEarly() {
        const std::string text =
            R"({"name":"Ada \u00e9\ud83d\ude00 \n","list":[1,-2.5e+3,true,false,null,[],{}],"z":{"a":"b"}})";
        Tape tape;
        CPPUNIT_ASSERT(!parse(text, tape));
        for (std::size_t size = 1; size < text.size(); ++size) {
            const auto fault = parse(text.substr(0, size), tape);
            CPPUNIT_ASSERT_MESSAGE(text.substr(0, size), fault.has_value());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text.substr(0, size), size, fault->position);
            CPPUNIT_ASSERT(fault->reason == Reason::unexpected_end);
        }
    }

    // Whatever one byte is changed to, the answer is a document of sound layout or a fault inside the text.
    void everyChangedByteIsHandled() {
        const std::string text = R"({"a":"x\u00e9\ud83d\ude00","b":[1,-2.5e+3,true,null,{}],"a":{"c":"d"}})";
        Tape tape;
        int accepted = 0;
        for (std::size_t at = 0; at < text.size(); ++at) {
            for (int byte = 0; byte < 256; ++byte) {
                std::string changed = text;
                changed[at] = static_cast<char>(byte);
                if (const auto fault = parse(changed, tape)) {
                    CPPUNIT_ASSERT(fault->position <= changed.size());
                    continue;
                }
                ++accepted;
                checkLayout(tape);
                Tape again;
                CPPUNIT_ASSERT(!parse(written(tape), again));
                CPPUNIT_ASSERT_EQUAL(written(tape), written(again));
            }
        }
        CPPUNIT_ASSERT(accepted > 500);
    }

    void depthIsLimited() {
        Tape tape;
        CPPUNIT_ASSERT(!parse(repeated("[", 64) + repeated("]", 64), tape));
        auto fault = parse(repeated("[", 65) + repeated("]", 65), tape);
        CPPUNIT_ASSERT(fault && fault->reason == Reason::too_deep);
        CPPUNIT_ASSERT_EQUAL(std::size_t{64}, fault->position);
        CPPUNIT_ASSERT(!parse("[[[]],[[]]]", tape, ParseLimits{3}));
        fault = parse(R"({"a":{"b":[1,{}]}})", tape, ParseLimits{3});
        CPPUNIT_ASSERT(fault && fault->reason == Reason::too_deep);
        CPPUNIT_ASSERT_EQUAL(std::size_t{13}, fault->position);
        fault = parse(repeated("[", 1000000), tape, ParseLimits{0xffffffffu});
        CPPUNIT_ASSERT(fault && fault->reason == Reason::too_deep);
    }

    void nodesAreLimited() {
        Tape tape;
        CPPUNIT_ASSERT(!parse("[1,2,3]", tape, ParseLimits{64, 4}));
        const auto fault = parse("[1,2,3,4]", tape, ParseLimits{64, 4});
        CPPUNIT_ASSERT(fault && fault->reason == Reason::too_many_values);
        // Room left over from a larger document does not count.
        CPPUNIT_ASSERT(!parse("[1,2,3,4,5,6,7,8]", tape));
        CPPUNIT_ASSERT(parse("[1,2,3,4,5,6,7,8]", tape, ParseLimits{64, 4}));
    }

    void numbersKeepTheirText() {
        Tape tape;
        CPPUNIT_ASSERT(!parse("[ 1.50 , -0 ,1E5,12345678901234567890,0.1e-7]", tape));
        std::vector<std::string> texts;
        std::vector<int> kinds;
        for (const Value value : tape.root().elements()) {
            texts.emplace_back(value.bytes());
            kinds.push_back(value.kind());
        }
        CPPUNIT_ASSERT((texts == std::vector<std::string>{"1.50", "-0", "1E5", "12345678901234567890", "0.1e-7"}));
        CPPUNIT_ASSERT((kinds == std::vector<int>{4, 3, 4, 3, 4}));
    }

    void numbersAtTheEdges() {
        const std::vector<std::string> accepted = {
            "9223372036854775807",
            "-9223372036854775808",
            "18446744073709551615",
            "1.7976931348623157e308",
            "-1.7976931348623158e308",
            "5e-324",
            "1e-400",
            "-1e-99999999999999999999",
            "0e99999",
            "0.0e400",
            "0." + std::string(400, '0') + "1e401",
            "0." + std::string(1000, '0') + "1e301",
            "1" + std::string(400, '0') + "e-400",
            "1." + std::string(2000, '9'),
        };
        for (const std::string& text : accepted) {
            Tape tape;
            CPPUNIT_ASSERT_MESSAGE(text, !parse(text, tape));
            CPPUNIT_ASSERT_EQUAL(text, std::string(tape.root().bytes()));
        }
    }

    void stringsAreUnescaped() {
        const std::vector<std::pair<std::string, std::string>> cases = {
            {R"("")", ""},
            {R"("a")", "a"},
            {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
            {R"("\u0041\u00e9\u20AC\ud83D\uDe00")", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
            {R"("\uffff\ufffe")", "\xef\xbf\xbf\xef\xbf\xbe"},
            {"\"\x7f\xe2\x80\xa8\"", "\x7f\xe2\x80\xa8"},
            {R"("x\\")", "x\\"},
            {R"("\\u0041")", "\\u0041"},
        };
        for (const auto& [text, expected] : cases) {
            Tape tape;
            CPPUNIT_ASSERT_MESSAGE(text, !parse(text, tape));
            CPPUNIT_ASSERT_EQUAL(expected, std::string(tape.root().bytes()));
        }
    }

    void longStringsAreUnescapedAnywhere() {
        for (int before = 0; before < 40; ++before) {
            for (int after = 0; after < 40; ++after) {
                const std::string head(static_cast<std::size_t>(before), 'x');
                const std::string tail(static_cast<std::size_t>(after), 'y');
                Tape tape;
                CPPUNIT_ASSERT(!parse("[\"" + head + "\\n" + tail + "\\u00e9\",\"" + tail + "\"]", tape));
                std::vector<std::string> strings;
                for (const Value value : tape.root().elements()) strings.emplace_back(value.bytes());
                CPPUNIT_ASSERT_EQUAL(head + "\n" + tail + "\xc3\xa9", strings.at(0));
                CPPUNIT_ASSERT_EQUAL(tail, strings.at(1));
            }
        }
    }

    void nulIsFlagged() {
        Tape tape;
        CPPUNIT_ASSERT(!parse(R"(["a","b\u0000c"])", tape));
        CPPUNIT_ASSERT(tape.hasNul());
        CPPUNIT_ASSERT_EQUAL(0u, tape.nodes()[1].flags & MORTISE_JSON_HAS_NUL);
        CPPUNIT_ASSERT(tape.nodes()[2].flags & MORTISE_JSON_HAS_NUL);
        CPPUNIT_ASSERT_EQUAL(3u, tape.nodes()[2].length);
        CPPUNIT_ASSERT(!parse(R"({"a\u0000":1})", tape));
        CPPUNIT_ASSERT(tape.hasNul());
        CPPUNIT_ASSERT(!parse(R"(["a\u0001"])", tape));
        CPPUNIT_ASSERT(!tape.hasNul());
        // Of a key that comes twice only what counts.
        CPPUNIT_ASSERT(!parse(R"({"a":{"\u0000":1},"b":"\u0000","b":1,"a":2})", tape));
        CPPUNIT_ASSERT(!tape.hasNul());
        CPPUNIT_ASSERT(!parse(R"({"a\u0000":1,"a\u0000":2})", tape));
        CPPUNIT_ASSERT(tape.hasNul());
        CPPUNIT_ASSERT(!parse(R"({"a":"\u0000","b":"\u0000","a":1})", tape));
        CPPUNIT_ASSERT(tape.hasNul());
    }

    // The picture in json_node.h.
    void layoutIsAsDocumented() {
        Tape tape;
        CPPUNIT_ASSERT(!parse(R"({"name":"Ada","tags":["x",1.50]})", tape));
        struct Row {
            unsigned kind, skip, length;
            std::string text;
        };
        const std::vector<Row> rows = {
            {MORTISE_JSON_OBJECT, 7, 2, ""},     {MORTISE_JSON_STRING, 1, 4, "name"},
            {MORTISE_JSON_STRING, 1, 3, "Ada"},  {MORTISE_JSON_STRING, 1, 4, "tags"},
            {MORTISE_JSON_ARRAY, 3, 2, ""},      {MORTISE_JSON_STRING, 1, 1, "x"},
            {MORTISE_JSON_NUMBER, 1, 4, "1.50"},
        };
        CPPUNIT_ASSERT_EQUAL(rows.size(), tape.nodes().size());
        for (std::size_t index = 0; index < rows.size(); ++index) {
            const mortise_json_node& node = tape.nodes()[index];
            CPPUNIT_ASSERT_EQUAL(rows[index].kind, static_cast<unsigned>(node.kind));
            CPPUNIT_ASSERT_EQUAL(rows[index].skip, node.skip);
            CPPUNIT_ASSERT_EQUAL(rows[index].length, node.length);
            if (node.kind < MORTISE_JSON_ARRAY)
                CPPUNIT_ASSERT_EQUAL(rows[index].text, std::string(tape.text().substr(node.offset, node.length)));
        }
        checkLayout(tape);
    }

    void lastDuplicateWins() {
        const std::vector<std::pair<std::string, std::string>> cases = {
            {R"({"a":1,"a":2})", R"({"a":2})"},
            {R"({"a":1,"b":2,"a":3})", R"({"b":2,"a":3})"},
            {R"({"a":{"x":[1,2]},"a":3,"a":4})", R"({"a":4})"},
            {R"({"\u0061":1,"a":2})", R"({"a":2})"},
            {R"({"":1,"":2})", R"({"":2})"},
            {R"({"abcdefgh1":1,"abcdefgh2":2,"abcdefgh1":3})", R"({"abcdefgh2":2,"abcdefgh1":3})"},
            {R"({"abcdefgh":1,"abcdefg\u0068":2,"abcdefg":3})", R"({"abcdefgh":2,"abcdefg":3})"},
            {R"([{"o":{"a":1,"a":{"b":1,"b":2}}},{"a":1},[{"x":1,"x":[{"y":1,"y":2}]},9]])",
             R"([{"o":{"a":{"b":2}}},{"a":1},[{"x":[{"y":2}]},9]])"},
            {R"({"a":{"b":1,"b":2},"a":1})", R"({"a":1})"},
        };
        for (const auto& [text, expected] : cases) {
            Tape tape;
            CPPUNIT_ASSERT_MESSAGE(text, !parse(text, tape));
            CPPUNIT_ASSERT_EQUAL(expected, written(tape));
            checkLayout(tape);
        }
    }

    void duplicatesAgainstAModel() {
        std::mt19937 random(7);
        for (int round = 0; round < 2000; ++round) {
            const unsigned members = random() % 60;
            const unsigned names = 1 + random() % 60;
            std::string text = "{";
            std::map<std::string, std::string> model;
            for (unsigned index = 0; index < members; ++index) {
                const std::string name = std::string(random() % 3, 'k') + std::to_string(random() % names);
                const std::string value = random() % 2 ? std::to_string(index) : "[" + std::to_string(index) + ",{}]";
                text += (index != 0 ? ",\"" : "\"") + name + "\":" + value;
                model[name] = value;
            }
            text += "}";
            Tape tape;
            CPPUNIT_ASSERT(!parse(text, tape));
            checkLayout(tape);
            CPPUNIT_ASSERT_EQUAL(model.size(), static_cast<std::size_t>(tape.root().size()));
            for (const auto member : tape.root().members()) {
                std::string value;
                Writer(value).value(member.value);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(text, model.at(std::string(member.key)), value);
            }
        }
    }

    // Quadratic work would take minutes here.
    void manyDuplicatesAreCheap() {
        std::string same = "{";
        std::string different = "{";
        for (int index = 0; index < 300000; ++index) {
            same += "\"a\":1,";
            different += "\"" + std::to_string(index) + "\":1,";
        }
        same += "\"b\":2}";
        different += "\"7\":2}";
        Tape tape;
        CPPUNIT_ASSERT(!parse(same, tape));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"a":1,"b":2})"), written(tape));
        CPPUNIT_ASSERT(!parse(different, tape));
        CPPUNIT_ASSERT_EQUAL(300000u, tape.root().size());
        CPPUNIT_ASSERT_EQUAL(std::string("2"), std::string(tape.root().find("7").bytes()));
    }

    void buffersAreKeptAndGivenBack() {
        Tape tape;
        CPPUNIT_ASSERT(!parse("[" + repeated("1,", 10000) + "1]", tape));
        const std::size_t held = tape.capacityBytes();
        CPPUNIT_ASSERT(held >= 10001 * sizeof(mortise_json_node));
        CPPUNIT_ASSERT(!parse("[1]", tape));
        CPPUNIT_ASSERT_EQUAL(held, tape.capacityBytes());
        tape.trim(held);
        CPPUNIT_ASSERT(tape.empty());
        CPPUNIT_ASSERT_EQUAL(held, tape.capacityBytes());
        tape.trim(held - 1);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, tape.capacityBytes());
        CPPUNIT_ASSERT(!parse("[1]", tape));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ParserTest);
