// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/columns.hpp>
#include <mortise/detail/graphql_failure.hpp>
#include <mortise/detail/graphql_names.hpp>
#include <mortise/principal.hpp>
#include <mortise/service/graphql.h>
#include <mortise/turn.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {

// A field of all objects of one type in one place of the response, while its resolver runs; or keys whose objects are
// wanted. Ends with the call: what continues later has a GraphQlLater.
class GraphQlCall {
public:
    GraphQlCall(const detail::Runtime& runtime, const detail::GraphQlNames& names,
                const mortise_graphql_call& raw) noexcept
        : runtime_(runtime), names_(names), raw_(raw) {}
    GraphQlCall(const GraphQlCall&) = delete;
    GraphQlCall& operator=(const GraphQlCall&) = delete;

    // The request's. For Database, Tasks and all that take a turn.
    Turn turn() const noexcept { return Turn(raw_.turn); }
    operator Turn() const noexcept { return turn(); }
    Principal principal() const noexcept { return Principal(raw_.principal); }
    // Writes records with the request's id.
    Log log() const noexcept { return Log(runtime_, {}, raw_.turn); }
    // Until the request's deadline; 0 from there on.
    std::chrono::milliseconds timeLeft() const noexcept { return detail::timeLeft(runtime_, turn()); }
    // True when the client is gone or the request has ended. Only informs.
    bool cancelled() const noexcept {
        const auto& service = runtime_.exchange;
        return service.table.cancelled != nullptr && service.table.cancelled(service.self, raw_.turn) != 0;
    }

    // How many parents, or keys, there are.
    std::uint32_t count() const noexcept { return raw_.count; }
    // Whether the operation selects a field of that name below this one, of any type that it can be.
    bool selects(std::string_view name) const noexcept {
        for (std::uint32_t i = 0; i < raw_.selected_count; ++i)
            if (text(raw_.selected[i]) == name) return true;
        return false;
    }
    // The members of T, of which object<T>() made the type of this field, that the selected fields are made from: for
    // typed queries. The key is always one of them.
    template<class T>
    Columns<T> columns() const {
        const std::uint64_t bits = names_.columns(&detail::graphQlMark<T>, [&](auto name) { return selects(name); });
        Columns<T> wanted;
        for (std::size_t place = 0; place < detail::fieldCount<T>; ++place)
            if ((bits >> place & 1) != 0) wanted.addAt(place);
        return wanted;
    }

    // The value of the parent at `place` is this error, whatever the resolver returns for it; the others keep theirs.
    // Of a list of values, or of a load.
    void fail(std::uint32_t place, const HttpError& error) {
        const auto* const input = dynamic_cast<const InvalidInput*>(&error);
        failures_.emplace_back(place, input != nullptr ? invalid(input->details()) : detail::replyTo(error, log()));
    }

    const mortise_graphql_call& raw() const noexcept { return raw_; }
    // What fail() was called with. Throws Error where the provider takes it not.
    void writeFailures() const {
        for (const auto& [place, reply] : failures_)
            detail::raise(detail::failCell(raw_, place, reply), "fail of a GraphQL call");
    }

private:
    const detail::Runtime& runtime_;
    const detail::GraphQlNames& names_;
    const mortise_graphql_call& raw_;
    std::vector<std::pair<std::uint32_t, Reply>> failures_;
};

} // namespace v1
} // namespace mortise
