// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/caller.hpp>
#include <mortise/decode.hpp>
#include <mortise/detail/checks.hpp>
#include <mortise/error.hpp>
#include <mortise/issues.hpp>
#include <mortise/service/graphql.h>

#include <cstdint>
#include <string_view>
#include <vector>

// What a resolver gets of its field's arguments.
namespace mortise {
inline namespace v1 {
namespace detail {

// The value of a member of the object at the top of `tape`; null: there is none.
inline const mortise_json_node* graphQlMember(const mortise_json_tape* tape, std::string_view name) noexcept {
    if (tape == nullptr || tape->node_count == 0 || tape->nodes[0].kind != MORTISE_JSON_OBJECT) return nullptr;
    const mortise_json_node* const end = tape->nodes + tape->nodes[0].skip;
    for (const mortise_json_node* key = tape->nodes + 1; key < end; key = mortise_json_next(key + 1))
        if (nodeText(*tape, *key) == name) return key + 1;
    return nullptr;
}

// The caller of a field, for rules; parameters are arguments.
inline Caller callerOf(const mortise_graphql_call& call) noexcept {
    const auto find = [](const void* from, std::string_view name) noexcept -> std::string_view {
        const mortise_json_tape* const tape = static_cast<const mortise_graphql_call*>(from)->arguments;
        const mortise_json_node* const value = graphQlMember(tape, name);
        return value != nullptr && value->kind == MORTISE_JSON_STRING ? nodeText(*tape, *value) : std::string_view();
    };
    return {Turn(call.turn), Principal(call.principal), &call, find};
}

// One argument by its name.
template<class T>
struct GraphQlArgument {
    using Value = T;
    static constexpr bool isChecked = false;

    std::string_view name;

    void take(const mortise_graphql_call& call, T& out) const {
        const mortise_json_node* const value = graphQlMember(call.arguments, name);
        if (value == nullptr && isMaybe<T>) return;
        if (value == nullptr || !decodeValue(*call.arguments, *value, out))
            throw Error("argument '" + std::string(name) + "' is not what its field declares");
    }
    void check(const T&, std::vector<Detail>&) const {}
};

// A described struct that passed the check at this place of the field's: an argument, or all of them.
template<class T>
struct GraphQlChecked {
    using Value = T;
    static constexpr bool isChecked = hasChecks<T>();

    std::uint32_t place;
    std::string_view in; // what details call it

    void take(const mortise_graphql_call& call, T& out) const {
        const mortise_json_tape* const tape = call.checked != nullptr ? call.checked[place] : nullptr;
        if (tape == nullptr || !decodeJson(*tape, out))
            throw Error("what passed the check of the arguments does not fit its struct");
    }
    void check(const T& value, std::vector<Detail>& details) const {
        Issues issues(in);
        checkValue<MemberNames>(value, issues);
        for (Detail& one : issues.take()) details.push_back(std::move(one));
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
