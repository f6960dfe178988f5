// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>
#include <mortise/detail/tuple.hpp>
#include <mortise/turn.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

// Descriptions of typed services, see service/typed.h.
namespace mortise {
inline namespace v1 {
namespace detail {

// Whether a type can be written down: an integer, a number, a text, a Turn, a described struct, or optionals and
// vectors of these.
template<class T>
constexpr bool crosses() {
    using Plain = std::remove_cv_t<std::remove_reference_t<T>>;
    if constexpr (std::is_arithmetic_v<Plain> || isText<Plain> || std::is_same_v<Plain, Turn>) {
        return true;
    } else if constexpr (IsOptional<Plain>::value || IsVector<Plain>::value) {
        return crosses<typename Plain::value_type>();
    } else if constexpr (!IsDescribed<Plain>::value) {
        return std::is_void_v<Plain>;
    } else {
        return unpack(
            [](const auto&... field) { return (crosses<std::decay_t<decltype(Plain{}.*field.member)>>() && ...); },
            mortiseDescribe(Tag<Plain>{}));
    }
}

// The type as a description of a typed service writes it.
template<class T>
std::string typeText() {
    using Plain = std::remove_cv_t<std::remove_reference_t<T>>;
    if constexpr (std::is_void_v<Plain>) {
        return "-";
    } else if constexpr (std::is_integral_v<Plain> || std::is_same_v<Plain, Turn>) {
        return "i";
    } else if constexpr (std::is_floating_point_v<Plain>) {
        return "n";
    } else if constexpr (isText<Plain>) {
        return "t";
    } else if constexpr (IsOptional<Plain>::value) {
        return typeText<typename Plain::value_type>() + '?';
    } else if constexpr (IsVector<Plain>::value) {
        return '[' + typeText<typename Plain::value_type>() + ']';
    } else {
        std::string members;
        unpack(
            [&](const auto&... field) {
                ((members += (members.empty() ? "" : ",") + typeText<std::decay_t<decltype(Plain{}.*field.member)>>()),
                 ...);
            },
            mortiseDescribe(Tag<Plain>{}));
        return '{' + members + '}';
    }
}

inline std::uint64_t descriptionHash(std::string_view description) noexcept {
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : description) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash;
}

// Lists and structs within each other; what is deeper goes together with nothing.
constexpr int typeNesting = 64;

// Compares two types of descriptions from `a` and `b` on, and moves both behind them. `nesting` more levels are
// allowed.
inline bool sameType(std::string_view& a, std::string_view& b, int nesting);

// Members or arguments up to `end`: what one side has more at the end is skipped.
inline bool sameTypes(std::string_view& a, std::string_view& b, char end, int nesting) {
    const auto skip = [end](std::string_view& from) {
        for (std::int64_t depth = 0; !from.empty(); from.remove_prefix(1)) {
            const char c = from.front();
            if (depth == 0 && c == end) break;
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        }
        if (!from.empty()) from.remove_prefix(1);
    };
    while (!a.empty() && !b.empty() && a.front() != end && b.front() != end) {
        if (!sameType(a, b, nesting)) return false;
        for (std::string_view* const one : {&a, &b})
            if (!one->empty() && one->front() == ',') one->remove_prefix(1);
    }
    skip(a);
    skip(b);
    return true;
}

inline bool sameType(std::string_view& a, std::string_view& b, int nesting) {
    if (a.empty() || b.empty() || a.front() != b.front()) return false;
    const char kind = a.front();
    a.remove_prefix(1);
    b.remove_prefix(1);
    if (kind == '{' || kind == '[')
        if (nesting == 0 || !sameTypes(a, b, kind == '{' ? '}' : ']', nesting - 1)) return false;
    const bool aNull = !a.empty() && a.front() == '?';
    const bool bNull = !b.empty() && b.front() == '?';
    if (aNull) a.remove_prefix(1);
    if (bNull) b.remove_prefix(1);
    return aNull == bNull;
}

// In the place of a method that one side does not have.
constexpr std::string_view noMethod = "-";

// The first line of a description, which is taken from it.
inline std::string_view takeLine(std::string_view& from) {
    const std::size_t end = std::min(from.find('\n'), from.size());
    const std::string_view first = from.substr(0, end);
    from.remove_prefix(std::min(end + 1, from.size()));
    return first;
}

// The first method that both descriptions have and that does not go together: both lines, of each at most 200 bytes.
// Empty: all do.
inline std::string differentMethod(std::string_view a, std::string_view b) {
    const auto shown = [](std::string_view of) {
        const bool cut = of.size() > 200;
        return '\'' + std::string(cut ? of.substr(0, 197) : of) + (cut ? "...'" : "'");
    };
    while (!a.empty() && !b.empty()) {
        const std::string_view left = takeLine(a), right = takeLine(b);
        if (left == noMethod || right == noMethod) continue;
        std::string_view x = left, y = right;
        const std::size_t name = std::min(x.find('('), x.size()) + 1;
        bool same = name <= x.size() && x.substr(0, name) == y.substr(0, name);
        if (same) {
            x.remove_prefix(name);
            y.remove_prefix(name);
            same = sameTypes(x, y, ')', typeNesting) && sameType(x, y, typeNesting);
        }
        if (!same) return shown(left) + " and " + shown(right);
    }
    return {};
}

} // namespace detail
} // namespace v1
} // namespace mortise
