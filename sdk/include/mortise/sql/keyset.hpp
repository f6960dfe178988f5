// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/order.hpp>

#include <tuple>

namespace mortise {
inline namespace v1 {
namespace sql {

// (a, b) > (?, ?): the rows behind the one with those values, in the order of those columns. Absent where one of the
// values is a maybe() without a value. Where that is found by no index it is (a > ? OR a = ? AND b > ?).
template<class Operator, class Columns, class... Rights>
struct Behind;
template<class Operator, class... Columns, class... Rights>
struct Behind<Operator, std::tuple<Columns...>, Rights...> : Condition {
    std::tuple<Rights...> rights;

    explicit Behind(Rights... values) : rights(std::move(values)...) {}

    static constexpr unsigned slots = 2 * sizeof...(Rights);
    static constexpr unsigned maybes = (0 + ... + Rights::maybes) == 0 ? 0 : 1;
    template<class... Tables>
    static constexpr bool isOf = (Columns::template isOf<Tables...> && ...);
    static constexpr bool hasElements = false;
    static constexpr bool isPresent(std::uint32_t presence) { return maybes == 0 || (presence & 1) != 0; }
    std::uint32_t presence() const noexcept {
        return maybes != 0 && std::apply([](const auto&... right) { return (isThere(right) && ...); }, rights) ? 1 : 0;
    }
    static void write(detail::SqlText& out, std::uint32_t) {
        if (!detail::sqlComparesRows(out.dialect())) return writeEach(out);
        detail::SqlList columns(out, "(");
        (Columns::write(columns.next()), ...);
        out.put(")").put(Operator::text);
        detail::SqlList values(out, "(");
        (Rights::write(values.next()), ...);
        out.put(")");
    }
    void bind(detail::Binder& out) const noexcept {
        if (!isPresent(presence())) return;
        if (!detail::sqlComparesRows(out.dialect())) return bindEach(out, std::index_sequence_for<Rights...>{});
        std::apply([&out](const auto&... right) { (right.bind(out), ...); }, rights);
    }

private:
    static void writeEach(detail::SqlText& out) {
        std::size_t left = sizeof...(Columns);
        (writeOne<Columns, Rights>(out, --left == 0), ...);
        for (std::size_t i = 1; i < sizeof...(Columns); ++i) out.put(")");
    }
    template<class Column, class Right>
    static void writeOne(detail::SqlText& out, bool isLast) {
        if (!isLast) out.put("(");
        Column::write(out);
        out.put(Operator::text);
        Right::write(out);
        if (isLast) return;
        Column::write(out.put(" OR "));
        out.put(" = ");
        Right::write(out);
        out.put(" AND ");
    }
    template<std::size_t... I>
    void bindEach(detail::Binder& out, std::index_sequence<I...>) const noexcept {
        (bindOne<I + 1 == sizeof...(I)>(out, std::get<I>(rights)), ...);
    }
    template<bool isLast, class Right>
    static void bindOne(detail::Binder& out, const Right& right) noexcept {
        right.bind(out);
        if (!isLast) right.bind(out);
    }
    template<class Right>
    static bool isThere(const Right& right) noexcept {
        if constexpr (Right::maybes != 0)
            return right.isPresent();
        else
            return true;
    }
};

} // namespace sql

namespace detail {

// The condition of after(), by the order of the query.
template<class Order>
struct Keyset;
template<class... Terms>
struct Keyset<sql::Order<Terms...>> {
    static constexpr std::size_t descending = (std::size_t{0} + ... + (Terms::descends ? 1 : 0));
    using Operator = std::conditional_t<descending != 0, sql::Less, sql::Greater>;

    template<class... Values>
    static auto behind(Values&&... values) {
        static_assert(sizeof...(Values) == sizeof...(Terms), "after(): as many values as orderBy() has columns");
        static_assert(descending == 0 || descending == sizeof...(Terms), "after(): all columns in one direction");
        if constexpr (sizeof...(Values) == sizeof...(Terms)) {
            static_assert((isOperand<typename Terms::Column::Plain, std::decay_t<Values>>() && ...),
                          "after(): a value is not of its column's type");
            if constexpr (sizeof...(Terms) == 1)
                return (compare<Operator, typename Terms::Column>(std::forward<Values>(values)), ...);
            else
                return sql::Behind<Operator, std::tuple<typename Terms::Column...>,
                                   decltype(operand<columnForm<typename Terms::Column>()>(
                                       std::forward<Values>(values)))...>(
                    operand<columnForm<typename Terms::Column>()>(std::forward<Values>(values))...);
        } else {
            return sql::Always{};
        }
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
