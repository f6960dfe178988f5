// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/condition.hpp>

namespace mortise {
inline namespace v1 {
namespace sql {

template<class Table, auto Member>
class Column;

} // namespace sql

namespace detail {

template<class T>
struct IsColumn : std::false_type {};
template<class Table, auto Member>
struct IsColumn<sql::Column<Table, Member>> : std::true_type {};

template<class T, class = void>
struct IsFlag : std::false_type {};
template<class T>
struct IsFlag<T, std::enable_if_t<IsColumn<T>::value>> : std::is_same<typename T::Plain, bool> {};

// A condition, or a bool column as one.
template<class T>
constexpr bool isTest = sql::isCondition<T> || IsFlag<T>::value;

template<class T>
auto test(T&& value) {
    using Plain = std::decay_t<T>;
    if constexpr (IsFlag<Plain>::value)
        return sql::Flag<Plain, true>{};
    else
        return Plain(std::forward<T>(value));
}

template<class Operator, class Column, class V>
auto compare(V&& value) {
    using Plain = std::decay_t<V>;
    using Held = typename Column::Plain;
    constexpr bool isEquality = std::is_same_v<Operator, sql::Equal> || std::is_same_v<Operator, sql::Unequal>;
    if constexpr (std::is_same_v<Plain, std::nullptr_t> || std::is_same_v<Plain, std::nullopt_t>) {
        static_assert(isEquality, "a comparison: nothing is less or greater than NULL");
        static_assert(Column::isNullable, "a comparison with NULL: the column is never NULL");
        return sql::NullCheck<Column, std::is_same_v<Operator, sql::Equal>>{};
    } else {
        static_assert(!IsOptional<Plain>::value, "a comparison: nothing equals an empty std::optional in SQL: say "
                                                 "maybe(x) for a condition that is absent then, or *x");
        static_assert(IsOptional<Plain>::value || isOperand<Held, Plain>(),
                      "a comparison: the value is not of the column's type");
        static_assert(isEquality || !std::is_same_v<Held, Decimal>,
                      "a comparison: decimals are stored as texts, whose order is not theirs");
        static_assert(!std::is_same_v<Held, bool> || isEquality, "a comparison: bools have no order");
        constexpr ColumnForm form = columnForm<Column>();
        using Right = decltype(operand<form>(std::forward<V>(value)));
        return sql::Comparison<Operator, Column, Right>(operand<form>(std::forward<V>(value)));
    }
}

// Both are to hold; of nothing and a condition that.
template<class Left, class Right>
auto both(Left left, Right right) {
    if constexpr (std::is_same_v<Left, sql::Always>)
        return right;
    else
        return sql::Joined<Left, Right, true>(std::move(left), std::move(right));
}

// `text` with what LIKE gives a meaning to escaped, and % behind it.
inline std::string likePattern(std::string_view before, std::string_view text) {
    std::string pattern(before);
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '!') pattern.push_back('!');
        pattern.push_back(c);
    }
    pattern.push_back('%');
    return pattern;
}
template<class Column, class V>
auto like(std::string_view before, const V& value) {
    static_assert(std::is_same_v<typename Column::Plain, std::string> && isOperand<std::string, V>(),
                  "contains() and startsWith() are of texts and with texts");
    static_assert(columnForm<Column>() == ColumnForm::plain,
                  "contains() and startsWith(): a column that is uuid() has no text on every database");
    if constexpr (IsMaybeOperand<V>::value) {
        MaybeOperand<std::string> right;
        if (value.value) right.value = likePattern(before, *value.value);
        return sql::Comparison<sql::Like, Column, MaybeOperand<std::string>>(std::move(right));
    } else {
        return sql::Comparison<sql::Like, Column, BoundOperand<std::string>>({likePattern(before, value)});
    }
}

// As operand(), of what is stored.
template<ColumnForm form, class V>
auto stored(V&& value) {
    using Plain = std::decay_t<V>;
    if constexpr (sql::isSelectable<Plain> || IsSum<Plain>::value || IsMaybeOperand<Plain>::value)
        return operand(std::forward<V>(value));
    else
        return StoredOperand<HeldAs<V>, form>{HeldAs<V>(std::forward<V>(value))};
}

// `column = value` of an UPDATE.
template<class ColumnType, class Right>
struct Assignment {
    using Column = ColumnType;
    Right right;

    static constexpr unsigned slots = Right::slots;
    static void write(SqlText& out);
    void bind(Binder& out) const noexcept { right.bind(out); }
};
template<class Column, class V>
auto assign(V&& value) {
    using Plain = std::decay_t<V>;
    if constexpr (std::is_same_v<Plain, std::nullptr_t> || std::is_same_v<Plain, std::nullopt_t>) {
        static_assert(Column::isNullable, "set(): the column is never NULL");
        return Assignment<Column, StoredOperand<std::nullptr_t, columnForm<Column>()>>{{nullptr}};
    } else if constexpr (IsOptional<Plain>::value) {
        static_assert(Column::isNullable, "set(): the value may be NULL and the column never is");
        static_assert(fitsColumn<typename Column::Plain, typename Plain::value_type>(),
                      "set(): the value is not of the column's type");
        return Assignment<Column, StoredOperand<Plain, columnForm<Column>()>>{{std::forward<V>(value)}};
    } else {
        static_assert(isOperand<typename Column::Plain, Plain>(), "set(): the value is not of the column's type");
        using Right = decltype(stored<columnForm<Column>()>(std::forward<V>(value)));
        return Assignment<Column, Right>{stored<columnForm<Column>()>(std::forward<V>(value))};
    }
}

template<bool isPlus, class Column, class V>
auto sum(V&& value) {
    static_assert(isNumber<typename Column::Plain> && isOperand<typename Column::Plain, std::decay_t<V>>(),
                  "+ and - are of columns that are numbers, with numbers");
    using Right = decltype(operand(std::forward<V>(value)));
    return Sum<Column, Right, isPlus>{operand(std::forward<V>(value))};
}

} // namespace detail

namespace sql {

#define MORTISE_SQL_COMPARISON(sign, Operator)                                           \
    template<class Table, auto Member, class V>                                          \
    auto operator sign(const Column<Table, Member>&, V&& value) {                        \
        return detail::compare<Operator, Column<Table, Member>>(std::forward<V>(value)); \
    }
MORTISE_SQL_COMPARISON(==, Equal)
MORTISE_SQL_COMPARISON(!=, Unequal)
MORTISE_SQL_COMPARISON(<, Less)
MORTISE_SQL_COMPARISON(<=, LessEqual)
MORTISE_SQL_COMPARISON(>, Greater)
MORTISE_SQL_COMPARISON(>=, GreaterEqual)
#undef MORTISE_SQL_COMPARISON

template<class A, class B,
         std::enable_if_t<detail::isTest<std::decay_t<A>> && detail::isTest<std::decay_t<B>>, int> = 0>
auto operator&&(A&& a, B&& b) {
    return detail::both(detail::test(std::forward<A>(a)), detail::test(std::forward<B>(b)));
}
template<class A, class B,
         std::enable_if_t<detail::isTest<std::decay_t<A>> && detail::isTest<std::decay_t<B>>, int> = 0>
auto operator||(A&& a, B&& b) {
    auto left = detail::test(std::forward<A>(a));
    auto right = detail::test(std::forward<B>(b));
    return Joined<decltype(left), decltype(right), false>(std::move(left), std::move(right));
}
template<class A, std::enable_if_t<isCondition<std::decay_t<A>>, int> = 0>
auto operator!(A&& a) {
    return Negation<std::decay_t<A>>(std::forward<A>(a));
}
template<class Table, auto Member, std::enable_if_t<detail::IsFlag<Column<Table, Member>>::value, int> = 0>
auto operator!(const Column<Table, Member>&) {
    return Flag<Column<Table, Member>, false>{};
}
template<class Table, auto Member, class V>
auto operator+(const Column<Table, Member>&, V&& value) {
    return detail::sum<true, Column<Table, Member>>(std::forward<V>(value));
}
template<class Table, auto Member, class V>
auto operator-(const Column<Table, Member>&, V&& value) {
    return detail::sum<false, Column<Table, Member>>(std::forward<V>(value));
}

// posts.title == maybe(query.title): without a value the condition is not there.
template<class T>
Maybe<detail::HeldAs<const T&>> maybe(const std::optional<T>& value) {
    return {value ? std::optional<detail::HeldAs<const T&>>(*value) : std::nullopt};
}
template<class T>
Maybe<T> maybe(std::optional<T>&& value) {
    return {std::move(value)};
}

} // namespace sql

using sql::maybe;

} // namespace v1
} // namespace mortise
