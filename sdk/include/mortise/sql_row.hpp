// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>
#include <mortise/detail/sql_column.hpp>
#include <mortise/detail/tuple.hpp>

#include <exception>

namespace mortise {
inline namespace v1 {

namespace detail {

template<class T>
constexpr bool isColumn = std::is_arithmetic_v<T> || std::is_same_v<T, DateTime> || std::is_same_v<T, Decimal> ||
                          std::is_same_v<T, std::string>;

template<class T, std::size_t... I>
constexpr bool areColumns(std::index_sequence<I...>) {
    return (isColumn<OptionalOf<FieldType<T, I>>> && ...);
}

// Whether rows can be given as it.
template<class T>
constexpr bool isRow() {
    static_assert(isDescribed<T>, "rows as a struct: T has no MORTISE_DESCRIBE");
    if constexpr (isDescribed<T>) {
        constexpr bool fits = areColumns<T>(std::make_index_sequence<fieldCount<T>>{});
        static_assert(fits,
                      "rows as a struct: a column is a number, a bool, an std::string, a DateTime, a Decimal or an "
                      "std::optional of those");
        return fits;
    } else {
        return false;
    }
}

template<class T, std::size_t... I>
T takeRow(const Row& row, std::index_sequence<I...>) {
    if (row.size() != sizeof...(I)) throw Error("a row has another number of columns than its struct has fields");
    T out{};
    (takeColumn(row, static_cast<std::uint32_t>(I), out.*(nth<I>(description<T>).member),
                nth<I>(description<T>).memberName),
     ...);
    return out;
}

// Calls visit(Row) for each row; a visit may return false to stop. What it throws waits in `failure`.
template<class Visit>
struct RowVisit {
    Visit* visit;
    std::exception_ptr failure;

    static std::uint32_t call(void* context, const mortise_sql_value* columns, std::uint32_t count,
                              std::uint32_t size) {
        auto& self = *static_cast<RowVisit*>(context);
        try {
            const Row row(SqlValues(columns, count, size));
            if constexpr (std::is_same_v<decltype((*self.visit)(row)), bool>)
                return (*self.visit)(row) ? 1 : 0;
            else
                (*self.visit)(row);
            return 1;
        } catch (...) {
            self.failure = std::current_exception();
            return 0;
        }
    }
};

} // namespace detail

// The columns of a row as a described struct, in the order of its fields.
template<class T>
T rowAs(const Row& row) {
    if constexpr (detail::isRow<T>())
        return detail::takeRow<T>(row, std::make_index_sequence<detail::fieldCount<T>>{});
    else
        return T{};
}

} // namespace v1
} // namespace mortise
