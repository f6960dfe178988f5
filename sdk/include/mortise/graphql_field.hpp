// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/columns.hpp>
#include <mortise/detail/graphql_field_declaration.hpp>
#include <mortise/detail/graphql_inputs.hpp>
#include <mortise/detail/graphql_signature.hpp>
#include <mortise/routes.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {

// One field being declared, of Query, Mutation or an object type; one without resolve() fails the start. A handle, for
// `configure`. `Result` is what the resolver returns: one value, or, of an object type, one for each parent.
template<class Result, class Parents, class... Parts>
class GraphQlField {
public:
    GraphQlField(detail::Runtime& runtime, const detail::GraphQlNames& names,
                 detail::GraphQlFieldDeclaration& declaration, detail::Tuple<Parts...> parts = {}) noexcept
        : runtime_(&runtime), names_(&names), declaration_(&declaration), parts_(std::move(parts)) {}

    GraphQlField text(std::string_view said) const { return declaration_->text = said, *this; }
    GraphQlField deprecated(std::string_view reason = {}) const {
        declaration_->isDeprecated = true;
        return declaration_->deprecation = reason, *this;
    }
    // The type of the result is this scalar, see GraphQlBuilder::scalar().
    GraphQlField scalar(std::string_view name) const { return declaration_->scalar = name, *this; }
    // What it counts in the cost of an operation in place of 1, where it is a costly one.
    GraphQlField cost(std::uint32_t weight) const { return declaration_->cost = weight, *this; }
    // Whose keys a GraphQlKey of the result is.
    GraphQlField of(std::string_view type) const { return declaration_->keyed = type, *this; }

    // The route that does the same: the field needs what that needs (a token, a role, the owner, checks), runs where
    // that runs, and counts as a request to it. What is said of the field itself comes on top.
    template<class... Route>
    GraphQlField twin(const RouteBuilder<Route...>& route) const {
        return declaration_->twin = &route.declaration(), *this;
    }
    // Likewise of a route that is declared already, "GET /users/:id", where its handle is not at hand.
    GraphQlField twin(std::string_view route) const {
        for (const auto& declared : runtime_->routesBeingDeclared)
            if (declared->name() == route) return declaration_->twin = &*declared, *this;
        throw Invalid(declaration_->place() + ": its twin " + std::string(route) +
                      " is no route that was declared before");
    }
    GraphQlField authenticated() const { return flag(MORTISE_GRAPHQL_AUTHENTICATED); }
    GraphQlField role(std::string_view name) const {
        declaration_->role = name;
        return authenticated();
    }
    // Nobody but the user whose id this argument is; as RouteBuilder::owner().
    GraphQlField owner(std::string_view argument) const {
        declaration_->ownRules().addOwner(argument);
        return authenticated();
    }
    template<class Check>
    GraphQlField check(Check&& check) const {
        static_assert(std::is_invocable_v<std::decay_t<Check>&, const Caller&>,
                      "check(): a rule takes const mortise::Caller&, and throws");
        declaration_->ownRules().addCheck(std::forward<Check>(check));
        return *this;
    }
    // Needs no token where the operator opens queries: a setting of the plugin `graphql`.
    GraphQlField openable() const { return flag(MORTISE_GRAPHQL_OPENABLE); }

    // Where the resolver runs; a worker unless said otherwise, by a twin, too. Mutations always run on one.
    GraphQlField onLoop() const { return place(MORTISE_PLACEMENT_LOOP); }
    GraphQlField reads() const { return place(MORTISE_PLACEMENT_DATABASE_READ); }

    // An argument by itself: a text, number, boolean, DateTime, enumeration, or a vector of those; an std::optional may
    // be missing or null.
    template<class T>
    [[nodiscard]] auto argument(std::string_view name) const {
        return withArgument<T>(name, {});
    }
    template<class T, class Value>
    [[nodiscard]] auto argument(std::string_view name, Value fallback) const {
        static_assert(!detail::isMaybe<T>, "argument(): what has a default is always there");
        return withArgument<T>(name, detail::Constant::of(fallback));
    }
    // Each member of a described struct is an argument, with its default. All of them together are checked by the
    // struct's schema as a query is, and `in` is what details call them.
    template<class T>
    [[nodiscard]] auto arguments(std::string_view in = "query") const {
        static_assert(isDescribed<T> && detail::comesIn<T>(), "arguments<T>(): T has no MORTISE_DESCRIBE");
        declaration_->arguments.push_back([](detail::GraphQlAssembly& assembly, std::string_view of) {
            std::vector<std::string> lines;
            detail::visitGraphQlInputs<T>(assembly, of, detail::graphQlMembers<T>(),
                                          [&](std::size_t, std::string line) { lines.push_back(std::move(line)); });
            return lines;
        });
        addNames<T>(std::make_index_sequence<detail::fieldCount<T>>{});
        return withChecked<T>({}, in);
    }
    // One argument of the input that input<T>() names, checked by its schema as a request's body is.
    template<class T>
    [[nodiscard]] auto body(std::string_view name, std::string_view in = "body") const {
        static_assert(isDescribed<T> && detail::comesIn<T>(), "body<T>(): T has no MORTISE_DESCRIBE");
        declaration_->arguments.push_back([argument = std::string(name)](detail::GraphQlAssembly& assembly,
                                                                         std::string_view of) {
            const std::string where = std::string(of) + "." + argument;
            const auto reader = assembly.reader(detail::GraphQlUse::incoming, where);
            return std::vector<std::string>{argument + ": " + detail::graphQlType<T>(reader, detail::Rules{}) + "!"};
        });
        declaration_->bodyField = detail::bodyField<T>();
        return withChecked<T>(name, in);
    }

    // Of the rows of one's own type: which members the resolver reads, for GraphQlCall::columns().
    template<class T, class... Values>
    GraphQlField needs(Values T::*... members) const {
        static_assert(std::is_same_v<Parents, detail::GraphQlParentRows<T>>,
                      "needs(): of a field of object<T>(), members of T");
        Columns<T> columns;
        (columns.add(members), ...);
        declaration_->columns |= columns.bits();
        return *this;
    }

    // Runs before the resolver, outside of any transaction, and takes what that takes: returns what the resolver gets
    // behind the arguments, or takes a GraphQlLater of it last and completes that when it is ready, from any thread.
    template<class F>
    [[nodiscard]] auto prepare(F&& function) const {
        using Prepare = typename detail::GraphQlSignature<std::decay_t<F>>::Preparation;
        return Prepared<Prepare>{*this, Prepare{std::forward<F>(function)}};
    }
    // Declares the field. `resolver` takes GraphQlCall&, the parents of an object type's field (GraphQlKeys, or
    // GraphQlRows<T>), and the arguments in their order, and returns a Result. Called concurrently. What it throws is
    // what it would be in a route's handler.
    template<class F>
    void resolve(F&& resolver) const {
        declare<false>(detail::NoPreparation{}, std::forward<F>(resolver));
    }
    // Likewise with a GraphQlLater<Result> behind them, to be completed by any thread. Not of Mutation, where
    // prepare() waits.
    template<class F>
    void resolveLater(F&& resolver) const {
        if (declaration_->isMutation) throw Invalid(declaration_->place() + ": a mutation waits in prepare()");
        declare<true>(detail::NoPreparation{}, std::forward<F>(resolver));
    }

    // What prepare() returns.
    template<class Prepare>
    struct Prepared {
        GraphQlField field;
        Prepare preparation;

        template<class F>
        void resolve(F&& resolver) && {
            field.template declare<false>(std::move(preparation), std::forward<F>(resolver));
        }
    };

private:
    using Item = typename detail::GraphQlItem<Parents::areMany, Result>::Type;

    GraphQlField flag(std::uint32_t bit) const { return declaration_->flags |= bit, *this; }
    GraphQlField place(std::uint32_t placement) const {
        declaration_->isPlaced = true;
        return declaration_->placement = placement, *this;
    }
    template<class Part>
    GraphQlField<Result, Parents, Parts..., Part> with(Part part) const {
        return {*runtime_, *names_, *declaration_, append(part, std::index_sequence_for<Parts...>{})};
    }
    template<class Part, std::size_t... I>
    detail::Tuple<Parts..., Part> append(Part part, std::index_sequence<I...>) const {
        return {{{detail::nth<I>(parts_)}..., {part}}};
    }
    template<class T>
    auto withArgument(std::string_view name, const detail::Constant& fallback) const {
        using E = detail::ElementOf<T>;
        static_assert(detail::isText<E> || std::is_same_v<E, bool> || std::is_same_v<E, std::int32_t> ||
                          std::is_same_v<E, std::int64_t> || std::is_floating_point_v<E> ||
                          std::is_same_v<E, DateTime> || detail::IsNamedEnum<E>::value,
                      "argument<T>(): T is a text, bool, std::int32_t, std::int64_t, a floating point number, DateTime "
                      "or a MORTISE_ENUM; arguments<T>() and body<T>() take described structs");
        declaration_->arguments.push_back(
            [argument = std::string(name), fallback](detail::GraphQlAssembly& assembly, std::string_view of) {
                const std::string where = std::string(of) + "." + argument;
                detail::Rules within; // what Int has is what there can be
                within.minimum = detail::Constant::of(std::numeric_limits<std::int32_t>::min());
                within.maximum = detail::Constant::of(std::numeric_limits<std::int32_t>::max());
                const auto reader = assembly.reader(detail::GraphQlUse::incoming, where);
                std::string one = argument + ": " + detail::graphQlType<T>(reader, within);
                if (!detail::isMaybe<T>) one.append("!");
                if (fallback.isSet()) one.append(" = ").append(detail::graphQlLiteral<T>(reader, fallback));
                return std::vector<std::string>{one};
            });
        declaration_->argumentNames.emplace_back(name);
        return with(detail::GraphQlArgument<T>{v1::text(runtime_->keep(name))});
    }
    template<class T>
    auto withChecked(std::string_view argument, std::string_view in) const {
        const auto place = static_cast<std::uint32_t>(declaration_->checks.size());
        declaration_->checks.push_back({std::string(argument), std::string(in), schemaOf<T>()});
        return with(detail::GraphQlChecked<T>{place, v1::text(runtime_->keep(in))});
    }
    template<class T, std::size_t... I>
    void addNames(std::index_sequence<I...>) const {
        (declaration_->argumentNames.emplace_back(detail::MemberNames::of<T, I>()), ...);
    }

    template<bool later, class Prepare, class F>
    void declare(Prepare prepare, F&& resolver) const {
        static_assert(detail::isGraphQlResolver<Result, detail::GraphQlGiven<Parents, Parts...>, later,
                                                typename Prepare::State, std::decay_t<F>>(),
                      "resolve(): a resolver takes GraphQlCall&, the parents of an object type's field, the arguments "
                      "in their order and what prepare() made, and returns the field's Result");
        using Record = detail::GraphQlResolver<Result, Parents, later, Prepare, std::decay_t<F>, Parts...>;
        if (declaration_->resolve != nullptr) throw Invalid(declaration_->place() + ": it has a resolver already");
        auto record =
            detail::Owned<Record>::make(*runtime_, *names_, parts_, std::move(prepare), std::forward<F>(resolver));
        declaration_->context = record.get();
        declaration_->resolve = &Record::resolve;
        declaration_->prepare = &Record::prepare;
        declaration_->hasPreparation = Prepare::isThere;
        declaration_->record = std::move(record);
        declaration_->result = [](const detail::GraphQlReader& reader) {
            // An integer that has no description has the range of its C++ type.
            return detail::graphQlType<Item>(reader, detail::Rules{}) + (detail::isMaybe<Item> ? "" : "!");
        };
    }

    detail::Runtime* runtime_;
    const detail::GraphQlNames* names_;
    detail::GraphQlFieldDeclaration* declaration_; // the runtime's
    detail::Tuple<Parts...> parts_;
};

} // namespace v1
} // namespace mortise
