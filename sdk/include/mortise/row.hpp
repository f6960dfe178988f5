// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/elements.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/service/database.h>

#include <string_view>

namespace mortise {
inline namespace v1 {

// Parameters and columns: the hot path looks at them where they stand (`at`). Borrowed for the call.
using SqlValues = detail::Elements<mortise_sql_value>;

// One row, borrowed for the call.
class Row {
public:
    explicit Row(const SqlValues& columns) noexcept : columns_(columns) {}

    std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(columns_.size()); }
    std::uint32_t kind(std::uint32_t column) const noexcept { return columns_.at(column).kind; } // MORTISE_SQL_…
    bool isNull(std::uint32_t column) const noexcept { return columns_.at(column).kind == MORTISE_SQL_NULL; }
    std::int64_t integer(std::uint32_t column) const noexcept {
        const mortise_sql_value& value = columns_.at(column);
        return value.kind == MORTISE_SQL_NUMBER ? static_cast<std::int64_t>(value.number) : value.integer;
    }
    double number(std::uint32_t column) const noexcept {
        const mortise_sql_value& value = columns_.at(column);
        return value.kind == MORTISE_SQL_INTEGER ? static_cast<double>(value.integer) : value.number;
    }
    std::string_view text(std::uint32_t column) const noexcept {
        return v1::text(columns_.at(column).text);
    } // or a blob

private:
    SqlValues columns_;
};

namespace detail {

template<>
inline constexpr std::size_t firstSize<mortise_sql_value> = MORTISE_SIZE_TO(mortise_sql_value, text);

} // namespace detail
} // namespace v1
} // namespace mortise
