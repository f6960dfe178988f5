// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/tuple.hpp>
#include <mortise/schema.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

template<class T>
std::string nameOf();
template<class T>
struct NamesOf;
template<class... Ts>
struct NamesOf<Tuple<Ts...>> {
    static std::string text() {
        std::string all;
        ((all.append(all.empty() ? "" : " or ").append(nameOf<Ts>())), ...);
        return all;
    }
};

// As messages name it.
template<class T>
std::string nameOf() {
    if constexpr (IsVariant<T>::value)
        return NamesOf<typename AlternativesOf<T>::Types>::text();
    else if constexpr (IsDescribed<T>::value)
        return std::string(mortiseTitle(Tag<T>{}));
    else if constexpr (!std::is_same_v<ElementOf<T>, T>)
        return (IsMap<T>::value ? "a map of " : "a list of ") + nameOf<ElementOf<T>>();
    else
        return "another value";
}

// The members and types of what goes out, without titles and texts: the same for a struct of texts and one of views.
template<class T>
struct ShapeOf;
template<class T>
void putShape(std::string& out);
template<class... Ts>
struct ShapeOf<Tuple<Ts...>> {
    static void put(std::string& out) { ((putShape<Ts>(out), out.push_back('|')), ...); }
};
template<class T, std::size_t... I>
void putMembers(std::string& out, std::index_sequence<I...>) {
    const auto one = [&out](const auto& field, auto put) {
        if (field.rules.secret) return;
        out.append(field.name).push_back(':');
        put(out);
        out.push_back(',');
    };
    (one(nth<I>(description<T>), &putShape<FieldType<T, I>>), ...);
}
template<class T>
void putShape(std::string& out) {
    if constexpr (isMaybe<T>) {
        out.push_back('?');
        putShape<typename T::value_type>(out);
    } else if constexpr (IsVector<T>::value || IsArray<T>::value) {
        out.push_back('[');
        putShape<typename T::value_type>(out);
    } else if constexpr (IsMap<T>::value) {
        out.push_back('<');
        putShape<typename T::mapped_type>(out);
    } else if constexpr (IsVariant<T>::value) {
        ShapeOf<typename AlternativesOf<T>::Types>::put(out);
    } else if constexpr (IsDescribed<T>::value) {
        out.push_back('{');
        putMembers<T>(out, std::make_index_sequence<fieldCount<T>>());
        out.push_back('}');
    } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
        out.append("integer"); // of any width
    } else {
        schemaValue<T, Outgoing>(out, Rules{});
    }
}

// What a body is made of: one address a type in a plugin's file.
struct TypeMark {
    std::string (*name)();
    const std::string& (*shape)(); // made once; empty where there is nothing to compare
};
template<class T>
const std::string& shapeOf() {
    static const std::string shape = [] {
        std::string made;
        putShape<T>(made);
        return made;
    }();
    return shape;
}
inline const std::string& noShape() {
    static const std::string none;
    return none;
}
template<class T>
inline constexpr TypeMark typeMark{&nameOf<T>, &shapeOf<T>};
inline constexpr TypeMark noBody{[]() -> std::string { return "no body"; }, &noShape};
inline constexpr TypeMark errorBody{[]() -> std::string { return "an error"; }, &noShape};

// Whether bodies of both look alike.
inline bool isSameBody(const TypeMark& a, const TypeMark& b) {
    return &a == &b || (!a.shape().empty() && a.shape() == b.shape());
}

} // namespace detail
} // namespace v1
} // namespace mortise
