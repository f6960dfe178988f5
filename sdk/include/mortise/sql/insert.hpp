// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/change.hpp>
#include <mortise/sql/conflict.hpp>
#include <mortise/sql/insert_row.hpp>

#include <algorithm>

namespace mortise {
inline namespace v1 {
namespace detail {

// Rows of one INSERT, by its variant: a list goes in by the hundred, by ten and one by one.
constexpr std::size_t insertRows[] = {1, 10, 100};

// Returned: what RETURNING gives, or void. Foreign: the column that the parent's key fills, or void.
template<class V, class Table, class Conflict, class Returned, class Foreign, bool isList>
struct InsertStatement : ChangeStatement<Table, Returned> {
    using Inserted = InsertedRow<V, Table, Foreign>;
    static constexpr bool skips = IsSkip<Conflict>::value;
    static constexpr std::uint32_t columns = returnedColumns<Returned> + (skips ? 1 : 0);
    static constexpr std::uint32_t variants = isList ? 3 : 1;
    static constexpr std::string_view verb = IsOn<Conflict>::value ? "upsert" : "insert";

    static void declareTables() noexcept {
        StatementAbout<Table>::declareTables();
        Conflict::template declare<Table>();
    }
    static std::string text(SqlDialect dialect, std::uint32_t variant) {
        SqlText out(dialect);
        out.put("INSERT INTO ").table(Table::mortiseTable);
        SqlList names(out, " (");
        Inserted::writeNames(names);
        out.put(") VALUES ");
        for (std::size_t row = 0; row < insertRows[variant]; ++row) {
            SqlList slots(out, row == 0 ? "(" : ", (");
            for (std::size_t i = 0; i < Inserted::columns; ++i) slots.next().put("?");
            out.put(")");
        }
        Conflict::template write<Inserted>(out);
        if constexpr (skips)
            InsertStatement::template writeReturning<GeneratedKey<Table>>(out);
        else
            InsertStatement::writeReturning(out);
        return out.text();
    }
};

// Of a statement that skips rows: each row that comes back is new, or the one that was there before. Those are new
// whose key is one of the sent ones, once each.
template<class Statement>
class SentKeys {
public:
    SentKeys(Parameters parameters, std::size_t rows) {
        using Inserted = typename Statement::Inserted;
        using Key = GeneratedKey<typename Statement::Table>;
        keys_.reserve(rows);
        for (std::size_t row = 0; row < rows; ++row)
            keys_.push_back(text(parameters.data[row * Inserted::columns + Inserted::template position<Key>].text));
        std::sort(keys_.begin(), keys_.end());
        isTaken_.resize(rows);
    }
    bool take(std::string_view key) {
        const auto at = std::lower_bound(keys_.begin(), keys_.end(), key);
        if (at == keys_.end() || *at != key) return false;
        const auto place = static_cast<std::size_t>(at - keys_.begin());
        if (isTaken_[place]) return false;
        isTaken_[place] = true;
        return true;
    }

private:
    std::vector<std::string_view> keys_;
    std::vector<bool> isTaken_;
};

// Runs one statement of an insert; what comes back is appended to `rows`. The number of rows that were inserted, or of
// an upsert that were inserted or changed.
template<class Statement, class Returned, class Rows>
std::uint64_t insertRun(const Transaction& transaction, std::uint32_t variant, const Binder& binder,
                        [[maybe_unused]] Rows& rows) {
    if constexpr (Statement::skips) {
        SentKeys<Statement> keys(binder.parameters(), insertRows[variant]);
        std::uint64_t count = 0;
        SqlExecutor::read(transaction, sqlShape<Statement>, variant, binder.parameters(), [&](const Row& row) {
            if (!keys.take(takeText(row, Statement::columns - 1, {}))) return;
            if constexpr (!std::is_void_v<Returned>) rows.push_back(Returned::take(row));
            ++count;
        });
        return count;
    } else if constexpr (std::is_void_v<Returned>) {
        const std::uint64_t count = SqlExecutor::write(transaction, sqlShape<Statement>, variant, binder.parameters());
        // MariaDB counts a row twice that an upsert changes.
        return Statement::verb == "upsert" ? insertRows[variant] : count;
    } else {
        std::uint64_t count = 0;
        SqlExecutor::read(transaction, sqlShape<Statement>, variant, binder.parameters(), [&](const Row& row) {
            rows.push_back(Returned::take(row));
            ++count;
        });
        return count;
    }
}

struct NoRows {};
template<class Returned>
struct RowsOf {
    using Type = std::vector<typename Returned::Type>;
};
template<>
struct RowsOf<void> {
    using Type = NoRows;
};

// A list, whose foreign key is `parent` where there is one.
template<class Table, class Conflict, class Returned, class Foreign, class V, class Rows>
std::uint64_t insertList(const Transaction& transaction, const std::vector<V>& list, const mortise_sql_value* parent,
                         DateTime now, Rows& rows) {
    using Statement = InsertStatement<V, Table, Conflict, Returned, Foreign, true>;
    using Inserted = typename Statement::Inserted;
    std::vector<mortise_sql_value> values;
    std::vector<typename Inserted::Scratch> scratch;
    std::uint64_t count = 0;
    std::size_t at = 0;
    for (std::uint32_t variant = 3; variant-- != 0;) {
        const std::size_t size = insertRows[variant];
        if (list.size() - at < size) continue;
        values.resize(size * Inserted::columns);
        scratch.resize(size);
        while (list.size() - at >= size) {
            Binder binder(values.data());
            for (std::size_t i = 0; i < size; ++i) Inserted::bind(binder, list[at++], scratch[i], parent, now);
            count += insertRun<Statement, Returned>(transaction, variant, binder, rows);
        }
    }
    return count;
}

template<class Table, class Inserted, class Source, class V>
void insertChildren(const Transaction& transaction, const sql::Children<Source, V>& children,
                    const mortise_sql_value* values, DateTime now);

// One row, and the rows that refer to it.
template<class Table, class Conflict, class Returned, class Foreign, class V, class Rows, class... Children>
std::uint64_t insertOne(const Transaction& transaction, const V& value, const mortise_sql_value* parent, DateTime now,
                        Rows& rows, const Children&... children) {
    using Statement = InsertStatement<V, Table, Conflict, Returned, Foreign, false>;
    using Inserted = typename Statement::Inserted;
    ParameterArray<Inserted::columns> array;
    typename Inserted::Scratch scratch;
    Binder binder = array.binder();
    Inserted::bind(binder, value, scratch, parent, now);
    const std::uint64_t count = insertRun<Statement, Returned>(transaction, 0, binder, rows);
    (insertChildren<Table, Inserted>(transaction, children, array.values, now), ...);
    return count;
}

// The column of the children that refers to the parent.
template<class Source, class Table>
auto childKey() {
    if constexpr (IsColumn<Source>::value) {
        static_assert(rulesOf<Source>.foreignTable == Table::mortiseTable,
                      "with(column, rows): the column does not reference() the table of the insert");
        return TypeBox<Source>{};
    } else {
        constexpr std::size_t place = onlyForeignKey<Source, Table>();
        static_assert(place != columnCount<Source>,
                      "with(table, rows): no column of that table references() this one, or "
                      "several do: with(table.column, rows)");
        return TypeBox<ColumnAt<Source, place>>{};
    }
}

template<class Table, class Inserted, class Source, class V>
void insertChildren(const Transaction& transaction, const sql::Children<Source, V>& children,
                    const mortise_sql_value* values, DateTime now) {
    using Foreign = typename decltype(childKey<Source, Table>())::Type;
    using Referred = ColumnAt<Table, referredPlace<Foreign, Table>>;
    const mortise_sql_value* const parent = &values[Inserted::template position<Referred>];
    NoRows none;
    if constexpr (IsVector<V>::value)
        insertList<typename Foreign::Table, NoConflict, void, Foreign>(transaction, children.rows, parent, now, none);
    else
        insertOne<typename Foreign::Table, NoConflict, void, Foreign>(transaction, children.rows, parent, now, none);
}

// The one option that says what happens to duplicates, or NoConflict.
template<class... Options>
struct ConflictAmong {
    using Type = NoConflict;
};
template<class First, class... More>
struct ConflictAmong<First, More...> {
    using Type = std::conditional_t<IsChildren<First>::value, typename ConflictAmong<More...>::Type, First>;
};

// insert() of a value or a list: the number of rows, or the rows as T (none of a skipped one).
template<class T, class Table, class V, class... Options>
auto insertInto(const Transaction& transaction, const V& value, const Options&... options) {
    using Conflict = typename ConflictAmong<Options...>::Type;
    using Returned = typename ReturnedOf<T, Table>::Type;
    constexpr bool hasChildren = (IsChildren<Options>::value || ...);
    static_assert(!hasChildren || (std::is_same_v<Conflict, NoConflict> && !IsVector<V>::value),
                  "insert(): with(table, rows) is of one row that is inserted for certain");
    const DateTime now = DateTime::now();
    typename RowsOf<Returned>::Type rows;
    std::uint64_t count = 0;
    if constexpr (IsVector<V>::value)
        count = insertList<Table, Conflict, Returned, void>(transaction, value, nullptr, now, rows);
    else if constexpr (hasChildren)
        count = insertOne<Table, Conflict, Returned, void>(transaction, value, nullptr, now, rows, options...);
    else
        count = insertOne<Table, Conflict, Returned, void>(transaction, value, nullptr, now, rows);
    if constexpr (std::is_void_v<T>) {
        return count;
    } else if constexpr (IsVector<V>::value) {
        return rows;
    } else if constexpr (IsSkip<Conflict>::value) {
        return rows.empty() ? std::nullopt : std::optional<T>(std::move(rows.front()));
    } else {
        if (rows.empty()) throw Error("the database returned no row of an insert");
        return T(std::move(rows.front()));
    }
}

} // namespace detail
} // namespace v1
} // namespace mortise
