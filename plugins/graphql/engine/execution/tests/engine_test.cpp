// SPDX-License-Identifier: Apache-2.0
#include "execution/engine.hpp"
#include "execution/tests/toy.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <memory>
#include <string>
#include <vector>

namespace mortise::graphql {

using toy::Toy;

// From text to plan, and the cache between.
class GraphqlEngineTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlEngineTest);
    CPPUNIT_TEST(secondTimeIsAHit);
    CPPUNIT_TEST(onePlanForEachConditions);
    CPPUNIT_TEST(failedDocumentsAreKept);
    CPPUNIT_TEST(operationsByName);
    CPPUNIT_TEST(subscriptionsAreRefused);
    CPPUNIT_TEST(limitsAreChecked);
    CPPUNIT_TEST(costByVariables);
    CPPUNIT_TEST(manyConditions);
    CPPUNIT_TEST(cacheIsBounded);
    CPPUNIT_TEST(leastRecentlyUsedGoesFirst);
    CPPUNIT_TEST(variantsAreBounded);
    CPPUNIT_TEST(asManyVariantsAsAllowedAreKept);
    CPPUNIT_TEST(plansOutliveTheCache);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::string_view sdl =
        "type User { id: ID } type Query { user(id: ID): User a(n: Int): String b: String }";

    static std::shared_ptr<const Schema> schema() {
        return std::make_shared<const Schema>(std::move(*schemaFromSdl(sdl).schema));
    }
    static PreparedRequest prepare(const Engine& engine, PlanCache& cache, std::string_view text,
                                   const Values& variables = {}, std::string_view name = {}) {
        PreparedRequest request;
        engine.prepare(cache, text, name, variables, request);
        return request;
    }

    void secondTimeIsAHit() {
        const Engine engine(schema(), {});
        PlanCache cache(1 << 20);
        const auto first = prepare(engine, cache, "{ a }");
        const auto second = prepare(engine, cache, "{ a }");
        CPPUNIT_ASSERT(first.plan != nullptr && first.plan == second.plan);
        CPPUNIT_ASSERT(prepare(engine, cache, "{ a } ").plan != first.plan);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, cache.counters().hits);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, cache.counters().misses);
    }

    void onePlanForEachConditions() {
        const Engine engine(schema(), {});
        PlanCache cache(1 << 20);
        const std::string text = "query ($x: Boolean!) { a b @include(if: $x) }";
        const auto yes = prepare(engine, cache, text, Toy::booleans({{"x", true}}));
        const auto no = prepare(engine, cache, text, Toy::booleans({{"x", false}}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, yes.plan->root().fields.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, no.plan->root().fields.size());
        CPPUNIT_ASSERT(prepare(engine, cache, text, Toy::booleans({{"x", true}})).plan == yes.plan);
        CPPUNIT_ASSERT(prepare(engine, cache, text, Toy::booleans({{"x", false}})).plan == no.plan);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, cache.size());
    }

    void failedDocumentsAreKept() {
        const Engine engine(schema(), {});
        PlanCache cache(1 << 20);
        for (const std::string_view text : {"{ a", "{ none }"}) {
            const auto first = prepare(engine, cache, text);
            CPPUNIT_ASSERT(first.plan == nullptr);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, first.errors.size());
            const auto hits = cache.counters().hits;
            CPPUNIT_ASSERT_EQUAL(first.errors[0].message, prepare(engine, cache, text).errors[0].message);
            CPPUNIT_ASSERT_EQUAL(hits + 1, cache.counters().hits);
        }
    }

    void operationsByName() {
        const Engine engine(schema(), {});
        PlanCache cache(1 << 20);
        const std::string text = "query A { a } query B { b }";
        CPPUNIT_ASSERT_EQUAL(std::string("b"),
                             std::string(prepare(engine, cache, text, {}, "B").plan->root().fields[0].name));
        CPPUNIT_ASSERT_EQUAL(std::string("Must provide operation name if query contains multiple operations."),
                             prepare(engine, cache, text).errors[0].message);
        const auto unknown = prepare(engine, cache, text, {}, "C");
        CPPUNIT_ASSERT_EQUAL(std::string("Unknown operation named \"C\"."), unknown.errors[0].message);
        CPPUNIT_ASSERT(unknown.errors[0].kind == ErrorKind::request);
        CPPUNIT_ASSERT(prepare(engine, cache, "fragment F on Query { a }").plan == nullptr);
    }

    // They validate; that they are not executed does not depend on variables, and is said of the chosen operation
    // alone.
    void subscriptionsAreRefused() {
        const auto served = std::make_shared<const Schema>(
            std::move(*schemaFromSdl("type Query { a: Int } type Subscription { a(n: Int!): Int b: Int }").schema));
        const std::string text = "query Q { a }\nsubscription S($n: Int!) { a(n: $n) }";
        EngineSettings settings;
        const Engine refusing(served, settings);
        PlanCache cache(1 << 20);
        for (int i = 0; i < 2; ++i) {
            const auto request = prepare(refusing, cache, text, {}, "S");
            CPPUNIT_ASSERT(request.plan == nullptr);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, request.errors.size());
            CPPUNIT_ASSERT_EQUAL(std::string("Subscriptions are not executed here, only queries and mutations."),
                                 request.errors[0].message);
            CPPUNIT_ASSERT(request.errors[0].kind == ErrorKind::request);
            CPPUNIT_ASSERT_EQUAL(std::uint32_t{14}, request.errors[0].offsets.at(0));
            CPPUNIT_ASSERT(prepare(refusing, cache, text, {}, "Q").plan != nullptr);
        }
        CPPUNIT_ASSERT(prepare(refusing, cache, "subscription { b none }").errors[0].kind == ErrorKind::validation);
        settings.subscriptions = true;
        const Engine executing(served, settings);
        PlanCache other(1 << 20);
        CPPUNIT_ASSERT(prepare(executing, other, "subscription { b }").plan->kind() == OperationKind::subscription);
    }

    void limitsAreChecked() {
        EngineSettings settings;
        settings.text.bytes = 40;
        settings.document.queryRootFields = 2;
        settings.document.cost = 3;
        const Engine engine(schema(), settings);
        PlanCache cache(1 << 20);
        CPPUNIT_ASSERT(prepare(engine, cache, "{ a b }").errors.empty());
        for (const std::string& text :
             {std::string(41, ' '), std::string("{ a b x: a }"), std::string("{ x: user { id y: id z: id } }")}) {
            const auto request = prepare(engine, cache, text);
            CPPUNIT_ASSERT(request.plan == nullptr);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::size_t{1}, request.errors.size());
            CPPUNIT_ASSERT(request.errors[0].kind == ErrorKind::limit);
        }
        CPPUNIT_ASSERT(prepare(engine, cache, std::string(41, ' ')).errors[0].kind == ErrorKind::limit);
    }

    void costByVariables() {
        auto definition =
            definitionFromSdl("type Item { id: ID } type Query { items(first: Int): [Item!] }").definition;
        for (TypeDefinition& type : definition.types)
            for (FieldDefinition& field : type.fields)
                if (field.name == "items") field.sizeArgument = "first";
        EngineSettings settings;
        settings.document.cost = 50;
        const Engine engine(std::make_shared<const Schema>(std::move(*buildSchema(definition).schema)), settings);
        PlanCache cache(1 << 20);
        const auto costs = [&](std::int64_t first) {
            Values values;
            const std::uint32_t object = values.begin(ValueKind::object);
            Value value;
            value.kind = ValueKind::integer;
            value.integer = first;
            value.number = static_cast<double>(first);
            value.name = "n";
            values.add(value);
            values.end(object);
            return prepare(engine, cache, "query ($n: Int) { items(first: $n) { id } }", values).plan == nullptr;
        };
        CPPUNIT_ASSERT(!costs(10));
        CPPUNIT_ASSERT(costs(1000)); // though its plan is in the cache
        CPPUNIT_ASSERT(!costs(10));
    }

    void manyConditions() {
        const auto text = [](int count) {
            std::string variables;
            std::string fields;
            for (int i = 0; i < count; ++i) {
                const std::string name = "$v" + std::to_string(i);
                variables += name + ": Boolean = true ";
                fields += " id @include(if: " + name + ")";
            }
            return "query (" + variables + ") { user {" + fields + " } }";
        };
        const Engine engine(schema(), {});
        PlanCache cache(1 << 20);
        CPPUNIT_ASSERT(prepare(engine, cache, text(32)).errors.empty());
        const auto refused = prepare(engine, cache, text(33));
        CPPUNIT_ASSERT_EQUAL(std::string("More than 32 variables stand in @skip and @include."),
                             refused.errors[0].message);
    }

    static std::string alias(int number) { return "{ x" + std::to_string(number) + ": a }"; }

    void cacheIsBounded() {
        const Engine engine(schema(), {});
        PlanCache cache(50'000);
        for (int i = 0; i < 500; ++i) {
            prepare(engine, cache, alias(i));
            CPPUNIT_ASSERT(cache.bytes() <= 50'000);
        }
        CPPUNIT_ASSERT(cache.size() >= 2 && cache.size() < 500);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{500} - cache.size(), cache.counters().evictions);
        PlanCache tiny(100);
        CPPUNIT_ASSERT(prepare(engine, tiny, alias(1)).plan != nullptr);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, tiny.size());
        cache.clear();
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, cache.bytes());
    }

    void leastRecentlyUsedGoesFirst() {
        const Engine engine(schema(), {});
        PlanCache cache(30'000);
        prepare(engine, cache, "{ a }");
        for (int i = 0; cache.counters().evictions < 10; ++i) {
            prepare(engine, cache, alias(i));
            CPPUNIT_ASSERT(cache.find("{ a }") != nullptr);
        }
        CPPUNIT_ASSERT(cache.find(alias(0)) == nullptr);
    }

    void variantsAreBounded() {
        const Engine engine(schema(), {});
        PlanCache cache(1 << 20);
        const std::string text =
            "query ($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!) { a @skip(if: $a) b @skip(if: $b) "
            "c: a @skip(if: $c) d: a @skip(if: $d) }";
        std::size_t full = 0;
        for (unsigned round = 0; round < 4; ++round)
            for (unsigned bits = 0; bits < 16; ++bits) {
                const auto request = prepare(engine, cache, text,
                                             Toy::booleans({{"a", (bits & 1) != 0},
                                                            {"b", (bits & 2) != 0},
                                                            {"c", (bits & 4) != 0},
                                                            {"d", (bits & 8) != 0}}));
                CPPUNIT_ASSERT_EQUAL(static_cast<std::size_t>(4 - __builtin_popcount(bits)),
                                     request.plan->root().fields.size());
                if (round == 1 && bits == 15) full = cache.bytes();
            }
        CPPUNIT_ASSERT_EQUAL(full, cache.bytes());
    }

    void asManyVariantsAsAllowedAreKept() {
        const Engine engine(schema(), {});
        PlanCache cache(1 << 20);
        std::string text;
        for (std::size_t i = 0; i <= PlanCache::maximumVariants; ++i) text += "query Q" + std::to_string(i) + " { a } ";
        const auto planOf = [&](std::size_t i) {
            return prepare(engine, cache, text, {}, "Q" + std::to_string(i)).plan;
        };
        std::vector<std::shared_ptr<const Plan>> plans;
        for (std::size_t i = 0; i < PlanCache::maximumVariants; ++i) plans.push_back(planOf(i));
        for (std::size_t i = 0; i < plans.size(); ++i) CPPUNIT_ASSERT(planOf(i) == plans[i]);
        planOf(PlanCache::maximumVariants); // in place of the first
        for (std::size_t i = 1; i < plans.size(); ++i) CPPUNIT_ASSERT(planOf(i) == plans[i]);
        CPPUNIT_ASSERT(planOf(0) != plans[0]);
    }

    void plansOutliveTheCache() {
        PreparedRequest request;
        {
            const Engine engine(schema(), {});
            PlanCache cache(1 << 20);
            engine.prepare(cache, "{ a b }", {}, {}, request);
        }
        const ResolverTable table(std::shared_ptr<const Schema>(request.document, &request.document->schema()));
        const Clock clock;
        Execution execution(table, {}, clock);
        execution.start({request.plan, nullptr, nullptr, 0, std::nullopt});
        CPPUNIT_ASSERT_EQUAL(toy::dataOf(R"({"a":null,"b":null})"), std::string(execution.text()));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlEngineTest);

} // namespace mortise::graphql
