// SPDX-License-Identifier: Apache-2.0
// libFuzzer target. A document that parses is printed, parses again and means the same. A valid one is planned and
// executed over a toy world, with resolvers that give their values at once and with ones that wait, which makes no
// difference. One of type definitions that makes a schema is printed and makes the same schema again. What stands
// behind a NUL is a literal, the variables.
#include "fuzz_input.hpp"
#include "graphql_composer.hpp"
#include "graphql_world.hpp"

#include "execution/engine.hpp"
#include "execution/response_document.hpp"
#include "language/line_index.hpp"
#include "language/parser.hpp"
#include "language/printer.hpp"
#include "language/tests/document_shape.hpp"
#include "language/utf8.hpp"
#include "schema/sdl_printer.hpp"
#include "schema/untyped_literal.hpp"
#include "validation/document_limits.hpp"
#include "validation/operation_cost.hpp"
#include "validation/validator.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace mortise::graphql;

namespace {

constexpr TextLimits small{.bytes = 4000, .tokens = 1000, .nesting = 20};
constexpr TextLimits wide{.bytes = 1'000'000, .tokens = 1000, .nesting = 20};

void checkError(std::string_view source, const ParseResult& parsed) {
    const Error& error = *parsed.error;
    fuzz::expect(parsed.document.size() == 0, "a document is left after an error");
    fuzz::expect(!error.message.empty() && error.message.size() < 500, "an error has no message, or a long one");
    fuzz::expect(error.kind == ErrorKind::syntax || error.kind == ErrorKind::limit, "another kind of error");
    for (const std::uint32_t offset : error.offsets) {
        fuzz::expect(offset <= source.size(), "an error lies outside of the source");
        const Location at = LineIndex(source).locate(offset);
        fuzz::expect(at.line >= 1 && at.column >= 1 && at.column <= source.size() + 1, "a location is none");
    }
}

void checkNodes(const Document& document) {
    const auto isWithin = [&](Span span) { return std::size_t{span.offset} + span.size <= document.source().size(); };
    for (NodeId id = 0; id < document.size(); ++id) {
        const Node& node = document[id];
        fuzz::expect(node.end > id && node.end <= document.size(), "a node ends before it begins or after all");
        fuzz::expect(isWithin({node.offset, 0}) && isWithin(node.name) && isWithin(node.value), "text outside");
        for (const NodeId child : document.children(id))
            fuzz::expect(document[child].end <= node.end, "a child ends after its parent");
    }
}

// Type definitions may end without braces: a shorthand query that is printed behind one reads as its body, as with
// graphql-js.
bool isOfOneSort(const Document& document) {
    bool hasExecutable = false;
    bool hasTypeSystem = false;
    for (const NodeId definition : document.children(0)) {
        const NodeKind kind = document.kind(definition);
        const bool isExecutable = kind == NodeKind::operation || kind == NodeKind::fragmentDefinition;
        (isExecutable ? hasExecutable : hasTypeSystem) = true;
    }
    return !(hasExecutable && hasTypeSystem);
}

void checkDocument(const Document& document) {
    checkNodes(document);
    if (!isOfOneSort(document)) return;
    const std::string printed = printDocument(document);
    const ParseResult again = parseDocument(printed, wide);
    fuzz::expect(!again.error, "what was printed does not parse");
    fuzz::expect(shapeOf(document, 0) == shapeOf(again.document, 0), "what was printed means something else");
    fuzz::expect(printDocument(again.document) == printed, "printing twice differs");
}

// What the seeded bug is about: a document with three aliases.
[[maybe_unused]] bool hasSeededBug(const Document& document) {
    int aliases = 0;
    for (NodeId id = 0; id < document.size(); ++id)
        if (document.kind(id) == NodeKind::field && document[id].value.size != 0) ++aliases;
    return aliases >= 3;
}

// Whether braces and quotes of a JSON text are in order; how deep it goes is bounded by the limits.
bool isBalanced(std::string_view json) {
    std::vector<char> open;
    bool isText = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (isText) {
            if (c == '\\') ++i;
            if (c == '"') isText = false;
        } else if (c == '"') {
            isText = true;
        } else if (c == '{' || c == '[') {
            open.push_back(c == '{' ? '}' : ']');
        } else if (c == '}' || c == ']') {
            if (open.empty() || open.back() != c) return false;
            open.pop_back();
        } else if (c == ',' &&
                   (i + 1 == json.size() || json[i + 1] == ',' || json[i + 1] == '}' || json[i - 1] == '{')) {
            return false;
        }
    }
    return open.empty() && !isText;
}

// What an execution gave.
struct Result {
    std::string response;
    std::vector<Error> errors;
    bool isLimited = false; // where a limit is met may depend on the order of events
};

Result execute(const fuzz::GraphqlWorld& world, const std::shared_ptr<const Plan>& plan, const Values& variables,
               bool waits) {
    constexpr ExecutionLimits limits{.bytes = 1 << 20, .rows = 500, .responseBytes = 1 << 16, .errors = 10};
    const Clock clock;
    fuzz::GraphqlWorld::Run run{waits, {}};
    Execution execution(world.table(), limits, clock);
    execution.start({plan, &variables, &run, 1, std::nullopt});
    while (execution.state() == Execution::State::waiting) {
        fuzz::expect(!run.tokens.empty(), "an execution waits for nothing");
        const BatchToken token = run.tokens.back();
        run.tokens.pop_back();
        if (Batch* const batch = execution.pending(token)) {
            fuzz::GraphqlWorld::fill(*batch);
            fuzz::expect(execution.complete(token), "a batch cannot be completed");
        }
        execution.resume();
    }
    Result result;
    result.errors = execution.errors();
    fuzz::expect(result.errors.size() <= limits.errors, "more errors than are kept");
    fuzz::expect(execution.data().size() <= limits.responseBytes, "more data than allowed");
    for (const Error& error : result.errors) result.isLimited |= error.kind == ErrorKind::limit;
    JsonOutput output(1 << 20);
    writeResponse(output, plan->document().text(), execution.errors(), execution.data());
    fuzz::expect(isBalanced(output.view()), "the response is no JSON");
    fuzz::expect(findInvalidUtf8(output.view()) == std::string_view::npos, "the response is no UTF-8");
    result.response = std::string(output.view());
    return result;
}

Values readVariables(const Document& literal) {
    Values values;
    if (literal.size() > 1 && literal.kind(1) == NodeKind::objectValue) appendLiteral(literal, 1, nullptr, values, {});
    return values;
}

void checkErrors(std::string_view source, const std::vector<Error>& errors) {
    for (const Error& error : errors) {
        fuzz::expect(!error.message.empty(), "an error has no message");
        for (const std::uint32_t offset : error.offsets)
            fuzz::expect(offset <= source.size(), "an error lies outside of the source");
    }
}

EngineSettings settings() {
    EngineSettings settings;
    settings.text = small;
    settings.subscriptions = true;
    settings.document = {.depth = 20, .aliases = 20, .queryRootFields = 20, .mutationRootFields = 5, .cost = 100'000};
    settings.validation = {.maximumErrors = 10, .overlapSteps = 20'000, .fragmentSteps = 5'000};
    settings.plan = {.fields = 2000, .depth = 50, .work = 20'000, .bytes = 1 << 20};
    return settings;
}

// Prepares and executes one operation; whether it came to an end without a limit.
bool checkOperation(const fuzz::GraphqlWorld& world, std::string_view source, std::string_view name,
                    const Document& variablesLiteral) {
    static const Engine engine(world.schema(), settings());
    PlanCache cache(1 << 20);
    PreparedRequest request;
    const Values given = readVariables(variablesLiteral);
    engine.prepare(cache, source, name, given, request);
    fuzz::expect((request.plan == nullptr) == !request.errors.empty(), "a plan and errors, or none of both");
    checkErrors(source, request.errors);
    PreparedRequest again;
    engine.prepare(cache, source, name, given, again);
    fuzz::expect(again.plan == request.plan && again.errors.size() == request.errors.size(), "the cache differs");
    if (!request.plan) return false;
    const Result atOnce = execute(world, request.plan, request.variables, false);
    const Result later = execute(world, request.plan, request.variables, true);
    if (atOnce.isLimited || later.isLimited) return false;
    fuzz::expect(atOnce.response == later.response, "waiting makes a difference");
    return true;
}

void checkExecutable(const fuzz::GraphqlWorld& world, std::string_view source, const Document& document,
                     const Document& variables) {
    checkErrors(source, checkDocumentLimits(document, {.depth = 5, .aliases = 2, .queryRootFields = 3}));
    Resolution resolution;
    const std::vector<Error> errors = validate(*world.schema(), document, settings().validation, resolution);
    checkErrors(source, errors);
    fuzz::expect(errors.size() <= 11, "more errors than asked for");
    if (!errors.empty()) return;
    for (const NodeId definition : document.children(0)) {
        if (document.kind(definition) != NodeKind::operation) continue;
        const auto dear = checkCost(*world.schema(), document, resolution, definition, nullptr, 20);
        fuzz::expect(!dear || dear->kind == ErrorKind::limit, "a cost is another kind of error");
        const bool isDone = checkOperation(world, source, document.name(definition), variables);
        fuzz::seededBug(isDone && hasSeededBug(document));
    }
}

void checkSchema(std::string_view source) {
    const SchemaResult made = schemaFromSdl(source);
    checkErrors(source, made.errors);
    fuzz::expect(made.schema.has_value() == made.errors.empty(), "a schema and errors, or none of both");
    if (!made.schema) return;
    const std::string printed = printSchema(*made.schema);
    const SchemaResult again = schemaFromSdl(printed);
    fuzz::expect(again.schema.has_value(), "what was printed makes no schema");
    fuzz::expect(printSchema(*again.schema) == printed, "what was printed makes another schema");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::GraphqlWorld world;
    std::string input(fuzz::textOf(data, size));
    const bool isComposed = input.starts_with('\1');
    if (isComposed) input = fuzz::GraphqlComposer(*world.schema(), std::string_view(input).substr(1)).compose();
    const std::size_t nul = std::min(input.find('\0'), input.size());
    const std::string_view source = std::string_view(input).substr(0, nul);
    const std::string_view literal = std::string_view(input).substr(std::min(nul + 1, input.size()));
    const ParseResult parsed = parseDocument(source, small);
    if (parsed.error) {
        checkError(source, parsed);
        fuzz::expect(!isComposed || parsed.error->kind == ErrorKind::limit, "what was composed is no GraphQL");
        return 0;
    }
    checkDocument(parsed.document);
    const bool isExecutable =
        parsed.document.kind(1) == NodeKind::operation || parsed.document.kind(1) == NodeKind::fragmentDefinition;
    if (!isExecutable) checkSchema(source);
    const ParseResult variables = parseValue(literal, true, small);
    checkExecutable(world, source, parsed.document, variables.document);
    return 0;
}
