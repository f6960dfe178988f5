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
    R"({"type":"object","properties":{"error":{"type":"string"},"requestId":{"type":"string"},)"
    R"("details":{"type":"array","items":{"type":"object","properties":{"in":{"type":"string"},)"
    R"("path":{"type":"string"},"code":{"type":"string"},"message":{"type":"string"}}}}},)"
    R"("required":["error","requestId"]})";

struct Answer {
    std::uint32_t status;
    std::string schema;
    std::string text;
};

struct RouteDeclaration {
    std::string method;
    std::string pattern;
    std::string role;
    std::string summary;
    std::string tags;
    std::string bodySchema;
    std::string querySchema;
    std::string pathSchema;
    std::vector<Answer> answers;
    std::uint32_t flags = 0;
    std::uint32_t placement = MORTISE_PLACEMENT_WORKER;
    std::uint32_t authentication = MORTISE_AUTHENTICATION_NONE;
    std::uint64_t bodyLimit = 0;

    void declare(const Runtime& runtime, mortise_handler handle, void* context) const {
        if (runtime.routes.table.add == nullptr) throw Absent(MORTISE_ROUTES_SERVICE);
        std::vector<mortise_route_answer> rawAnswers;
        rawAnswers.reserve(answers.size());
        for (const Answer& a : answers) rawAnswers.push_back({a.status, 0, view(a.schema), view(a.text)});
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
template<class Body = detail::Nothing, class Query = detail::Nothing, class PathType = detail::Nothing>
class [[nodiscard]] RouteBuilder {
public:
    RouteBuilder(detail::Runtime& runtime, detail::RouteDeclaration declaration)
        : runtime_(&runtime), declaration_(std::move(declaration)) {}

    RouteBuilder& summary(std::string_view sentence) { return declaration_.summary = sentence, *this; }
    RouteBuilder& tags(std::string_view commaList) { return declaration_.tags = commaList, *this; }

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
    RouteBuilder& rawBody() { return flag(MORTISE_ROUTE_RAW_BODY); }  // any media type; read request.body()
    RouteBuilder& rejectUnknown() { return flag(MORTISE_ROUTE_REJECT_UNKNOWN); }
    RouteBuilder& quiet() { return flag(MORTISE_ROUTE_QUIET); }                // not in the request log unless it fails
    RouteBuilder& bodyOptional() { return flag(MORTISE_ROUTE_BODY_OPTIONAL); } // none: the struct's initialisers
    RouteBuilder& bodyLimit(Bytes most) { return declaration_.bodyLimit = most.count, *this; }

    // Schemas of what comes in; the host validates, the handler gets the struct.
    template<class T>
    RouteBuilder<T, Query, PathType> body() {
        declaration_.bodySchema = schemaOf<T>();
        return {*runtime_, std::move(declaration_)};
    }
    template<class T>
    RouteBuilder<Body, T, PathType> query() {
        declaration_.querySchema = schemaOf<T>();
        return {*runtime_, std::move(declaration_)};
    }
    template<class T>
    RouteBuilder<Body, Query, T> path() { // a failure is a 404
        declaration_.pathSchema = schemaOf<T>();
        return {*runtime_, std::move(declaration_)};
    }

    // Documented answers.
    template<class T>
    RouteBuilder& replies(std::uint32_t status, std::string_view sentence = {}) {
        declaration_.answers.push_back({status, schemaOf<T>(), std::string(sentence)});
        return *this;
    }
    RouteBuilder& replies(std::uint32_t status, std::string_view sentence = {}) { // without a body
        declaration_.answers.push_back({status, {}, std::string(sentence)});
        return *this;
    }
    RouteBuilder& repliesError(std::uint32_t status, std::string_view sentence = {}) {
        declaration_.answers.push_back({status, std::string(detail::errorSchema), std::string(sentence)});
        return *this;
    }

    // Declares the route. `handler` takes Request& and then the body, the query and the path as far as declared, and
    // returns a Reply or a described struct. Called concurrently. Throws with the host's sentence.
    template<class F>
    void handle(F&& handler) {
        using Record = detail::Handler<std::decay_t<F>, Body, Query, PathType>;
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
