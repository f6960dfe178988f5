// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>
#include <mortise/detail/unique_ptr.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/error.hpp>
#include <mortise/service/typed.h>
#include <mortise/turn.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

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
    } else if constexpr (std::is_same_v<Plain, std::string> || std::is_same_v<Plain, std::string_view>) {
        return "t";
    } else if constexpr (IsOptional<Plain>::value) {
        return typeText<typename Plain::value_type>() + '?';
    } else if constexpr (IsVector<Plain>::value) {
        return '[' + typeText<typename Plain::value_type>() + ']';
    } else {
        std::string members;
        std::apply(
            [&](const auto&... field) {
                ((members += (members.empty() ? "" : ",") + typeText<std::decay_t<decltype(Plain{}.*field.member)>>()),
                 ...);
            },
            mortiseDescribe(Tag<Plain>{}));
        return '{' + members + '}';
    }
}

// Values of a call, and the arrays that lists and structs among them need. Texts are borrowed.
class ValueWriter {
public:
    template<class T>
    mortise_value operator()(const T& from) {
        mortise_value out{};
        if constexpr (std::is_same_v<T, Turn>) {
            out.kind = MORTISE_VALUE_INTEGER;
            out.integer = static_cast<std::int64_t>(from.handle());
        } else if constexpr (std::is_integral_v<T>) {
            out.kind = MORTISE_VALUE_INTEGER;
            out.integer = static_cast<std::int64_t>(from);
        } else if constexpr (std::is_floating_point_v<T>) {
            out.kind = MORTISE_VALUE_NUMBER;
            out.number = from;
        } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
            out.kind = MORTISE_VALUE_TEXT;
            out.text = view(from);
        } else if constexpr (IsOptional<T>::value) {
            if (from) out = (*this)(*from);
        } else if constexpr (IsVector<T>::value) {
            out.kind = MORTISE_VALUE_LIST;
            mortise_value* const items = array(out, from.size());
            for (std::size_t i = 0; i < from.size(); ++i) items[i] = (*this)(from[i]);
        } else {
            out.kind = MORTISE_VALUE_STRUCT;
            std::apply(
                [&](const auto&... field) {
                    mortise_value* item = array(out, sizeof...(field));
                    ((*item++ = (*this)(from.*field.member)), ...);
                },
                mortiseDescribe(Tag<T>{}));
        }
        return out;
    }

private:
    mortise_value* array(mortise_value& of, std::size_t count) {
        arrays_.push_back(std::make_unique<mortise_value[]>(count));
        of.count = static_cast<std::uint32_t>(count);
        of.items = arrays_.back().get();
        return arrays_.back().get();
    }

    std::vector<std::unique_ptr<mortise_value[]>> arrays_;
};

inline void needKind(const mortise_value& from, std::uint32_t kind) {
    if (from.kind != kind) throw Invalid("a value of another type");
}

// Leaves `out` as it is where the other side has nothing.
template<class T>
void readValue(const mortise_value& from, T& out) {
    if constexpr (std::is_same_v<T, Turn>) {
        needKind(from, MORTISE_VALUE_INTEGER);
        out = Turn(static_cast<mortise_exchange>(from.integer));
    } else if constexpr (std::is_integral_v<T>) {
        needKind(from, MORTISE_VALUE_INTEGER);
        out = static_cast<T>(from.integer);
        if (!std::is_same_v<T, bool> && static_cast<std::int64_t>(out) != from.integer)
            throw Invalid("an integer that is out of range");
    } else if constexpr (std::is_floating_point_v<T>) {
        needKind(from, MORTISE_VALUE_NUMBER);
        out = static_cast<T>(from.number);
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
        needKind(from, MORTISE_VALUE_TEXT);
        out = T(text(from.text));
    } else if constexpr (IsOptional<T>::value) {
        if (from.kind == MORTISE_VALUE_NULL)
            out.reset();
        else
            readValue(from, out.emplace());
    } else if constexpr (IsVector<T>::value) {
        needKind(from, MORTISE_VALUE_LIST);
        out.resize(from.count);
        for (std::uint32_t i = 0; i < from.count; ++i) readValue(from.items[i], out[i]);
    } else {
        needKind(from, MORTISE_VALUE_STRUCT);
        std::uint32_t next = 0;
        const auto one = [&](auto& member) {
            if (next < from.count) readValue(from.items[next], member);
            ++next;
        };
        std::apply([&](const auto&... field) { (one(out.*field.member), ...); }, mortiseDescribe(Tag<T>{}));
    }
}

// Compares two types of descriptions from `a` and `b` on, and moves both behind them.
inline bool sameType(std::string_view& a, std::string_view& b);

// Members or arguments up to `end`: what one side has more at the end is skipped.
inline bool sameTypes(std::string_view& a, std::string_view& b, char end) {
    const auto skip = [end](std::string_view& from) {
        for (int depth = 0; !from.empty(); from.remove_prefix(1)) {
            const char c = from.front();
            if (depth == 0 && c == end) break;
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        }
        if (!from.empty()) from.remove_prefix(1);
    };
    while (!a.empty() && !b.empty() && a.front() != end && b.front() != end) {
        if (!sameType(a, b)) return false;
        for (std::string_view* const one : {&a, &b})
            if (!one->empty() && one->front() == ',') one->remove_prefix(1);
    }
    skip(a);
    skip(b);
    return true;
}

inline bool sameType(std::string_view& a, std::string_view& b) {
    if (a.empty() || b.empty() || a.front() != b.front()) return false;
    const char kind = a.front();
    a.remove_prefix(1);
    b.remove_prefix(1);
    if (kind == '{' && !sameTypes(a, b, '}')) return false;
    if (kind == '[' && !sameTypes(a, b, ']')) return false;
    const bool aNull = !a.empty() && a.front() == '?';
    const bool bNull = !b.empty() && b.front() == '?';
    if (aNull) a.remove_prefix(1);
    if (bNull) b.remove_prefix(1);
    return aNull == bNull;
}

// The first method that both descriptions have and that does not go together: both lines. Empty: all do.
inline std::string differentMethod(std::string_view a, std::string_view b) {
    const auto line = [](std::string_view& from) {
        const std::size_t end = std::min(from.find('\n'), from.size());
        const std::string_view first = from.substr(0, end);
        from.remove_prefix(std::min(end + 1, from.size()));
        return first;
    };
    while (!a.empty() && !b.empty()) {
        const std::string_view left = line(a), right = line(b);
        std::string_view x = left, y = right;
        const std::size_t name = std::min(x.find('('), x.size());
        bool same = x.substr(0, name) == y.substr(0, std::min(y.find('('), y.size())) && name < x.size();
        if (same) {
            x.remove_prefix(name + 1);
            y.remove_prefix(name + 1);
            same = sameTypes(x, y, ')') && sameType(x, y);
        }
        if (!same) return "'" + std::string(left) + "' and '" + std::string(right) + "'";
    }
    return {};
}

} // namespace detail
} // namespace v1
} // namespace mortise
