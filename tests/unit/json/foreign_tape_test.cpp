// SPDX-License-Identifier: Apache-2.0
#include "json/foreign_tape.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

using mortise::json::copyForeign;
using mortise::json::Node;
using mortise::json::parse;
using mortise::json::Tape;
using mortise::json::Writer;

namespace {

constexpr std::string_view document =
    R"({"name":"Ada","tags":["x",1.50,[],{}],"count":-7,"none":null,"yes":true,"in":{"no":false,"name":"again"}})";

// A tape as a plugin makes it, in memory of its exact size.
struct Made {
    std::vector<Node> nodes;
    std::vector<char> text;

    explicit Made(std::string_view from) {
        Tape tape;
        CPPUNIT_ASSERT(!parse(from, tape));
        nodes.assign(tape.nodes().begin(), tape.nodes().end());
        text.assign(tape.text().begin(), tape.text().end());
    }
    mortise_json_tape view() const {
        mortise_json_tape view{};
        view.struct_size = sizeof view;
        view.node_count = static_cast<std::uint32_t>(nodes.size());
        view.text_size = static_cast<std::uint32_t>(text.size());
        view.nodes = nodes.data();
        view.text = text.data();
        return view;
    }
    bool copies() const {
        Tape tape;
        return copyForeign(view(), tape);
    }
};

std::string written(const Tape& tape) {
    std::string out;
    Writer(out).value(tape.root());
    return out;
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

class ForeignTapeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ForeignTapeTest);
    CPPUNIT_TEST(whatIsRightIsCopied);
    CPPUNIT_TEST(nothingIsNoTape);
    CPPUNIT_TEST(skipsMustAgree);
    CPPUNIT_TEST(countsMustAgree);
    CPPUNIT_TEST(textStaysInside);
    CPPUNIT_TEST(textIsUtf8);
    CPPUNIT_TEST(numbersAreNumbers);
    CPPUNIT_TEST(keysAreUniqueStrings);
    CPPUNIT_TEST(oneRoot);
    CPPUNIT_TEST(depthIsBounded);
    CPPUNIT_TEST(flagsAreOurs);
    CPPUNIT_TEST(anyBytesAreSafe);
    CPPUNIT_TEST_SUITE_END();

    void whatIsRightIsCopied() {
        for (const std::string_view text : {document, std::string_view("0"), std::string_view(R"("")"),
                                            std::string_view("[]"), std::string_view(R"({"a":[[[]]]})")}) {
            const Made made(text);
            Tape tape;
            CPPUNIT_ASSERT(copyForeign(made.view(), tape));
            CPPUNIT_ASSERT_EQUAL(std::string(text), written(tape));
        }
    }

    void nothingIsNoTape() {
        Tape tape;
        mortise_json_tape view = Made("{}").view();
        view.node_count = 0;
        CPPUNIT_ASSERT(!copyForeign(view, tape));
        view = Made("{}").view();
        view.nodes = nullptr;
        CPPUNIT_ASSERT(!copyForeign(view, tape));
        const Made made(R"("x")");
        view = made.view();
        view.text = nullptr;
        CPPUNIT_ASSERT(!copyForeign(view, tape));
    }

    void skipsMustAgree() {
        const Made good(document);
        for (std::size_t i = 0; i < good.nodes.size(); ++i) {
            const std::uint32_t right = good.nodes[i].skip;
            for (const std::uint32_t wrong : {0u, right - 1, right + 1, right + 2, 0x7fffffffu, 0xffffffffu}) {
                Made made = good;
                made.nodes[i].skip = wrong;
                CPPUNIT_ASSERT_MESSAGE(std::to_string(i) + " " + std::to_string(wrong), !made.copies());
            }
        }
    }

    void countsMustAgree() {
        const Made good(document);
        for (std::size_t i = 0; i < good.nodes.size(); ++i) {
            if (good.nodes[i].kind < MORTISE_JSON_ARRAY) continue;
            for (const std::uint32_t wrong : {good.nodes[i].length - 1, good.nodes[i].length + 1, 0xffffffffu}) {
                Made made = good;
                made.nodes[i].length = wrong;
                CPPUNIT_ASSERT(!made.copies());
            }
        }
        Made none(R"([])");
        none.nodes[0].length = 1;
        CPPUNIT_ASSERT(!none.copies());
        Made odd(R"({"a":1,"b":2})");
        odd.nodes.pop_back(); // the last key has no value
        odd.nodes[0].skip = 4;
        CPPUNIT_ASSERT(!odd.copies());
    }

    void textStaysInside() {
        Made made(R"(["abc",12])");
        const auto size = static_cast<std::uint32_t>(made.text.size());
        for (const std::size_t i : {1u, 2u}) {
            Made wrong = made;
            wrong.nodes[i].offset = size;
            CPPUNIT_ASSERT(!wrong.copies());
            wrong.nodes[i].offset = 0xffffffffu;
            CPPUNIT_ASSERT(!wrong.copies());
            wrong = made;
            wrong.nodes[i].length = 0xffffffffu;
            CPPUNIT_ASSERT(!wrong.copies());
        }
    }

    void textIsUtf8() {
        Made made(R"({"ab":"cd"})");
        for (const std::size_t i : {1u, 2u}) {
            Made wrong = made;
            wrong.text[wrong.nodes[i].offset] = '\xff';
            CPPUNIT_ASSERT(!wrong.copies());
        }
    }

    void numbersAreNumbers() {
        for (const std::string_view wrong :
             {"-", "01", "1.", ".5", "1e", "0x1", "nan", "1 ", "99999999999999999999", "1e999"}) {
            Made made(R"([10000000000000000])");
            made.text.assign(wrong.begin(), wrong.end());
            made.nodes[1].offset = 0;
            made.nodes[1].length = static_cast<std::uint32_t>(wrong.size());
            CPPUNIT_ASSERT_MESSAGE(std::string(wrong), !made.copies());
        }
        Made empty("1");
        empty.nodes[0].length = 0;
        CPPUNIT_ASSERT(!empty.copies());
        Made real("1.5"); // said to be an integer: the text decides
        real.nodes[0].kind = MORTISE_JSON_INTEGER;
        Tape tape;
        CPPUNIT_ASSERT(copyForeign(real.view(), tape));
        CPPUNIT_ASSERT_EQUAL(MORTISE_JSON_NUMBER, static_cast<unsigned>(tape.root().kind()));
    }

    void keysAreUniqueStrings() {
        Made twice(R"({"a":1,"b":2})");
        twice.nodes[3].offset = twice.nodes[1].offset;
        CPPUNIT_ASSERT(!twice.copies());
        for (const unsigned kind : {MORTISE_JSON_NULL, MORTISE_JSON_INTEGER, MORTISE_JSON_OBJECT}) {
            Made made(R"({"a":1})");
            made.nodes[1].kind = static_cast<std::uint8_t>(kind);
            CPPUNIT_ASSERT(!made.copies());
        }
    }

    void oneRoot() {
        Made made("[1]");
        made.nodes.push_back(made.nodes[1]);
        CPPUNIT_ASSERT(!made.copies());
        Made kind("1");
        kind.nodes[0].kind = 8;
        CPPUNIT_ASSERT(!kind.copies());
        kind.nodes[0].kind = 255;
        CPPUNIT_ASSERT(!kind.copies());
    }

    void depthIsBounded() {
        CPPUNIT_ASSERT(Made(nested(64)).copies());
        Made deep(nested(64));
        for (Node& node : deep.nodes) ++node.skip;
        deep.nodes.back().length = 1;
        Node inner = deep.nodes.back();
        inner.skip = 1;
        inner.length = 0;
        deep.nodes.push_back(inner);
        CPPUNIT_ASSERT(!deep.copies());
    }

    void flagsAreOurs() {
        Made made("[\"a\\u0000b\",\"c\"]");
        made.nodes[1].flags = 0; // U+0000 that is not mentioned
        made.nodes[2].flags = 0xff;
        Tape tape;
        CPPUNIT_ASSERT(copyForeign(made.view(), tape));
        CPPUNIT_ASSERT(tape.hasNul());
        CPPUNIT_ASSERT_EQUAL(MORTISE_JSON_HAS_NUL, static_cast<unsigned>(tape.nodes()[1].flags));
        CPPUNIT_ASSERT_EQUAL(MORTISE_JSON_FROM_TEXT | MORTISE_JSON_DEFAULTED,
                             static_cast<unsigned>(tape.nodes()[2].flags));
    }

    // What is copied can be written and parsed again; under a sanitizer nothing is read out of bounds.
    void anyBytesAreSafe() {
        const Made good(document);
        std::mt19937 random(20240501);
        unsigned copied = 0;
        for (int round = 0; round < 20'000; ++round) {
            Made made = good;
            for (int change = 0; change < 1 + round % 3; ++change) {
                auto* const bytes = reinterpret_cast<unsigned char*>(made.nodes.data());
                const std::size_t at = random() % (made.nodes.size() * sizeof(Node));
                bytes[at] = static_cast<unsigned char>(round % 2 == 0 ? random() : random() % 9);
            }
            Tape tape, again;
            if (!copyForeign(made.view(), tape)) continue;
            ++copied;
            CPPUNIT_ASSERT(!parse(written(tape), again));
        }
        CPPUNIT_ASSERT(copied > 0);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ForeignTapeTest);
