// SPDX-License-Identifier: Apache-2.0
#pragma once

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
    R"("position":{"type":"integer","description":"Of malformed JSON: the byte where it is"},)"
    R"("message":{"type":"string","description":"In development mode: what was thrown"},)"
    R"("requestId":{"type":"string","description":"As in X-Request-Id and in the log"}},)"
    R"("required":["error","requestId"]})";

// One address a type.
template<class T>
constexpr char typeMark = 0;

struct DocumentedResponse {
    std::uint32_t status;
    std::string schema;
    std::string message;
    std::string mediaType;      // empty: application/json where there is a schema
    const char* type = nullptr; // typeMark of what the schema describes
    std::string typeName{};
};

template<class T>
DocumentedResponse documented(std::uint32_t status, std::string_view message = {}) {
    return {status, answerSchemaOf<T>(), std::string(message), {}, &typeMark<T>, nameOf<T>()};
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
    std::size_t unfinished = 0; // its place in Runtime::unfinished

    std::string name() const { return method + " " + pattern; }

    // The handler returns a T, which goes out with 200.
    template<class T>
    void returns() {
        bool isDeclared = false;
        for (const DocumentedResponse& response : responses) {
            if (response.status != 200) continue;
            isDeclared = true;
            if (response.type == &typeMark<T>) return;
        }
        if (!isDeclared)
            responses.push_back(documented<T>(200));
        else
            throw Invalid(name() + ": its handler returns " + nameOf<T>() +
                          ", which replies<>(200) does not say: it says " + saidOf200());
    }

    void declare(Runtime& runtime, mortise_handler handle, void* context, void (*release)(void*)) const {
        runtime.unfinished[unfinished].clear();
        if (runtime.routes.table.add == nullptr) throw Absent(MORTISE_ROUTES_SERVICE);
        std::vector<mortise_route_response> rawResponses;
        rawResponses.reserve(responses.size());
        for (const DocumentedResponse& r : responses)
            rawResponses.push_back({r.status, 0, view(r.schema), view(r.message), view(r.mediaType)});
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
            said.append(!response.typeName.empty()    ? response.typeName
                        : !response.mediaType.empty() ? response.mediaType
                                                      : "no body");
        }
        return said;
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
