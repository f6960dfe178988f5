// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: a request target, whose query a schema types, checks and completes, as before a route's handler.
#include "fuzz_input.hpp"

#include "http/target.hpp"
#include "json/equality.hpp"
#include "json/form.hpp"
#include "json/schema.hpp"

#include <algorithm>
#include <string>

using namespace mortise::json;
namespace http = mortise::http;

namespace {

constexpr std::uint32_t mostPairs = 30;
constexpr std::uint32_t mostDepth = 3;

Schema querySchema() {
    Schema schema;
    const auto fault = Schema::compile(R"({"type":"object","required":["q"],"properties":{
        "q":{"type":"string","minLength":1},"page":{"type":"integer","minimum":1,"default":1},
        "size":{"type":"number","default":20},"deep":{"type":"boolean","default":false},"none":{"type":"null"},
        "ids":{"type":"array","items":{"type":"integer"},"uniqueItems":true,"maxItems":4},
        "tags":{"type":["array","string"],"items":{"type":"string"},"default":["x"]},
        "sort":{"type":"object","properties":{"by":{"enum":["name","age"],"default":"name"},
        "up":{"type":"boolean","default":true}},"additionalProperties":{"type":"integer"}},
        "where":{"type":"array","items":{"type":"object","required":["f"],"properties":{"f":{"type":"string"},
        "in":{"type":"array","items":{"type":"number"}}}}}}})",
                                       schema);
    fuzz::expect(!fault, "the schema does not compile");
    return schema;
}

void judgeSplit(const http::RequestHead& head, const char* message, std::string_view target) {
    const std::string_view path = head.path.in(message);
    const std::string_view query = head.query.in(message);
    fuzz::expect(path.find('?') == path.npos, "a path has a question mark");
    fuzz::expect(path.empty() ? head.host.present() : path[0] == '/', "a path begins elsewhere");
    std::string joined(path);
    if (head.query.present()) joined.append("?").append(query);
    fuzz::expect(target.ends_with(joined), "path and query are not the end of the target");
    const std::string_view front = target.substr(0, target.size() - joined.size());
    fuzz::expect(head.host.present() ? front.ends_with(head.host.in(message)) : front.empty(),
                 "something stands before the path");
    fuzz::expect(std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '#'; }),
                 "a byte of no target came through");
}

void addEscaped(std::string& out, std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
}

// The query that says the same in the one way that leaves nothing open.
void addQuery(std::string& out, const std::string& name, Value value) {
    if (value.isObject()) {
        for (const Member member : value.members())
            addQuery(out, name.empty() ? std::string(member.key) : name + "[" + std::string(member.key) + "]",
                     member.value);
    } else if (value.isArray()) {
        std::size_t index = 0;
        for (const Value element : value.elements()) {
            addQuery(out, name + "[" + std::to_string(index) + "]", element);
            ++index;
        }
    } else {
        addEscaped(out, name);
        out += '=';
        if (value.isBoolean())
            out += value.boolean() ? "true" : "false";
        else if (!value.isNull())
            addEscaped(out, value.bytes());
        out += '&';
    }
}

void judgeAgain(const Tape& tape, const Schema* schema) {
    std::string written;
    addQuery(written, {}, tape.root());
    FormLimits limits;
    limits.pairs = mostPairs;
    limits.depth = mostDepth + 1; // of what was collected by a repeated name
    Tape again;
    fuzz::expect(!readForm(written, schema, again, limits), "a query in other words is malformed");
    fuzz::expect(areEqual(tape.root(), again.root()), "a query in other words says something else");
    fuzz::expect(tape.hasNul() == again.hasNul(), "U+0000 came or went");
}

std::size_t depthOf(Value value) {
    std::size_t inner = 0;
    if (value.isObject())
        for (const Member member : value.members()) inner = std::max(inner, depthOf(member.value));
    if (value.isArray())
        for (const Value element : value.elements()) inner = std::max(inner, depthOf(element));
    return value.isObject() || value.isArray() ? inner + 1 : 0;
}

bool isOf(Value value, std::uint8_t kind) {
    return value && value.kind() == kind;
}

// What a handler may rely on.
void judgeAccepted(const Schema& schema, Tape& tape) {
    schema.applyDefaults(tape);
    Details details;
    fuzz::expect(schema.validate(tape, details), "defaults make a good query bad");
    const std::size_t nodes = tape.nodes().size();
    schema.applyDefaults(tape);
    fuzz::expect(tape.nodes().size() == nodes, "defaults were not complete");
    const Value root = tape.root();
    fuzz::expect(isOf(root.find("q"), MORTISE_JSON_STRING), "a required string is none");
    // As it was written: 4e1 is an integer, and no INTEGER.
    const Value page = root.find("page");
    fuzz::expect(page && page.isNumber() && page.number().isInteger(), "an integer is none");
    fuzz::expect(root.find("size") && root.find("size").isNumber(), "a number is none");
    fuzz::expect(root.find("deep") && root.find("deep").isBoolean(), "a boolean is none");
    const Value sort = root.find("sort");
    fuzz::expect(!sort || (sort.find("by") && sort.find("up")), "an inner default is missing");
    const Value ids = root.find("ids");
    fuzz::expect(!ids || (ids.isArray() && ids.size() > 0 && ids.size() <= 4), "a list has no or too many elements");
}

void judgeQuery(std::string_view query, const Schema* schema) {
    FormLimits limits;
    limits.pairs = mostPairs;
    limits.depth = mostDepth;
    Tape tape;
    if (const auto fault = readForm(query, schema, tape, limits)) {
        fuzz::expect(fault->position < query.size(), "a fault lies outside of the query");
        fuzz::expect(fault->reason != FormFault::Reason::bad_escape, "the target let a bad escape through");
        fuzz::expect(tape.empty(), "a tape is left after a fault");
        return;
    }
    const auto pairs = static_cast<std::size_t>(std::count(query.begin(), query.end(), '&')) + 1;
    fuzz::expect(tape.nodes().size() <= 1 + 2 * pairs * (mostDepth + 1) + pairs, "more nodes than the pairs explain");
    fuzz::expect(depthOf(tape.root()) <= 1 + mostDepth + 1, "deeper than the limit");
    judgeAgain(tape, schema);
    if (schema == nullptr) return;
    Details details;
    const bool good = schema->validate(tape, details, {Location::query, false});
    for (const Detail& detail : details.items())
        fuzz::expect(detail.in == Location::query, "a failure is said to be elsewhere");
    Details strict;
    const bool known = schema->validate(tape, strict, {Location::query, true});
    fuzz::expect(good || !known, "refusing what is unknown accepts more");
    if (!good) return;
    const Value ids = tape.root().find("ids");
    fuzz::seededBug(ids && ids.size() == 1);
    judgeAccepted(*schema, tape);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Schema schema = querySchema();
    const std::string_view target = fuzz::textOf(data, size);
    const std::string message = "GET " + std::string(target);
    http::RequestHead head;
    head.method = http::Method::get;
    head.method_size = 3;
    head.target = {4, static_cast<std::uint32_t>(target.size())};
    if (const http::Fault* const fault = http::readTarget(head, message.data())) {
        fuzz::expect(fault->status == 400 && !fault->sentence.empty(), "a fault is none of a target");
        return 0;
    }
    judgeSplit(head, message.data(), target);
    const std::string_view query = head.query.in(message.data());
    judgeQuery(query, nullptr);
    judgeQuery(query, &schema);
    return 0;
}
