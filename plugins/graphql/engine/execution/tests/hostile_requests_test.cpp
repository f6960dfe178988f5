// SPDX-License-Identifier: Apache-2.0
// Requests made to take more than they give, through the whole engine: with the limits as they are, with each of them
// at its highest, and with all of them there. What is counted is memory that is allocated, and processor time with a
// wide margin.
#include "execution/tests/hostile_request.hpp"
#include "language/keyed_hash.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <utility>
#include <vector>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MORTISE_SANITIZED_MEMORY
#endif
#endif
#else
#define MORTISE_SANITIZED_MEMORY
#endif

// Sanitizers need the allocation functions for themselves; nothing is counted then.
#ifndef MORTISE_SANITIZED_MEMORY
void* operator new(std::size_t size) {
    void* const memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) throw std::bad_alloc();
    mortise::graphql::hostile::AllocationCount::add(malloc_usable_size(memory));
    return memory;
}
void operator delete(void* memory) noexcept {
    if (memory != nullptr) mortise::graphql::hostile::AllocationCount::remove(malloc_usable_size(memory));
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    operator delete(memory);
}
#endif

namespace mortise::graphql {

using namespace hostile;

class GraphqlHostileRequestsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlHostileRequestsTest);
    CPPUNIT_TEST(nestedTokens);
    CPPUNIT_TEST(manyOfOneThing);
    CPPUNIT_TEST(fragments);
    CPPUNIT_TEST(longTexts);
    CPPUNIT_TEST(noText);
    CPPUNIT_TEST(numbers);
    CPPUNIT_TEST(variables);
    CPPUNIT_TEST(variablesCopied);
    CPPUNIT_TEST(defaultsCopied);
    CPPUNIT_TEST(defaultsThatDouble);
    CPPUNIT_TEST(costs);
    CPPUNIT_TEST(introspection);
    CPPUNIT_TEST(conditions);
    CPPUNIT_TEST(namesThatMeet);
    CPPUNIT_TEST(errorsAreCounted);
    CPPUNIT_TEST(messagesAreCut);
    CPPUNIT_TEST(floodOfFieldErrors);
    CPPUNIT_TEST(textsDroppedByNulls);
    CPPUNIT_TEST(eachLimitAtItsHighest);
    CPPUNIT_TEST_SUITE_END();

    static void refused(const std::string& text, std::string_view part, ErrorKind kind = ErrorKind::limit) {
        for (const EngineSettings& settings : {EngineSettings(), raised()}) {
            const Outcome outcome = request(settings, text);
            outcome.assertBounded(text.size());
            if (settings.text.tokens == TextLimits().tokens) outcome.assertError(kind, part);
        }
    }
    // With all limits at their highest; the error, if there is one.
    static void refusedWhenRaised(const std::string& text, std::string_view part, ErrorKind kind = ErrorKind::limit) {
        const Outcome outcome = request(raised(), text);
        outcome.assertBounded(text.size());
        outcome.assertError(kind, part);
    }
    static void acceptedWhenRaised(const std::string& text) {
        const Outcome outcome = request(raised(), text);
        outcome.assertBounded(text.size());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(text.substr(0, 100), std::string(), outcome.firstMessage());
    }

    void nestedTokens() {
        const std::vector<std::pair<std::string, std::string>> deepOnes{
            {"", "{a"}, {"", "{... on Query"}, {"", "{..."}, {"{a(any:", "["}, {"{a(any:", "{x:"}, {"query($a:", "["}};
        for (const auto& [begin, open] : deepOnes) {
            refused(begin + times(open, 5'000),
                    open == "[" || open == "{x:" ? "nests deeper" : "nests deeper than 200");
            refusedWhenRaised(begin + times(open, 20'000), "nests deeper than 500 levels");
        }
        refused("{ a" + times("(", 20'000), "Expected", ErrorKind::syntax);
        refused("query ($a: Int" + times("!", 20'000) + ") { a }", "Expected", ErrorKind::syntax);
        refused("query ($a: " + times("[", 199) + "Int" + times("!]", 199) + ") { a }", "never used",
                ErrorKind::validation);
        const std::string deep = times("{ user ", 49) + "{ id }" + times("}", 49);
        CPPUNIT_ASSERT_EQUAL(std::string(), request({}, deep).firstMessage());
        refused("{ user " + deep + "}", "nests fields too deep: 51; the limit is 50");
        refusedWhenRaised(times("{ user ", 400) + "{ id }" + times("}", 400), "250 levels deep");
    }

    void manyOfOneThing() {
        const std::string aliases = "{" + numbered(100'000, [](auto i) { return " a" + i + ": a"; }) + " }";
        refused(aliases, "more than 100000 bytes");
        refusedWhenRaised(aliases, "selects more than 20000 fields");
        refused("{" + numbered(51, [](auto i) { return " a" + i + ": a"; }) + " }",
                "has too many aliases: 51; the limit is 50");
        refused("{ a b user { id }" + times(" a", 18) + " }", "selects too many root fields: 21; the limit is 20");
        refused("mutation {" + times(" a", 6) + " }", "selects too many root fields: 6; the limit is 5");
        refused("{" + times(" a", 5'000) + " }", "more than 5000 tokens");
        refusedWhenRaised("{" + times(" a", 100'000) + " }", "steps");
        refusedWhenRaised("{ a(" + numbered(100'000, [](auto i) { return " n" + i + ": 1"; }) + ") }",
                          "Unknown argument", ErrorKind::validation);
        refusedWhenRaised("{ a(" + times(" n: 1", 100'000) + ") }", "only one argument", ErrorKind::validation);
        refusedWhenRaised("{ a" + times(" @skip(if: false)", 100'000) + " }", "only be used once",
                          ErrorKind::validation);
        acceptedWhenRaised("{ a" + times(" @mark", 100'000) + " }");
        refusedWhenRaised("{ a" + times(" @none", 100'000) + " }", "Unknown directive", ErrorKind::validation);
        refusedWhenRaised("{ a " + times("...@include(if: true) { b } ", 5'000) + "}", "steps");
        const std::string operations = numbered(100'000, [](auto i) { return "query Q" + i + " { a } "; });
        refusedWhenRaised(operations, "Must provide operation name", ErrorKind::request);
        refusedWhenRaised("query (" + numbered(100'000, [](auto i) { return "$v" + i + ": Int "; }) + ") { a }",
                          "never used", ErrorKind::validation);
        refusedWhenRaised(times("type T { a: Int } ", 1'000) + times("fragment F on Query { a @own } ", 50'000),
                          "not executable", ErrorKind::validation);
        refusedWhenRaised("directive @own on FIELD " + times("{ a @own } ", 50'000), "not executable",
                          ErrorKind::validation);
    }

    void fragments() {
        const auto chain = [](int count, std::string_view each, std::string_view last) {
            std::string text = "{ ...F0 }";
            for (int i = 0; i < count; ++i) {
                const std::string next = "...F" + std::to_string(i + 1) + " ";
                text += " fragment F" + std::to_string(i) + " on Query { " + times(next, each == "two" ? 2 : 1) + "}";
            }
            return text + " fragment F" + std::to_string(count) + " on Query { " + std::string(last) + " }";
        };
        acceptedWhenRaised(chain(25, "two", "a"));
        refused(chain(25, "two", "a"), "selects too many root fields: 33554432");
        refused("{ ...F0 }" +
                    numbered(25,
                             [](auto i) {
                                 const std::string next = "{ ...F" + std::to_string(std::stoi(i) + 1) + " }";
                                 return " fragment F" + i + " on Query { user" + next + " b: user" + next + " }";
                             }) +
                    " fragment F25 on Query { a }",
                "has too many aliases: 33554431");
        refused(chain(100, "one", "...F0"), "within itself", ErrorKind::validation);
        refusedWhenRaised(chain(20'000, "one", "...F0"), "within itself", ErrorKind::validation);
        acceptedWhenRaised(chain(20'000, "one", "a"));
        refusedWhenRaised("{ a }" + numbered(100'000, [](auto i) { return " fragment F" + i + " on Query { a }"; }),
                          "never used", ErrorKind::validation);
        refusedWhenRaised("{ node {" + times(" ...F", 100'000) + " } } fragment F on Node { id }", "",
                          ErrorKind::limit);
    }

    void longTexts() {
        const std::string large(std::size_t{10} << 20, 'a');
        refused("{ a(s: \"" + large + "\") }", "more than 100000 bytes");
        acceptedWhenRaised("{ a(s: \"" + large + "\") }");
        refusedWhenRaised("{ a(n: \"" + large + "\") }", "Int cannot represent", ErrorKind::validation);
        refusedWhenRaised("{ " + large + " }", "Cannot query field", ErrorKind::validation);
        refusedWhenRaised("query " + large + " { a " + large, "Expected Name", ErrorKind::syntax);
        refusedWhenRaised("query " + large + "($a: Int, $b: Int, $c: Int) { a }", "never used", ErrorKind::validation);
        acceptedWhenRaised("#" + large + "\n{ a #" + large + "\n}");
        acceptedWhenRaised("{ a(s: \"" + times("\\u{1F600}", 500'000) + "\") }");
        acceptedWhenRaised("{ a(s: \"" + times("\\uD83D\\uDE00", 500'000) + "\") }");
        acceptedWhenRaised("{ a(s: \"\"\"" + times("  x\n", 1'000'000) + "\"\"\") }");
        acceptedWhenRaised(times("\xEF\xBB\xBF", 1'000'000) + "{ a }");
        acceptedWhenRaised(times(",", 5'000'000) + "{ a }");
    }

    void noText() {
        refused("{ a(s: \"\xFF\") }", "Invalid UTF-8", ErrorKind::syntax);
        refused("{ a } # \xC3", "Invalid UTF-8", ErrorKind::syntax);
        refused(std::string("{ a \0 }", 7), "Unexpected character: U+0000", ErrorKind::syntax);
        refused("{ a(s: \"\\u{110000}\") }", "Invalid Unicode escape", ErrorKind::syntax);
        refused("{ a(s: \"\\uD83D\") }", "Invalid Unicode escape", ErrorKind::syntax);
        refused("", "Unexpected <EOF>", ErrorKind::syntax);
    }

    void numbers() {
        const std::string digits = "1" + std::string(100'000, '0');
        refusedWhenRaised("{ a(n: " + digits + ") }", "non 32-bit", ErrorKind::validation);
        refusedWhenRaised("{ a(f: " + digits + ") }", "Float cannot represent", ErrorKind::validation);
        acceptedWhenRaised("{ a(f: 0." + digits + ") }");
        acceptedWhenRaised("{ a(any: [" + times("1.5e300,", 10'000) + "]) }");
        refusedWhenRaised("{ a(any: 1e" + digits + ") }", "has invalid value", ErrorKind::argument);
    }

    void variables() {
        const auto with = [](const Values& values, const EngineSettings& settings = {}) {
            return request(settings, "query ($v: Any, $n: [Int]) { a(any: $v, ns: $n) }", values);
        };
        for (const std::string_view name : {"v", "n"})
            for (const EngineSettings& settings : {EngineSettings(), raised()})
                with(nested(name, 50'000), settings).assertError(ErrorKind::limit, "deep in each other");
        with(listOf("n", 1'000'000)).assertError(ErrorKind::limit, "more than 100000 values");
        with(listOf("n", 1'000'000), raised()).assertError(ErrorKind::limit, "more than 33554432 bytes");
        // A million members that no variable names.
        with(listOf("n", 1'000'000, ValueKind::object)).assertError(ErrorKind::limit, "more than 100000 values");
        // Thousands of variables, each to be found among thousands.
        std::string text = "query (" + numbered(30'000, [](auto i) { return "$v" + i + ": Int "; }) + ") { a(ns: [" +
                           numbered(30'000, [](auto i) { return "$v" + i + " "; }) + "]) }";
        const Outcome many = request(raised(), text, members(30'000));
        many.assertBounded(text.size());
        CPPUNIT_ASSERT_EQUAL(std::string(), many.firstMessage());
        const std::string choice = "query ($c: Choice) { a(choice: $c) }";
        request({}, choice, objectOf("c", 50'000)).assertError(ErrorKind::variables, "is not defined by type");
        CPPUNIT_ASSERT_EQUAL(std::size_t{51}, request({}, choice, objectOf("c", 50'000)).errors.size());
    }

    // What few tokens copy is counted where it is copied.
    void variablesCopied() {
        const std::string text = "query ($v: Any) { " + times("a(any: [" + times("$v ", 1'000) + "]) ", 1) + " }";
        const Outcome outcome = request({}, text, listOf("v", 50'000));
        outcome.assertBounded(1 << 20);
        outcome.assertError(ErrorKind::limit, "more than 33554432 bytes");
        const std::string several =
            "query ($v: Any) {" + numbered(15, [](auto i) { return " a" + i + ": a(any: $v)"; }) + " }";
        const Outcome aliases = request({}, several, listOf("v", 90'000));
        aliases.assertBounded(1 << 20);
        aliases.assertError(ErrorKind::limit, "more than 33554432 bytes");
    }

    void defaultsCopied() {
        const std::string literal = "{ a(wide: [" + times("{} ", 2'400) + "]) }";
        const Outcome outcome = request({}, literal);
        outcome.assertBounded(1 << 20);
        outcome.assertError(ErrorKind::limit, "plan takes more than 8388608 bytes");
        const Outcome given = request({}, "query ($w: [Wide]) { a(wide: $w) }", listOf("w", 90'000, ValueKind::object));
        given.assertBounded(1 << 20);
        given.assertError(ErrorKind::limit, "more than 100000 values");
        // For each of the possible types of an interface.
        const std::string shared = "{ node { named(wide: [" + times("{} ", 200) + "]) } }";
        request({}, shared).assertError(ErrorKind::limit, "plan takes more than 8388608 bytes");
    }

    void defaultsThatDouble() {
        const std::string sdl = "type Query { a(i: I0 = {}): Int } " +
                                numbered(40,
                                         [](auto i) {
                                             const std::string next =
                                                 ": I" + std::to_string(std::stoi(i) + 1) + " = {}";
                                             return "input I" + i + " { l" + next + " r" + next + " } ";
                                         }) +
                                "input I40 { x: Int = 1 }";
        const SchemaResult built = schemaFromSdl(sdl);
        CPPUNIT_ASSERT(!built.schema);
        CPPUNIT_ASSERT(built.errors.front().message.find("has more than 10000 values") != std::string::npos);
    }

    void costs() {
        const std::string lists = times("items(first: 2147483647) { ", 8);
        refused("{ " + lists + "id" + times(" }", 9), "costs too much: 9223372036854775808; the limit is 10000");
        refused("{ items(first: -2147483648) { items(first: 2147483647) { id } } }", "costs too much");
        refused("{ items { items { items { items { id } } } } }", "costs too much");
        Values values;
        const std::uint32_t object = values.begin(ValueKind::object);
        values.add(integer("n", -1));
        values.end(object);
        request({}, "query ($n: Int) { items(first: $n) { items(first: 2000) { id } } }", values)
            .assertError(ErrorKind::limit, "costs too much");
    }

    void introspection() {
        const std::string circular =
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
        refused(circular, "Maximum introspection depth", ErrorKind::validation);
        CPPUNIT_ASSERT_EQUAL(std::string(), request({}, "{ __schema { types " + times("{ ofType ", 46) + "{ name }" +
                                                            times("}", 46) + "} }")
                                                .firstMessage());
        refused("{ __schema { types " + times("{ ofType ", 50) + "{ name }" + times("}", 50) + "} }",
                "nests fields too deep");
        EngineSettings settings;
        settings.validation.introspection = false;
        request(settings, "{ __schema { description } }").assertError(ErrorKind::validation, "has been disabled");
    }

    void conditions() {
        const auto text = [](int count) {
            return "query (" + numbered(count, [](auto i) { return "$v" + i + ": Boolean = true "; }) + ") {" +
                   numbered(count, [](auto i) { return " a @skip(if: $v" + i + ")"; }) + " }";
        };
        refused(text(33), "root fields");
        refusedWhenRaised(text(33), "More than 32 variables");
        refusedWhenRaised(text(20'000), "");
    }

    // Names of one length that differ in their last two characters alone: the hash must not keep that apart.
    void namesThatMeet() {
        acceptedWhenRaised(
            "{" + numbered(18'000, [](auto i) { return " n" + std::string(5 - i.size(), '0') + i + ": a"; }) + " }");
        const KeyedHash first;
        const KeyedHash second;
        CPPUNIT_ASSERT(first("abcdefg") != second("abcdefg"));
        std::vector<std::uint64_t> low;
        for (int i = 0; i < 676; ++i)
            low.push_back(first("abcde" + std::string(1, static_cast<char>('a' + i / 26)) +
                                std::string(1, static_cast<char>('a' + i % 26))) &
                          0xFFFFU);
        std::sort(low.begin(), low.end());
        CPPUNIT_ASSERT(std::unique(low.begin(), low.end()) - low.begin() > 600);
        // The second word makes up for what the first one differs by, unless the secret has a part in it.
        const std::string one("aaaaaaa0aaaaaaaa", 16);
        const std::string other("aaaaaaapaaa!aaaa", 16);
        CPPUNIT_ASSERT(first(one) != first(other));
    }

    void errorsAreCounted() {
        const std::string operations = numbered(800, [](auto i) { return "query Q" + i + " {...F} "; }) +
                                       "fragment F on Query {" + numbered(51, [](auto i) { return " a" + i + ": a"; }) +
                                       " }";
        const Outcome limits = request({}, operations);
        limits.assertError(ErrorKind::limit, "aliases");
        CPPUNIT_ASSERT_EQUAL(std::size_t{50}, limits.errors.size());
        const std::string unknown = "{ user {" + numbered(900, [](auto i) { return " none" + i; }) + " } }";
        CPPUNIT_ASSERT_EQUAL(std::size_t{51}, request({}, unknown).errors.size());
        CPPUNIT_ASSERT(request(raised(), "{" + times(" none", 100'000) + " }").errors.size() <= 1'001);
        const Outcome places = request(raised(), "{ a(" + times("n: 1 ", 5'000) + ") }");
        CPPUNIT_ASSERT_EQUAL(maximumOffsets, places.errors.front().offsets.size());
    }

    void messagesAreCut() {
        const std::string text = times("\xF0\x9F\x98\x80", 20'000);
        const std::string name(40'000, 'a');
        Values values;
        const std::uint32_t object = values.begin(ValueKind::object);
        Value value;
        value.kind = ValueKind::string;
        value.text = text;
        value.name = "n";
        values.add(value);
        values.end(object);
        const std::vector<Outcome> outcomes = [&] {
            std::vector<Outcome> all;
            all.push_back(request({}, "{ a(n: \"" + text + "\") }"));
            all.push_back(request({}, "{ a(e: " + name + ") }"));
            all.push_back(request({}, "{ " + name + " }"));
            all.push_back(request({}, "{ a @" + name + " }"));
            all.push_back(request({}, "{ ..." + name + " }"));
            all.push_back(request({}, "query " + name + " { a(n: $x) }"));
            all.push_back(request({}, "query ($" + name + ": Int) { a }"));
            all.push_back(request({}, "query ($n: Int, $" + name + ": Int!) { a(n: $n, ns: [$" + name + "]) }"));
            all.push_back(request({}, "query ($a: " + name + ") { a }"));
            all.push_back(request({}, "query " + name + " {" + times(" a", 21) + " }"));
            all.push_back(request({}, "{ x" + name + ": items(first: 1000000) { id } }"));
            all.push_back(request({}, "{ a \"" + text + "\" }"));
            all.push_back(request({}, "query ($n: Int) { a(n: $n) }", values));
            all.push_back(request({}, "{ a }", {}, name));
            return all;
        }();
        for (const Outcome& outcome : outcomes) {
            bool isCut = false;
            for (const Error& error : outcome.errors) {
                isCut = isCut || error.message.find("…") != std::string::npos;
                CPPUNIT_ASSERT(error.message.size() <= maximumMessage + 3);
                CPPUNIT_ASSERT_EQUAL(std::string_view::npos, findInvalidUtf8(error.message));
            }
            CPPUNIT_ASSERT_MESSAGE(outcome.firstMessage(), isCut);
        }
    }

    void floodOfFieldErrors() {
        const Outcome outcome = request({}, "{ rows { rows { fails number } } }");
        CPPUNIT_ASSERT_EQUAL(std::size_t{50}, outcome.errors.size());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2 * 90'000 - 50}, outcome.dropped);
        CPPUNIT_ASSERT(outcome.errors[0].path.size() == 5);
        outcome.assertBounded(1 << 20);
        for (const Error& error : outcome.errors) CPPUNIT_ASSERT(error.message.size() <= maximumMessage + 3);
    }

    void textsDroppedByNulls() {
        const Outcome outcome = request({}, "{ rows { large must } }");
        outcome.assertBounded(1 << 20);
        outcome.assertError(ErrorKind::limit, "more than 16777216 bytes");
    }

    // One at its highest, the others as they are: the others hold.
    void eachLimitAtItsHighest() {
        const std::string bomb = "query ($v: Any) { a(any: $v)" +
                                 numbered(20'000, [](auto i) { return " x" + i + ": items(first: 9) { id }"; }) + " }";
        for (std::size_t i = 0; i < raisedAlone().size(); ++i) {
            const Outcome outcome = request(raisedAlone()[i], bomb, listOf("v", 90'000));
            outcome.assertBounded(bomb.size());
            outcome.assertError(ErrorKind::limit, "");
        }
        EngineSettings none;
        none.validation.maximumErrors = 0;
        none.variables.errors = 0;
        CPPUNIT_ASSERT(!request(none, "{" + times(" a", 21) + " }").errors.empty());
        CPPUNIT_ASSERT(!request(none, "{ none }").errors.empty());
        ExecutionLimits silent;
        silent.errors = 0;
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, request({}, "{ rows { fails } }", {}, {}, silent).errors.size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlHostileRequestsTest);

} // namespace mortise::graphql
