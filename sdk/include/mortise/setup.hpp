// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/commands.hpp>
#include <mortise/filters.hpp>
#include <mortise/routes.hpp>

#include <initializer_list>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

template<class S>
class TypedProvider; // typed_service.hpp

inline Runtime::Runtime() = default;
inline Runtime::~Runtime() = default;

// After configure: a declaration that does nothing is a mistake.
inline void checkFinished(const Runtime& runtime) {
    std::string faults;
    const auto add = [&](std::string_view fault) { faults.append(faults.empty() ? "" : "; ").append(fault); };
    for (const std::string& fault : runtime.unfinished)
        if (!fault.empty()) add(fault);
    for (const auto& filter : runtime.filters)
        if (filter->phases == 0)
            add("filter '" + filter->name + "' was declared without onRequest(), onRespond() or onFinish()");
    if (!faults.empty()) throw Invalid(faults);
}

} // namespace detail

// What a plugin declares in `configure`. Everything throws with a sentence for the operator when it cannot be.
class Setup {
public:
    explicit Setup(detail::Runtime& runtime) noexcept : runtime_(runtime) {}

    // Patterns: "/users/:id", "/files/*rest"; see service/routes.h for grammar and precedence.
    RouteBuilder<> get(std::string_view pattern) { return route("GET", pattern); }
    RouteBuilder<> post(std::string_view pattern) { return route("POST", pattern); }
    RouteBuilder<> put(std::string_view pattern) { return route("PUT", pattern); }
    RouteBuilder<> patch(std::string_view pattern) { return route("PATCH", pattern); }
    RouteBuilder<> del(std::string_view pattern) { return route("DELETE", pattern); }
    RouteBuilder<> route(std::string_view method, std::string_view pattern) {
        detail::RouteDeclaration declaration;
        declaration.method = method;
        declaration.pattern = pattern;
        declaration.unfinished = runtime_.unfinished.size();
        runtime_.unfinished.push_back(declaration.name() + " was declared without .handle()");
        return {runtime_, std::move(declaration)};
    }

    // A filter around every request; `name` is unique among all filters.
    FilterBuilder filter(std::string_view name) {
        runtime_.filters.push_back(std::make_unique<detail::FilterEntry>(runtime_));
        runtime_.filters.back()->name = name;
        return FilterBuilder(*runtime_.filters.back());
    }
    // `mortised command NAME …`: run(const Arguments&, CommandOutput&) returns the exit code.
    void command(std::string_view name, std::string_view usage, std::string_view summary, CommandFunction run) {
        if (!run) throw Invalid("command '" + std::string(name) + "' was declared without a function");
        auto entry = std::make_unique<detail::CommandEntry>();
        entry->name = name;
        entry->usage = usage;
        entry->summary = summary;
        entry->run = std::move(run);
        runtime_.commands.push_back(std::move(entry));
    }
    // Run once, in the order declared; it only expands the schema and never changes afterwards.
    void migration(std::string_view name, std::string_view sql) {
        runtime_.migrations.push_back({mortise_view{}, runtime_.keep(name), runtime_.keep(sql)});
    }
    // Adds to another plugin's extension point, see extension_point.hpp: a constant C table, and the object that its
    // functions get. Both live as long as the instance. Where the point's plugin is not enabled nobody collects it.
    template<class Point>
    void contribute(std::string_view name, const typename Point::Table& table, void* self) {
        const auto& service = runtime_.contributions;
        if (service.table.contribute == nullptr) throw Absent(MORTISE_CONTRIBUTIONS_SERVICE);
        detail::ErrorText error;
        detail::raise(service.table.contribute(service.self, view(std::string_view(Point::pointId)), view(name), &table,
                                               self, error.raw()),
                      "contribute", error);
    }
    // A service of MORTISE_SERVICE that this plugin gives to others; name it in offers<>() as well.
    template<class S>
    void offer(S service) {
        runtime_.offered.push_back(std::make_unique<detail::TypedProvider<S>>(std::move(service)));
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
    // gets a warning with the place where the setting stands. A host that does not look says nothing.
    void expectRoute(std::string_view key, std::string_view method, std::string_view pattern) {
        const auto& service = runtime_.routes;
        if (service.table.expect == nullptr) return;
        detail::raise(service.table.expect(service.self, view(key), view(method), view(pattern)),
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
    detail::Runtime& runtime_;
};

} // namespace v1
} // namespace mortise
