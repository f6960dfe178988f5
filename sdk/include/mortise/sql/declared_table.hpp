// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/declared_statements.hpp>
#include <mortise/detail/runtime.hpp>
#include <mortise/sql/table.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// Of each column of the table whether it is one of these.
template<class Table, class... Columns>
constexpr auto placesOf = [] {
    std::array<bool, columnCount<Table>> places{};
    ((places[placeAmong<Columns>(static_cast<TableColumns<Table>*>(nullptr))] = true), ...);
    return places;
}();

// A table that queries of the file are about. What its declaration says of keys, indexes and references the schema must
// have: all tables of a file are in one list from the moment it is loaded.
class DeclaredTable {
public:
    template<class Table>
    static DeclaredTable of() noexcept {
        return {Table::mortiseTable, tableRules<Table>.data(), columnCount<Table>, nullptr};
    }
    // That beside its primary key a key of these columns is all that is unique: which one a row met is not to be known.
    template<class Table, class... Columns>
    static DeclaredTable ofOnlyUnique() noexcept {
        return {Table::mortiseTable, tableRules<Table>.data(), columnCount<Table>, placesOf<Table, Columns...>.data()};
    }
    DeclaredTable(const DeclaredTable&) = delete;
    DeclaredTable& operator=(const DeclaredTable&) = delete;

private:
    DeclaredTable(std::string_view name, const ColumnRules* rules, std::size_t count, const bool* onlyUnique) noexcept
        : name_(name), rules_(rules), count_(count), onlyUnique_(onlyUnique), next_(newest) {
        newest = this;
        FileStatements::declareConstraints = &declareAll;
        FileDeclarations::declare = &declareFileStatements;
    }

    static void declareAll(StatementDeclarations& all) {
        for (const DeclaredTable* table = newest; table != nullptr; table = table->next_) table->declare(all);
    }
    void declare(StatementDeclarations& all) const {
        if (onlyUnique_ != nullptr) {
            add(all, MORTISE_SQL_CONSTRAINT_ONLY_UNIQUE, {},
                [&](const ColumnRules& one) { return onlyUnique_[&one - rules_]; });
            return;
        }
        add(all, MORTISE_SQL_CONSTRAINT_PRIMARY_KEY, {}, [](const ColumnRules& one) { return one.isKey; });
        for (std::size_t place = 0; place < count_; ++place) {
            const ColumnRules& column = rules_[place];
            addGroup(all, MORTISE_SQL_CONSTRAINT_UNIQUE, place, &ColumnRules::isUnique, &ColumnRules::uniqueName);
            addGroup(all, MORTISE_SQL_CONSTRAINT_INDEX, place, &ColumnRules::isIndexed, &ColumnRules::indexName);
            if (column.foreignTable.empty()) continue;
            add(all, MORTISE_SQL_CONSTRAINT_FOREIGN_KEY, {}, [&](const ColumnRules& one) { return &one == &column; });
            mortise_sql_constraint& made = all.constraints.back();
            made.foreign_table = all.runtime.keep(column.foreignTable);
            made.foreign_columns = keepColumns(all, {all.runtime.keep(nameOf(column.foreignColumn))});
        }
        for (const SqlKind kind :
             {SqlKind::integer, SqlKind::number, SqlKind::text, SqlKind::decimal, SqlKind::dateTime, SqlKind::uuid})
            if (add(all, MORTISE_SQL_CONSTRAINT_VALUES, {},
                    [&](const ColumnRules& one) { return kindOf(one) == kind; }))
                all.constraints.back().value_kind = static_cast<std::uint32_t>(kind);
    }
    static SqlKind kindOf(const ColumnRules& column) noexcept {
        return column.form == ColumnForm::uuid ? SqlKind::uuid : column.kind;
    }
    // Columns with the same name are one, those without a name each one of their own. At the first of them.
    void addGroup(StatementDeclarations& all, std::uint32_t kind, std::size_t place, bool ColumnRules::*isIn,
                  std::string_view ColumnRules::*name) const {
        const ColumnRules& first = rules_[place];
        if (!(first.*isIn)) return;
        const auto isSame = [&](const ColumnRules& one) {
            return &one == &first || (one.*isIn && !(first.*name).empty() && one.*name == first.*name);
        };
        for (std::size_t before = 0; before < place; ++before)
            if (isSame(rules_[before])) return;
        add(all, kind, first.*name, isSame);
    }
    // Whether there is such a column.
    template<class Test>
    bool add(StatementDeclarations& all, std::uint32_t kind, std::string_view name, Test&& isIn) const {
        std::vector<mortise_view> columns;
        for (std::size_t place = 0; place < count_; ++place)
            if (isIn(rules_[place])) columns.push_back(all.runtime.keep(nameOf(rules_[place].name)));
        if (columns.empty()) return false;
        mortise_sql_constraint made{};
        made.kind = kind;
        made.column_count = static_cast<std::uint32_t>(columns.size());
        made.table = all.runtime.keep(name_);
        made.name = all.runtime.keep(name);
        made.columns = keepColumns(all, std::move(columns));
        all.constraints.push_back(made);
        return true;
    }
    static const mortise_view* keepColumns(StatementDeclarations& all, std::vector<mortise_view> columns) {
        all.constraintColumns.push_back(std::move(columns));
        return all.constraintColumns.back().data(); // where it stays, wherever the vector is moved to
    }
    static std::string nameOf(const SqlName& name) {
        std::string text;
        putName(text, name);
        return text;
    }

    const std::string_view name_;
    const ColumnRules* const rules_;
    const std::size_t count_;
    const bool* const onlyUnique_; // of each column whether it is part of that key; null: this is the table itself
    const DeclaredTable* const next_;

    inline static const DeclaredTable* newest = nullptr; // written only while the file is loaded, on one thread
};

template<class Table>
inline const DeclaredTable declaredTable = DeclaredTable::of<Table>();
template<class Table, class... Columns>
inline const DeclaredTable declaredOnlyUnique = DeclaredTable::ofOnlyUnique<Table, Columns...>();

// What a type of statement says of itself for its SqlShape, unless it says otherwise. About these tables; the first
// gives it its name.
template<class Table, class... More>
struct StatementAbout {
    static constexpr std::uint32_t variants = 1;
    static constexpr bool isFiltered = false; // whether its variants are sets of optional filters
    static constexpr std::uint32_t flags = 0;
    static constexpr std::string_view subject = Table::mortiseTable;

    static void declareTables() noexcept {
        static_cast<void>(&declaredTable<Table>);
        (static_cast<void>(&declaredTable<More>), ...);
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
