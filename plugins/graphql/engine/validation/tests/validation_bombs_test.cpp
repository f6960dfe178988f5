// SPDX-License-Identifier: Apache-2.0
// Documents made to take more work than their size. Work is counted in the steps that validation grants: what is done
// with few of them took few.
#include "validation/document_limits.hpp"
#include "validation/overlapping_fields.hpp"
#include "validation/tests/validation_case.hpp"

namespace {

using namespace mortise::graphql;
using namespace mortise::graphql::test;

std::string times(std::string_view text, std::size_t count) {
    std::string all;
    all.reserve(text.size() * count);
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

ValidationOptions withSteps(std::uint32_t overlap, std::uint32_t fragments = 50'000) {
    ValidationOptions options;
    options.overlapSteps = overlap;
    options.fragmentSteps = fragments;
    return options;
}

class GraphqlValidationBombsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlValidationBombsTest);
    CPPUNIT_TEST(nestedBraces);
    CPPUNIT_TEST(aliases);
    CPPUNIT_TEST(manyDifferentFields);
    CPPUNIT_TEST(sameFields);
    CPPUNIT_TEST(sameFieldsWithArguments);
    CPPUNIT_TEST(doublingFragments);
    CPPUNIT_TEST(chainOfFragments);
    CPPUNIT_TEST(nestedPairs);
    CPPUNIT_TEST(fragmentsAmongThemselves);
    CPPUNIT_TEST(levelsBelowFragments);
    CPPUNIT_TEST(cycleOfThousands);
    CPPUNIT_TEST(operationsTimesFragments);
    CPPUNIT_TEST(subscriptionsTimesFragments);
    CPPUNIT_TEST(introspectionThroughFragments);
    CPPUNIT_TEST(duplicatesOfEverything);
    CPPUNIT_TEST(manyErrors);
    CPPUNIT_TEST(longMessages);
    CPPUNIT_TEST_SUITE_END();

private:
    static void assertLimit(const std::vector<Error>& errors, std::string_view part) {
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, errors.size());
        CPPUNIT_ASSERT_MESSAGE(errors[0].message, errors[0].kind == ErrorKind::limit);
        CPPUNIT_ASSERT_MESSAGE(errors[0].message, errors[0].message.find(part) != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, errors[0].offsets.size());
    }

    void nestedBraces() {
        const ParseResult parsed = parseDocument(times("{ a ", 20'000) + times("}", 20'000));
        CPPUNIT_ASSERT(parsed.error && parsed.error->kind == ErrorKind::limit);
        const std::string deep = "{ human(id: 1) " + times("{ friend ", 400) + "{ name }" + times(" }", 400) + " }";
        CPPUNIT_ASSERT_EQUAL(std::string(), errorText(errorsIn(deep, withSteps(0))));
    }

    void aliases() {
        std::string source = "{";
        for (int i = 0; i < 100'000; ++i) source += " a" + std::to_string(i) + ": dog { name }";
        source += " }";
        CPPUNIT_ASSERT_EQUAL(std::string(), errorText(errorsIn(source, withSteps(0, 0))));
        const ParseResult parsed = parsedForValidation(source);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, checkDocumentLimits(parsed.document, {}).size());
    }

    void manyDifferentFields() {
        std::string source = "{ dog {";
        for (int i = 0; i < 100'000; ++i) source += " ... { a" + std::to_string(i) + ": name }";
        CPPUNIT_ASSERT_EQUAL(std::string(), errorText(errorsIn(source + " } }", withSteps(0, 0))));
    }

    void sameFields() {
        CPPUNIT_ASSERT_EQUAL(std::string(), errorText(errorsIn("{ dog {" + times(" name", 500) + " } }")));
        assertLimit(errorsIn("{ dog {" + times(" name", 100'000) + " } }"), "more than 500000 steps");
    }

    void sameFieldsWithArguments() {
        const std::string object = "{x: 1, y: 2, inner: {x: 3}}";
        assertLimit(errorsIn("{" + times(" near(point: " + object + ") { name }", 2'000) + " }"), "steps");
        const std::string large = "{ x: human(id: \"" + std::string(1'000'000, 'a') + "\") { name } }";
        CPPUNIT_ASSERT_EQUAL(std::string(), errorText(errorsIn(large)));
        const std::string text = std::string(100'000, 'a');
        assertLimit(errorsIn("{" + times(" human(id: \"" + text + "\") { name }", 100) + " }"), "steps");
    }

    // 2^25 expansions; each fragment is compared with each once.
    void doublingFragments() {
        std::string source = "{ dog { ...F0 } }";
        for (int i = 0; i < 25; ++i) {
            const std::string next = " ...F" + std::to_string(i + 1);
            source += " fragment F" + std::to_string(i) + " on Dog { name" + next + next + " }";
        }
        source += " fragment F25 on Dog { name }";
        CPPUNIT_ASSERT_EQUAL(std::string(), errorText(errorsIn(source, withSteps(10'000, 200))));
        std::string nested = "{ human(id: 1) { ...F0 } }";
        for (int i = 0; i < 25; ++i) {
            const std::string next = "...F" + std::to_string(i + 1);
            nested += " fragment F" + std::to_string(i) + " on Human { a" + std::to_string(i) + ": friend { " + next +
                      " } b" + std::to_string(i) + ": friend { " + next + " } }";
        }
        nested += " fragment F25 on Human { name }";
        CPPUNIT_ASSERT_EQUAL(std::string(), errorText(errorsIn(nested, withSteps(10'000, 200))));
    }

    // A chain as long as a document allows recurses nowhere.
    void chainOfFragments() {
        std::string source = "{ dog { name ...F0 } }";
        for (int i = 0; i < 50'000; ++i) {
            source += " fragment F" + std::to_string(i) + " on Dog { ...F" + std::to_string(i + 1) + " }";
        }
        source += " fragment F50000 on Dog { name }";
        CPPUNIT_ASSERT_EQUAL(std::string(), errorText(errorsIn(source, withSteps(500'000, 200'000))));
    }

    void nestedPairs() {
        std::string body = "name";
        for (int i = 0; i < 16; ++i) body = "friend { " + body + " } friend { " + body + " }";
        assertLimit(errorsIn("{ human(id: 1) { " + body + " } }"), "steps");
    }

    void fragmentsAmongThemselves() {
        std::string source = "{ dog {";
        for (int i = 0; i < 2'000; ++i) source += " ...F" + std::to_string(i);
        source += " } }";
        for (int i = 0; i < 2'000; ++i) source += " fragment F" + std::to_string(i) + " on Dog { name }";
        assertLimit(errorsIn(source), "steps");
    }

    void levelsBelowFragments() {
        std::string source = "{ human(id: 1) { ...F0 ...F0x } }";
        for (int i = 0; i < 2'000; ++i) {
            const std::string here = std::to_string(i);
            const std::string next = std::to_string(i + 1);
            source += " fragment F" + here + " on Human { friend { ...F" + next + " } }";
            source += " fragment F" + here + "x on Human { friend { ...F" + next + "x } }";
        }
        source += " fragment F2000 on Human { name } fragment F2000x on Human { name }";
        assertLimit(errorsIn(source), "levels deep");
    }

    void cycleOfThousands() {
        std::string source = "{ dog { ...F0 } }";
        for (int i = 0; i < 20'000; ++i) {
            source += " fragment F" + std::to_string(i) + " on Dog { ...F" + std::to_string((i + 1) % 20'000) + " }";
        }
        const std::vector<Error> errors = errorsIn(source, withSteps(0, 100'000));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, errors.size());
        CPPUNIT_ASSERT_EQUAL(maximumOffsets, errors[0].offsets.size());
        CPPUNIT_ASSERT(errors[0].message.size() <= maximumMessage + 3);
    }

    void operationsTimesFragments() {
        std::string source;
        for (int i = 0; i < 2'000; ++i) source += "query Q" + std::to_string(i) + " { dog { ...F0 } } ";
        for (int i = 0; i < 2'000; ++i) {
            source += "fragment F" + std::to_string(i) + " on Dog { name ...F" + std::to_string(i + 1) + " } ";
        }
        assertLimit(errorsIn(source + "fragment F2000 on Dog { name }"), "following fragments");
    }

    void subscriptionsTimesFragments() {
        std::string source;
        for (int i = 0; i < 2'000; ++i) source += "subscription S" + std::to_string(i) + " { ...F } ";
        source += "fragment F on Subscription {" + times(" born { name }", 100) + " }";
        assertLimit(errorsIn(source), "following fragments");
    }

    void introspectionThroughFragments() {
        std::string source = "{";
        for (int i = 0; i < 5'000; ++i) source += " a" + std::to_string(i) + ": __schema { types { ...F0 } }";
        source += " }";
        for (int i = 0; i < 5'000; ++i) {
            source += " fragment F" + std::to_string(i) + " on __Type { ofType { ...F" + std::to_string(i + 1) + " } }";
        }
        source += " fragment F5000 on __Type { fields { type { fields { name } } } }";
        CPPUNIT_ASSERT_EQUAL(std::string(), errorText(errorsIn(source, withSteps(0, 100'000))));
    }

    void duplicatesOfEverything() {
        const std::string arguments = "{ dog { barks(" + times("times: 1, ", 100'000) + ") } }";
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, errorsIn(arguments).size());
        const std::string members = "{ near(point: {" + times("x: 1, ", 100'000) + "}) { name } }";
        CPPUNIT_ASSERT_EQUAL(std::size_t{51}, errorsIn(members).size());
        const std::string directives = "{ dog { name" + times(" @skip(if: true)", 100'000) + " } }";
        CPPUNIT_ASSERT_EQUAL(std::size_t{51}, errorsIn(directives).size());
        std::string variables = "query (";
        for (int i = 0; i < 100'000; ++i) variables += "$v" + std::to_string(i) + ": Int ";
        const std::vector<Error> unused = errorsIn(variables + ") { dog { name } }");
        CPPUNIT_ASSERT_EQUAL(std::size_t{51}, unused.size());
        const std::string fragments = "{ dog { ...F } }" + times(" fragment F on Dog { name }", 50'000);
        CPPUNIT_ASSERT_EQUAL(std::size_t{51}, errorsIn(fragments).size());
        const std::string operations = times("query Q { dog { name } } ", 50'000);
        CPPUNIT_ASSERT_EQUAL(std::size_t{51}, errorsIn(operations).size());
    }

    void manyErrors() {
        ValidationOptions options;
        options.maximumErrors = 3;
        CPPUNIT_ASSERT_EQUAL(
            std::string("Cannot query field \"a\" on type \"Dog\". @8\nCannot query field \"b\" on type \"Dog\". @10\n"
                        "Cannot query field \"c\" on type \"Dog\". @12\n"
                        "Too many validation errors, error limit reached. Validation aborted."),
            errorText(errorsIn("{ dog { a b c d e } }", options)));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, errorsIn("{ dog { a b c } }", options).size());
    }

    // What a conflict says stays short, however much conflicts below it.
    void longMessages() {
        std::string one = "{ human(id: 1) {";
        for (int i = 0; i < 300; ++i) one += " a" + std::to_string(i) + ": name";
        one += " } human(id: 1) {";
        for (int i = 0; i < 300; ++i) one += " a" + std::to_string(i) + ": __typename";
        const std::vector<Error> errors = errorsIn(one + " } }");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, errors.size());
        CPPUNIT_ASSERT(errors[0].message.size() < 1'200);
        CPPUNIT_ASSERT_EQUAL(std::size_t{40}, errors[0].offsets.size());
        CPPUNIT_ASSERT(errors[0].message.find("...") != std::string::npos);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlValidationBombsTest);

} // namespace
