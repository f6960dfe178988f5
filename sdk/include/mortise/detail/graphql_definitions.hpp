// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/graphql_inputs.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Types without resolvers of their own.
namespace mortise {
inline namespace v1 {
namespace detail {

template<class T>
struct GraphQlInputDefinition final : GraphQlDefinition {
    std::string name;
    std::string text;
    GraphQlMembers members = graphQlMembers<T>();

    void define(GraphQlAssembly& assembly) override {
        GraphQlAssembly::Definition& made = assembly.define("input", name, text);
        visitGraphQlInputs<T>(assembly, name, members, [&](std::size_t place, std::string line) {
            assembly.addField(made, members[place].name, std::move(line));
        });
    }
};

template<class E>
struct GraphQlEnumerationDefinition final : GraphQlDefinition {
    std::string name;
    std::string text;

    void define(GraphQlAssembly& assembly) override {
        GraphQlAssembly::Definition& made = assembly.define("enum", name, text);
        for (const auto& entry : enumNames<E>) {
            // Section 3.9: these are other values.
            if (entry.name == "true" || entry.name == "false" || entry.name == "null")
                assembly.fault(name + "." + std::string(entry.name), "no enumerator can be called so");
            assembly.addField(made, entry.name, std::string(entry.name));
        }
    }
};

struct GraphQlScalarDefinition final : GraphQlDefinition {
    std::string name;
    std::string text;
    std::string url; // of its specification, or empty

    void define(GraphQlAssembly& assembly) override {
        GraphQlAssembly::Definition& made = assembly.define("scalar", name, text);
        if (url.empty()) return;
        made.head = " @specifiedBy(url: ";
        encodeText(made.head, url);
        made.head.append(")");
    }
};

template<class Variant>
struct GraphQlAlternatives;
template<template<class...> class Variant, class... Ts>
struct GraphQlAlternatives<Variant<Ts...>> {
    // Their names; one that is declared nowhere is a fault.
    static std::vector<std::string> names(GraphQlAssembly& assembly, std::string_view of) {
        return {graphQlType<Ts>(assembly.reader(GraphQlUse::outgoing, of), Rules{})...};
    }
};

// A union, or an interface with the members of `Shared` (void: a union).
template<class Variant, class Shared>
struct GraphQlAbstractDefinition final : GraphQlDefinition {
    std::string name;
    std::string text;

    void define(GraphQlAssembly& assembly) override {
        assembly.names.setFirst(&graphQlMark<Variant>, static_cast<std::uint32_t>(assembly.typeNames.size()));
        const std::vector<std::string> types = GraphQlAlternatives<Variant>::names(assembly, name);
        for (const std::string& one : types) assembly.typeNames.push_back(assembly.runtime.keep(one));
        if constexpr (std::is_void_v<Shared>) {
            GraphQlAssembly::Definition& made = assembly.define("union", name, text);
            for (const std::string& one : types) made.head.append(made.head.empty() ? " = " : " | ").append(one);
        } else {
            assembly.define("interface", name, text);
            putMembers(assembly, std::make_index_sequence<fieldCount<Shared>>{});
        }
    }
    void extend(GraphQlAssembly& assembly) override {
        if constexpr (!std::is_void_v<Shared>)
            for (const std::string& one : GraphQlAlternatives<Variant>::names(assembly, name)) {
                std::string& head = assembly.object(one).head;
                head.append(head.empty() ? " implements " : " & ").append(name);
            }
    }

private:
    template<std::size_t... I>
    void putMembers(GraphQlAssembly& assembly, std::index_sequence<I...>) {
        const auto one = [&](const auto& field, const std::string& type, bool mayBeNull) {
            std::string line;
            putGraphQlText(line, field.rules.text, " ");
            line.append(field.name).append(": ").append(type).append(mayBeNull ? "" : "!");
            assembly.addField(assembly.last(), field.name, std::move(line));
        };
        (one(nth<I>(description<Shared>),
             graphQlType<FieldType<Shared, I>>(assembly.reader(GraphQlUse::outgoing, name),
                                               nth<I>(description<Shared>).rules),
             isMaybe<FieldType<Shared, I>>),
         ...);
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
