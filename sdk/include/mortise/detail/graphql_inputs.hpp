// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/graphql_assembly.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// What is said of one described member beyond its description.
struct GraphQlMember {
    std::string name;   // in GraphQL
    std::string scalar; // or empty
    bool isLeftOut = false;
    bool isNonNull = false;
    std::uint32_t cost = 1;
};
using GraphQlMembers = std::vector<GraphQlMember>;

template<class T, std::size_t... I>
GraphQlMembers graphQlMembers(std::index_sequence<I...>) {
    return {GraphQlMember{std::string(nth<I>(description<T>).name), {}, false, false, 1}...};
}
template<class T>
GraphQlMembers graphQlMembers() {
    return graphQlMembers<T>(std::make_index_sequence<fieldCount<T>>{});
}

// "name: String!", "limit: Int = 20": one member as a field of an input, or as an argument.
template<class T, std::size_t I>
std::string graphQlInput(GraphQlAssembly& assembly, std::string_view of, const GraphQlMember& member) {
    constexpr auto& field = nth<I>(description<T>);
    using Member = FieldType<T, I>;
    const std::string where = std::string(of) + "." + member.name;
    const GraphQlReader reader = assembly.reader(GraphQlUse::incoming, where, member.scalar);
    std::string line;
    putGraphQlText(line, field.rules.text, " ");
    line.append(member.name).append(": ").append(graphQlType<Member>(reader, field.rules));
    const bool needed = isRequired<T, I, Incoming>();
    if (needed) line.append("!");
    if (field.rules.fallback.isSet()) line.append(" = ").append(graphQlLiteral<Member>(reader, field.rules.fallback));
    if (field.rules.deprecated && !needed) line.append(" @deprecated");
    return line;
}

// Calls use(place, line) for each member of T that a client sends.
template<class T, class Use, std::size_t... I>
void visitGraphQlInputs(GraphQlAssembly& assembly, std::string_view of, const GraphQlMembers& members, Use&& use,
                        std::index_sequence<I...>) {
    const auto one = [&](const auto& field, std::size_t place,
                         std::string (*line)(GraphQlAssembly&, std::string_view, const GraphQlMember&)) {
        if (!field.rules.readOnly && !members[place].isLeftOut) use(place, line(assembly, of, members[place]));
    };
    (one(nth<I>(description<T>), I, &graphQlInput<T, I>), ...);
}
template<class T, class Use>
void visitGraphQlInputs(GraphQlAssembly& assembly, std::string_view of, const GraphQlMembers& members, Use&& use) {
    visitGraphQlInputs<T>(assembly, of, members, std::forward<Use>(use), std::make_index_sequence<fieldCount<T>>{});
}

} // namespace detail
} // namespace v1
} // namespace mortise
