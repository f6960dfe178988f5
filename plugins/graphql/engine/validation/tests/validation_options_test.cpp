// SPDX-License-Identifier: Apache-2.0
#include "validation/tests/validation_case.hpp"

namespace {

using namespace mortise::graphql;
using namespace mortise::graphql::test;

class GraphqlValidationOptionsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlValidationOptionsTest);
    CPPUNIT_TEST(introspectionCanBeRefused);
    CPPUNIT_TEST(suggestionsCanBeLeftOut);
    CPPUNIT_TEST(typeSystemIsNotLookedInto);
    CPPUNIT_TEST(resolutionOfNames);
    CPPUNIT_TEST_SUITE_END();

private:
    void introspectionCanBeRefused() {
        ValidationOptions options;
        options.introspection = false;
        CPPUNIT_ASSERT_EQUAL(std::string(), errorText(errorsIn("{ __typename dog { __typename name } }", options)));
        const std::string refused =
            "GraphQL introspection has been disabled, but the requested query contained the field ";
        CPPUNIT_ASSERT_EQUAL(refused + "\"__schema\". @2\n" + refused + "\"queryType\". @13",
                             errorText(errorsIn("{ __schema { queryType { name } } }", options)));
        CPPUNIT_ASSERT_EQUAL(refused + "\"__type\". @2",
                             errorText(errorsIn("{ x: __type(name: \"Dog\") { name } }", options)));
    }

    void suggestionsCanBeLeftOut() {
        ValidationOptions options;
        options.suggestions = false;
        for (const std::string_view source :
             {"{ dog { nme } }", "{ thing { name } }", "{ dog { ... on Dgo { name } } }",
              "{ human(i: 1, id: 1) { name } }", "{ dog { name @mark(b: 1) } }",
              "{ near(point: {x: 1, colr: RED}) { name } }", "{ paint(color: REDD) }", "{ paint(color: \"RED\") }"}) {
            const std::string plain = errorText(errorsIn(source, options));
            CPPUNIT_ASSERT_MESSAGE(plain, !plain.empty() && plain.find("Did you mean") == std::string::npos);
            const std::string full = errorText(errorsIn(source));
            CPPUNIT_ASSERT_MESSAGE(full, full.find("Did you mean") != std::string::npos);
        }
    }

    // A document's own definitions are refused as a whole; its types and directives count as known elsewhere.
    void typeSystemIsNotLookedInto() {
        assertErrors("{ dog { ... on Own { name } name @own } } type Own { a: Nope @nope } directive @own on FIELD",
                     "The \"Own\" definition is not executable. @42\nThe \"own\" definition is not executable. @69");
    }

    void resolutionOfNames() {
        const ParseResult parsed = parsedForValidation(
            "query ($a: ID!) { human(id: $a) { ...F } } fragment F on Human { pets { name } nope }");
        const Document& document = parsed.document;
        const Schema& schema = validationSchema();
        Resolution resolution;
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, validate(schema, document, {}, resolution).size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, resolution.definitions().size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, resolution.usages().size());
        CPPUNIT_ASSERT_EQUAL(std::string("ID!"), schema.text(resolution.usages()[0].type));
        for (NodeId node = 1; node < document.size(); ++node) {
            const Resolved& resolved = resolution[node];
            switch (document.kind(node)) {
            case NodeKind::field:
                if (document.name(node) == "nope") {
                    CPPUNIT_ASSERT(resolved.field() == nullptr);
                    break;
                }
                CPPUNIT_ASSERT_EQUAL(std::string(document.name(node)), resolved.field()->name);
                CPPUNIT_ASSERT(resolved.type == resolved.field()->type);
                break;
            case NodeKind::fragmentSpread:
                CPPUNIT_ASSERT(resolved.target == resolution.definitions()[1].node);
                break;
            case NodeKind::argument:
                CPPUNIT_ASSERT_EQUAL(std::string("id"), resolved.input()->name);
                break;
            case NodeKind::fragmentDefinition:
                CPPUNIT_ASSERT_EQUAL(std::string("Human"), schema[resolved.type.named].name);
                break;
            default:
                break;
            }
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlValidationOptionsTest);

} // namespace
