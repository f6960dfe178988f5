// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/for_each_statement.hpp>
#include <mortise/sql/column.hpp>

#include <array>
#include <tuple>
#include <utility>

// MORTISE_TABLE(posts, Post, column(id).key().generated(), column(authorId).references(users.id), column(title), …)
//
// Makes the constant `posts`, whose members `posts.id`, `posts.authorId`, … are the columns. Stands at namespace scope,
// below the tables it refers to, and names up to 64 members of the struct; those are all columns that typed queries
// know. The table is called `posts`, or as MORTISE_TABLE_NAMED says. Costs nothing at run time.
//
// label("Post") among the columns says what a row is called where there is none: "Post not found", not "Resource not
// found".
#define MORTISE_TABLE(table, Type, ...) MORTISE_TABLE_NAMED(table, #table, Type, __VA_ARGS__)
#define MORTISE_TABLE_NAMED(table, name, Type, ...)                                                              \
    struct MortiseTable_##table : ::mortise::sql::Table<MortiseTable_##table> {                                  \
        using MortiseSubject = MortiseTable_##table;                                                             \
        using MortiseRow = Type;                                                                                 \
        static constexpr ::std::string_view mortiseTable = name;                                                 \
        [[maybe_unused]] static constexpr ::std::string_view mortiseObject = #table;                             \
        MORTISE_EACH_STATEMENT(__VA_ARGS__)                                                                      \
        (MORTISE_TABLE_MEMBER, __VA_ARGS__) static constexpr auto mortiseColumns() {                             \
            return ::mortise::detail::columnsAmong(MORTISE_EACH(__VA_ARGS__)(MORTISE_TABLE_VALUE, __VA_ARGS__)); \
        }                                                                                                        \
    };                                                                                                           \
    [[maybe_unused]] inline constexpr MortiseTable_##table table{};
#define MORTISE_TABLE_MEMBER(x) static constexpr auto MORTISE_TABLE_MEMBER_##x;
#define MORTISE_TABLE_MEMBER_column(name) \
    name = ::mortise::sql::Column<MortiseSubject, &MortiseRow::name>(mortiseTable, #name)
#define MORTISE_TABLE_VALUE(x) MORTISE_TABLE_VALUE_##x
#define MORTISE_TABLE_VALUE_column(name) name
#define MORTISE_TABLE_MEMBER_label(text) mortiseLabel = ::std::string_view(text)
#define MORTISE_TABLE_VALUE_label(text) ::mortise::detail::TableLabel()

namespace mortise {
inline namespace v1 {
namespace sql {

// What every table has beside its columns: the beginnings of a relation (sql/relation.hpp), as `posts.where(…)`.
template<class Self>
struct Table {
    static constexpr std::string_view mortiseLabel = "Resource";

    template<class Test>
    auto where(Test&& test) const;
    template<class... Terms>
    auto orderBy(const Terms&... terms) const;
    auto limit(std::uint32_t count) const;
    template<class... More>
    auto with(const More&... more) const;
    template<class Column>
    auto by(const Column& column) const;
};

} // namespace sql

namespace detail {

// What stands for label() where the columns are.
struct TableLabel {};

constexpr std::tuple<> asColumn(TableLabel) {
    return {};
}
template<class Column>
constexpr std::tuple<Column> asColumn(const Column& column) {
    return {column};
}
template<class... Items>
constexpr auto columnsAmong(const Items&... items) {
    return std::tuple_cat(asColumn(items)...);
}

template<class T, class = void>
struct IsTable : std::false_type {};
template<class T>
struct IsTable<T, std::void_t<decltype(T::mortiseColumns())>> : std::true_type {};

template<class Table>
constexpr auto tableColumns = Table::mortiseColumns();
template<class Table>
using TableColumns = std::decay_t<decltype(tableColumns<Table>)>;
template<class Table>
constexpr std::size_t columnCount = std::tuple_size_v<TableColumns<Table>>;
template<class Table, std::size_t I>
using ColumnAt = std::tuple_element_t<I, TableColumns<Table>>;

template<class Table, std::size_t... I>
constexpr std::array<ColumnRules, sizeof...(I)> makeRules(std::index_sequence<I...>) {
    return {{std::get<I>(tableColumns<Table>).rules...}};
}
template<class Table>
constexpr auto tableRules = makeRules<Table>(std::make_index_sequence<columnCount<Table>>{});

template<class Column, class... Columns>
constexpr std::size_t placeAmong(const std::tuple<Columns...>*) {
    constexpr bool same[] = {std::is_same_v<Column, Columns>...};
    std::size_t place = 0;
    while (!same[place]) ++place;
    return place;
}
template<class Column>
constexpr const ColumnRules& rulesOf =
    tableRules<typename Column::Table>[placeAmong<Column>(static_cast<TableColumns<typename Column::Table>*>(nullptr))];

template<class Column>
constexpr ColumnForm columnForm() noexcept {
    return rulesOf<Column>.form;
}

// The place of the column whose member has that name; columnCount: none.
template<class Table>
constexpr std::size_t columnNamed(std::string_view name) {
    std::size_t place = 0;
    while (place < columnCount<Table> && tableRules<Table>[place].name.member != name) ++place;
    return place;
}

// The members of a struct that stand for columns: of the table's own struct those of the table, of others what their
// MORTISE_DESCRIBE names.
template<class T, class Table, class = void>
struct Members {
    static_assert(isDescribed<T>, "a struct beside the table's own has no MORTISE_DESCRIBE");
    static constexpr std::size_t count = fieldCount<T>;
    template<std::size_t I>
    using Type = FieldType<T, I>;
    template<std::size_t I>
    static constexpr auto pointer = nth<I>(description<T>).member;
    template<std::size_t I>
    static constexpr std::size_t place = columnNamed<Table>(nth<I>(description<T>).memberName);
};
template<class T, class Table>
struct Members<T, Table, std::enable_if_t<std::is_same_v<T, typename Table::MortiseRow>>> {
    static constexpr std::size_t count = columnCount<Table>;
    template<std::size_t I>
    using Type = typename ColumnAt<Table, I>::Value;
    template<std::size_t I>
    static constexpr auto pointer = ColumnAt<Table, I>::member;
    template<std::size_t I>
    static constexpr std::size_t place = I;
};

} // namespace detail

template<class Table, auto Member>
void sql::Column<Table, Member>::write(detail::SqlText& out) {
    out.column(Table::mortiseTable, detail::rulesOf<Column>.name);
}

} // namespace v1
} // namespace mortise
