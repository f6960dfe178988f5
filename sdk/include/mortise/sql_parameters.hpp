// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/decimal.hpp>
#include <mortise/described.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/service/database.h>

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {

// Bytes that are no text, as a parameter.
struct Blob {
    std::string_view bytes;
};

// A list of parameters by reference; what they point at must live until the call returns.
struct Parameters {
    const mortise_sql_value* data = nullptr;
    std::uint32_t count = 0;

    Parameters() = default;
    template<std::size_t N>
    Parameters(const std::array<mortise_sql_value, N>& values) noexcept : data(values.data()), count(N) {}
    Parameters(const std::vector<mortise_sql_value>& values) noexcept
        : data(values.data()), count(static_cast<std::uint32_t>(values.size())) {}
};

namespace detail {

template<class T>
constexpr bool isSqlValue = std::is_same_v<T, std::nullptr_t> || std::is_same_v<T, mortise_sql_value> ||
                            std::is_same_v<T, DateTime> || std::is_same_v<T, Decimal> || std::is_same_v<T, Blob> ||
                            std::is_arithmetic_v<T> || std::is_convertible_v<const T&, std::string_view>;

template<class T>
mortise_sql_value sqlValue(const T& value) noexcept {
    mortise_sql_value out{};
    if constexpr (IsOptional<T>::value) {
        if (value) return sqlValue(*value);
    } else if constexpr (std::is_same_v<T, std::nullptr_t>) {
        out.kind = MORTISE_SQL_NULL;
    } else if constexpr (std::is_same_v<T, mortise_sql_value>) {
        out = value;
    } else if constexpr (std::is_same_v<T, DateTime>) {
        out.kind = MORTISE_SQL_DATE_TIME;
        out.integer = value.unixMilliseconds;
    } else if constexpr (std::is_integral_v<T>) {
        out.kind = MORTISE_SQL_INTEGER;
        out.integer = static_cast<std::int64_t>(value);
    } else if constexpr (std::is_floating_point_v<T>) {
        out.kind = MORTISE_SQL_NUMBER;
        out.number = value;
    } else if constexpr (std::is_same_v<T, Decimal>) {
        out.kind = MORTISE_SQL_DECIMAL;
        out.text = view(value.text());
    } else if constexpr (std::is_same_v<T, Blob>) {
        out.kind = MORTISE_SQL_BLOB;
        out.text = view(value.bytes);
    } else {
        out.kind = MORTISE_SQL_TEXT;
        out.text = view(std::string_view(value));
    }
    return out;
}

} // namespace detail

// Parameters for '?' in order: numbers, bool, text, DateTime, Decimal, Blob, nullptr, std::optional of these.
template<class... Values>
std::array<mortise_sql_value, sizeof...(Values)> bind(const Values&... values) noexcept {
    static_assert((detail::isSqlValue<detail::OptionalOf<Values>> && ...),
                  "bind(): a parameter is a number, a bool, text, a DateTime, a Decimal, a Blob, nullptr or an "
                  "std::optional of those");
    return {{detail::sqlValue(values)...}};
}

} // namespace v1
} // namespace mortise
