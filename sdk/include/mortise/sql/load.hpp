// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/declared_table.hpp>
#include <mortise/sql/executor.hpp>
#include <mortise/sql/keys.hpp>
#include <mortise/sql/relation.hpp>
#include <mortise/sql/result.hpp>

#include <algorithm>
#include <tuple>

// How relations are read: one statement each, for all rows that were read before.
namespace mortise {
inline namespace v1 {
namespace detail {

// Filled by a relation: many in a vector, one at most in an optional or a struct.
template<class Member>
struct Filled {
    using Child = OptionalOf<Member>;
    static constexpr bool isMany = false;
};
template<class T, class A>
struct Filled<std::vector<T, A>> {
    using Child = T;
    static constexpr bool isMany = true;
};

// The two columns that a relation goes along: the foreign key, and what it refers to in the other table.
template<class ForeignKey, bool isChild, class Other>
struct KeyPair {
    using Foreign = ForeignKey;
    using Referred = ColumnAt<Other, referredPlace<Foreign, Other>>;
    static constexpr bool isFromChild = isChild;
};
template<class ParentTable, class ChildTable, class By, bool isMany>
auto keyPair() {
    constexpr std::size_t inChild = onlyForeignKey<ChildTable, ParentTable>();
    constexpr std::size_t inParent = onlyForeignKey<ParentTable, ChildTable>();
    constexpr bool hasChild = inChild != columnCount<ChildTable>;
    constexpr bool hasParent = inParent != columnCount<ParentTable>;
    if constexpr (IsColumn<By>::value) {
        constexpr bool isOfChild = By::template isOf<ChildTable> && (isMany || !By::template isOf<ParentTable>);
        constexpr bool isOfParent = By::template isOf<ParentTable>;
        static_assert(isOfChild || isOfParent, "by(): a column of neither table");
        return KeyPair<By, isOfChild, std::conditional_t<isOfChild, ParentTable, ChildTable>>{};
    } else if constexpr (hasChild && (isMany || !hasParent)) { // of a table to itself many refer to one
        return KeyPair<ColumnAt<ChildTable, inChild>, true, ParentTable>{};
    } else {
        static_assert(hasParent,
                      "with(): neither table has a column that references() the other, or has several: by()");
        return KeyPair<ColumnAt<ParentTable, inParent>, false, ChildTable>{};
    }
}

// The rows of a relation for many parents: at most `?` for each, in the order that was asked for, or of their key.
template<class Result, class ChildKey, class Where, class Order, bool isSingle, class... Keys>
struct RelationStatement : StatementAbout<typename ChildKey::Table> {
    static_assert(Where::maybes <= maxMaybes, "a relation has at most 6 conditions with maybe()");
    static constexpr std::uint32_t variants = 1u << Where::maybes;
    static constexpr bool isFiltered = true;
    static constexpr std::uint32_t columns = Result::columns + sizeof...(Keys) + 1;
    using Table = typename ChildKey::Table;
    static constexpr std::string_view verb = "with";

    static std::string text(SqlDialect dialect, std::uint32_t presence) {
        if constexpr (!isSingle && keyCount<Table> == 1)
            if (dialect != SqlDialect::mariadb) return ofEachParent(dialect, presence);
        SqlText out(dialect);
        if (!isSingle) {
            SqlList names(out, "SELECT ");
            for (std::size_t i = 0; i < columns; ++i) names.next().put("c").put(std::to_string(i));
            out.put(" FROM (");
        }
        SqlList list(out, "SELECT ");
        if (!isSingle) list.giveNames();
        Result::write(list);
        (Keys::write(list.next()), ...);
        ChildKey::write(list.next());
        list.nameLast();
        if (!isSingle) {
            ChildKey::write(out.put(", ROW_NUMBER() OVER (PARTITION BY "));
            writeOrder(out);
            out.put(") AS place");
        }
        ChildKey::write(out.put(" FROM ").table(Table::mortiseTable).put(" WHERE "));
        out.put(" IN ").put(sqlElements(dialect, sqlKind<typename ChildKey::Plain, columnForm<ChildKey>()>));
        if (Where::isPresent(presence)) Where::write(out.put(" AND "), presence);
        if (!isSingle)
            out.put(") AS ranked WHERE place <= ? ORDER BY c").put(std::to_string(columns - 1)).put(", place");
        return out.text();
    }

private:
    // SQLite walks an index of each parent in turn and stops at the limit, where a window function would rank all rows
    // of all parents, and may find these by an index of the condition.
    static std::string ofEachParent(SqlDialect dialect, std::uint32_t presence) {
        SqlText out(dialect);
        SqlList list(out, "SELECT ");
        Result::write(list);
        (Keys::write(list.next()), ...);
        ChildKey::write(list.next());
        out.put(" FROM (SELECT value AS mortise_parent FROM json_each(?)) AS parents JOIN ").table(Table::mortiseTable);
        writeKey(out.put(" ON ")).put(" IN (SELECT ");
        writeKey(out).put(" FROM ").table(Table::mortiseTable);
        ChildKey::write(out.put(" WHERE "));
        out.put(" = mortise_parent");
        if (Where::isPresent(presence)) Where::write(out.put(" AND "), presence);
        writeOrder(out);
        writeOrder(out.put(" LIMIT ?)"));
        return out.text();
    }
    static SqlText& writeKey(SqlText& out) {
        for (const ColumnRules& rules : tableRules<Table>)
            if (rules.isKey) out.column(rules.name);
        return out;
    }
    static void writeOrder(SqlText& out) {
        if constexpr (!std::is_same_v<Order, sql::Order<>>) {
            Order::write(out);
        } else {
            SqlList list(out, " ORDER BY ");
            for (const ColumnRules& rules : tableRules<Table>)
                if (rules.isKey) list.next().column(rules.name);
        }
    }
};

template<class T, std::size_t... I>
constexpr std::size_t fieldNamed(std::string_view name, std::index_sequence<I...>) {
    constexpr std::string_view names[] = {nth<I>(description<T>).memberName...};
    std::size_t place = 0;
    while (place < sizeof...(I) && names[place] != name) ++place;
    return place;
}
template<class T, class Table>
constexpr std::size_t relationField() {
    static_assert(isDescribed<T>, "with(): the struct has no MORTISE_DESCRIBE");
    constexpr std::size_t place = fieldNamed<T>(Table::mortiseObject, std::make_index_sequence<fieldCount<T>>{});
    static_assert(place < fieldCount<T>, "with(table): no member is called as the table: with(&T::member, table)");
    return place < fieldCount<T> ? place : 0;
}
template<class T, class Named>
constexpr auto relationMember(const Named& named) {
    if constexpr (std::is_same_v<typename Named::Member, ByName>)
        return nth<relationField<T, typename Named::Relation::Table>()>(description<T>).member;
    else
        return named.member;
}
template<class Pointer>
struct PointedAt;
template<class Owner, class Value>
struct PointedAt<Value Owner::*> {
    using Type = Value;
};

template<class T, class ParentTable, class Named>
struct Load {
    using Relation = typename Named::Relation;
    using Table = typename Relation::Table;
    using Member = typename PointedAt<decltype(relationMember<T>(std::declval<const Named&>()))>::Type;
    static constexpr bool isMany = Filled<Member>::isMany;
    using Child = typename Filled<Member>::Child;
    static_assert(isRelated<Member>,
                  "with(): the member is a column, not a struct, an std::optional or an std::vector of structs");

    using Pair = decltype(keyPair<ParentTable, Table, typename Relation::By, isMany>());
    using ParentKey = std::conditional_t<Pair::isFromChild, typename Pair::Referred, typename Pair::Foreign>;
    using ChildKey = std::conditional_t<Pair::isFromChild, typename Pair::Foreign, typename Pair::Referred>;
    using Plain = typename ParentKey::Plain;
    static_assert(std::is_same_v<Plain, std::string> || isIntegral<Plain>,
                  "relations go along keys that are texts or integers");

    // With the place of the row that has it.
    using Keys = std::vector<std::pair<Plain, std::size_t>>;
};

template<class Keys>
void takeKey(const Row& row, std::uint32_t column, std::size_t place, Keys& keys) {
    if (row.isNull(column)) return;
    keys.emplace_back();
    fromSql(row, column, keys.back().first);
    keys.back().second = place;
}
template<class... Keys>
void takeKeys(const Row& row, std::size_t column, std::size_t place, std::tuple<Keys...>& keys) {
    std::apply([&](auto&... one) { (takeKey(row, static_cast<std::uint32_t>(column++), place, one), ...); }, keys);
}

template<class T>
void putChild(std::vector<T>& member, T child) {
    member.push_back(std::move(child));
}
template<class T>
void putChild(std::optional<T>& member, T child) {
    member = std::move(child);
}
template<class T>
void putChild(T& member, T child) {
    member = std::move(child);
}

template<class ParentTable, class Executor, class T, class... Named, class... Keys>
void loadAll(const Executor& executor, std::vector<T>& rows, const std::tuple<Named...>& named,
             std::tuple<Keys...>& keys);

template<class Load, class Executor, class T, class Named, class... Nested>
void loadOne(const Executor& executor, std::vector<T>& rows, const Named& named, typename Load::Keys& keys,
             const std::tuple<Nested...>& nested) {
    using Child = typename Load::Child;
    using Relation = typename Load::Relation;
    using Result = StructOf<Child, typename Load::Table>;
    static_assert(!Result::hasViews, "with(): an std::string_view would outlive its row");
    static_assert(Result::relations == sizeof...(Nested),
                  "with(): each member that is no column is filled by a with()");
    constexpr bool isSingle = !Load::isMany && areUnique<typename Load::ChildKey>();
    using Statement =
        RelationStatement<Result, typename Load::ChildKey, typename Relation::Filter, typename Relation::Sorting,
                          isSingle, typename detail::Load<Child, typename Load::Table, Nested>::ParentKey...>;
    if (keys.empty()) return;
    std::sort(keys.begin(), keys.end());
    std::string list = "[";
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (i != 0 && keys[i].first == keys[i - 1].first) continue;
        if (i != 0) list.push_back(',');
        putElement(list, keys[i].first);
    }
    list.push_back(']');

    ParameterArray<2 + Relation::Filter::slots> array;
    Binder binder = array.binder();
    binder.add(list);
    named.relation.condition.bind(binder);
    if constexpr (!isSingle) binder.add(Load::isMany ? named.relation.most : 1u);
    std::vector<Child> children;
    std::vector<typename Load::Plain> parents; // the key of each child's
    std::tuple<typename detail::Load<Child, typename Load::Table, Nested>::Keys...> childKeys;
    SqlExecutor::read(
        executor, sqlShape<Statement>, named.relation.condition.presence(), binder.parameters(), [&](const Row& row) {
            children.push_back(Result::take(row));
            takeKeys(row, Result::columns, children.size() - 1, childKeys);
            fromSql(row, static_cast<std::uint32_t>(Result::columns + sizeof...(Nested)), parents.emplace_back());
        });
    loadAll<typename Load::Table>(executor, children, nested, childKeys);
    const auto member = relationMember<T>(named);
    for (std::size_t i = 0; i < children.size(); ++i) {
        auto at = std::lower_bound(keys.begin(), keys.end(), parents[i],
                                   [](const auto& key, const auto& wanted) { return key.first < wanted; });
        for (; at != keys.end() && at->first == parents[i]; ++at)
            putChild(rows[at->second].*member, Child(children[i]));
    }
}

template<class ParentTable, class Executor, class T, class... Named, class... Keys, std::size_t... I>
void loadEach(const Executor& executor, std::vector<T>& rows, const std::tuple<Named...>& named,
              std::tuple<Keys...>& keys, std::index_sequence<I...>) {
    (loadOne<Load<T, ParentTable, Named>>(executor, rows, std::get<I>(named), std::get<I>(keys),
                                          std::get<I>(named).relation.nested),
     ...);
}
template<class ParentTable, class Executor, class T, class... Named, class... Keys>
void loadAll(const Executor& executor, std::vector<T>& rows, const std::tuple<Named...>& named,
             std::tuple<Keys...>& keys) {
    loadEach<ParentTable>(executor, rows, named, keys, std::index_sequence_for<Named...>{});
}

} // namespace detail
} // namespace v1
} // namespace mortise
