// SPDX-License-Identifier: Apache-2.0
#include "graphql_request.hpp"

#include <cstdint>
#include <string>

namespace mortise::graphql {
namespace {

RequestRefusal malformed(std::string message) {
    return {std::move(message)};
}

std::string_view textOf(const mortise_json_tape& tape, const mortise_json_node& node) {
    return {tape.text + node.offset, node.length};
}

// Calls visit(name, value) for each member.
template<class Visit>
void visitMembers(const mortise_json_tape& tape, const mortise_json_node& object, Visit&& visit) {
    const mortise_json_node* key = &object + 1;
    for (std::uint32_t i = 0; i < object.length; ++i, key = mortise_json_next(key + 1))
        visit(textOf(tape, *key), key[1]);
}

// `extensions.persistedQuery` of Apollo's protocol; others are ignored.
std::optional<RequestRefusal> readExtensions(const mortise_json_tape& tape, const mortise_json_node& extensions,
                                             OperationReference& reference) {
    std::optional<RequestRefusal> refusal;
    visitMembers(tape, extensions, [&](std::string_view name, const mortise_json_node& value) {
        if (name != "persistedQuery" || value.kind == MORTISE_JSON_NULL) return;
        reference.isPersisted = true;
        if (value.kind != MORTISE_JSON_OBJECT) {
            refusal = malformed("'extensions.persistedQuery' must be an object.");
            return;
        }
        visitMembers(tape, value, [&](std::string_view member, const mortise_json_node& given) {
            if (member == "version")
                reference.isKnownVersion = given.kind == MORTISE_JSON_INTEGER && textOf(tape, given) == "1";
            else if (member == "sha256Hash" && given.kind == MORTISE_JSON_STRING)
                reference.hash = textOf(tape, given);
        });
    });
    return refusal;
}

// A parameter of a URL that is an object in JSON; nothing: it is there, empty or null.
std::optional<RequestRefusal> readObject(const char* name, const std::optional<std::string_view>& given,
                                         const Json& json, RequestTape& tape, const mortise_json_node*& object) {
    if (!given || given->empty()) return std::nullopt;
    std::string why;
    if (!json.visit(
            *given, {}, [&tape](const mortise_json_tape& read) { tape.assign(read); }, &why))
        return malformed("'" + std::string(name) + "': " + why);
    const mortise_json_node& root = tape.view().nodes[0];
    if (root.kind == MORTISE_JSON_OBJECT)
        object = &root;
    else if (root.kind != MORTISE_JSON_NULL)
        return malformed("'" + std::string(name) + "' must be an object or null.");
    return std::nullopt;
}

} // namespace

std::optional<RequestRefusal> GraphQlRequest::read(const mortise_json_tape* body, GraphQlRequest& wanted) {
    if (body == nullptr || body->nodes[0].kind != MORTISE_JSON_OBJECT) {
        if (body != nullptr && body->nodes[0].kind == MORTISE_JSON_ARRAY)
            return malformed("A request has one operation: the body must be an object, batches are not supported.");
        return malformed("The body must be a JSON object.");
    }
    wanted.tape = body;
    std::optional<RequestRefusal> refusal;
    const mortise_json_node* extensions = nullptr;
    visitMembers(*body, body->nodes[0], [&](std::string_view name, const mortise_json_node& value) {
        if (value.kind == MORTISE_JSON_NULL) return; // as not specified
        const bool isText = value.kind == MORTISE_JSON_STRING;
        const bool isObject = value.kind == MORTISE_JSON_OBJECT;
        const std::string_view text = isText ? textOf(*body, value) : std::string_view();
        if (name == "query") {
            if (!isText) refusal = malformed("'query' must be a string.");
            wanted.reference.query = text;
        } else if (name == "operationName") {
            if (!isText)
                refusal = malformed("'operationName' must be a string or null.");
            else if (text.empty()) // a name, which no operation has (graphql-js)
                refusal = RequestRefusal{"Unknown operation named \"\".", "BAD_REQUEST", 400, true};
            wanted.operationName = text;
        } else if (name == "documentId") {
            if (!isText || text.empty())
                refusal = malformed("'documentId' must be a string that is not empty, or null.");
            wanted.reference.documentId = text;
        } else if (name == "variables") {
            if (!isObject) refusal = malformed("'variables' must be an object or null.");
            wanted.variables = &value;
        } else if (name == "extensions") {
            if (!isObject) refusal = malformed("'extensions' must be an object or null.");
            extensions = &value;
        }
    });
    if (refusal || extensions == nullptr) return refusal;
    return readExtensions(*body, *extensions, wanted.reference);
}

std::optional<RequestRefusal> GraphQlRequest::read(const GetParameters& parameters, const Json& json, RequestTape& tape,
                                                   RequestTape& extensions, GraphQlRequest& wanted) {
    if (parameters.query && !parameters.query->empty()) wanted.reference.query = parameters.query;
    wanted.reference.documentId = parameters.documentId.value_or(std::string_view());
    wanted.operationName = parameters.operationName.value_or(std::string_view());
    if (auto refusal = readObject("variables", parameters.variables, json, tape, wanted.variables)) return refusal;
    wanted.tape = &tape.view();
    const mortise_json_node* more = nullptr;
    if (auto refusal = readObject("extensions", parameters.extensions, json, extensions, more)) return refusal;
    return more != nullptr ? readExtensions(extensions.view(), *more, wanted.reference) : std::nullopt;
}

} // namespace mortise::graphql
