// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/graphql_declarations.hpp>
#include <mortise/detail/graphql_definitions.hpp>
#include <mortise/detail/graphql_object_definition.hpp>
#include <mortise/graphql_field.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// What an object or an input has of this member. Throws where the description does not name it.
template<class Definition, class T, class Value>
GraphQlMember& graphQlMemberOf(Definition& definition, Value T::*member) {
    const std::size_t place = placeOfMember<T>(member);
    if (place >= definition.members.size())
        throw Invalid(definition.name + ": a member that MORTISE_DESCRIBE does not name");
    return definition.members[place];
}

} // namespace detail

// An object type made of a described struct: every member that is not secret() is a field. A handle, for `configure`.
template<class T>
class GraphQlObject {
    using Definition = detail::GraphQlObjectDefinition<T>;

public:
    GraphQlObject(detail::Runtime& runtime, detail::GraphQlDeclarations& declarations, Definition& definition) noexcept
        : runtime_(&runtime), declarations_(&declarations), definition_(&definition) {}

    GraphQlObject text(std::string_view said) const { return definition_->text = said, *this; }
    template<class Value>
    GraphQlObject without(Value T::*member) const {
        return of(member).isLeftOut = true, *this;
    }
    template<class Value>
    GraphQlObject named(Value T::*member, std::string_view name) const {
        return of(member).name = name, *this;
    }
    // A text or a list that REST may leave null: here an empty one stands for null.
    template<class Value>
    GraphQlObject nonNull(Value T::*member) const {
        static_assert(detail::isMaybe<Value> &&
                          (detail::isText<detail::Unwrapped<Value>> || detail::isGraphQlList<Value>),
                      "nonNull(): of an std::optional text or vector");
        return of(member).isNonNull = true, *this;
    }
    // What the member counts in the cost of an operation in place of 1: about as many as it may have times 4 KiB.
    template<class Value>
    GraphQlObject cost(Value T::*member, std::uint32_t weight) const {
        return of(member).cost = weight, *this;
    }
    // Its type is this scalar, see GraphQlBuilder::scalar().
    template<class Value>
    GraphQlObject scalar(Value T::*member, std::string_view name) const {
        return of(member).scalar = name, *this;
    }

    // What distinguishes rows: others return objects of this type by it, and get it of parents of this type.
    GraphQlObject key(std::string T::*member) const {
        definition_->keyed = detail::Owned<detail::GraphQlKeyed<T>>::make(*runtime_, declarations_->names, member);
        definition_->keyColumns = Columns<T>().add(member).bits();
        return *this;
    }
    // Where load() runs; a worker unless said otherwise.
    GraphQlObject onLoop() const { return definition_->placement = MORTISE_PLACEMENT_LOOP, *this; }
    GraphQlObject reads() const { return definition_->placement = MORTISE_PLACEMENT_DATABASE_READ, *this; }
    // The rows of keys, which are distinct: load(GraphQlCall&, GraphQlKeys) returns an std::vector<std::optional<T>> in
    // the order of the keys, or an std::vector<T> in any order, without those that are not there. Called concurrently.
    template<class F>
    GraphQlObject load(F&& function) const {
        using Rows = std::decay_t<std::invoke_result_t<std::decay_t<F>&, GraphQlCall&, GraphQlKeys>>;
        static_assert(detail::IsVector<Rows>::value, "load(): returns an std::vector of rows");
        if (!definition_->keyed) throw Invalid(definition_->name + ": key() comes before load()");
        definition_->keyed->loader = [call = std::decay_t<F>(std::forward<F>(function))](
                                         detail::GraphQlKeyed<T>& self, const mortise_graphql_call& raw) {
            if (raw.keys == nullptr) throw Error("a load without keys");
            GraphQlCall with(self.runtime, self.names, raw);
            Rows rows = call(with, GraphQlKeys(raw.keys, raw.count));
            if constexpr (std::is_same_v<typename Rows::value_type, T>)
                detail::writeGraphQlByKey(self, raw, std::move(rows));
            else
                detail::writeGraphQl<true>(raw, self.names, std::move(rows));
            with.writeFailures();
        };
        return *this;
    }

    // A field that is the object of type `type` whose key the member is; of a vector of keys a list of objects.
    template<class Value>
    GraphQlObject reference(std::string_view name, std::string_view type, Value T::*member,
                            std::string_view said = {}) const {
        static_assert(std::is_same_v<detail::ElementOf<Value>, std::string>, "reference(): the member is a text");
        using Record = detail::GraphQlReference<T, Value>;
        auto record = detail::Owned<Record>::make(*runtime_, declarations_->names, member);
        std::string wanted = detail::isGraphQlList<Value> ? "[" + std::string(type) + "!]" : std::string(type);
        if (!detail::isMaybe<Value>) wanted.append("!");
        void* const context = record.get();
        definition_->references.push_back({std::string(name), std::move(wanted), std::string(said),
                                           Columns<T>().add(member).bits(), std::move(record), context,
                                           &Record::resolve});
        return *this;
    }
    // A field that is made of rows: its resolver takes GraphQlRows<T>, and returns an std::vector<Value>, a value a
    // row.
    template<class Value>
    [[nodiscard]] GraphQlField<std::vector<Value>, detail::GraphQlParentRows<T>> field(std::string_view name) const {
        auto& made = declarations_->template add<detail::GraphQlFieldDeclaration>();
        made.type = definition_->name;
        made.name = name;
        made.rowsMark = &detail::graphQlMark<T>;
        return {*runtime_, declarations_->names, made};
    }

private:
    template<class Value>
    detail::GraphQlMember& of(Value T::*member) const {
        return detail::graphQlMemberOf(*definition_, member);
    }

    detail::Runtime* runtime_;
    detail::GraphQlDeclarations* declarations_;
    Definition* definition_; // the runtime's
};

// An input type made of a described struct: every member that is not readOnly() is a field.
template<class T>
class GraphQlInput {
    using Definition = detail::GraphQlInputDefinition<T>;

public:
    explicit GraphQlInput(Definition& definition) noexcept : definition_(&definition) {}

    GraphQlInput text(std::string_view said) const { return definition_->text = said, *this; }
    template<class Value>
    GraphQlInput without(Value T::*member) const {
        return of(member).isLeftOut = true, *this;
    }
    template<class Value>
    GraphQlInput scalar(Value T::*member, std::string_view name) const {
        return of(member).scalar = name, *this;
    }

private:
    template<class Value>
    detail::GraphQlMember& of(Value T::*member) const {
        return detail::graphQlMemberOf(*definition_, member);
    }

    Definition* definition_;
};

} // namespace v1
} // namespace mortise
