// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/engine.hpp"
#include "execution/execution.hpp"
#include "execution/tests/toy.hpp"
#include "language/utf8.hpp"
#include "schema/sdl_reader.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql::hostile {

// Bytes allocated by operator new and not yet freed, and the most there were since reset.
class AllocationCount {
public:
    static void add(std::size_t bytes) {
        now() += bytes;
        if (now() > highest()) highest() = now();
    }
    static void remove(std::size_t bytes) { now() -= std::min(bytes, now()); }
    static void reset() { highest() = now(); }
    static std::size_t& now() {
        static std::size_t bytes = 0;
        return bytes;
    }
    static std::size_t& highest() {
        static std::size_t bytes = 0;
        return bytes;
    }
};

inline std::string times(std::string_view text, std::size_t count) {
    std::string all;
    all.reserve(text.size() * count);
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

template<typename Each>
std::string numbered(int count, const Each& each) {
    std::string all;
    for (int i = 0; i < count; ++i) all += each(std::to_string(i));
    return all;
}

// What one request came to.
struct Outcome {
    std::vector<Error> errors;
    std::uint64_t dropped = 0;
    std::size_t peak = 0;    // bytes allocated beyond those before, at the highest; 0 where they are not counted
    double seconds = 0;      // of processor time
    std::size_t written = 0; // bytes of the whole response

    std::string firstMessage() const { return errors.empty() ? std::string() : errors.front().message; }
    void assertError(ErrorKind kind, std::string_view part, bool any = true) const {
        if (errors.empty()) return CPPUNIT_ASSERT_MESSAGE("no error: " + std::string(part), !any);
        CPPUNIT_ASSERT_MESSAGE(firstMessage(), errors.front().kind == kind);
        CPPUNIT_ASSERT_MESSAGE(firstMessage(), firstMessage().find(part) != std::string::npos);
    }
    // 200 bytes for each of the text, and what the default limits grant beside it.
    void assertBounded(std::size_t textBytes) const {
        const std::size_t granted = 200 * textBytes + (std::size_t{128} << 20U);
        CPPUNIT_ASSERT_MESSAGE(std::to_string(peak) + " bytes: " + firstMessage().substr(0, 200), peak <= granted);
        CPPUNIT_ASSERT_MESSAGE(std::to_string(seconds) + " s: " + firstMessage().substr(0, 200), seconds < 20);
    }
};

inline constexpr std::string_view hostileSdl = R"(
scalar Any
enum Color { RED GREEN }
directive @mark repeatable on FIELD
input Choice @oneOf { id: ID n: Int }
input Wide { a: [Int] = [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36] }
interface Node { id: ID named(wide: [Wide]): Int }
NODES
type User { id: ID user: User }
type Item { id: ID items(first: Int): [Item!] }
type Row { rows: [Row!] fails: Int number: Int large: String must: Int! }
type Query {
  a(n: Int, f: Float, s: String, e: Color, ns: [Int], any: Any, wide: [Wide], choice: Choice): Int
  b: Int user: User node: Node items(first: Int): [Item!] rows: [Row]
}
type Mutation { a: Int }
)";

// Twenty-four types behind one interface, lists with sizes, and rows that fail.
class Target {
public:
    Target() {
        std::string text(hostileSdl);
        const std::string nodes = numbered(24, [](const std::string& i) {
            return "type N" + i + " implements Node { id: ID named(wide: [Wide]): Int } ";
        });
        text.replace(text.find("NODES"), 5, nodes);
        auto definition = definitionFromSdl(text).definition;
        for (TypeDefinition& type : definition.types)
            for (FieldDefinition& field : type.fields)
                if (field.name == "items") field.sizeArgument = "first";
        schema = std::make_shared<const Schema>(std::move(*buildSchema(definition).schema));
        table = std::make_unique<ResolverTable>(schema);
        const auto own = [this](std::string_view type, std::string_view field, auto function) {
            CPPUNIT_ASSERT(table->own(type, field, std::make_unique<toy::FunctionResolver>(std::move(function))));
        };
        const auto rows = [](int count) {
            return [count](Batch& batch) {
                for (std::size_t row = 0; row < batch.parents().size(); ++row) {
                    batch.beginList(row);
                    for (int i = 0; i < count; ++i) batch.add(Cell::ofObject(1));
                    batch.endList();
                }
                return Progress::done;
            };
        };
        own("Query", "rows", rows(300));
        own("Row", "rows", rows(300));
        own("Row", "fails", [this](Batch& batch) {
            const Cell failure = batch.failure(large);
            for (Cell& cell : batch.cells()) cell = failure;
            return Progress::done;
        });
        for (const std::string_view field : {"number", "large"})
            own("Row", field, [this](Batch& batch) {
                for (Cell& cell : batch.cells()) cell = Cell::ofString(large);
                return Progress::done;
            });
    }

    const std::string large = std::string(std::size_t{1} << 20U, 'x');
    std::shared_ptr<const Schema> schema;
    std::unique_ptr<ResolverTable> table;
    Clock clock;
};

inline Outcome request(const EngineSettings& settings, std::string_view text, const Values& variables = {},
                       std::string_view operation = {}, const ExecutionLimits& limits = {}) {
    static const Target target;
    Outcome outcome;
    AllocationCount::reset();
    const std::size_t before = AllocationCount::now();
    const std::clock_t start = std::clock();
    {
        const Engine engine(target.schema, settings);
        PlanCache cache(std::size_t{8} << 20U);
        PreparedRequest prepared;
        engine.prepare(cache, text, operation, variables, prepared);
        JsonOutput output(std::size_t{64} << 20U);
        outcome.errors = prepared.errors;
        if (prepared.plan == nullptr) {
            writeResponse(output, prepared.document->text(), prepared.errors, std::nullopt);
        } else {
            Execution execution(*target.table, limits, target.clock);
            execution.start({prepared.plan, &prepared.variables, nullptr, 0, std::nullopt});
            CPPUNIT_ASSERT(execution.state() == Execution::State::done);
            outcome.errors = execution.errors();
            outcome.dropped = execution.droppedErrors();
            writeResponse(output, prepared.document->text(), execution.errors(), execution.data());
        }
        outcome.written = output.size();
        CPPUNIT_ASSERT(cache.bytes() <= std::size_t{8} << 20U);
    }
    outcome.seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    outcome.peak = AllocationCount::highest() - before;
    return outcome;
}

// The engine with one limit more at its highest each, and the same with all.
inline std::vector<EngineSettings> raisedAlone() {
    constexpr std::uint32_t highest = std::numeric_limits<std::uint32_t>::max();
    std::vector<EngineSettings> all(16);
    std::size_t at = 0;
    all[at++].text.bytes = highest;
    all[at++].text.tokens = highest;
    all[at++].text.nesting = highest;
    all[at++].document.depth = highest;
    all[at++].document.aliases = highest;
    all[at++].document.queryRootFields = highest;
    all[at++].document.mutationRootFields = highest;
    all[at++].document.cost = std::numeric_limits<std::uint64_t>::max();
    all[at++].validation.maximumErrors = highest;
    all[at++].validation.overlapSteps = highest;
    all[at++].validation.fragmentSteps = highest;
    all[at++].variables.errors = highest;
    all[at++].variables.nesting = highest;
    all[at++].variables.values = highest;
    all[at++].plan.fields = highest;
    all[at++].plan.work = highest;
    return all;
}

// All but those that grant work and memory, which are what then holds.
inline EngineSettings raised() {
    constexpr std::uint32_t highest = std::numeric_limits<std::uint32_t>::max();
    EngineSettings settings;
    settings.text = {highest, highest, highest};
    settings.document = {highest, highest, highest, highest, std::numeric_limits<std::uint64_t>::max()};
    settings.validation.maximumErrors = highest;
    settings.variables = {highest, highest, highest, true};
    settings.plan.depth = highest;
    return settings;
}

inline Value integer(std::string_view name, std::int64_t number) {
    Value value;
    value.kind = ValueKind::integer;
    value.integer = number;
    value.number = static_cast<double>(number);
    value.name = name;
    return value;
}

// {name: [1, 1, …]}, or of empty objects.
inline Values listOf(std::string_view name, int count, ValueKind kind = ValueKind::integer) {
    Values values;
    const std::uint32_t object = values.begin(ValueKind::object);
    const std::uint32_t list = values.begin(ValueKind::list, name);
    for (int i = 0; i < count; ++i) {
        if (kind == ValueKind::integer)
            values.add(integer({}, 1));
        else
            values.end(values.begin(kind));
    }
    values.end(list);
    values.end(object);
    return values;
}

// {name: {m0: 1, m1: 1, …}}.
inline Values objectOf(std::string_view name, int count) {
    Values values;
    const std::uint32_t object = values.begin(ValueKind::object);
    const std::uint32_t inner = values.begin(ValueKind::object, name);
    for (int i = 0; i < count; ++i) values.add(integer(values.keep("m" + std::to_string(i)), 1));
    values.end(inner);
    values.end(object);
    return values;
}

// {v0: 1, v1: 1, …}.
inline Values members(int count) {
    Values values;
    const std::uint32_t object = values.begin(ValueKind::object);
    for (int i = 0; i < count; ++i) values.add(integer(values.keep("v" + std::to_string(i)), 1));
    values.end(object);
    return values;
}

// {name: [[[…]]]}.
inline Values nested(std::string_view name, int depth) {
    Values values;
    const std::uint32_t object = values.begin(ValueKind::object);
    std::vector<std::uint32_t> open;
    for (int i = 0; i < depth; ++i) open.push_back(values.begin(ValueKind::list, i == 0 ? name : std::string_view()));
    for (const std::uint32_t list : open) {
        values[list].end = values.size();
        values[list].count = 1;
    }
    if (!open.empty()) values[open.back()].count = 0;
    values.end(object);
    return values;
}

} // namespace mortise::graphql::hostile
