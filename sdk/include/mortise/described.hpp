// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/date_time.hpp>
#include <mortise/detail/for_each.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

// MORTISE_DESCRIBE(Type, field(member).minLength(2), field(other).email(), …)
//
// One description of a struct: schema, decoding, encoding and row mapping follow from it. Stands in the namespace of
// Type (any, also an unnamed one), names up to 64 members, and costs nothing at run time. See Field for what can be
// said.
#define MORTISE_DESCRIBE(Type, ...)                                                    \
    [[maybe_unused]] constexpr auto mortiseDescribe(::mortise::detail::Tag<Type>) {    \
        using MortiseSubject = Type;                                                   \
        return ::std::make_tuple(MORTISE_FOR_EACH(MORTISE_DESCRIBE_ONE, __VA_ARGS__)); \
    }
#define MORTISE_DESCRIBE_ONE(x) MORTISE_DESCRIBED_##x
#define MORTISE_DESCRIBED_field(member) ::mortise::detail::makeField(&MortiseSubject::member, #member)

namespace mortise {
inline namespace v1 {

// JSON text that is put into an answer as it is. Its schema accepts anything; it cannot be decoded.
struct RawJson {
    std::string text = "null";
};

namespace detail {

template<class T>
struct Tag {};

constexpr std::size_t maxChoices = 16;

// A constant of a description: what .defaults() and .example() take.
struct Constant {
    enum class Kind { none, text, integer, number, boolean };
    Kind kind = Kind::none;
    std::string_view text;
    std::int64_t integer = 0;
    double number = 0;

    template<class T>
    static constexpr Constant of(T value) {
        Constant constant;
        if constexpr (std::is_same_v<T, bool>) {
            constant.kind = Kind::boolean;
            constant.integer = value ? 1 : 0;
        } else if constexpr (std::is_integral_v<T>) {
            constant.kind = Kind::integer;
            constant.integer = static_cast<std::int64_t>(value);
        } else if constexpr (std::is_floating_point_v<T>) {
            constant.kind = Kind::number;
            constant.number = value;
        } else {
            constant.kind = Kind::text;
            constant.text = std::string_view(value);
        }
        return constant;
    }
};

// What the schema says of a member beyond its type.
struct Rules {
    std::string_view format;
    std::string_view pattern;
    std::string_view text;
    std::int64_t minLength = -1; // code points
    std::int64_t maxLength = -1;
    std::int64_t maxBytes = -1; // bytes of UTF-8
    std::int64_t minItems = -1;
    std::int64_t maxItems = -1;
    Constant minimum;
    Constant maximum;
    Constant fallback;
    Constant example;
    std::array<std::string_view, maxChoices> choices{};
    std::size_t choiceCount = 0;
    bool secret = false;
    bool nullable = false;
    bool optional = false;
};

} // namespace detail

// One described member. Every call returns a changed copy, so that descriptions are constant expressions.
template<class Owner, class Value>
class Field {
public:
    using Type = Value;

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
    constexpr Field format(std::string_view f) const {
        return with([f](auto& r) { r.format = f; });
    }
    constexpr Field pattern(std::string_view p) const {
        return with([p](auto& r) { r.pattern = p; });
    } // RE2, unanchored
    constexpr Field text(std::string_view t) const {
        return with([t](auto& r) { r.text = t; });
    }
    constexpr Field secret() const {
        return with([](auto& r) { r.secret = true; });
    } // writeOnly: never in an answer
    // Null is accepted beside the type and leaves an optional empty.
    constexpr Field nullable() const {
        return with([](auto& r) { r.nullable = true; });
    }
    // May be missing; the member then keeps its initialiser. An std::optional is so by itself.
    constexpr Field optional() const {
        return with([](auto& r) { r.optional = true; });
    }
    // Another name on the wire than in C++.
    constexpr Field named(std::string_view wireName) const {
        Field copy = *this;
        copy.name = wireName;
        return copy;
    }

    Value Owner::*member;
    std::string_view name;
    detail::Rules rules{};

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

template<class T, class = void>
struct IsDescribed : std::false_type {};
template<class T>
struct IsDescribed<T, std::void_t<decltype(mortiseDescribe(Tag<T>{}))>> : std::true_type {};

template<class T>
struct IsOptional : std::false_type {};
template<class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template<class T>
struct IsVector : std::false_type {};
template<class T>
struct IsVector<std::vector<T>> : std::true_type {};

template<class T>
struct IsMap : std::false_type {};
template<class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};

template<class T>
constexpr bool isText = std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;

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

} // namespace detail

// A struct with a MORTISE_DESCRIBE.
template<class T>
constexpr bool isDescribed = detail::IsDescribed<T>::value;

} // namespace v1
} // namespace mortise
