// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/columns.hpp>
#include <mortise/detail/graphql_inputs.hpp>
#include <mortise/detail/graphql_resolver.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Object types of described structs, whose rows are where their handles say.
namespace mortise {
inline namespace v1 {
namespace detail {

// A member of all rows of a level.
struct GraphQlColumn final : GraphQlRecord {
    using GraphQlRecord::GraphQlRecord;
    bool isNonNull = false; // null is an empty text, or list
};
template<class T, std::size_t I>
mortise_status graphQlColumn(void* context, const mortise_graphql_call* call) noexcept {
    const auto& self = *static_cast<const GraphQlColumn*>(context);
    return runGraphQl(self, *call, [&] {
        const GraphQlCells cells(*call, self.names);
        const GraphQlRows<T> rows(call->parents, call->count);
        for (std::uint32_t place = 0; place < call->count; ++place) {
            const auto& value = rows[place].*(nth<I>(description<T>).member);
            if constexpr (isMaybe<FieldType<T, I>>) {
                if (!value && self.isNonNull) {
                    if constexpr (isGraphQlList<FieldType<T, I>>)
                        cells.putEmptyList(place);
                    else
                        cells.putEmptyText(place);
                    continue;
                }
            }
            cells.put(place, value);
        }
    });
}

// A member that is a key, or a list of keys, of another type.
template<class T, class Value>
struct GraphQlReference final : GraphQlRecord {
    GraphQlReference(const Runtime& r, const GraphQlNames& n, Value T::*m) noexcept : GraphQlRecord(r, n), member(m) {}

    static mortise_status resolve(void* context, const mortise_graphql_call* call) noexcept {
        const auto& self = *static_cast<const GraphQlReference*>(context);
        return runGraphQl(self, *call, [&] {
            const GraphQlCells cells(*call, self.names, MORTISE_GRAPHQL_KEY);
            const GraphQlRows<T> rows(call->parents, call->count);
            for (std::uint32_t place = 0; place < call->count; ++place) cells.put(place, rows[place].*self.member);
        });
    }

    Value T::*member;
};

// The key of a type's rows, and how rows are loaded by it; the context of both.
template<class T>
struct GraphQlKeyed : GraphQlRecord {
    GraphQlKeyed(const Runtime& r, const GraphQlNames& n, std::string T::*m) noexcept
        : GraphQlRecord(r, n), member(m) {}

    static mortise_status key(void* context, std::uint64_t handle, mortise_view* key) noexcept {
        const auto& self = *static_cast<const GraphQlKeyed*>(context);
        *key = view(GraphQlRows<T>(&handle, 1)[0].*self.member);
        return MORTISE_OK;
    }
    static mortise_status load(void* context, const mortise_graphql_call* call) noexcept {
        auto& self = *static_cast<GraphQlKeyed*>(context);
        return runGraphQl(self, *call, [&] { self.loader(self, *call); });
    }

    std::string T::*member;
    Function<void(GraphQlKeyed& self, const mortise_graphql_call& call)> loader; // or empty
};

// Rows in any order, by their keys.
template<class T>
void writeGraphQlByKey(const GraphQlKeyed<T>& keyed, const mortise_graphql_call& call, std::vector<T>&& loaded) {
    const std::vector<T>& rows = keepUntilEnd(call, std::move(loaded));
    std::vector<const T*> sorted;
    sorted.reserve(rows.size());
    for (const T& row : rows) sorted.push_back(&row);
    std::sort(sorted.begin(), sorted.end(),
              [&](const T* a, const T* b) { return a->*keyed.member < b->*keyed.member; });
    const GraphQlCells cells(call, keyed.names);
    for (std::uint32_t place = 0; place < call.count; ++place) {
        const std::string_view key = text(call.keys[place]);
        const auto found =
            std::lower_bound(sorted.begin(), sorted.end(), key,
                             [&](const T* row, std::string_view wanted) { return row->*keyed.member < wanted; });
        if (found != sorted.end() && (*found)->*keyed.member == key) cells.put(place, **found);
    }
}

template<class T>
struct GraphQlObjectDefinition final : GraphQlDefinition {
    struct Reference {
        std::string name;
        std::string type; // with its `!`
        std::string text;
        std::uint64_t columns;
        Owned<GraphQlRecord> record;
        void* context;
        mortise_graphql_function resolve;
    };

    std::string name;
    std::string text;
    GraphQlMembers members = graphQlMembers<T>();
    std::vector<Owned<GraphQlColumn>> columns;
    std::vector<Reference> references;
    Owned<GraphQlKeyed<T>> keyed; // or null: no key
    std::uint64_t keyColumns = 0;
    std::uint32_t placement = MORTISE_PLACEMENT_WORKER; // of the load

    void define(GraphQlAssembly& assembly) override {
        assembly.define("type", name, text);
        std::vector<GraphQlNames::Selected> selected;
        putMembers(assembly, selected, std::make_index_sequence<fieldCount<T>>{});
        for (const Reference& one : references) {
            put(assembly, one.name, one.text, one.type, false, 1, one.context, one.resolve);
            selected.push_back({one.name, one.columns});
        }
        assembly.names.setSelected(&graphQlMark<T>, std::move(selected), keyColumns);
        if (!keyed) return;
        mortise_graphql_type made{};
        made.name = assembly.runtime.keep(name);
        made.placement = placement;
        made.context = keyed.get();
        made.key = &GraphQlKeyed<T>::key;
        if (keyed->loader) made.load = &GraphQlKeyed<T>::load;
        assembly.types.push_back(made);
    }

private:
    template<std::size_t... I>
    void putMembers(GraphQlAssembly& assembly, std::vector<GraphQlNames::Selected>& selected,
                    std::index_sequence<I...>) {
        (putMember<I>(assembly, selected), ...);
    }
    template<std::size_t I>
    void putMember(GraphQlAssembly& assembly, std::vector<GraphQlNames::Selected>& selected) {
        constexpr auto& field = nth<I>(description<T>);
        if constexpr (!field.rules.secret) {
            using Member = FieldType<T, I>;
            const GraphQlMember& member = members[I];
            if (member.isLeftOut) return;
            const std::string where = name + "." + member.name;
            const GraphQlReader reader = assembly.reader(GraphQlUse::outgoing, where, member.scalar);
            std::string type = graphQlType<Member>(reader, field.rules);
            if (!isMaybe<Member> || member.isNonNull) type.append("!");
            auto column = Owned<GraphQlColumn>::make(assembly.runtime, assembly.names);
            column->isNonNull = member.isNonNull;
            put(assembly, member.name, field.rules.text, type, field.rules.deprecated, member.cost, column.get(),
                &graphQlColumn<T, I>);
            columns.push_back(std::move(column));
            selected.push_back({member.name, std::uint64_t{1} << I});
        }
    }
    void put(GraphQlAssembly& assembly, std::string_view field, std::string_view said, std::string_view type,
             bool isDeprecated, std::uint32_t cost, void* context, mortise_graphql_function resolve) {
        std::string line;
        putGraphQlText(line, said, " ");
        line.append(field).append(": ").append(type).append(isDeprecated ? " @deprecated" : "");
        putGraphQlCost(line, cost);
        assembly.addField(assembly.object(name), field, std::move(line));
        mortise_graphql_field made{};
        made.type = assembly.runtime.keep(name);
        made.name = assembly.runtime.keep(field);
        made.placement = MORTISE_PLACEMENT_LOOP;
        made.context = context;
        made.resolve = resolve;
        made.check_size = sizeof(mortise_graphql_check);
        assembly.fields.push_back(made);
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
