// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/handler.hpp>
#include <mortise/schema.hpp>
#include <mortise/service/routes.h>
#include <mortise/settings.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

// The body of every error answer, for documentation.
constexpr std::string_view errorSchema =
    R"({"type":"object","title":"Error","properties":{"error":{"type":"string","description":"What is wrong"},)"
    R"("details":{"type":"array","description":"Of a validation error: every check that failed","items":)"
    R"({"type":"object","title":"ErrorDetail","properties":{"in":{"type":"string",)"
    R"("description":"body, query, path, header or cookie"},)"
    R"("path":{"type":"string","description":"JSON pointer, RFC 6901"},)"
    R"("code":{"type":"string","description":"Keyword of the schema"},"message":{"type":"string"}},)"
    R"("required":["in","path","code","message"]}},)"
    R"("position":{"type":"integer","description":"Of malformed JSON: the byte where it is"},)"
    R"("requestId":{"type":"string","description":"As in X-Request-Id and in the log"}},)"
    R"("required":["error","requestId"]})";

struct Answer {
    std::uint32_t status;
    std::string schema;
    std::string text;
    std::string mediaType; // empty: application/json
};

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
    std::vector<Answer> answers;
    std::uint32_t flags = 0;
    std::uint32_t placement = MORTISE_PLACEMENT_WORKER;
    std::uint32_t authentication = MORTISE_AUTHENTICATION_NONE;
    std::uint64_t bodyLimit = 0;

    void declare(const Runtime& runtime, mortise_handler handle, void* context) const {
        if (runtime.routes.table.add == nullptr) throw Absent(MORTISE_ROUTES_SERVICE);
        std::vector<mortise_route_answer> rawAnswers;
        rawAnswers.reserve(answers.size());
        std::vector<mortise_view> mediaTypes;
        mediaTypes.reserve(answers.size());
        for (const Answer& a : answers) {
            rawAnswers.push_back({a.status, 0, view(a.schema), view(a.text)});
            mediaTypes.push_back(view(a.mediaType));
        }
        mortise_route raw{};
        raw.struct_size = sizeof raw;
        raw.flags = flags;
        raw.placement = placement;
        raw.authentication = authentication;
        raw.method = view(method);
        raw.pattern = view(pattern);
        raw.role = view(role);
        raw.body_schema = view(bodySchema);
        raw.query_schema = view(querySchema);
        raw.path_schema = view(pathSchema);
        raw.summary = view(summary);
        raw.tags = view(tags);
        raw.body_limit = bodyLimit;
        raw.answers = rawAnswers.data();
        raw.answer_count = static_cast<std::uint32_t>(rawAnswers.size());
        raw.header_schema = view(headerSchema);
        raw.cookie_schema = view(cookieSchema);
        raw.description = view(description);
        raw.operation_id = view(operationId);
        raw.answer_media_types = mediaTypes.data();
        raw.body_media_types = view(bodyMediaTypes);
        raw.handle = handle;
        raw.context = context;
        ErrorText error;
        const mortise_status status = runtime.routes.table.add(runtime.routes.self, &raw, error.raw());
        raise(status, (method + " " + pattern).c_str(), error);
    }
};

} // namespace detail

// One route being declared: setup.get("/users/:id").authenticated().reads().handle(…). Nothing is declared before
// handle().
template<class Body = detail::Nothing, class Query = detail::Nothing, class PathType = detail::Nothing,
         class Headers = detail::Nothing, class Cookies = detail::Nothing>
class [[nodiscard]] RouteBuilder {
public:
    RouteBuilder(detail::Runtime& runtime, detail::RouteDeclaration declaration)
        : runtime_(&runtime), declaration_(std::move(declaration)) {}

    // For documentation. Without an id of its own a route gets one made of method and pattern.
    RouteBuilder& summary(std::string_view sentence) { return declaration_.summary = sentence, *this; }
    RouteBuilder& description(std::string_view commonMark) { return declaration_.description = commonMark, *this; }
    RouteBuilder& operationId(std::string_view uniqueId) { return declaration_.operationId = uniqueId, *this; }
    RouteBuilder& tags(std::string_view commaList) { return declaration_.tags = commaList, *this; }
    RouteBuilder& deprecated() { return flag(MORTISE_ROUTE_DEPRECATED); }
    RouteBuilder& hidden() { return flag(MORTISE_ROUTE_HIDDEN); } // documentation leaves it out

    // Who may call. Routes say what they need; the plugin that authenticates says who it is. Answers carry
    // Cache-Control: no-store unless the reply has a Cache-Control of its own.
    RouteBuilder& authenticated() { return declaration_.authentication = MORTISE_AUTHENTICATION_REQUIRED, *this; }
    RouteBuilder& optionallyAuthenticated() {
        return declaration_.authentication = MORTISE_AUTHENTICATION_OPTIONAL, *this;
    }
    RouteBuilder& role(std::string_view name) { // 403 without
        declaration_.role = name;
        return authenticated();
    }

    // Where the handler runs; a worker unless said otherwise.
    RouteBuilder& onLoop() { return declaration_.placement = MORTISE_PLACEMENT_LOOP, *this; } // never blocks
    RouteBuilder& reads() {
        return declaration_.placement = MORTISE_PLACEMENT_DATABASE_READ, *this;
    } // short reads only

    RouteBuilder& isPrivate() { return flag(MORTISE_ROUTE_PRIVATE); } // Cache-Control: no-store
    // Any media type, those named in documentation; the handler reads request.body().
    RouteBuilder& rawBody(std::string_view mediaTypes = {}) {
        declaration_.bodyMediaTypes = mediaTypes;
        return flag(MORTISE_ROUTE_RAW_BODY);
    }
    RouteBuilder& rejectUnknown() { return flag(MORTISE_ROUTE_REJECT_UNKNOWN); }
    RouteBuilder& quiet() { return flag(MORTISE_ROUTE_QUIET); }                // not in the request log unless it fails
    RouteBuilder& noTransform() { return flag(MORTISE_ROUTE_NO_TRANSFORM); }   // of secrets: no filter compresses them
    RouteBuilder& bodyOptional() { return flag(MORTISE_ROUTE_BODY_OPTIONAL); } // none: the struct's initialisers
    RouteBuilder& bodyLimit(Bytes most) { return declaration_.bodyLimit = most.count, *this; }

    // Schemas of what comes in; the host validates, the handler gets the struct.
    template<class T>
    RouteBuilder<T, Query, PathType, Headers, Cookies> body() {
        declaration_.bodySchema = schemaOf<T>();
        return {*runtime_, std::move(declaration_)};
    }
    // multipart/form-data and nothing else: fields and UploadedFile members by their names, files on the disk until the
    // answer. bodyLimit() counts for all of it; server.max_form_size, max_files and others bound its parts.
    template<class T>
    RouteBuilder<T, Query, PathType, Headers, Cookies> multipart() {
        declaration_.flags |= MORTISE_ROUTE_MULTIPART;
        return body<T>();
    }
    // Likewise without a description: the handler goes through Request::part().
    RouteBuilder& multipart() { return flag(MORTISE_ROUTE_MULTIPART); }
    template<class T>
    RouteBuilder<Body, T, PathType, Headers, Cookies> query() {
        declaration_.querySchema = schemaOf<T>();
        return {*runtime_, std::move(declaration_)};
    }
    template<class T>
    RouteBuilder<Body, Query, T, Headers, Cookies> path() { // a failure is a 404
        declaration_.pathSchema = schemaOf<T>();
        return {*runtime_, std::move(declaration_)};
    }
    // Header fields by the names of the members in lower case, userAgent and user_agent being user-agent. A field that
    // came more than once is joined by ", "; of one that is a list, a vector gets the elements.
    template<class T>
    RouteBuilder<Body, Query, PathType, T, Cookies> headers() {
        declaration_.headerSchema = headerSchemaOf<T>();
        return {*runtime_, std::move(declaration_)};
    }
    template<class T>
    RouteBuilder<Body, Query, PathType, Headers, T> cookies() {
        declaration_.cookieSchema = schemaOf<T>();
        return {*runtime_, std::move(declaration_)};
    }

    // Documented answers.
    template<class T>
    RouteBuilder& replies(std::uint32_t status, std::string_view sentence = {}) {
        declaration_.answers.push_back({status, answerSchemaOf<T>(), std::string(sentence), {}});
        return *this;
    }
    RouteBuilder& replies(std::uint32_t status, std::string_view sentence = {}) { // without a body
        declaration_.answers.push_back({status, {}, std::string(sentence), {}});
        return *this;
    }
    // With a body that is no JSON.
    RouteBuilder& repliesMedia(std::uint32_t status, std::string_view mediaType, std::string_view sentence = {}) {
        declaration_.answers.push_back({status, {}, std::string(sentence), std::string(mediaType)});
        return *this;
    }
    RouteBuilder& repliesError(std::uint32_t status, std::string_view sentence = {}) {
        declaration_.answers.push_back({status, std::string(detail::errorSchema), std::string(sentence), {}});
        return *this;
    }

    // Declares the route. `handler` takes Request& and then the body, the query, the path, the headers and the cookies
    // as far as declared, and returns a Reply or a described struct. Called concurrently. Throws with the host's
    // sentence.
    template<class F>
    void handle(F&& handler) {
        using Record = detail::Handler<std::decay_t<F>, detail::Parts<Body, Query, PathType, Headers, Cookies>>;
        auto record = std::make_unique<Record>(*runtime_, std::forward<F>(handler));
        declaration_.declare(*runtime_, &Record::handle, record.get());
        runtime_->routeRecords.push_back(std::move(record));
    }

private:
    RouteBuilder& flag(std::uint32_t bit) { return declaration_.flags |= bit, *this; }

    detail::Runtime* runtime_;
    detail::RouteDeclaration declaration_;
};

} // namespace v1
} // namespace mortise
