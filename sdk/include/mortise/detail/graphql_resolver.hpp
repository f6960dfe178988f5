// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/graphql_arguments.hpp>
#include <mortise/detail/graphql_later_state.hpp>
#include <mortise/detail/graphql_write.hpp>
#include <mortise/detail/route_rules.hpp>
#include <mortise/detail/tuple.hpp>
#include <mortise/graphql_call.hpp>
#include <mortise/graphql_later.hpp>
#include <mortise/invalid_input.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// The functions of fields behind the wall.
namespace mortise {
inline namespace v1 {
namespace detail {

// What a function of a field needs; the context of the C functions. Lives as long as the instance.
struct GraphQlRecord {
    GraphQlRecord(const Runtime& r, const GraphQlNames& n) noexcept : runtime(r), names(n) {}
    GraphQlRecord(const GraphQlRecord&) = delete;
    GraphQlRecord& operator=(const GraphQlRecord&) = delete;
    virtual ~GraphQlRecord() = default;

    const Runtime& runtime;
    const GraphQlNames& names;
    BodyField fields = nullptr;    // of the body
    Shared<RouteRules> ownRules;   // or null
    Shared<RouteRules> twinsRules; // or null
    bool isPrepared = false;       // checks and rules are prepare's

    void need(const mortise_graphql_call& call) const {
        for (const auto* const rules : {&twinsRules, &ownRules})
            if (*rules) (*rules)->need(callerOf(call));
    }
};

// Runs `work` and says what the C function returns.
template<class Work>
mortise_status runGraphQl(const GraphQlRecord& record, const mortise_graphql_call& call, Work&& work) noexcept {
    try {
        if constexpr (std::is_void_v<decltype(work())>) {
            std::forward<Work>(work)();
            return MORTISE_OK;
        } else {
            return std::forward<Work>(work)();
        }
    } catch (...) {
        return failUncaught(record.runtime, call, record.fields);
    }
}

// What the resolver of a field gets beside the call: nothing of Query and Mutation, keys, or rows.
struct NoGraphQlParents {
    static Tuple<> of(const mortise_graphql_call&) noexcept { return {}; }
    static constexpr bool areMany = false;
};
struct GraphQlParentKeys {
    static Tuple<GraphQlKeys> of(const mortise_graphql_call& call) {
        if (call.keys == nullptr) throw Error("a call without the keys of its parents");
        return {{{GraphQlKeys(call.keys, call.count)}}};
    }
    static constexpr bool areMany = true;
};
template<class T>
struct GraphQlParentRows {
    static Tuple<GraphQlRows<T>> of(const mortise_graphql_call& call) noexcept {
        return {{{GraphQlRows<T>(call.parents, call.count)}}};
    }
    static constexpr bool areMany = true;
};

// Writes what a resolver returned into the cells: one value, or one a parent.
template<bool areMany, class Result>
void writeGraphQl(const mortise_graphql_call& call, const GraphQlNames& names, Result result) {
    using Value = Result;
    static_assert(!(std::is_same_v<ElementOf<Value>, std::string_view> ? false : isBorrowed<Value>()),
                  "a resolver returns structs that own their texts: std::string in place of std::string_view");
    const auto write = [&](const Value& value) {
        const GraphQlCells cells(call, names);
        if constexpr (areMany) {
            if (value.size() != call.count)
                throw Error("a resolver returned " + std::to_string(value.size()) + " values for " +
                            std::to_string(call.count) + " parents");
            std::uint32_t place = 0;
            for (const auto& one : value) cells.put(place++, one);
        } else {
            cells.put(0, value);
        }
    };
    if constexpr (isPointedAt<Value>())
        write(keepUntilEnd(call, std::move(result)));
    else
        write(result);
}

struct NoPreparation {
    static constexpr bool isThere = false;
    static constexpr bool isLater = false;
    using State = void;
};

// What comes before a resolver: returns a State, or completes a GraphQlLater<State> that it takes last.
template<class Call, class Kept, bool later>
struct Preparation {
    static constexpr bool isThere = true;
    static constexpr bool isLater = later;
    using State = Kept;
    Call call;
};

// A resolver, with its preparation. `later`: the resolver takes a GraphQlLater of its result last.
template<class Result, class Parents, bool later, class Prepare, class Call, class... Parts>
class GraphQlResolver final : public GraphQlRecord {
public:
    GraphQlResolver(const Runtime& r, const GraphQlNames& n, Tuple<Parts...> parts, Prepare prepare, Call call)
        : GraphQlRecord(r, n), parts_(std::move(parts)), prepare_(std::move(prepare)), call_(std::move(call)) {}

    static constexpr bool isChecked = (Parts::isChecked || ...);

    static mortise_status resolve(void* context, const mortise_graphql_call* call) noexcept {
        auto& self = *static_cast<GraphQlResolver*>(context);
        return runGraphQl(self, *call, [&] { return self.resolve(*call); });
    }
    static mortise_status prepare(void* context, const mortise_graphql_call* call) noexcept {
        auto& self = *static_cast<GraphQlResolver*>(context);
        return runGraphQl(self, *call, [&] { return self.prepare(*call); });
    }

private:
    using Values = Tuple<typename Parts::Value...>;

    Values take(const mortise_graphql_call& call, bool checks) {
        Values values{};
        takeAll(call, values, checks, std::index_sequence_for<Parts...>{});
        return values;
    }
    template<std::size_t... I>
    void takeAll(const mortise_graphql_call& call, Values& values, bool checks, std::index_sequence<I...>) {
        (nth<I>(parts_).take(call, nth<I>(values)), ...);
        if (!checks) return;
        if constexpr (isChecked) {
            std::vector<Detail> details;
            (nth<I>(parts_).check(nth<I>(values), details), ...);
            if (!details.empty()) throw InvalidInput(std::move(details));
        }
        need(call);
    }

    // Calls `function` with the call, the parents, the arguments and `last`.
    template<class Function, class... Last>
    decltype(auto) apply(Function& function, GraphQlCall& call, const Values& values, Last&&... last) {
        return unpack(
            [&](auto&&... parent) -> decltype(auto) {
                return unpack(
                    [&](const auto&... value) -> decltype(auto) {
                        return function(call, parent..., value..., std::forward<Last>(last)...);
                    },
                    values);
            },
            Parents::of(call.raw()));
    }

    // Runs a function that takes a GraphQlLater<T> last, which delivers by `deliver`.
    template<class T, class Function>
    mortise_status runLater(Function& function, const mortise_graphql_call& raw, const Values& values,
                            typename GraphQlLater<T>::Deliver deliver) {
        auto state = Shared<GraphQlLaterState>::make(runtime, names, raw, fields);
        try {
            GraphQlCall call(runtime, names, raw);
            apply(function, call, values, GraphQlLater<T>(state, deliver));
        } catch (...) {
            if (state->abandon()) throw;
            runtime.complain("A function of a GraphQL field threw after it had handed its call on", caught().message);
        }
        mortise_status returned = MORTISE_OK;
        if (!state->leave(returned)) throw Error("a GraphQlLater was dropped");
        return returned;
    }

    mortise_status prepare(const mortise_graphql_call& raw) {
        const Values values = take(raw, true);
        if constexpr (Prepare::isLater) {
            using State = typename Prepare::State;
            return runLater<State>(prepare_.call, raw, values, [](const GraphQlLaterState& at, State&& state) {
                *at.call.state = &keepUntilEnd(at.call, std::move(state));
            });
        } else if constexpr (Prepare::isThere) {
            GraphQlCall call(runtime, names, raw);
            if constexpr (std::is_void_v<typename Prepare::State>)
                apply(prepare_.call, call, values);
            else
                *raw.state = &keepUntilEnd(raw, typename Prepare::State(apply(prepare_.call, call, values)));
        }
        return MORTISE_OK;
    }

    mortise_status resolve(const mortise_graphql_call& raw) {
        const Values values = take(raw, !isPrepared);
        if constexpr (later) {
            return runLater<Result>(call_, raw, values, [](const GraphQlLaterState& state, Result&& result) {
                writeGraphQl<Parents::areMany>(state.call, state.names, std::move(result));
            });
        } else {
            GraphQlCall call(runtime, names, raw);
            if constexpr (std::is_void_v<typename Prepare::State>) {
                writeGraphQl<Parents::areMany>(raw, names, Result(apply(call_, call, values)));
            } else {
                if (raw.state == nullptr || *raw.state == nullptr) throw Error("what was prepared is not there");
                const auto& state = *static_cast<const typename Prepare::State*>(*raw.state);
                writeGraphQl<Parents::areMany>(raw, names, Result(apply(call_, call, values, state)));
            }
            call.writeFailures();
            return MORTISE_OK;
        }
    }

    Tuple<Parts...> parts_;
    Prepare prepare_;
    Call call_;
};

} // namespace detail
} // namespace v1
} // namespace mortise
