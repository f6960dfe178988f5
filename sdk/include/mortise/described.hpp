// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/date.hpp>
#include <mortise/date_time.hpp>
#include <mortise/decimal.hpp>
#include <mortise/detail/fixed_array.hpp>
#include <mortise/detail/for_each.hpp>
#include <mortise/detail/kinds.hpp>
#include <mortise/detail/rules.hpp>
#include <mortise/detail/tuple.hpp>
#include <mortise/enumeration.hpp>
#include <mortise/tagged.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

// MORTISE_DESCRIBE(Type, field(member).minLength(2), field(other).email(), …)
//
// One description of a struct: schema, decoding, encoding and row mapping follow from it. Stands in the namespace of
// Type (any, also an unnamed one), below the descriptions of its members' types, names up to 64 members, and costs
// nothing at run time. See Field for what can be said.
#define MORTISE_DESCRIBE(Type, ...)                                                                        \
    [[maybe_unused]] constexpr auto mortiseDescribe(::mortise::detail::Tag<Type>) {                        \
        using MortiseSubject = Type;                                                                       \
        return ::mortise::detail::makeTuple(MORTISE_EACH(__VA_ARGS__)(MORTISE_DESCRIBE_ONE, __VA_ARGS__)); \
    }                                                                                                      \
    [[maybe_unused]] constexpr ::std::string_view mortiseTitle(::mortise::detail::Tag<Type>) {             \
        return ::mortise::detail::unqualified(#Type);                                                      \
    }
#define MORTISE_DESCRIBE_ONE(x)                                                                                       \
    [] {                                                                                                              \
        constexpr auto mortiseField = MORTISE_DESCRIBED_##x;                                                          \
        static_assert(mortiseField.isKnown(),                                                                         \
                      #x ": its type has no MORTISE_DESCRIBE (or MORTISE_ENUM) above this one");                      \
        static_assert(mortiseField.fits(mortiseField.letters),                                                        \
                      #x ": lengths, patterns, choices and formats are rules of texts");                              \
        static_assert(mortiseField.fits(mortiseField.number),                                                         \
                      #x ": min, max and multipleOf are rules of numbers, and are numbers");                          \
        static_assert(mortiseField.fits(mortiseField.items),                                                          \
                      #x ": minItems, maxItems and uniqueItems are rules of vectors");                                \
        static_assert(mortiseField.fits(mortiseField.properties),                                                     \
                      #x ": minProperties and maxProperties are rules of maps");                                      \
        static_assert(mortiseField.fits(mortiseField.null), #x ": only an std::optional or a Patch can be nullable"); \
        return mortiseField;                                                                                          \
    }()
#define MORTISE_DESCRIBED_field(member) ::mortise::detail::makeField(&MortiseSubject::member, #member)

namespace mortise {
inline namespace v1 {

// JSON text that is put into a response as it is. Its schema accepts anything; it cannot be decoded.
struct RawJson {
    std::string text = "null";
};

struct UploadedFile;

namespace detail {

template<class T>
constexpr bool isNumber = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

// What rules of texts and numbers are about: of an array, a map or a maybe what is inside.
template<class T, class = void>
struct Element {
    using Type = T;
};
template<class T>
struct Element<T, std::enable_if_t<isMaybe<T> || IsVector<T>::value || IsArray<T>::value>>
    : Element<typename T::value_type> {};
template<class T>
struct Element<T, std::enable_if_t<IsMap<T>::value>> : Element<typename T::mapped_type> {};
template<class T>
using ElementOf = typename Element<T>::Type;

template<class T>
constexpr bool isKnown();

template<class Types>
struct AreKnown;
template<class... Ts>
struct AreKnown<Tuple<Ts...>> : std::bool_constant<(isKnown<Ts>() && ...)> {};

// Whether JSON can be made of it.
template<class T>
constexpr bool isKnown() {
    using E = ElementOf<T>;
    if constexpr (IsAlternatives<E>::value) return AreKnown<typename AlternativesOf<E>::Types>::value;
    return std::is_arithmetic_v<E> || isText<E> || IsNamedEnum<E>::value || std::is_same_v<E, DateTime> ||
           std::is_same_v<E, Date> || std::is_same_v<E, Decimal> || std::is_same_v<E, RawJson> ||
           std::is_same_v<E, UploadedFile> || IsDescribed<E>::value || IsTagged<E>::value;
}

// Whether it can be all of a response's body.
template<class T>
constexpr bool isBody = isKnown<T>() && !isMaybe<T> &&
                        (!std::is_same_v<ElementOf<T>, T> || IsDescribed<T>::value || IsTagged<T>::value ||
                         IsAlternatives<T>::value || std::is_same_v<T, RawJson>);

} // namespace detail

// One described member. Every call returns a changed copy, so that descriptions are constant expressions.
template<class Owner, class Value>
class Field {
public:
    using Type = Value;
    // What is wrong with a value, or nothing. Of an std::optional or a Patch it gets what is inside.
    using Check = std::string_view (*)(const detail::Unwrapped<Value>& value);

    constexpr Field(Value Owner::*memberPointer, std::string_view spelt)
        : member(memberPointer), name(spelt), memberName(spelt) {}

    // A rule that a member's type has no place for is an error of MORTISE_DESCRIBE. Of vectors, arrays and maps, rules
    // of texts and numbers are about the elements.
    constexpr Field minLength(std::int64_t n) const {
        return ofText([n](auto& r) { r.minLength = n; });
    } // code points
    constexpr Field maxLength(std::int64_t n) const {
        return ofText([n](auto& r) { r.maxLength = n; });
    }
    constexpr Field maxBytes(std::int64_t n) const {
        return ofText([n](auto& r) { r.maxBytes = n; });
    }
    constexpr Field minItems(std::int64_t n) const {
        return of(detail::IsVector<Inner>::value, Rule::items, [n](auto& r) { r.minItems = n; });
    }
    constexpr Field maxItems(std::int64_t n) const {
        return of(detail::IsVector<Inner>::value, Rule::items, [n](auto& r) { r.maxItems = n; });
    }
    template<class N>
    constexpr Field min(N n) const {
        return ofNumber<N>([n](auto& r) { r.minimum = detail::Constant::of(n); });
    }
    template<class N>
    constexpr Field max(N n) const {
        return ofNumber<N>([n](auto& r) { r.maximum = detail::Constant::of(n); });
    }
    template<class N>
    constexpr Field exclusiveMin(N n) const {
        return ofNumber<N>([n](auto& r) { r.exclusiveMinimum = detail::Constant::of(n); });
    }
    template<class N>
    constexpr Field exclusiveMax(N n) const {
        return ofNumber<N>([n](auto& r) { r.exclusiveMaximum = detail::Constant::of(n); });
    }
    template<class N>
    constexpr Field multipleOf(N n) const { // in decimal: 0.3 is a multiple of 0.1
        return ofNumber<N>([n](auto& r) { r.multipleOf = detail::Constant::of(n); });
    }
    constexpr Field minProperties(std::int64_t n) const { // of a map
        return of(detail::IsMap<Inner>::value, Rule::properties, [n](auto& r) { r.minItems = n; });
    }
    constexpr Field maxProperties(std::int64_t n) const {
        return of(detail::IsMap<Inner>::value, Rule::properties, [n](auto& r) { r.maxItems = n; });
    }
    constexpr Field uniqueItems() const {
        return of(detail::IsVector<Inner>::value || detail::IsArray<Inner>::value, Rule::items,
                  [](auto& r) { r.unique = true; });
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
        return ofText([list...](auto& r) { ((r.choices[r.choiceCount++] = std::string_view(list)), ...); });
    }
    constexpr Field email() const { return format("email"); }
    constexpr Field uuid() const { return format("uuid"); }
    constexpr Field uri() const { return format("uri"); }
    constexpr Field hostname() const { return format("hostname"); }
    constexpr Field ipv4() const { return format("ipv4"); }
    constexpr Field ipv6() const { return format("ipv6"); }
    constexpr Field format(std::string_view f) const {
        return ofText([f](auto& r) { r.format = f; });
    }
    constexpr Field pattern(std::string_view p) const {
        return ofText([p](auto& r) { r.pattern = p; });
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
        return of(detail::isMaybe<Value>, Rule::null, [](auto& r) { r.nullable = true; });
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

    enum Rule : unsigned { letters = 1, number = 2, items = 4, properties = 8, null = 16 };
    // Whether no rule of this kind was said of a member that cannot have it.
    constexpr bool fits(unsigned kind) const { return (misfits & kind) == 0; }
    static constexpr bool isKnown() { return detail::isKnown<Value>(); }

    Value Owner::*member;
    std::string_view name;       // on the wire
    std::string_view memberName; // in C++
    bool isNamed = false;        // the name is not the member's
    detail::Rules rules{};
    Check checkFunction = nullptr;
    std::string_view checkCode;
    unsigned misfits = 0; // Rule

private:
    using Inner = detail::Unwrapped<Value>;

    template<class Change>
    constexpr Field of(bool hasPlace, unsigned kind, Change change) const {
        Field copy = with(change);
        if (!hasPlace) copy.misfits |= kind;
        return copy;
    }
    template<class Change>
    constexpr Field ofText(Change change) const {
        return of(detail::isText<detail::ElementOf<Value>>, Rule::letters, change);
    }
    template<class N, class Change>
    constexpr Field ofNumber(Change change) const {
        constexpr bool isNumber =
            detail::isNumber<detail::ElementOf<Value>> || std::is_same_v<detail::ElementOf<Value>, Decimal>;
        return of(isNumber && (detail::isNumber<N> || std::is_same_v<N, JsonText>), Rule::number, change);
    }
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
constexpr std::size_t fieldCount = decltype(description<T>)::size;

template<class T, std::size_t I>
using FieldType = typename TypeAt<I, std::remove_cv_t<decltype(description<T>)>>::Type;

// `,"name":` as constant characters; encoding skips the comma of the first member.
template<class T, std::size_t I>
constexpr auto makeKeyFragment() {
    constexpr std::string_view name = nth<I>(description<T>).name;
    FixedArray<char, name.size() + 4> fragment{};
    fragment[0] = ',';
    fragment[1] = '"';
    for (std::size_t i = 0; i < name.size(); ++i) fragment[i + 2] = name[i];
    fragment[name.size() + 2] = '"';
    fragment[name.size() + 3] = ':';
    return fragment;
}
template<class T, std::size_t I>
constexpr auto keyFragment = makeKeyFragment<T, I>();

template<class T>
constexpr bool comesIn();

template<class T, std::size_t... I>
constexpr bool membersComeIn(std::index_sequence<I...>) {
    return (comesIn<FieldType<T, I>>() && ...);
}

// Whether it can be decoded: there is no variant without a tag in it.
template<class T>
constexpr bool comesIn() {
    using E = ElementOf<T>;
    if constexpr (IsDescribed<E>::value)
        return membersComeIn<E>(std::make_index_sequence<fieldCount<E>>{});
    else
        return !IsAlternatives<E>::value;
}

// Names of members on the wire.
struct MemberNames {
    template<class T, std::size_t I>
    static constexpr std::string_view of() {
        return nth<I>(description<T>).name;
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
