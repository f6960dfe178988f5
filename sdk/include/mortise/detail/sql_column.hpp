// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/decimal.hpp>
#include <mortise/described.hpp>
#include <mortise/error.hpp>
#include <mortise/row.hpp>

#include <optional>
#include <string>
#include <string_view>

// A column of a row as a C++ value. What the value cannot hold is an Error that names the column, never another value.
namespace mortise {
inline namespace v1 {
namespace detail {

// What the database gave is not what the code or its schema declare. `name`: the field's, or empty.
[[noreturn, gnu::cold, gnu::noinline]] inline void refuseColumn(std::uint32_t column, std::string_view name,
                                                                std::string_view what, std::string_view shown = {}) {
    std::string text = "column " + std::to_string(column + 1);
    if (!name.empty()) text.append(" (").append(name).append(")");
    throw Error(text.append(" of a row ").append(what).append(shown));
}
template<class Number>
[[noreturn, gnu::cold, gnu::noinline]] void refuseNumber(std::uint32_t column, std::string_view name, Number value) {
    refuseColumn(column, name, "has a number that its member does not hold: ", std::to_string(value));
}
[[noreturn, gnu::cold, gnu::noinline]] inline void refuseKind(std::uint32_t column, std::string_view name,
                                                              std::uint32_t kind) {
    if (kind == MORTISE_SQL_NULL) refuseColumn(column, name, "is NULL, and its member is no std::optional");
    const bool isNumber = kind == MORTISE_SQL_INTEGER || kind == MORTISE_SQL_NUMBER || kind == MORTISE_SQL_DATE_TIME;
    refuseColumn(column, name,
                 isNumber ? "is a number, and its member is none" : "is no number, and its member is one");
}

// The whole numbers that a column holds.
template<class T>
T takeInteger(const Row& row, std::uint32_t column, std::string_view name) {
    const std::uint32_t kind = row.kind(column);
    if (kind == MORTISE_SQL_NUMBER) {
        constexpr double end = 9223372036854775808.0; // 2^63
        const double number = row.number(column);
        if (!(number >= -end && number < end) || static_cast<double>(row.integer(column)) != number)
            refuseNumber(column, name, number);
    } else if (kind != MORTISE_SQL_INTEGER && kind != MORTISE_SQL_DATE_TIME) {
        refuseKind(column, name, kind);
    }
    const std::int64_t value = row.integer(column);
    const auto held = static_cast<T>(value);
    if constexpr (sizeof(T) < sizeof value)
        if (static_cast<std::int64_t>(held) != value) refuseNumber(column, name, value);
    return held;
}
inline std::string_view takeText(const Row& row, std::uint32_t column, std::string_view name) {
    const std::uint32_t kind = row.kind(column);
    if (kind != MORTISE_SQL_TEXT && kind != MORTISE_SQL_BLOB && kind != MORTISE_SQL_DECIMAL && kind != MORTISE_SQL_UUID)
        refuseKind(column, name, kind);
    return row.text(column);
}
inline Decimal takeDecimal(const Row& row, std::uint32_t column, std::string_view name) {
    if (row.kind(column) == MORTISE_SQL_INTEGER) return Decimal(row.integer(column));
    if (row.isNull(column)) refuseKind(column, name, MORTISE_SQL_NULL);
    std::optional<Decimal> found = Decimal::parse(row.text(column));
    if (!found) refuseColumn(column, name, "is no decimal number: it is to be stored as text");
    return *std::move(found);
}

// Throws Error where the column is not what `out` can hold.
template<class T>
void takeColumn(const Row& row, std::uint32_t column, T& out, std::string_view name = {}) {
    if constexpr (IsOptional<T>::value) {
        if (row.isNull(column))
            out.reset();
        else
            takeColumn(row, column, out.emplace(), name);
    } else if constexpr (std::is_same_v<T, bool>) {
        out = takeInteger<std::int64_t>(row, column, name) != 0;
    } else if constexpr (std::is_integral_v<T>) {
        out = takeInteger<T>(row, column, name);
    } else if constexpr (std::is_floating_point_v<T>) {
        const std::uint32_t kind = row.kind(column);
        if (kind != MORTISE_SQL_NUMBER && kind != MORTISE_SQL_INTEGER) refuseKind(column, name, kind);
        out = static_cast<T>(row.number(column));
    } else if constexpr (std::is_same_v<T, DateTime>) {
        out.unixMilliseconds = takeInteger<std::int64_t>(row, column, name);
    } else if constexpr (std::is_same_v<T, Decimal>) {
        out = takeDecimal(row, column, name);
    } else {
        out.assign(takeText(row, column, name));
    }
}

} // namespace detail
} // namespace v1
} // namespace mortise
