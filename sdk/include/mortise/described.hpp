// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/date.hpp>
#include <mortise/date_time.hpp>
#include <mortise/decimal.hpp>
#include <mortise/detail/for_each.hpp>
#include <mortise/detail/kinds.hpp>
#include <mortise/detail/rules.hpp>
#include <mortise/enumeration.hpp>
#include <mortise/tagged.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

// MORTISE_DESCRIBE(Type, field(member).minLength(2), field(other).email(), …)
//
// One description of a struct: schema, decoding, encoding and row mapping follow from it. Stands in the namespace of
// Type (any, also an unnamed one), names up to 64 members, and costs nothing at run time. See Field for what can be
// said.
#define MORTISE_DESCRIBE(Type, ...)                                                            \
    [[maybe_unused]] constexpr auto mortiseDescribe(::mortise::detail::Tag<Type>) {            \
        using MortiseSubject = Type;                                                           \
        return ::std::make_tuple(MORTISE_FOR_EACH(MORTISE_DESCRIBE_ONE, __VA_ARGS__));         \
    }                                                                                          \
    [[maybe_unused]] constexpr ::std::string_view mortiseTitle(::mortise::detail::Tag<Type>) { \
        return ::mortise::detail::unqualified(#Type);                                          \
    }
#define MORTISE_DESCRIBE_ONE(x) MORTISE_DESCRIBED_##x
#define MORTISE_DESCRIBED_field(member) ::mortise::detail::makeField(&MortiseSubject::member, #member)

namespace mortise {
inline namespace v1 {

// JSON text that is put into an answer as it is. Its schema accepts anything; it cannot be decoded.
struct RawJson {
    std::string text = "null";
};

// One described member. Every call returns a changed copy, so that descriptions are constant expressions.
template<class Owner, class Value>
class Field {
public:
    using Type = Value;
    // What is wrong with a value, or nothing. Of an std::optional or a Patch it gets what is inside.
    using Check = std::string_view (*)(const detail::Unwrapped<Value>& value);

    constexpr Field(Value Owner::*memberPointer, std::string_view memberName)
        : member(memberPointer), name(memberName) {}

    constexpr Field minLength(std::int64_t n) const {
        return with([n](auto& r) { r.minLength = n; });
    } // code points
    constexpr Field maxLength(std::int64_t n) const {
        return with([n](auto& r) { r.maxLength = n; });
    }
    constexpr Field maxBytes(std::int64_t n) const {
        return with([n](auto& r) { r.maxBytes = n; });
    }
    constexpr Field minItems(std::int64_t n) const {
        return with([n](auto& r) { r.minItems = n; });
    }
    constexpr Field maxItems(std::int64_t n) const {
        return with([n](auto& r) { r.maxItems = n; });
    }
    template<class N>
    constexpr Field min(N n) const {
        return with([n](auto& r) { r.minimum = detail::Constant::of(n); });
    }
    template<class N>
    constexpr Field max(N n) const {
        return with([n](auto& r) { r.maximum = detail::Constant::of(n); });
    }
    template<class N>
    constexpr Field exclusiveMin(N n) const {
        return with([n](auto& r) { r.exclusiveMinimum = detail::Constant::of(n); });
    }
    template<class N>
    constexpr Field exclusiveMax(N n) const {
        return with([n](auto& r) { r.exclusiveMaximum = detail::Constant::of(n); });
    }
    template<class N>
    constexpr Field multipleOf(N n) const { // in decimal: 0.3 is a multiple of 0.1
        return with([n](auto& r) { r.multipleOf = detail::Constant::of(n); });
    }
    constexpr Field minProperties(std::int64_t n) const { return minItems(n); } // of a map
    constexpr Field maxProperties(std::int64_t n) const { return maxItems(n); }
    constexpr Field uniqueItems() const {
        return with([](auto& r) { r.unique = true; });
    }
    // The host fills it in where the member is missing, so the member is not required.
    template<class V>
    constexpr Field defaults(V v) const {
        return with([v](auto& r) { r.fallback = detail::Constant::of(v); });
    }
    template<class V>
    constexpr Field example(V v) const {
        return with([v](auto& r) { r.example = detail::Constant::of(v); });
    }
    template<class... Choices>
    constexpr Field choices(Choices... list) const {
        static_assert(sizeof...(Choices) <= detail::maxChoices, "too many choices");
        return with([list...](auto& r) { ((r.choices[r.choiceCount++] = std::string_view(list)), ...); });
    }
    constexpr Field email() const { return format("email"); }
    constexpr Field uuid() const { return format("uuid"); }
    constexpr Field uri() const { return format("uri"); }
    constexpr Field hostname() const { return format("hostname"); }
    constexpr Field ipv4() const { return format("ipv4"); }
    constexpr Field ipv6() const { return format("ipv6"); }
    constexpr Field format(std::string_view f) const {
        return with([f](auto& r) { r.format = f; });
    }
    constexpr Field pattern(std::string_view p) const {
        return with([p](auto& r) { r.pattern = p; });
    } // RE2, unanchored
    constexpr Field text(std::string_view t) const {
        return with([t](auto& r) { r.text = t; });
    }
    // Comes in and never goes out: encoding leaves it out, documentation calls it writeOnly.
    constexpr Field secret() const {
        return with([](auto& r) { r.secret = true; });
    }
    // Goes out and never comes in: what a client sends under this name is checked and dropped.
    constexpr Field readOnly() const {
        return with([](auto& r) { r.readOnly = true; });
    }
    constexpr Field deprecated() const {
        return with([](auto& r) { r.deprecated = true; });
    }
    // Null is accepted beside the type and leaves an optional empty.
    constexpr Field nullable() const {
        return with([](auto& r) { r.nullable = true; });
    }
    // May be missing; the member then keeps its initialiser. An std::optional is so by itself.
    constexpr Field optional() const {
        return with([](auto& r) { r.optional = true; });
    }
    // Runs after the schema, on what was decoded; the text it returns is a detail of the 400, like "must be even".
    constexpr Field check(Check function, std::string_view code = "custom") const {
        Field copy = *this;
        copy.checkFunction = function;
        copy.checkCode = code;
        return copy;
    }
    // Another name on the wire than in C++.
    constexpr Field named(std::string_view wireName) const {
        Field copy = *this;
        copy.name = wireName;
        copy.isNamed = true;
        return copy;
    }

    Value Owner::*member;
    std::string_view name;
    bool isNamed = false; // the name is not the member's
    detail::Rules rules{};
    Check checkFunction = nullptr;
    std::string_view checkCode;

private:
    template<class Change>
    constexpr Field with(Change change) const {
        Field copy = *this;
        change(copy.rules);
        return copy;
    }
};

namespace detail {

template<class Owner, class Value>
constexpr Field<Owner, Value> makeField(Value Owner::*member, std::string_view name) {
    return {member, name};
}

template<class T>
constexpr auto description = mortiseDescribe(Tag<T>{});

template<class T>
constexpr std::size_t fieldCount = std::tuple_size_v<std::decay_t<decltype(description<T>)>>;

template<class T, std::size_t I>
using FieldType = typename std::tuple_element_t<I, std::decay_t<decltype(description<T>)>>::Type;

// `,"name":` as constant characters; encoding skips the comma of the first member.
template<class T, std::size_t I>
constexpr auto makeKeyFragment() {
    constexpr std::string_view name = std::get<I>(description<T>).name;
    std::array<char, name.size() + 4> fragment{};
    fragment[0] = ',';
    fragment[1] = '"';
    for (std::size_t i = 0; i < name.size(); ++i) fragment[i + 2] = name[i];
    fragment[name.size() + 2] = '"';
    fragment[name.size() + 3] = ':';
    return fragment;
}
template<class T, std::size_t I>
constexpr auto keyFragment = makeKeyFragment<T, I>();

// Names of members on the wire.
struct MemberNames {
    template<class T, std::size_t I>
    static constexpr std::string_view of() {
        return std::get<I>(description<T>).name;
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
