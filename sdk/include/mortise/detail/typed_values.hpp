// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>
#include <mortise/detail/tuple.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/error.hpp>
#include <mortise/service/typed.h>
#include <mortise/turn.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

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
            unpack(
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
        unpack([&](const auto&... field) { (one(out.*field.member), ...); }, mortiseDescribe(Tag<T>{}));
    }
}

} // namespace detail
} // namespace v1
} // namespace mortise
