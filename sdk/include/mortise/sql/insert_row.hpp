// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/table.hpp>
#include <mortise/sql/uuid.hpp>

// Which columns an INSERT of a struct has, and what it stores there.
namespace mortise {
inline namespace v1 {
namespace detail {

inline mortise_sql_value sqlConstant(const Constant& constant) noexcept {
    switch (constant.kind) {
    case Constant::Kind::text:
    case Constant::Kind::json:
        return sqlValue(constant.text);
    case Constant::Kind::integer:
    case Constant::Kind::boolean:
        return sqlValue(constant.integer);
    case Constant::Kind::number:
        return sqlValue(constant.number);
    case Constant::Kind::none:
        break;
    }
    return sqlValue(nullptr);
}

// A member of what is inserted. Member and Column: so that compilers name them.
template<class Table, auto Member, std::size_t place>
constexpr bool checkInsertMember() {
    static_assert(place < columnCount<Table>,
                  "insert(): a member of the struct is no column of the table (by its name)");
    if constexpr (place < columnCount<Table>) {
        using Column = ColumnAt<Table, place>;
        using Given = typename MemberOf<Member>::Type;
        constexpr const ColumnRules& rules = tableRules<Table>[place];
        static_assert(fitsColumn<typename Column::Plain, OptionalOf<Given>>(),
                      "insert(): a member of the struct is not of its column's type");
        static_assert(!IsOptional<Given>::value || Column::isNullable || rules.isGenerated || rules.isCreatedAt ||
                          rules.isUpdatedAt || rules.fallback.isSet(),
                      "insert(): a member may be empty, and its column is never NULL and has no default of a value");
    }
    return true;
}
template<class Column, bool isStored>
constexpr bool checkLeftOut() {
    constexpr const ColumnRules& rules = rulesOf<Column>;
    static_assert(isStored || Column::isNullable || rules.hasDefault,
                  "insert(): the struct leaves out a column that has no default");
    return true;
}

// A row, of a list each.
template<class V>
struct RowInList {
    using Type = V;
};
template<class V, class A>
struct RowInList<std::vector<V, A>> {
    using Type = V;
};
template<class V>
using RowIn = typename RowInList<V>::Type;

template<class V, class Table, class Places>
struct PlacesOf;
template<class V, class Table, std::size_t... I>
struct PlacesOf<V, Table, std::index_sequence<I...>> {
    // Of each column the member of V, or sizeof...(I).
    static constexpr std::size_t memberFor(std::size_t place) {
        constexpr std::size_t places[] = {Members<V, Table>::template place<I>...};
        std::size_t member = 0;
        while (member < sizeof...(I) && places[member] != place) ++member;
        return member;
    }
    static constexpr bool areChecked =
        (checkInsertMember<Table, Members<V, Table>::template pointer<I>, Members<V, Table>::template place<I>>() &&
         ...);
};

template<class V, class Table, class Foreign, class Places>
struct InsertedColumns;

template<class V, class TableType, class Foreign, std::size_t... P>
struct InsertedColumns<V, TableType, Foreign, std::index_sequence<P...>> {
    using Table = TableType;
    using List = Members<V, Table>;
    using Source = PlacesOf<V, Table, std::make_index_sequence<List::count>>;
    static_assert(Source::areChecked);
    using Scratch = std::array<char, uuidSize>; // of a generated key

    template<std::size_t Place>
    static constexpr bool hasMember = Source::memberFor(Place) < List::count;
    template<std::size_t Place>
    static constexpr bool isForeign = std::is_same_v<ColumnAt<Table, Place>, Foreign>;
    template<std::size_t Place>
    static constexpr bool isStored = hasMember<Place> || isForeign<Place> || tableRules<Table>[Place].isGenerated ||
                                     tableRules<Table>[Place].isCreatedAt || tableRules<Table>[Place].isUpdatedAt;
    template<std::size_t Place>
    static constexpr bool isChanged =
        isStored<Place> && !tableRules<Table>[Place].isKey && !tableRules<Table>[Place].isCreatedAt;
    template<std::size_t Place, class... Columns>
    static constexpr bool isChangedBeside =
        isChanged<Place> && !(std::is_same_v<ColumnAt<Table, Place>, Columns> || ...);
    static constexpr std::size_t columns = (std::size_t{0} + ... + (isStored<P> ? 1 : 0));
    static_assert((checkLeftOut<ColumnAt<Table, P>, isStored<P>>() && ...));
    // Of a stored column among those.
    template<class Column>
    static constexpr std::size_t
        position = (std::size_t{0} + ... +
                    (P < placeAmong<Column>(static_cast<TableColumns<Table>*>(nullptr)) && isStored<P> ? 1 : 0));

    static void writeNames(SqlList& out) { (writeName<P>(out), ...); }
    // `each(column name)` of those that an upsert changes: no key, not when it was created.
    template<class Each>
    static void visitChanged(Each&& each) {
        (visitOne<P>(each), ...);
    }
    // Whether one of those is none of these columns.
    template<class... Columns>
    static constexpr bool changesBeside = (isChangedBeside<P, Columns...> || ...);
    static void bind(Binder& out, const V& value, Scratch& scratch, const mortise_sql_value* parent, DateTime now) {
        (bindOne<P>(out, value, scratch, parent, now), ...);
    }

private:
    template<std::size_t Place>
    static void writeName(SqlList& out) {
        if constexpr (isStored<Place>) ColumnAt<Table, Place>::write(out.next());
    }
    template<std::size_t Place, class Each>
    static void visitOne(Each& each) {
        if constexpr (isChanged<Place>) each(tableRules<Table>[Place].name);
    }
    template<std::size_t Place>
    static void bindOne(Binder& out, const V& value, Scratch& scratch, const mortise_sql_value* parent, DateTime now) {
        constexpr const ColumnRules& rules = tableRules<Table>[Place];
        if constexpr (isForeign<Place>) {
            out.add(*parent);
        } else if constexpr (hasMember<Place>) {
            const auto& member = value.*(List::template pointer<Source::memberFor(Place)>);
            using Given = std::decay_t<decltype(member)>;
            if constexpr (IsOptional<Given>::value) {
                if (member)
                    bindValue<Place>(out, *member, scratch, now);
                else if constexpr (rules.isGenerated || rules.isCreatedAt || rules.isUpdatedAt)
                    bindMade<Place>(out, scratch, now);
                else
                    out.add(sqlConstant(rules.fallback));
            } else {
                bindValue<Place>(out, member, scratch, now);
            }
        } else if constexpr (isStored<Place>) {
            bindMade<Place>(out, scratch, now);
        }
    }
    template<std::size_t Place, class Given>
    static void bindValue(Binder& out, const Given& value, Scratch& scratch, DateTime now) {
        constexpr const ColumnRules& rules = tableRules<Table>[Place];
        if constexpr (rules.isGenerated) {
            if (std::string_view(value).empty()) return bindMade<Place>(out, scratch, now);
        } else if constexpr (rules.isCreatedAt || rules.isUpdatedAt) {
            if (value.unixMilliseconds == 0) return bindMade<Place>(out, scratch, now);
        }
        out.put(toStored<rules.form>(value));
    }
    // What the layer makes itself.
    template<std::size_t Place>
    static void bindMade(Binder& out, Scratch& scratch, DateTime now) {
        if constexpr (tableRules<Table>[Place].isGenerated) {
            writeUuid(scratch.data(), now);
            out.put(toStored<tableRules<Table>[Place].form>(std::string_view(scratch.data(), scratch.size())));
        } else {
            out.add(now);
        }
    }
};
template<class V, class Table, class Foreign>
using InsertedRow = InsertedColumns<V, Table, Foreign, std::make_index_sequence<columnCount<Table>>>;

} // namespace detail
} // namespace v1
} // namespace mortise
