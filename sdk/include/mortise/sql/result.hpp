// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/columns.hpp>
#include <mortise/sql/queries.hpp>
#include <mortise/sql/table.hpp>

// What a row becomes. Every kind has Type, `columns` (how many it takes from the row's begin), `relations` (how many
// members are for relations to fill), write() and take().
namespace mortise {
inline namespace v1 {
namespace detail {

// A member that a relation fills, not a column.
template<class T>
constexpr bool isRelated = IsVector<T>::value || IsDescribed<OptionalOf<T>>::value;
template<class T>
constexpr bool isView = std::is_same_v<OptionalOf<T>, std::string_view>;

// A member of T that is to be filled from a column: Value is the column's.
template<class Wanted, class Value>
constexpr bool checkResultType() {
    static_assert(std::is_same_v<OptionalOf<Wanted>, OptionalOf<Value>> ||
                      (isView<Wanted> && std::is_same_v<OptionalOf<Value>, std::string>),
                  "select<T>: a member of T is not of its column's type");
    static_assert(IsOptional<Wanted>::value || !IsOptional<Value>::value,
                  "select<T>: a column that can be NULL goes into an std::optional");
    return true;
}
// Member: so that compilers name it.
template<class Table, auto Member, std::size_t place>
constexpr bool checkResultMember() {
    using Wanted = typename MemberOf<Member>::Type;
    if constexpr (!isRelated<Wanted>) {
        static_assert(place < columnCount<Table>, "select<T>: a member of T is no column of the table (by its name)");
        if constexpr (place < columnCount<Table>)
            return checkResultType<Wanted, typename ColumnAt<Table, place>::Value>();
    }
    return true;
}

constexpr std::uint64_t columnBit(std::size_t place) noexcept {
    return std::uint64_t{1} << (place & 63u);
}

template<class T, class Table, class Places>
struct StructRow;
template<class T, class Table, std::size_t... I>
struct StructRow<T, Table, std::index_sequence<I...>> {
    using Type = T;
    using List = Members<T, Table>;
    static constexpr bool isStruct = true;
    static_assert((checkResultMember<Table, List::template pointer<I>, List::template place<I>>() && ...));
    template<std::size_t J>
    static constexpr bool isColumn = !isRelated<typename List::template Type<J>>;
    static constexpr std::size_t columns = (std::size_t{0} + ... + (isColumn<I> ? 1 : 0));
    static constexpr std::string_view verb = "select";
    static constexpr std::size_t relations = List::count - columns;
    static constexpr bool hasViews = (isView<typename List::template Type<I>> || ...);

    static void write(SqlList& out) { (writeMember<I>(out), ...); }
    // A set of columns has the bit of each member that is in it.
    static constexpr std::uint64_t allColumns = (std::uint64_t{0} | ... | (isColumn<I> ? columnBit(I) : 0));
    static std::uint64_t columnsOf(const Columns<T>& members) noexcept {
        return (std::uint64_t{0} | ... | wantedBit<I>(members));
    }
    // What a statement has of them: one at least.
    static constexpr std::uint64_t statementSet(std::uint64_t wanted) noexcept {
        return wanted != 0 ? wanted : allColumns & (~allColumns + 1);
    }
    static void write(SqlList& out, std::uint64_t set) { ((has(set, I) ? writeMember<I>(out) : void()), ...); }
    // Those of `wanted` from a row that has those of `set`, into a new one; returns how many columns the row has of it.
    static std::uint32_t fill(const Row& row, T& made, std::uint64_t set, std::uint64_t wanted) {
        std::uint32_t column = 0;
        (takeSome<I>(row, column, made, set, wanted), ...);
        return column;
    }
    // Into a new one.
    static void fill(const Row& row, T& made) {
        std::uint32_t column = 0;
        (takeMember<I>(row, column, made), ...);
    }
    static T take(const Row& row) {
        T made{};
        fill(row, made);
        return made;
    }

private:
    static constexpr bool has(std::uint64_t set, std::size_t place) noexcept { return (set & columnBit(place)) != 0; }
    template<std::size_t J>
    static std::uint64_t wantedBit(const Columns<T>& set) noexcept {
        if constexpr (isColumn<J>)
            return set.has(List::template pointer<J>) ? columnBit(J) : 0;
        else
            return 0;
    }
    template<std::size_t J>
    static void takeSome(const Row& row, std::uint32_t& column, T& made, std::uint64_t set, std::uint64_t wanted) {
        if constexpr (isColumn<J>) {
            if (!has(set, J)) return;
            if (has(wanted, J)) fromSql(row, column, made.*(List::template pointer<J>));
            ++column;
        }
    }
    template<std::size_t J>
    static void writeMember(SqlList& out) {
        if constexpr (isColumn<J>) ColumnAt<Table, List::template place<J>>::write(out.next());
    }
    template<std::size_t J>
    static void takeMember(const Row& row, std::uint32_t& column, T& made) {
        if constexpr (isColumn<J>) fromSql(row, column++, made.*(List::template pointer<J>));
    }
};
template<class T, class Table>
using StructOf = StructRow<T, Table, std::make_index_sequence<Members<T, Table>::count>>;

// select(posts.title): without a struct.
template<class Source>
struct OneColumn {
    using Type = typename Source::Value;
    static constexpr bool isStruct = false;
    static constexpr std::size_t columns = 1;
    static constexpr std::string_view verb = "select";
    static constexpr std::size_t relations = 0;
    static constexpr bool hasViews = false;

    static void write(SqlList& out) { Source::write(out.next()); }
    static void fill(const Row& row, Type& made) { fromSql(row, 0, made); }
    static Type take(const Row& row) {
        Type made{};
        fill(row, made);
        return made;
    }
};

// select<T>(posts.title, users.name): the members of T in the order of the columns.
template<class T, class... Sources>
struct NamedColumns {
    static_assert(isDescribed<T>, "select<T>: T has no MORTISE_DESCRIBE");
    static_assert(fieldCount<T> == sizeof...(Sources),
                  "select<T>: T has another number of members than columns are named");
    using Type = T;
    static constexpr bool isStruct = false;
    static constexpr std::size_t columns = sizeof...(Sources);
    static constexpr std::string_view verb = "select";
    static constexpr std::size_t relations = 0;
    static constexpr bool hasViews = false;

    static void write(SqlList& out) { (Sources::write(out.next()), ...); }
    static void fill(const Row& row, T& made) { fillAll(row, made, std::index_sequence_for<Sources...>{}); }
    static T take(const Row& row) {
        T made{};
        fill(row, made);
        return made;
    }

private:
    template<std::size_t... I>
    static void fillAll(const Row& row, T& made, std::index_sequence<I...>) {
        static_assert((checkResultType<FieldType<T, I>, typename Sources::Value>() && ...));
        (fromSql(row, static_cast<std::uint32_t>(I), made.*(nth<I>(description<T>).member)), ...);
    }
};

// What select<T>(sources…) gives, and the table it is first of all about.
template<class T, class First, class... More>
auto resultOf() {
    if constexpr (IsTable<First>::value) {
        static_assert(sizeof...(More) == 0, "select(table): further tables come by join() or with()");
        if constexpr (std::is_same_v<T, TableRow>)
            return StructOf<typename First::MortiseRow, First>{};
        else
            return StructOf<T, First>{};
    } else {
        static_assert(sql::isSelectable<First> && (sql::isSelectable<More> && ...),
                      "select(): a table, or columns of tables");
        if constexpr (!std::is_same_v<T, TableRow>) {
            return NamedColumns<T, First, More...>{};
        } else {
            static_assert(sizeof...(More) == 0,
                          "select(a, b): say select<T>(a, b), with a described T for the columns");
            return OneColumn<First>{};
        }
    }
}
template<class Source>
auto baseOf() {
    if constexpr (IsTable<Source>::value)
        return Source{};
    else
        return typename Source::Table{};
}

} // namespace detail
} // namespace v1
} // namespace mortise
