// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>
#include <mortise/issues.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

template<class T, class = void>
struct HasOwnCheck : std::false_type {};
template<class T>
struct HasOwnCheck<T, std::void_t<decltype(mortiseCheck(std::declval<const T&>(), std::declval<Issues&>()))>>
    : std::true_type {};

template<class T>
constexpr bool hasChecks();

template<class T, std::size_t... I>
constexpr bool membersHaveChecks(std::index_sequence<I...>) {
    return ((nth<I>(description<T>).checkFunction != nullptr || hasChecks<FieldType<T, I>>()) || ...);
}

template<class T, std::size_t... I>
constexpr bool alternativesHaveChecks(std::index_sequence<I...>) {
    return (hasChecks<Alternative<T, I>>() || ...);
}

// Whether anything at or below a value of this type is checked beyond its schema.
template<class T>
constexpr bool hasChecks() {
    if constexpr (isMaybe<T> || IsVector<T>::value || IsArray<T>::value)
        return hasChecks<typename T::value_type>();
    else if constexpr (IsMap<T>::value)
        return hasChecks<typename T::mapped_type>();
    else if constexpr (IsTagged<T>::value)
        return alternativesHaveChecks<T>(std::make_index_sequence<alternativeCount<T>>{});
    else if constexpr (IsDescribed<T>::value)
        return HasOwnCheck<T>::value || membersHaveChecks<T>(std::make_index_sequence<fieldCount<T>>{});
    else
        return false;
}

template<class Names, class T>
void checkValue(const T& value, Issues& issues);

template<class T, std::size_t I, class Names>
void checkMember(const T& object, Issues& issues) {
    constexpr auto& field = nth<I>(description<T>);
    using Member = FieldType<T, I>;
    if constexpr (field.checkFunction != nullptr || hasChecks<Member>()) {
        const Issues::Step step(issues, Names::template of<T, I>());
        const Member& member = object.*(field.member);
        if constexpr (field.checkFunction != nullptr) {
            std::string_view fault;
            if constexpr (!isMaybe<Member>)
                fault = field.checkFunction(member);
            else if (member)
                fault = field.checkFunction(*member);
            if (!fault.empty()) issues.add({}, fault, field.checkCode);
        }
        checkValue<MemberNames>(member, issues);
    }
}

template<class Names, class T, std::size_t... I>
void checkMembers(const T& object, Issues& issues, std::index_sequence<I...>) {
    (checkMember<T, I, Names>(object, issues), ...);
}

template<class T>
void checkElements(const T& list, Issues& issues) {
    std::size_t index = 0;
    for (const auto& element : list) {
        const Issues::Step step(issues, index++);
        checkValue<MemberNames>(element, issues);
    }
}

// Runs every check at and below `value`.
template<class Names, class T>
void checkValue(const T& value, Issues& issues) {
    if constexpr (!hasChecks<T>()) {
        (void)value, (void)issues;
    } else if constexpr (isMaybe<T>) {
        if (value) checkValue<Names>(*value, issues);
    } else if constexpr (IsVector<T>::value || IsArray<T>::value) {
        checkElements(value, issues);
    } else if constexpr (IsMap<T>::value) {
        for (const auto& [name, element] : value) {
            const Issues::Step step(issues, name);
            checkValue<MemberNames>(element, issues);
        }
    } else if constexpr (IsTagged<T>::value) {
        visit([&](const auto& alternative) { checkValue<Names>(alternative, issues); }, value);
    } else {
        checkMembers<Names>(value, issues, std::make_index_sequence<fieldCount<T>>{});
        if constexpr (HasOwnCheck<T>::value) mortiseCheck(value, issues);
    }
}

} // namespace detail
} // namespace v1
} // namespace mortise
