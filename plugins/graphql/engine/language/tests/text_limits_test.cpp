// SPDX-License-Identifier: Apache-2.0
#include "language/parser.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::graphql {

class GraphqlTextLimitsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlTextLimitsTest);
    CPPUNIT_TEST(bytes);
    CPPUNIT_TEST(bytesComeFirst);
    CPPUNIT_TEST(tokens);
    CPPUNIT_TEST(commentsAreNoTokens);
    CPPUNIT_TEST(nestingOfSelections);
    CPPUNIT_TEST(nestingOfValues);
    CPPUNIT_TEST(nestingOfTypes);
    CPPUNIT_TEST(nestingCountsWhatIsOpen);
    CPPUNIT_TEST(nestingHasAnEnd);
    CPPUNIT_TEST(largeTexts);
    CPPUNIT_TEST_SUITE_END();

    static std::string repeat(std::string_view text, std::size_t times) {
        std::string all;
        for (std::size_t i = 0; i < times; ++i) all += text;
        return all;
    }

    static std::string refusal(const ParseResult& parsed) {
        if (!parsed.error) return "none";
        CPPUNIT_ASSERT(parsed.error->kind == ErrorKind::limit);
        return parsed.error->message;
    }

    static std::string refusal(std::string_view source, const TextLimits& limits = {}) {
        return refusal(parseDocument(source, limits));
    }

    static void same(std::string_view expected, const std::string& actual) {
        CPPUNIT_ASSERT_EQUAL(std::string(expected), actual);
    }

    void bytes() {
        const TextLimits limits{.bytes = 5};
        same("none", refusal("{abc}", limits));
        same("The document has more than 5 bytes.", refusal("{abcd}", limits));
        same("The document has more than 5 bytes.", refusal(parseValue("123456", true, limits)));
        same("The document has more than 5 bytes.", refusal(parseType("ABCDEF", limits)));
        same("The document has more than 100000 bytes.", refusal(std::string(100'001, ' ')));
    }

    void bytesComeFirst() { same("The document has more than 3 bytes.", refusal("\xff\xff\xff\xff", {.bytes = 3})); }

    void tokens() {
        const TextLimits limits{.tokens = 4};
        same("none", refusal("{a b}", limits));
        const ParseResult parsed = parseDocument("{a b c}", limits);
        same("The document has more than 4 tokens.", refusal(parsed));
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{6}, parsed.error->offsets.at(0));
        same("none", refusal('{' + repeat("a ", 4'998) + '}'));
        same("The document has more than 5000 tokens.", refusal('{' + repeat("a ", 4'999) + '}'));
    }

    void commentsAreNoTokens() { same("none", refusal(repeat("#\n,", 1'000) + "{a}", {.tokens = 3})); }

    void nestingOfSelections() {
        same("none", refusal(repeat("{a", 200) + repeat("}", 200)));
        const ParseResult parsed = parseDocument(repeat("{a", 20'000), {.tokens = 100'000});
        same("The document nests deeper than 200 levels.", refusal(parsed));
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{400}, parsed.error->offsets.at(0));
        same("The document nests deeper than 200 levels.", refusal(repeat("{...", 20'000), {.tokens = 100'000}));
    }

    void nestingOfValues() {
        const TextLimits limits{.nesting = 3};
        same("none", refusal(parseValue("[[[1 2]]]", true, limits)));
        same("The document nests deeper than 3 levels.", refusal(parseValue("[[[1 []]]]", true, limits)));
        same("none", refusal(parseValue("{a:[{b:1}]}", true, limits)));
        same("The document nests deeper than 3 levels.", refusal(parseValue("{a:[{b:{}}]}", true, limits)));
        same("The document nests deeper than 3 levels.", refusal("{a{b{c(d:[])}}}", limits));
    }

    void nestingOfTypes() {
        const TextLimits limits{.nesting = 2};
        same("none", refusal(parseType("[[A!]!]!", limits)));
        same("The document nests deeper than 2 levels.", refusal(parseType("[[[A]]]", limits)));
    }

    void nestingCountsWhatIsOpen() { same("none", refusal("{a{b} c{d} e{f} g(h:[]i:[])}", {.nesting = 2})); }

    void nestingHasAnEnd() {
        const TextLimits limits{.tokens = 100'000, .nesting = 1'000'000};
        same("none", refusal(repeat("{a", 500) + repeat("}", 500), limits));
        same("The document nests deeper than 500 levels.", refusal(repeat("{a", 501), limits));
    }

    // What the limits allow when they are wide takes time and memory by the text's size.
    void largeTexts() {
        const TextLimits wide{.bytes = 20 << 20, .tokens = 400'000};
        const ParseResult string = parseDocument("{a(b:\"" + std::string(10 << 20, 'x') + "\")}", wide);
        same("none", refusal(string));
        CPPUNIT_ASSERT_EQUAL(std::size_t{6}, string.document.size());
        const ParseResult aliases = parseDocument('{' + repeat("a:b ", 100'000) + '}', wide);
        same("none", refusal(aliases));
        CPPUNIT_ASSERT_EQUAL(std::size_t{100'003}, aliases.document.size());
        const ParseResult broken = parseDocument('"' + std::string(10 << 20, 'x') + "\" 1", wide);
        CPPUNIT_ASSERT(broken.error.has_value() && broken.error->message.size() < 300);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlTextLimitsTest);

} // namespace mortise::graphql
