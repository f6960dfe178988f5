// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/declared_table.hpp>
#include <mortise/sql/executor.hpp>
#include <mortise/sql/order.hpp>
#include <mortise/sql/result.hpp>

#include <tuple>

namespace mortise {
inline namespace v1 {
namespace sql {

// count(posts): of all rows that are left.
template<class TableType>
struct Count : Selectable {
    using Table = TableType;
    using Value = std::int64_t;
    using Plain = Value;
    static void write(detail::SqlText& out) { out.put("COUNT(*)"); }
};
template<class Table, std::enable_if_t<detail::IsTable<Table>::value, int> = 0>
constexpr Count<Table> count(const Table&) {
    return {};
}

// A table, and those joined to it with their conditions.
template<class Table, class On>
struct Join {
    On on;
};
template<class BaseTable, class... Joins>
struct From;
template<class BaseTable, class... Tables, class... On>
struct From<BaseTable, Join<Tables, On>...> {
    using Base = BaseTable;
    using About = detail::StatementAbout<BaseTable, Tables...>;
    std::tuple<Join<Tables, On>...> joins;

    static constexpr unsigned slots = (0 + ... + On::slots);
    static constexpr bool isJoined = sizeof...(On) != 0;
    template<class T>
    static constexpr bool covers = T::template isOf<Base, Tables...>;
    static void write(detail::SqlText& out) {
        out.put(" FROM ").table(Base::mortiseTable);
        (writeJoin<Tables, On>(out), ...);
    }
    void bind(detail::Binder& out) const noexcept {
        std::apply([&out](const auto&... join) { (join.on.bind(out), ...); }, joins);
    }

private:
    template<class Table, class Condition>
    static void writeJoin(detail::SqlText& out) {
        out.put(" JOIN ").table(Table::mortiseTable).put(" ON ");
        Condition::write(out, 0);
    }
};

} // namespace sql

namespace detail {

enum SelectFlag : unsigned { hasLimit = 1, hasOffset = 2, isLocked = 4, isProjected = 8 };

// The statement that a SELECT is. Keys: columns for relations, behind those of the result.
template<class Result, class From, class Where, class Order, unsigned selectFlags, class... Keys>
struct SelectStatement : From::About {
    static_assert(Where::maybes <= maxMaybes, "a query has at most 6 conditions with maybe()");
    static constexpr std::uint32_t variants = 1u << Where::maybes;
    static constexpr bool isFiltered = true;
    static constexpr std::uint32_t flags = (selectFlags & isLocked) != 0 ? MORTISE_SQL_FOR_UPDATE : 0;
    static constexpr std::uint32_t columns = Result::columns + sizeof...(Keys);
    static constexpr std::string_view verb = Result::verb;

    static std::string text(SqlDialect dialect, std::uint32_t presence) {
        return composed(dialect, presence, [](SqlList& list) { Result::write(list); });
    }
    // Where the result is a table's struct: that of some columns of the result.
    static constexpr std::uint32_t otherColumns = sizeof...(Keys);
    static std::string projectedText(SqlDialect dialect, std::uint32_t presence, std::uint64_t set) {
        return composed(dialect, presence, [set](SqlList& list) { Result::write(list, set); });
    }

private:
    template<class WriteResult>
    static std::string composed(SqlDialect dialect, std::uint32_t presence, WriteResult write) {
        SqlText out(dialect);
        out.isQualified = From::isJoined;
        SqlList list(out, "SELECT ");
        write(list);
        (Keys::write(list.next()), ...);
        From::write(out);
        if (Where::isPresent(presence)) Where::write(out.put(" WHERE "), presence);
        Order::write(out);
        if ((selectFlags & hasLimit) != 0)
            out.put(" LIMIT ?");
        else if ((selectFlags & hasOffset) != 0)
            out.put(sqlNoLimit(dialect));
        if ((selectFlags & hasOffset) != 0) out.put(" OFFSET ?");
        return out.text();
    }
};

// SELECT COUNT(*) and SELECT EXISTS of the same rows.
struct CountResult {
    static constexpr std::size_t columns = 1;
    static constexpr std::string_view verb = "count";
    static void write(SqlList& out) { out.next().put("COUNT(*)"); }
};
struct AnyResult {
    static constexpr std::size_t columns = 1;
    static constexpr std::string_view verb = "exists";
    static void write(SqlList& out) { out.next().put("1"); }
};

} // namespace detail
} // namespace v1
} // namespace mortise
