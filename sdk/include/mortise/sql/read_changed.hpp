// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/change.hpp>
#include <mortise/sql/keys.hpp>
#include <mortise/sql/select.hpp>

// Changed rows where the statement that changes them does not return them: they are read in the same transaction, by
// their key.
namespace mortise {
inline namespace v1 {
namespace detail {

// How a change is run: as one that returns rows, or as one beside those that read them, which other dialects have not.
template<class Returned>
struct Returning {
    using Rows = Returned;
    template<class Statement>
    using Of = Statement;
};
template<class Statement>
struct ReadsChanged : Statement {
    static std::string text(SqlDialect dialect, std::uint32_t variant) {
        return sqlReadsChanged(dialect) ? Statement::text(dialect, variant) : std::string();
    }
};
struct BesideReads {
    using Rows = void;
    template<class Statement>
    using Of = ReadsChanged<Statement>;
};

template<class Table, class Set, std::size_t... N>
constexpr bool setsKey(std::index_sequence<N...>) {
    return (Set::template sets<ColumnAt<Table, keyPlace<Table>(N)>> || ...);
}
template<class Table, class... Sets>
constexpr bool keepsKey() {
    return !(setsKey<Table, Sets>(std::make_index_sequence<keyCount<Table>>{}) || ...);
}

// Of conditions that are all to hold those that the key is one value, or sql::Always.
template<class Table, class Other>
sql::Always keyPart(const Other&) {
    return {};
}
template<class Table, class Column, class V, ColumnForm form>
auto keyPart(const sql::Comparison<sql::Equal, Column, BoundOperand<V, form>>& test) {
    if constexpr (rulesOf<Column>.isKey)
        return test;
    else
        return sql::Always{};
}
template<class Table, class Left, class Right>
auto keyPart(const sql::Joined<Left, Right, true>& all) {
    auto left = keyPart<Table>(all.left);
    auto right = keyPart<Table>(all.right);
    if constexpr (std::is_same_v<decltype(right), sql::Always>)
        return left;
    else
        return both(std::move(left), std::move(right));
}

template<class Column, class Part>
struct Holds : std::false_type {};
template<class Column, class Right>
struct Holds<Column, sql::Comparison<sql::Equal, Column, Right>> : std::true_type {};
template<class Column, class Left, class Right>
struct Holds<Column, sql::Joined<Left, Right, true>>
    : std::bool_constant<Holds<Column, Left>::value || Holds<Column, Right>::value> {};
template<class Table, class Part, std::size_t... N>
constexpr bool holdsKey(std::index_sequence<N...>) {
    return sizeof...(N) != 0 && (Holds<ColumnAt<Table, keyPlace<Table>(N)>, Part>::value && ...);
}

// Locked, so that they are as they are now, not as when the transaction first read.
template<class Table, class Returned, class Where>
auto readRows(const Transaction& transaction, const Where& where) {
    using Statement = ReadsChanged<SelectStatement<Returned, sql::From<Table>, Where, sql::Order<>, isLocked>>;
    ParameterArray<Where::slots> array;
    Binder binder = array.binder();
    where.bind(binder);
    std::vector<typename Returned::Type> rows;
    SqlExecutor::read(transaction, sqlShape<Statement>, 0, binder.parameters(),
                      [&](const Row& row) { rows.push_back(Returned::take(row)); });
    return rows;
}
// The condition that the key is one of those of the rows that `where` holds for, which are locked. Nothing: no row.
template<class Table, class Where>
auto lockRows(const Transaction& transaction, const Where& where) {
    static_assert(keyCount<Table> == 1, "rows that come back from a change: the key of their table is one column, or "
                                        "the where() of an update says the whole key");
    using Key = ColumnAt<Table, keyPlace<Table>(0)>;
    const auto keys = readRows<Table, OneColumn<Key>>(transaction, where);
    return keys.empty() ? std::nullopt : std::optional(sql::Among<Key>(jsonElements<columnForm<Key>(), true>(keys)));
}

// change(BesideReads, condition) changes the rows that it holds for, and returns their number.
template<class Table, class Returned, class Where, class Change>
auto readUpdated(const Transaction& transaction, const Where& where, const Change& change) {
    using Rows = std::vector<typename Returned::Type>;
    const auto key = keyPart<Table>(where);
    if constexpr (holdsKey<Table, std::decay_t<decltype(key)>>(std::make_index_sequence<keyCount<Table>>{})) {
        return change(BesideReads{}, where) == 0 ? Rows() : readRows<Table, Returned>(transaction, key);
    } else {
        const auto those = lockRows<Table>(transaction, where);
        if (!those) return Rows();
        change(BesideReads{}, *those);
        return readRows<Table, Returned>(transaction, *those);
    }
}
template<class Table, class Returned, class Where, class Change>
auto readRemoved(const Transaction& transaction, const Where& where, const Change& change) {
    using Rows = std::vector<typename Returned::Type>;
    const auto those = lockRows<Table>(transaction, where);
    if (!those) return Rows();
    Rows rows = readRows<Table, Returned>(transaction, *those);
    change(BesideReads{}, *those);
    return rows;
}

} // namespace detail
} // namespace v1
} // namespace mortise
