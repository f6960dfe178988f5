// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/graphql_object.hpp>
#include <mortise/setup.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mortise {
inline namespace v1 {

// What a plugin adds to GraphQL, see GraphQlTypes: Setup::graphql() in `configure`. Types come from the descriptions
// that REST has: names, texts, nullability, defaults. A format uuid is ID, a DateTime DateTimeISO, an integer Int where
// its range is within it. Types and fields are put together when `configure` has returned; it fails then with
// everything that is wrong. A handle.
class GraphQlBuilder {
public:
    explicit GraphQlBuilder(detail::Runtime& runtime)
        : runtime_(&runtime), declarations_(&runtime.declarations<detail::GraphQlDeclarations>()) {}

    // An object type, and what C++ type its rows are of. Rows own their texts.
    template<class T>
    GraphQlObject<T> object(std::string_view name) const {
        static_assert(isDescribed<T>, "object<T>(): T has no MORTISE_DESCRIBE");
        static_assert(!detail::isBorrowed<T>(), "object<T>(): rows own their texts, std::string in place of views");
        declarations_->name(detail::GraphQlUse::outgoing, &detail::graphQlMark<T>, name);
        auto& made = declarations_->add<detail::GraphQlObjectDefinition<T>>();
        made.name = name;
        return {*runtime_, *declarations_, made};
    }
    template<class T>
    GraphQlInput<T> input(std::string_view name) const {
        static_assert(isDescribed<T> && detail::comesIn<T>(), "input<T>(): T has no MORTISE_DESCRIBE");
        declarations_->name(detail::GraphQlUse::incoming, &detail::graphQlMark<T>, name);
        auto& made = declarations_->add<detail::GraphQlInputDefinition<T>>();
        made.name = name;
        return GraphQlInput<T>(made);
    }
    // Of a MORTISE_ENUM, whose names on the wire are names in GraphQL, too.
    template<class E>
    void enumeration(std::string_view name, std::string_view said = {}) const {
        static_assert(detail::IsNamedEnum<E>::value, "enumeration<E>(): E has no MORTISE_ENUM");
        declarations_->name(detail::GraphQlUse::outgoing, &detail::graphQlMark<E>, name);
        declarations_->name(detail::GraphQlUse::incoming, &detail::graphQlMark<E>, name);
        auto& made = declarations_->add<detail::GraphQlEnumerationDefinition<E>>();
        made.name = name;
        made.text = said;
    }
    // A union: an std::variant, with a MORTISE_TAGGED or without, of structs that object<T>() names. Of a tag clients
    // ask by __typename.
    template<class Variant>
    void unionOf(std::string_view name, std::string_view said = {}) const {
        abstract<Variant, void>(name, said);
    }
    // An interface with the fields that `Shared`, a described struct, has: values are of the std::variant, and its
    // alternatives implement it.
    template<class Variant, class Shared>
    void interfaceOf(std::string_view name, std::string_view said = {}) const {
        static_assert(isDescribed<Shared>, "interfaceOf<Variant, Shared>(): Shared has no MORTISE_DESCRIBE");
        abstract<Variant, Shared>(name, said);
    }
    // A scalar for what has no type of its own: integers beyond Int, Date, Decimal, maps. Values are written as in
    // REST. `url`: its specification.
    void scalar(std::string_view name, std::string_view said = {}, std::string_view url = {}) const {
        auto& made = declarations_->add<detail::GraphQlScalarDefinition>();
        made.name = name;
        made.text = said;
        made.url = url;
    }

    template<class Result>
    [[nodiscard]] GraphQlField<Result, detail::NoGraphQlParents> query(std::string_view name) const {
        return {*runtime_, declarations_->names, add("Query", name)};
    }
    // Its resolver runs in a transaction of its own, which transact() and respond() of Database join with the call's
    // turn; what it throws rolls back. It may run again, see DatabaseSession::transact().
    template<class Result>
    [[nodiscard]] GraphQlField<Result, detail::NoGraphQlParents> mutation(std::string_view name) const {
        detail::GraphQlFieldDeclaration& made = add("Mutation", name);
        made.isMutation = true;
        made.flags |= MORTISE_GRAPHQL_TRANSACTION;
        return {*runtime_, declarations_->names, made};
    }
    // Of a type with keys, whoever contributed it: the resolver takes the GraphQlKeys of all parents, and returns an
    // std::vector, a value a parent.
    template<class Values>
    [[nodiscard]] GraphQlField<Values, detail::GraphQlParentKeys> field(std::string_view type,
                                                                        std::string_view name) const {
        detail::GraphQlFieldDeclaration& made = add(type, name);
        made.flags |= MORTISE_GRAPHQL_PARENT_KEYS;
        return {*runtime_, declarations_->names, made};
    }

private:
    template<class Variant, class Shared>
    void abstract(std::string_view name, std::string_view said) const {
        static_assert(detail::IsVariant<Variant>::value, "unionOf<Variant>(): an std::variant of described structs");
        declarations_->name(detail::GraphQlUse::outgoing, &detail::graphQlMark<Variant>, name);
        auto& made = declarations_->add<detail::GraphQlAbstractDefinition<Variant, Shared>>();
        made.name = name;
        made.text = said;
    }
    detail::GraphQlFieldDeclaration& add(std::string_view type, std::string_view name) const {
        auto& made = declarations_->add<detail::GraphQlFieldDeclaration>();
        made.type = type;
        made.name = name;
        return made;
    }

    detail::Runtime* runtime_;
    detail::GraphQlDeclarations* declarations_; // the runtime's
};

inline GraphQlBuilder Setup::graphql() {
    return GraphQlBuilder(runtime_);
}

} // namespace v1
} // namespace mortise
