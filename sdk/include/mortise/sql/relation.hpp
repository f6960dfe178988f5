// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/order.hpp>
#include <mortise/sql/table.hpp>

#include <tuple>

namespace mortise {
inline namespace v1 {
namespace sql {

template<class TableType, class Key, class Where, class Order, class... Nested>
class Relation;

} // namespace sql

namespace detail {

// The member that is called as the table's constant.
struct ByName {};

// A relation and the member that it fills.
template<class MemberType, class RelationType>
struct NamedRelation {
    using Member = MemberType;
    using Relation = RelationType;
    Member member;
    Relation relation;
};

template<class T>
struct IsRelation : std::false_type {};
template<class Table, class Key, class Where, class Order, class... Nested>
struct IsRelation<sql::Relation<Table, Key, Where, Order, Nested...>> : std::true_type {};

template<class T>
auto asRelation(const T& source) {
    static_assert(IsRelation<T>::value || IsTable<T>::value,
                  "with(): a table, or rows of one as posts.where(posts.published)");
    if constexpr (IsTable<T>::value)
        return sql::Relation<T, void, sql::Always, sql::Order<>>();
    else
        return source;
}
template<class Member, class Source>
auto nameRelation(Member member, const Source& source) {
    return NamedRelation<Member, decltype(asRelation(source))>{member, asRelation(source)};
}

} // namespace detail

namespace sql {

// How many rows a relation gives each row at most, unless limit() says otherwise.
constexpr std::uint32_t defaultRelationLimit = 100;

// Rows of a table for with(), as posts.where(posts.published).orderBy(desc(posts.createdAt)).limit(20): for each row of
// the query those that refer to it, or the one that it refers to, along the column that references() the other table.
template<class TableType, class Key, class Where, class Order, class... Nested>
class Relation {
public:
    using Table = TableType;
    using By = Key; // void: the only foreign key between the two
    using Filter = Where;
    using Sorting = Order;

    Where condition{};
    std::uint32_t most = defaultRelationLimit;
    std::tuple<Nested...> nested; // with() of these rows

    Relation() = default;
    Relation(Where where, std::uint32_t count, std::tuple<Nested...> relations)
        : condition(std::move(where)), most(count), nested(std::move(relations)) {}

    template<class Test>
    auto where(Test&& test) const {
        static_assert(detail::isTest<std::decay_t<Test>>, "where(): a condition, as posts.id == id, or a bool column");
        auto both = detail::both(condition, detail::test(std::forward<Test>(test)));
        using Both = decltype(both);
        static_assert(Both::template isOf<Table>, "where(): a column of another table than the relation's");
        return Relation<Table, Key, Both, Order, Nested...>(std::move(both), most, nested);
    }
    template<class... Terms>
    auto orderBy(const Terms&...) const {
        using Next = sql::Order<typename detail::TermOf<Terms>::Type...>;
        static_assert(Next::template isOf<Table>, "orderBy(): a column of another table than the relation's");
        return Relation<Table, Key, Where, Next, Nested...>(condition, most, nested);
    }
    auto limit(std::uint32_t count) const {
        Relation next = *this;
        next.most = count;
        return next;
    }
    // Along this foreign key, where there are several between the two tables.
    template<class Column>
    auto by(const Column&) const {
        static_assert(detail::IsColumn<Column>::value, "by(): a column");
        static_assert(!detail::rulesOf<Column>.foreignTable.empty(),
                      "by(): the column is no foreign key: references()");
        return Relation<Table, Column, Where, Order, Nested...>(condition, most, nested);
    }
    // Relations of these rows.
    template<class More>
    auto with(const More& more) const {
        return with(detail::ByName{}, more);
    }
    template<class Member, class More>
    auto with(Member member, const More& more) const {
        auto named = detail::nameRelation(member, more);
        return Relation<Table, Key, Where, Order, Nested..., decltype(named)>(
            condition, most, std::tuple_cat(nested, std::make_tuple(std::move(named))));
    }
};

template<class Self>
template<class Test>
auto Table<Self>::where(Test&& test) const {
    return Relation<Self, void, Always, Order<>>().where(std::forward<Test>(test));
}
template<class Self>
template<class... Terms>
auto Table<Self>::orderBy(const Terms&... terms) const {
    return Relation<Self, void, Always, Order<>>().orderBy(terms...);
}
template<class Self>
auto Table<Self>::limit(std::uint32_t count) const {
    return Relation<Self, void, Always, Order<>>().limit(count);
}
template<class Self>
template<class Column>
auto Table<Self>::by(const Column& column) const {
    return Relation<Self, void, Always, Order<>>().by(column);
}
template<class Self>
template<class... More>
auto Table<Self>::with(const More&... more) const {
    return Relation<Self, void, Always, Order<>>().with(more...);
}

} // namespace sql

using sql::defaultRelationLimit;

} // namespace v1
} // namespace mortise
