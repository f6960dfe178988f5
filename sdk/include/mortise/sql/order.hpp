// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/column.hpp>

namespace mortise {
inline namespace v1 {
namespace sql {

template<class ColumnType, bool isDescending>
struct Term {
    using Column = ColumnType;
    static constexpr bool descends = isDescending;
};

// orderBy(desc(posts.createdAt), posts.id)
template<class Table, auto Member>
constexpr Term<Column<Table, Member>, true> desc(const Column<Table, Member>&) {
    return {};
}
template<class Table, auto Member>
constexpr Term<Column<Table, Member>, false> asc(const Column<Table, Member>&) {
    return {};
}

template<class... Terms>
struct Order {
    template<class... Tables>
    static constexpr bool isOf = (Terms::Column::template isOf<Tables...> && ...);
    static void write(detail::SqlText& out, std::string_view begin = " ORDER BY ") {
        [[maybe_unused]] detail::SqlList list(out, begin);
        (writeTerm<Terms>(list.next()), ...);
    }

private:
    template<class Term>
    static void writeTerm(detail::SqlText& out) {
        Term::Column::write(out);
        if (Term::descends) out.put(" DESC");
    }
};

} // namespace sql

namespace detail {

template<class T>
struct TermOf {
    static_assert(IsColumn<T>::value, "orderBy(): columns, or asc() or desc() of columns");
    using Type = sql::Term<T, false>;
};
template<class Column, bool isDescending>
struct TermOf<sql::Term<Column, isDescending>> {
    using Type = sql::Term<Column, isDescending>;
};

} // namespace detail
} // namespace v1
} // namespace mortise
