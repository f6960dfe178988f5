// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/change.hpp>
#include <mortise/sql/keys.hpp>
#include <mortise/sql/patch_set.hpp>
#include <mortise/sql/read_changed.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

template<class Table, class Where, class Returned, class... Sets>
struct UpdateStatement : ChangeStatementWhere<Table, Where, Returned> {
    static constexpr std::string_view verb = "update";

    static std::string text(SqlDialect dialect, std::uint32_t) {
        if (!std::is_void_v<Returned> && sqlReadsChanged(dialect)) return {};
        SqlText out(dialect);
        out.put("UPDATE ").table(Table::mortiseTable);
        if (sqlChangesSeveral(dialect, Where::hasElements)) out.put(", (SELECT 1) AS several");
        SqlList list(out, " SET ");
        (Sets::write(list), ...);
        UpdateStatement::writeEnd(out);
        return out.text();
    }
};

// updated_at = now, where nothing else sets it.
template<class Table, class... Sets>
struct Touched {
    static constexpr unsigned slots = columnCount<Table> * 2;
    static void write(SqlList& out) { writeEach(out, std::make_index_sequence<columnCount<Table>>{}); }
    static void bind(Binder& out, bool isChanged, DateTime now) {
        bindEach(out, isChanged, now, std::make_index_sequence<columnCount<Table>>{});
    }

private:
    static constexpr bool isCertain = (Sets::isCertain || ...);
    template<std::size_t P>
    static constexpr bool isTouched =
        tableRules<Table>[P].isUpdatedAt && !(Sets::template sets<ColumnAt<Table, P>> || ...);
    template<std::size_t... P>
    static void writeEach(SqlList& out, std::index_sequence<P...>) {
        (writeOne<P>(out), ...);
    }
    template<std::size_t P>
    static void writeOne(SqlList& out) {
        if constexpr (isTouched<P>) {
            if constexpr (isCertain)
                writeSet<ColumnAt<Table, P>>(out);
            else
                writeMaybe<ColumnAt<Table, P>>(out);
        }
    }
    template<std::size_t... P>
    static void bindEach(Binder& out, bool isChanged, DateTime now, std::index_sequence<P...>) {
        (bindOne<P>(out, isChanged, now), ...);
    }
    template<std::size_t P>
    static void bindOne(Binder& out, bool isChanged, DateTime now) {
        if constexpr (isTouched<P>) {
            if constexpr (!isCertain) out.add(isChanged);
            out.add(now);
        }
    }
};

} // namespace detail

namespace sql {

// What update() returns: where(), then set(), which runs it. The number of rows that the condition holds for, changed
// or not, or those rows as T.
template<class Executor, class T, class Table, class Where>
class [[nodiscard]] Update {
public:
    Update(const Executor& executor, Where where) : executor_(executor), where_(std::move(where)) {}

    template<class Test>
    auto where(Test&& test) const {
        static_assert(detail::isTest<std::decay_t<Test>>, "where(): a condition, as posts.id == id, or a bool column");
        auto all = detail::both(where_, detail::test(std::forward<Test>(test)));
        using All = decltype(all);
        static_assert(All::template isOf<Table>, "where(): a column of another table than the update's");
        static_assert(All::maybes == 0, "update(): an absent maybe() would change every row");
        return Update<Executor, T, Table, All>(executor_, std::move(all));
    }
    auto everyRow() const { return Update<Executor, T, Table, EveryRow>(executor_, {}); }

    // set(posts.title = "x", posts.views = posts.views + 1), or set(patch): a struct whose members are called as the
    // columns. Of those an empty std::optional and an absent Patch leave their column, a Patch of null makes it NULL.
    template<class... Values>
    auto set(const Values&... values) const {
        static_assert(!std::is_same_v<Where, Always>,
                      "update(): where() says which rows, everyRow() that it is all of them");
        return detail::SqlExecutor::transact(executor_, [&](const Transaction& transaction) {
            return run(transaction, detail::setOf<Table>(values)...);
        });
    }

private:
    template<class... Sets>
    auto run(const Transaction& transaction, const Sets&... sets) const {
        using Returned = typename detail::ReturnedOf<T, Table>::Type;
        using Touched = detail::Touched<Table, Sets...>;
        const DateTime now = DateTime::now();
        // `As`: what the statement returns.
        const auto change = [&](auto as, const auto& where) {
            using Given = std::decay_t<decltype(where)>;
            using Statement = typename decltype(as)::template Of<
                detail::UpdateStatement<Table, Given, typename decltype(as)::Rows, Sets..., Touched>>;
            detail::ParameterArray<(0 + ... + Sets::slots) + Touched::slots + Given::slots> array;
            detail::Binder binder = array.binder();
            (sets.bind(binder), ...);
            Touched::bind(binder, (sets.isChanging() || ...), now);
            where.bind(binder);
            return detail::changeRows<Statement>(transaction, binder);
        };
        if constexpr (!std::is_void_v<T>) {
            static_assert(detail::keepsKey<Table, Sets...>(), "update<T>(): a row that comes back keeps its key");
            if (detail::sqlReadsChanged(detail::SqlExecutor::dialect(transaction)))
                return detail::readUpdated<Table, Returned>(transaction, where_, change);
        }
        return change(detail::Returning<Returned>{}, where_);
    }

    const Executor& executor_;
    Where where_;
};

} // namespace sql
} // namespace v1
} // namespace mortise
