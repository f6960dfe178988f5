// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/runtime.hpp>
#include <mortise/routes.hpp>

#include <initializer_list>
#include <utility>

namespace mortise {
inline namespace v1 {

class CommandFunction; // commands.hpp
class CommandSession;  // commands.hpp
enum class CommandRuns : std::uint32_t;
using Arguments = std::vector<std::string_view>; // what stands after a command's name; borrowed for the call
class FilterBuilder;                             // filters.hpp
class GraphQlBuilder;                            // graphql.hpp
class MigrationBuilder;                          // migrations.hpp

namespace detail {

template<class S>
class TypedProvider; // typed_service.hpp

inline Runtime::Runtime() = default;
inline Runtime::~Runtime() = default;

// After configure: a declaration that does nothing is a mistake.
inline void checkFinished(const Runtime& runtime) {
    std::string faults;
    const auto add = [&](std::string_view fault) { faults.append(faults.empty() ? "" : "; ").append(fault); };
    for (const auto& route : runtime.routesBeingDeclared)
        if (!route->isHandled) add(route->name() + " was declared without .handle()");
    for (const auto& declared : runtime.declared)
        if (const std::string fault = declared->fault(); !fault.empty()) add(fault);
    if (!faults.empty()) throw Invalid(faults);
}

} // namespace detail

// What a plugin declares in `configure`. Everything throws with a sentence for the operator when it cannot be.
class Setup {
public:
    explicit Setup(detail::Runtime& runtime) noexcept : runtime_(runtime) {}

    // Patterns: "/users/:id", "/files/*rest"; see service/routes.h for grammar and precedence.
    [[nodiscard]] RouteBuilder<> get(std::string_view pattern) { return route("GET", pattern); }
    [[nodiscard]] RouteBuilder<> post(std::string_view pattern) { return route("POST", pattern); }
    [[nodiscard]] RouteBuilder<> put(std::string_view pattern) { return route("PUT", pattern); }
    [[nodiscard]] RouteBuilder<> patch(std::string_view pattern) { return route("PATCH", pattern); }
    [[nodiscard]] RouteBuilder<> del(std::string_view pattern) { return route("DELETE", pattern); }
    [[nodiscard]] RouteBuilder<> route(std::string_view method, std::string_view pattern) {
        auto declaration = detail::Owned<detail::RouteDeclaration>::make();
        declaration->method = method;
        declaration->pattern = pattern;
        const RouteBuilder<> builder(runtime_, *declaration);
        runtime_.routesBeingDeclared.push_back(std::move(declaration));
        return builder;
    }

    // A filter around every request; `name` is unique among all filters. Include filters.hpp.
    FilterBuilder filter(std::string_view name);
    // `mortised PLUGIN NAME …`: run(const Arguments&, CommandSession&) returns the exit code. Include commands.hpp.
    void command(std::string_view name, std::string_view usage, std::string_view summary, const CommandFunction& run,
                 CommandRuns runs = {});
    // One step of the schema, run once, in the order declared: "0001-create-posts". Numbers begin with 1 and leave none
    // out. Once released it is never changed. Without statements: only where on() has some. Include migrations.hpp.
    MigrationBuilder migration(std::string_view name, std::string_view sql = {});
    // Types and fields for GraphQL; may be called again. Include graphql.hpp.
    GraphQlBuilder graphql();
    // Adds to another plugin's extension point, which needs<>() or mayUse<>() names, see extension_point.hpp: a
    // constant C table, and the object that its functions get. Both live as long as the instance.
    template<class Point>
    void contribute(std::string_view name, const typename Point::Table& table, void* self) {
        contribute(Point::pointId, name, &table, self);
    }
    // The same for a point of MORTISE_SERVICE; its methods are called on workers unless the point says otherwise, many
    // at once.
    template<class Point>
    void contribute(std::string_view name, Point point) {
        static_assert(detail::IsTyped<Point>::value && detail::IsPoint<Point>::value,
                      "contribute(): this is no extension point with a pointId and MORTISE_SERVICE");
        if constexpr (detail::IsTyped<Point>::value && detail::IsPoint<Point>::value) {
            runtime_.contributed.push_back(
                detail::Owned<detail::TypedProvider<Point>>::make(Point::pointId, std::move(point)));
            const mortise_service given = runtime_.contributed.back()->open();
            contribute(Point::pointId, name, given.table, given.self);
        }
    }
    // A service of MORTISE_SERVICE that this plugin gives to others; name it in offers<>() as well.
    template<class S>
    void offer(S service) {
        static_assert(detail::IsTyped<S>::value && detail::IsService<S>::value,
                      "offer(): this is no service with a serviceId and MORTISE_SERVICE");
        if constexpr (detail::IsTyped<S>::value && detail::IsService<S>::value)
            runtime_.offered.push_back(detail::Owned<detail::TypedProvider<S>>::make(S::serviceId, std::move(service)));
    }
    // Constant fields, checked here once: {{"X-Foo", "bar"}, …}.
    [[nodiscard]] HeaderBlock headerBlock(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
        return headerBlock(fields.begin(), fields.end());
    }
    template<class Iterator>
    [[nodiscard]] HeaderBlock headerBlock(Iterator begin, Iterator end) {
        const auto& service = runtime_.exchange;
        if (service.table.declare_header_block == nullptr) throw Absent(MORTISE_EXCHANGE_SERVICE);
        std::vector<mortise_field> raw;
        for (; begin != end; ++begin) raw.push_back({view(begin->first), view(begin->second)});
        HeaderBlock block;
        detail::ErrorText error;
        detail::raise(service.table.declare_header_block(
                          service.self, raw.data(), static_cast<std::uint32_t>(raw.size()), &block.id, error.raw()),
                      "header block", error);
        return block;
    }

    // Setting `key` names the route of this method (also "*" for any) and pattern. Where no plugin has it, the operator
    // gets a warning with the place where the setting stands; where it is there without all of `flags`
    // (MORTISE_ROUTE_ …), an error. A host that does not look says nothing.
    void expectRoute(std::string_view key, std::string_view method, std::string_view pattern, std::uint32_t flags = 0) {
        const auto& service = runtime_.routes;
        if (service.table.expect == nullptr) return;
        detail::raise(service.table.expect(service.self, view(key), view(method), view(pattern), flags),
                      "expectRoute: no such setting, or too many routes");
    }

    // The value of setting `key` cannot be used: `reason` says why and what would do, without the key and never with
    // the value of a secret. Any number of times; once `configure` has returned, it has failed, and the operator gets
    // every mistake with the place where the value stands.
    void refuseSetting(std::string_view key, std::string_view reason) {
        const mortise_host& host = *runtime_.host;
        if (!has(host, &mortise_host::refuse_setting)) throw Invalid(std::string(key).append(": ").append(reason));
        detail::raise(host.refuse_setting(host.context, view(key), view(reason)), "refuseSetting: no such setting");
    }

private:
    void contribute(std::string_view point, std::string_view name, const void* table, void* self) {
        const auto& service = runtime_.contributions;
        if (service.table.contribute == nullptr) throw Absent(MORTISE_CONTRIBUTIONS_SERVICE);
        detail::ErrorText error;
        detail::raise(service.table.contribute(service.self, view(point), view(name), table, self, error.raw()),
                      "contribute", error);
    }

    detail::Runtime& runtime_;
};

} // namespace v1
} // namespace mortise
