// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/declared_table.hpp>
#include <mortise/sql/executor.hpp>
#include <mortise/sql/result.hpp>

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

// What statements that change rows have in common.
namespace mortise {
inline namespace v1 {
namespace sql {

// Every row, said on purpose.
struct EveryRow : Always {};

} // namespace sql

namespace detail {

// What the changed rows come back as: T, or void where only their number does.
template<class T, class Table>
struct ReturnedOf {
    using Type = StructOf<T, Table>;
};
template<class Table>
struct ReturnedOf<void, Table> {
    using Type = void;
};
template<class Table>
struct ReturnedOf<TableRow, Table> : ReturnedOf<typename Table::MortiseRow, Table> {};

template<class Returned>
constexpr std::uint32_t returnedColumns = Returned::columns;
template<>
inline constexpr std::uint32_t returnedColumns<void> = 0;

template<class TableType, class ReturnedType>
struct ChangeStatement : StatementAbout<TableType> {
    using Table = TableType;
    using Returned = ReturnedType;
    static constexpr std::uint32_t columns = returnedColumns<Returned>;

    // What is returned, and these columns behind it.
    template<class... More>
    static void writeReturning(SqlText& out) {
        [[maybe_unused]] SqlList list(out, " RETURNING ");
        if constexpr (!std::is_void_v<Returned>) {
            static_assert(!Returned::hasViews, "returned rows: an std::string_view would outlive its row");
            static_assert(Returned::relations == 0, "returned rows: a member is no column");
            Returned::write(list);
        }
        (More::write(list.next()), ...);
    }
};

// Of the rows that a condition holds for. EveryRow writes none.
template<class Table, class Where, class Returned>
struct ChangeStatementWhere : ChangeStatement<Table, Returned> {
    static void writeEnd(SqlText& out) {
        if constexpr (!std::is_same_v<Where, sql::EveryRow>) Where::write(out.put(" WHERE "), 0);
        ChangeStatementWhere::writeReturning(out);
    }
};

// Runs one: the number of rows, or as Returned says what came back.
template<class Statement>
auto changeRows(const Transaction& transaction, const Binder& binder) {
    using Returned = typename Statement::Returned;
    if constexpr (std::is_void_v<Returned>) {
        return SqlExecutor::write(transaction, sqlShape<Statement>, 0, binder.parameters());
    } else {
        std::vector<typename Returned::Type> rows;
        SqlExecutor::read(transaction, sqlShape<Statement>, 0, binder.parameters(),
                          [&](const Row& row) { rows.push_back(Returned::take(row)); });
        return rows;
    }
}

} // namespace detail
} // namespace v1
} // namespace mortise
