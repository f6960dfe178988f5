// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/counted.hpp>
#include <mortise/detail/route_replies.hpp>
#include <mortise/detail/route_rules.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/error.hpp>
#include <mortise/schema.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// The body of every error response, for documentation.
constexpr std::string_view errorSchema =
    R"({"type":"object","title":"Error","properties":{"error":{"type":"string","description":"What is wrong"},)"
    R"("details":{"type":"array","description":"Of a validation error: every check that failed","items":)"
    R"({"type":"object","title":"ErrorDetail","properties":{"in":{"type":"string",)"
    R"("description":"body, query, path, header or cookie"},)"
    R"("path":{"type":"string","description":"JSON pointer, RFC 6901"},)"
    R"("code":{"type":"string","description":"Keyword of the schema"},"message":{"type":"string"}},)"
    R"("required":["in","path","code","message"]}},)"
    R"("code":{"type":"string","description":"What went wrong, for programs, where the status does not say it"},)"
    R"("position":{"type":"integer","description":"Of malformed JSON: the byte where it is"},)"
    R"("message":{"type":"string","description":"In development mode: what was thrown"},)"
    R"("requestId":{"type":"string","description":"As in X-Request-Id and in the log"}},)"
    R"("required":["error","requestId"]})";

struct DocumentedField {
    std::string name;
    std::string text;
    std::string_view schema; // of its value; empty: text
};

struct DocumentedResponse {
    std::uint32_t status;
    std::string schema;
    std::string message;
    std::string mediaType;              // empty: application/json where there is a schema
    std::vector<const TypeMark*> types; // what the schema describes, then its alternatives; none of a media type
    std::vector<DocumentedField> fields = {};
};

// Of the value of a header field; empty: text.
template<class T>
constexpr std::string_view fieldSchema() {
    static_assert(isText<T> || std::is_arithmetic_v<T>, "header<T>(): T is text, an integer, a number or bool");
    return isText<T>                 ? ""
           : std::is_same_v<T, bool> ? R"({"type":"boolean"})"
           : std::is_integral_v<T>   ? R"({"type":"integer"})"
                                     : R"({"type":"number"})";
}

template<class T>
struct MarksOf {
    static std::vector<const TypeMark*> list() { return {&typeMark<T>}; }
};
template<template<class...> class Variant, class... Ts>
struct MarksOf<Variant<Ts...>> {
    static std::vector<const TypeMark*> list() {
        if constexpr (IsVariant<Variant<Ts...>>::value)
            return {&typeMark<Variant<Ts...>>, &typeMark<Ts>...};
        else
            return {&typeMark<Variant<Ts...>>};
    }
};

template<class T>
DocumentedResponse documented(std::uint32_t status, std::string_view message = {}) {
    return {status, answerSchemaOf<T>(), std::string(message), {}, MarksOf<T>::list()};
}

struct RouteDeclaration {
    std::string method;
    std::string pattern;
    std::string role;
    std::string summary;
    std::string description;
    std::string operationId;
    std::string tags;
    std::string bodySchema;
    std::string bodyMediaTypes;
    std::string querySchema;
    std::string pathSchema;
    std::string headerSchema;
    std::string cookieSchema;
    std::vector<DocumentedResponse> responses;
    std::uint32_t flags = 0;
    std::uint32_t placement = MORTISE_PLACEMENT_WORKER;
    std::uint32_t authentication = MORTISE_AUTHENTICATION_NONE;
    std::uint64_t bodyLimit = 0;
    Shared<RouteRules> rules; // null: none
    bool isHandled = false;   // by handle()

    std::string name() const { return method + " " + pattern; }

    // The handler returns a T, which goes out with 200.
    template<class T>
    void returns() {
        bool isDeclared = false;
        for (const DocumentedResponse& response : responses) {
            if (response.status != 200) continue;
            isDeclared = true;
            if (!response.types.empty() && response.types.front() == &typeMark<T>) return;
        }
        if (!isDeclared)
            responses.push_back(documented<T>(200));
        else
            throw Invalid(name() + ": its handler returns " + nameOf<T>() +
                          ", which replies<>(200) does not say: it says " + saidOf200());
    }

    // To add to, as long as the route is not declared.
    RouteRules& ownRules() {
        if (isHandled) throw Invalid(name() + ": owner() and check() come before handle()");
        if (!rules) rules = Shared<RouteRules>::make();
        return *rules;
    }

    // What its handler is held to.
    const RouteReplies& keepReplies(Runtime& runtime, BodyField fields) const {
        auto kept = Owned<RouteReplies>::make(name(), fields);
        for (const DocumentedResponse& response : responses) {
            if (response.types.empty()) kept->add(response.status, nullptr, response.mediaType);
            for (const TypeMark* const type : response.types) kept->add(response.status, type, {});
        }
        runtime.routeReplies.push_back(std::move(kept));
        return *runtime.routeReplies.back();
    }

    void declare(Runtime& runtime, mortise_handler handle, void* context, void (*release)(void*)) {
        isHandled = true;
        if (runtime.routes.table.add == nullptr) throw Absent(MORTISE_ROUTES_SERVICE);
        std::vector<mortise_route_response> rawResponses;
        rawResponses.reserve(responses.size());
        std::vector<std::vector<mortise_route_field>> rawFields;
        for (const DocumentedResponse& r : responses) {
            auto& fields = rawFields.emplace_back();
            for (const DocumentedField& f : r.fields) fields.push_back({view(f.name), view(f.text), view(f.schema)});
            rawResponses.push_back({r.status, 0, view(r.schema), view(r.message), view(r.mediaType), fields.data(),
                                    static_cast<std::uint32_t>(fields.size()), sizeof(mortise_route_field)});
        }
        mortise_route raw{};
        raw.struct_size = sizeof raw;
        raw.flags = flags;
        raw.placement = placement;
        raw.authentication = authentication;
        raw.method = view(method);
        raw.pattern = view(pattern);
        raw.role = view(role);
        raw.body_limit = bodyLimit;
        raw.body_schema = view(bodySchema);
        raw.query_schema = view(querySchema);
        raw.path_schema = view(pathSchema);
        raw.header_schema = view(headerSchema);
        raw.cookie_schema = view(cookieSchema);
        raw.body_media_types = view(bodyMediaTypes);
        raw.summary = view(summary);
        raw.description = view(description);
        raw.operation_id = view(operationId);
        raw.tags = view(tags);
        raw.responses = rawResponses.data();
        raw.response_count = static_cast<std::uint32_t>(rawResponses.size());
        raw.response_size = sizeof(mortise_route_response);
        raw.handle = handle;
        raw.context = context;
        raw.release = release;
        ErrorText error;
        const mortise_status status = runtime.routes.table.add(runtime.routes.self, &raw, error.raw());
        raise(status, name().c_str(), error);
    }

private:
    std::string saidOf200() const {
        std::string said;
        for (const DocumentedResponse& response : responses) {
            if (response.status != 200) continue;
            said.append(said.empty() ? "" : ", ");
            said.append(response.types.empty() ? response.mediaType : response.types.front()->name());
        }
        return said;
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
