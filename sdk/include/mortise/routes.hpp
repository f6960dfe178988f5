// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/handler.hpp>
#include <mortise/detail/member_call.hpp>
#include <mortise/detail/route_declaration.hpp>
#include <mortise/schema.hpp>
#include <mortise/service/routes.h>
#include <mortise/settings.hpp>

namespace mortise {
inline namespace v1 {

// One route being declared: setup.get("/users/:id").authenticated().reads().handle(…). One without handle()
// fails the start. A handle, for `configure`: copies declare the same route.
template<class Body = detail::Nothing, class Query = detail::Nothing, class PathType = detail::Nothing,
         class Headers = detail::Nothing, class Cookies = detail::Nothing>
class RouteBuilder {
public:
    RouteBuilder(detail::Runtime& runtime, detail::RouteDeclaration& declaration) noexcept
        : runtime_(&runtime), declaration_(&declaration) {}

    // For documentation. Without an id of its own a route gets one made of method and pattern.
    RouteBuilder summary(std::string_view line) const { return declaration_->summary = line, *this; }
    RouteBuilder description(std::string_view commonMark) const {
        return declaration_->description = commonMark, *this;
    }
    RouteBuilder operationId(std::string_view uniqueId) const { return declaration_->operationId = uniqueId, *this; }
    RouteBuilder tags(std::string_view commaList) const { return declaration_->tags = commaList, *this; }
    RouteBuilder deprecated() const { return flag(MORTISE_ROUTE_DEPRECATED); }
    RouteBuilder hidden() const { return flag(MORTISE_ROUTE_HIDDEN); } // documentation leaves it out

    // Who may call. Routes say what they need; the plugin that authenticates says who it is. Responses carry
    // Cache-Control: no-store unless the reply has a Cache-Control of its own.
    RouteBuilder authenticated() const { return declaration_->authentication = MORTISE_AUTHENTICATION_REQUIRED, *this; }
    RouteBuilder optionallyAuthenticated() const {
        return declaration_->authentication = MORTISE_AUTHENTICATION_OPTIONAL, *this;
    }
    RouteBuilder role(std::string_view name) const { // 403 without
        declaration_->role = name;
        return authenticated();
    }

    // Nobody but the user whose id this path parameter is; else 403, once the request is valid and before its handler.
    RouteBuilder owner(std::string_view parameter) const {
        declaration_->ownRules().addOwner(parameter);
        return authenticated();
    }
    // Any other rule, at the same place: check(const Caller&) throws an HttpError. Rules hold in the order of their
    // declaration, and for fields of GraphQL that are the route's twins, too. Called concurrently, where the handler
    // runs: it may throw Busy.
    template<class Check>
    RouteBuilder check(Check&& check) const {
        static_assert(std::is_invocable_v<std::decay_t<Check>&, const Caller&>,
                      "check(): a rule takes const mortise::Caller&, and throws");
        declaration_->ownRules().addCheck(std::forward<Check>(check));
        return *this;
    }

    // Where the handler runs; a worker unless said otherwise.
    RouteBuilder onLoop() const { return declaration_->placement = MORTISE_PLACEMENT_LOOP, *this; } // never blocks
    RouteBuilder reads() const {
        return declaration_->placement = MORTISE_PLACEMENT_DATABASE_READ, *this;
    } // short reads only

    RouteBuilder isPrivate() const { return flag(MORTISE_ROUTE_PRIVATE); } // Cache-Control: no-store
    // Any media type, those named in documentation; the handler reads request.body().
    RouteBuilder rawBody(std::string_view mediaTypes = {}) const {
        declaration_->bodyMediaTypes = mediaTypes;
        return flag(MORTISE_ROUTE_RAW_BODY);
    }
    // The body comes as JSON, and as an HTML form (application/x-www-form-urlencoded), too: names with brackets nest,
    // the host coerces values from text. Browsers send forms across origins without asking first.
    RouteBuilder alsoForms() const { return flag(MORTISE_ROUTE_ALSO_FORMS); }
    RouteBuilder rejectUnknown() const { return flag(MORTISE_ROUTE_REJECT_UNKNOWN); }
    RouteBuilder quiet() const { return flag(MORTISE_ROUTE_QUIET); } // not in the request log unless it fails
    RouteBuilder noTransform() const {
        return flag(MORTISE_ROUTE_NO_TRANSFORM);
    } // of secrets: no filter compresses them
    // All that its handler writes it writes by one Database::respond(): where responses are kept (plugin idempotency),
    // a request with an Idempotency-Key is done once; one that is replied to without it gives the key back. Of POST and
    // PATCH, not beside onLoop(), noTransform() or multipart(); with reads() the handler throws Busy before it writes.
    RouteBuilder idempotent() const { return flag(MORTISE_ROUTE_IDEMPOTENT); }
    RouteBuilder nulInBody() const { return flag(MORTISE_ROUTE_NUL_IN_BODY); }      // U+0000 is the handler's to refuse
    RouteBuilder bodyOptional() const { return flag(MORTISE_ROUTE_BODY_OPTIONAL); } // none: the struct's initialisers
    RouteBuilder bodyLimit(Bytes most) const { return declaration_->bodyLimit = most.count, *this; }

    // Schemas of what comes in; the host validates, the handler gets the struct.
    template<class T>
    [[nodiscard]] RouteBuilder<T, Query, PathType, Headers, Cookies> body() const {
        if constexpr (describes<T, true>()) declaration_->bodySchema = schemaOf<T>();
        return {*runtime_, *declaration_};
    }
    // Likewise where a setting says how many elements a list, a member of T, has at most. Include bounded_body.hpp.
    template<class T, class List>
    [[nodiscard]] RouteBuilder<T, Query, PathType, Headers, Cookies> body(List T::*list, std::int64_t maxItems) const;
    // multipart/form-data and nothing else: fields and UploadedFile members by their names, files on the disk until the
    // response. bodyLimit() counts for all of it; server.max_form_size, max_files and others bound its parts.
    template<class T>
    [[nodiscard]] RouteBuilder<T, Query, PathType, Headers, Cookies> multipart() const {
        declaration_->flags |= MORTISE_ROUTE_MULTIPART;
        return body<T>();
    }
    // Likewise without a description: the handler goes through Request::part().
    RouteBuilder multipart() const { return flag(MORTISE_ROUTE_MULTIPART); }
    template<class T>
    [[nodiscard]] RouteBuilder<Body, T, PathType, Headers, Cookies> query() const {
        if constexpr (describes<T>()) declaration_->querySchema = schemaOf<T>();
        return {*runtime_, *declaration_};
    }
    template<class T>
    [[nodiscard]] RouteBuilder<Body, Query, T, Headers, Cookies> path() const { // a failure is a 404
        if constexpr (describes<T>()) declaration_->pathSchema = schemaOf<T>();
        return {*runtime_, *declaration_};
    }
    // Header fields by the names of the members in lower case, userAgent and user_agent being user-agent. A field that
    // came more than once is joined by ", "; of one that is a list, a vector gets the elements.
    template<class T>
    [[nodiscard]] RouteBuilder<Body, Query, PathType, T, Cookies> headers() const {
        if constexpr (describes<T>()) declaration_->headerSchema = headerSchemaOf<T>();
        return {*runtime_, *declaration_};
    }
    template<class T>
    [[nodiscard]] RouteBuilder<Body, Query, PathType, Headers, T> cookies() const {
        if constexpr (describes<T>()) declaration_->cookieSchema = schemaOf<T>();
        return {*runtime_, *declaration_};
    }

    // Documented responses, with a message of what each says. What a handler returns that is no Reply is 200 by itself.
    // Of a status that is documented, a Reply with another body, and a stream of another media type, is a 500, which
    // the log names.
    template<class T>
    RouteBuilder replies(std::uint32_t status, std::string_view message = {}) const {
        static_assert(detail::isBody<T>, "replies<T>(): T has no MORTISE_DESCRIBE");
        if constexpr (detail::isBody<T>) declaration_->responses.push_back(detail::documented<T>(status, message));
        return *this;
    }
    RouteBuilder replies(std::uint32_t status, std::string_view message = {}) const { // without a body
        declaration_->responses.push_back({status, {}, std::string(message), {}, {&detail::noBody}});
        return *this;
    }
    // With a body that is no JSON, of a media type or range of them, such as "image/*".
    RouteBuilder repliesMedia(std::uint32_t status, std::string_view mediaType, std::string_view message = {}) const {
        declaration_->responses.push_back({status, {}, std::string(message), std::string(mediaType), {}});
        return *this;
    }
    RouteBuilder repliesError(std::uint32_t status, std::string_view message = {}) const {
        declaration_->responses.push_back(
            {status, std::string(detail::errorSchema), std::string(message), {}, {&detail::errorBody}});
        return *this;
    }

    // Of the response that was declared last: a header field that the route sends with it, and what its value says. It
    // is text, or as T an integer, a number or a boolean.
    template<class T = std::string_view>
    RouteBuilder header(std::string_view field, std::string_view said = {}) const {
        if (declaration_->responses.empty())
            throw Invalid(declaration_->name() +
                          ": header() without a response: replies<T>(200) or another comes before it");
        declaration_->responses.back().fields.push_back(
            {std::string(field), std::string(said), detail::fieldSchema<T>()});
        return *this;
    }

    // Declares the route. `handler` takes Request& and then the body, the query, the path, the headers and the cookies
    // as far as declared, and returns a Reply, a described struct, or an std::variant of those. It may be a member
    // function of the plugin: handle(&Users::list). Called concurrently. Throws with the host's message.
    template<class F>
    void handle(F&& handler) const {
        if constexpr (std::is_member_function_pointer_v<std::decay_t<F>>) {
            auto* const plugin = detail::pluginOf(handler, runtime_->plugin);
            need(plugin != nullptr, "its handler is a member function of a class that the plugin is not");
            declare(detail::callOn(plugin, handler));
        } else {
            declare(std::forward<F>(handler));
        }
    }
    // A member function of another object, which lives as long as the plugin.
    template<class Object, class Member>
    void handle(Object* object, Member member) const {
        need(object != nullptr, "its handler is a member function without an object");
        declare(detail::callOn(object, member));
    }

    // What has been said so far.
    const detail::RouteDeclaration& declaration() const noexcept { return *declaration_; }

private:
    using Parts = detail::Parts<Body, Query, PathType, Headers, Cookies>;

    void need(bool holds, const char* what) const {
        if (!holds) throw Invalid(declaration_->name() + ": " + what);
    }
    template<class F>
    void declare(F&& handler) const {
        using Call = std::decay_t<F>;
        static_assert(detail::takesParts<Call, Parts>,
                      "handle(): a handler takes Request& and then, in this order, the body, the query, the path, the "
                      "headers and the cookies that its route declares, by const&");
        if constexpr (detail::takesParts<Call, Parts>) {
            using Result = detail::ResultOf<Call, Parts>;
            static_assert(
                detail::isResult<Result>,
                "handle(): a handler returns a Reply, a struct with a MORTISE_DESCRIBE, or an std::variant of "
                "those");
            if constexpr (detail::isResult<Result>) {
                using Said = typename detail::Documented<Result>::Type;
                if constexpr (!std::is_void_v<Said>) declaration_->template returns<Said>();
                using Record = detail::Handler<Call, Parts>;
                auto record = detail::Owned<Record>::make(
                    *runtime_, declaration_->keepReplies(*runtime_, detail::bodyField<Body>()), declaration_->rules,
                    std::forward<F>(handler));
                declaration_->declare(*runtime_, &Record::handle, record.get(), &Record::release);
                static_cast<void>(record.release()); // the host's
            }
        }
    }
    // A body may be any JSON, the other parts are objects.
    template<class T, bool mayBeAny = false>
    static constexpr bool describes() {
        constexpr bool known = isDescribed<T> || (mayBeAny && detail::isKnown<T>());
        static_assert(known, "body<T>(), query<T>(), path<T>(), headers<T>() and cookies<T>(): T has no "
                             "MORTISE_DESCRIBE");
        static_assert(detail::comesIn<T>(), "body<T>(), query<T>(), path<T>(), headers<T>() and cookies<T>(): an "
                                            "std::variant without a MORTISE_TAGGED goes out only");
        return known && detail::comesIn<T>();
    }
    RouteBuilder flag(std::uint32_t bit) const { return declaration_->flags |= bit, *this; }

    detail::Runtime* runtime_;
    detail::RouteDeclaration* declaration_; // the runtime's, until `configure` has returned
};

} // namespace v1
} // namespace mortise
