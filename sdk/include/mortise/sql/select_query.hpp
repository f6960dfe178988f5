// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/columns.hpp>
#include <mortise/row_not_found.hpp>
#include <mortise/sql/keys.hpp>
#include <mortise/sql/keyset.hpp>
#include <mortise/sql/load.hpp>
#include <mortise/sql/select.hpp>

#include <cstdint>
#include <tuple>

namespace mortise {
inline namespace v1 {
namespace sql {

// What select() returns. Lives no longer than the expression that makes it: texts in it are held by reference.
template<class Executor, class Result, class From, class Where, class Order, unsigned flags, class... Loads>
class [[nodiscard]] Select {
public:
    using T = typename Result::Type;
    using Base = typename From::Base;

    Select(const Executor& executor, From from, Where where, std::int64_t limit, std::int64_t offset,
           std::tuple<Loads...> loads)
        : executor_(executor),
          from_(std::move(from)),
          where_(std::move(where)),
          limit_(limit),
          offset_(offset),
          loads_(std::move(loads)) {}

    // Rows that have a partner there, with each of those. Before where() and orderBy() that name it.
    template<class Table, class Test>
    auto join(const Table&, Test&& test) const {
        static_assert(std::is_same_v<Where, Always> && std::is_same_v<Order, sql::Order<>>,
                      "join() stands before where() and orderBy()");
        auto on = detail::test(std::forward<Test>(test));
        using On = decltype(on);
        static_assert(On::maybes == 0, "join(): an absent maybe() would join everything with everything");
        return joined<Table>(from_, std::move(on));
    }
    // Several where() are all to hold.
    template<class Test>
    auto where(Test&& test) const {
        static_assert(detail::isTest<std::decay_t<Test>>, "where(): a condition, as posts.id == id, or a bool column");
        auto more = detail::test(std::forward<Test>(test));
        static_assert(From::template covers<decltype(more)>,
                      "where(): a column of a table that the query is not about (join() stands before)");
        return remade<Result, Order, flags>(from_, detail::both(where_, std::move(more)), loads_);
    }
    template<class... Terms>
    auto orderBy(const Terms&...) const {
        using Next = sql::Order<typename detail::TermOf<Terms>::Type...>;
        static_assert(std::is_same_v<Order, sql::Order<>>, "orderBy() stands once, with all columns");
        static_assert(From::template covers<Next>, "orderBy(): a column of a table that the query is not about");
        return remade<Result, Next, flags>(from_, where_, loads_);
    }
    // At most that many rows, from that one on; a negative number is 0.
    auto limit(std::int64_t count) const {
        auto next = remade<Result, Order, flags | detail::hasLimit>(from_, where_, loads_);
        next.limit_ = count < 0 ? 0 : count;
        return next;
    }
    auto offset(std::int64_t count) const {
        auto next = remade<Result, Order, flags | detail::hasOffset>(from_, where_, loads_);
        next.offset_ = count < 0 ? 0 : count;
        return next;
    }
    // A page by its cursor: the rows behind the one with these values, one for each column of orderBy(), which together
    // are unique and all ascend or all descend. Costs the same wherever it begins, where there is an index of that
    // order. A maybe() without a value: from the first row on.
    template<class... Values>
    auto after(Values&&... values) const {
        return where(detail::Keyset<Order>::behind(std::forward<Values>(values)...));
    }
    // Fetches these members alone; the others keep their initialisers. Each set that comes has a statement of its own,
    // registered when it first comes (on a loop that is Busy); past SqlProjection::maximumSets of them all columns are
    // fetched.
    auto columns(const Columns<T>& wanted) const {
        static_assert(Result::isStruct, "columns(): of select(table) and select<T>(table)");
        if constexpr (Result::isStruct) {
            static_assert(Result::List::count <= detail::SqlProjection::maxMembers,
                          "columns(): a struct of at most 57 members");
            auto next = remade<Result, Order, flags | detail::isProjected>(from_, where_, loads_);
            next.wanted_ = Result::columnsOf(wanted);
            return next;
        }
    }
    // The rows stay as they are until the transaction ends.
    auto forUpdate() const {
        static_assert(std::is_same_v<Executor, Transaction>, "forUpdate() is of a Transaction");
        return remade<Result, Order, flags | detail::isLocked>(from_, where_, loads_);
    }
    // Fills a member with rows of another table, by one statement however many rows there are here: sql/relation.hpp.
    // The member is the one that is called as the table's constant, or the one that is given.
    template<class Source>
    auto with(const Source& source) const {
        return loaded(detail::nameRelation(detail::ByName{}, source));
    }
    template<class Member, class Source>
    auto with(Member member, const Source& source) const {
        return loaded(detail::nameRelation(member, source));
    }

    std::vector<T> all() const {
        static_assert(!Result::hasViews, "all(): an std::string_view would outlive its row: each() has rows in place");
        std::vector<T> rows;
        load(rows, [](std::size_t) { return true; });
        return rows;
    }
    // The first row, if there is one.
    std::optional<T> one() const {
        static_assert(!Result::hasViews, "one(): an std::string_view would outlive its row: each() has rows in place");
        constexpr bool sorts = !std::is_same_v<Order, sql::Order<>>;
        if constexpr (sorts && (flags & detail::hasLimit) == 0) {
            return limit(1).one(); // so that the database keeps one row as it sorts
        } else if constexpr (sizeof...(Loads) == 0) {
            std::optional<T> found;
            read([&](const Row& row, std::uint64_t set) {
                found.emplace(take(row, set));
                return false;
            });
            return found;
        } else {
            std::vector<T> rows;
            load(rows, [](std::size_t) { return false; });
            return rows.empty() ? std::nullopt : std::optional<T>(std::move(rows.front()));
        }
    }
    // By the primary key.
    template<class... Keys>
    std::optional<T> find(const Keys&... keys) const {
        return where(detail::keyIs<Base>(keys...)).one();
    }
    // The first row, or the one with that primary key. Without one it throws RowNotFound, which a client sees as 404
    // with the label of the table.
    template<class... Keys>
    T require(const Keys&... keys) const {
        if constexpr (sizeof...(Keys) != 0) return where(detail::keyIs<Base>(keys...)).require();
        std::optional<T> found = one();
        if (!found) throw RowNotFound(Base::mortiseLabel);
        return std::move(*found);
    }
    // visit(const T&) for each row, in place: texts may be std::string_view. A visit may return false to stop, and must
    // not call the database.
    template<class Visit>
    void each(Visit&& visit) const {
        static_assert(sizeof...(Loads) == 0, "each(): relations come with all()");
        read([&](const Row& row, std::uint64_t set) {
            const T taken = take(row, set);
            return visit(taken);
        });
    }
    // The same for the first row alone; whether there is one.
    template<class Visit>
    bool one(Visit&& visit) const {
        bool found = false;
        each([&](const T& row) {
            found = true;
            visit(row);
            return false;
        });
        return found;
    }
    // How many rows there are, and whether there is any, whatever limit and offset say.
    std::int64_t count() const {
        std::int64_t total = 0;
        readAs<detail::SelectStatement<detail::CountResult, From, Where, sql::Order<>, 0>>(
            [&](const Row& row) { total = row.integer(0); });
        return total;
    }
    bool exists() const {
        bool found = false;
        readAs<detail::SelectStatement<detail::AnyResult, From, Where, sql::Order<>, 0>>([&](const Row&) {
            found = true;
            return false;
        });
        return found;
    }
    // The text of the statement, for tests and logs.
    std::string sql(SqlDialect dialect = SqlDialect::sqlite) const {
        if constexpr ((flags & detail::isProjected) != 0)
            return Statement::projectedText(dialect, where_.presence(), Result::statementSet(wanted_));
        else
            return Statement::text(dialect, where_.presence());
    }

private:
    template<class, class, class, class, class, unsigned, class...>
    friend class Select;

    using Statement =
        detail::SelectStatement<Result, From, Where, Order, flags & ~static_cast<unsigned>(detail::isProjected),
                                typename detail::Load<T, Base, Loads>::ParentKey...>;

    template<class R, class O, unsigned f, class F, class W, class... L>
    auto remade(F from, W where, std::tuple<L...> loads) const {
        Select<Executor, R, F, W, O, f, L...> next(executor_, std::move(from), std::move(where), limit_, offset_,
                                                   std::move(loads));
        next.wanted_ = wanted_;
        return next;
    }
    template<class Table, class On, class... Joins>
    auto joined(const sql::From<Base, Joins...>& from, On on) const {
        using Next = sql::From<Base, Joins..., Join<Table, On>>;
        static_assert(Next::template covers<On>, "join(): a column of a table that the query is not about");
        return remade<Result, Order, flags>(
            Next{std::tuple_cat(from.joins, std::tuple<Join<Table, On>>(Join<Table, On>{std::move(on)}))}, where_,
            loads_);
    }
    template<class Load>
    auto loaded(Load load) const {
        static_assert(sizeof(typename detail::Load<T, Base, Load>::Keys) != 0); // its errors, before those of its uses
        return remade<Result, Order, flags>(from_, where_, std::tuple_cat(loads_, std::tuple<Load>(std::move(load))));
    }

    template<class Visit>
    void read(Visit&& visit) const {
        static_assert(Result::relations == sizeof...(Loads),
                      "select<T>: each member of T that is no column is filled by a with()");
        if constexpr ((flags & detail::isProjected) != 0) {
            std::uint64_t set = Result::statementSet(wanted_);
            bind<Statement>([&](const Parameters& parameters) {
                detail::SqlExecutor::read(executor_, detail::sqlProjection<Statement, Result>, where_.presence(), set,
                                          parameters, [&](const Row& row) { return visit(row, set); });
            });
        } else {
            readAs<Statement>([&](const Row& row) { return visit(row, std::uint64_t{0}); });
        }
    }
    T take(const Row& row, std::uint64_t set) const {
        if constexpr ((flags & detail::isProjected) != 0) {
            T made{};
            Result::fill(row, made, set, wanted_);
            return made;
        } else {
            return Result::take(row);
        }
    }
    template<class S, class Visit>
    void readAs(Visit&& visit) const {
        bind<S>([&](const Parameters& parameters) {
            detail::SqlExecutor::read(executor_, detail::sqlShape<S>, where_.presence(), parameters, visit);
        });
    }
    template<class S, class Use>
    void bind(Use&& use) const {
        detail::ParameterArray<From::slots + Where::slots + 2> array;
        detail::Binder binder = array.binder(detail::SqlExecutor::dialect(executor_));
        from_.bind(binder);
        where_.bind(binder);
        if constexpr (std::is_same_v<S, Statement>) {
            if constexpr ((flags & detail::hasLimit) != 0) binder.add(limit_);
            if constexpr ((flags & detail::hasOffset) != 0) binder.add(offset_);
        }
        use(binder.parameters());
    }
    template<class More>
    void load(std::vector<T>& rows, More more) const {
        std::tuple<typename detail::Load<T, Base, Loads>::Keys...> keys;
        // What a page usually has: growing to it would move each row several times.
        constexpr std::int64_t usual = 128;
        if constexpr ((flags & detail::hasLimit) != 0)
            rows.reserve(static_cast<std::size_t>(limit_ < usual ? limit_ : usual));
        read([&](const Row& row, std::uint64_t set) {
            std::size_t columns = Result::columns;
            if constexpr (std::is_same_v<T, bool>)
                rows.push_back(Result::take(row)); // its elements are no bool
            else if constexpr ((flags & detail::isProjected) != 0)
                columns = Result::fill(row, rows.emplace_back(), set, wanted_);
            else
                Result::fill(row, rows.emplace_back());
            detail::takeKeys(row, columns, rows.size() - 1, keys);
            return more(rows.size());
        });
        detail::loadAll<Base>(executor_, rows, loads_, keys);
    }

    const Executor& executor_;
    From from_;
    Where where_;
    std::int64_t limit_;
    std::int64_t offset_;
    std::tuple<Loads...> loads_;
    std::uint64_t wanted_ = 0; // members, of columns()
};

} // namespace sql
} // namespace v1
} // namespace mortise
