// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/change.hpp>
#include <mortise/sql/read_changed.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

template<class Table, class Where, class Returned>
struct RemoveStatement : ChangeStatementWhere<Table, Where, Returned> {
    static constexpr std::string_view verb = "remove";

    static std::string text(SqlDialect dialect, std::uint32_t) {
        const bool isAboutSeveral = sqlChangesSeveral(dialect, Where::hasElements);
        if (!std::is_void_v<Returned> && isAboutSeveral) return {};
        SqlText out(dialect);
        out.put("DELETE ");
        if (isAboutSeveral) out.table(Table::mortiseTable).put(" ");
        out.put("FROM ").table(Table::mortiseTable);
        RemoveStatement::writeEnd(out);
        return out.text();
    }
};

} // namespace detail

namespace sql {

// What remove() returns: where() or everyRow(), which run it. The number of rows that are gone, or those rows as T.
template<class Executor, class T, class Table>
class [[nodiscard]] Remove {
public:
    explicit Remove(const Executor& executor) : executor_(executor) {}

    template<class Test>
    auto where(Test&& test) const {
        static_assert(detail::isTest<std::decay_t<Test>>, "where(): a condition, as posts.id == id, or a bool column");
        auto condition = detail::test(std::forward<Test>(test));
        using Kept = decltype(condition);
        static_assert(Kept::template isOf<Table>, "where(): a column of another table than the removal's");
        static_assert(Kept::maybes == 0, "remove(): an absent maybe() would remove every row");
        return run(condition);
    }
    auto everyRow() const { return run(EveryRow{}); }

private:
    template<class Where>
    auto run(const Where& where) const {
        using Returned = typename detail::ReturnedOf<T, Table>::Type;
        return detail::SqlExecutor::transact(executor_, [&](const Transaction& transaction) {
            const auto change = [&](auto as, const auto& condition) {
                using Given = std::decay_t<decltype(condition)>;
                using Statement = typename decltype(as)::template Of<
                    detail::RemoveStatement<Table, Given, typename decltype(as)::Rows>>;
                detail::ParameterArray<Given::slots> array;
                detail::Binder binder = array.binder();
                condition.bind(binder);
                return detail::changeRows<Statement>(transaction, binder);
            };
            if constexpr (!std::is_void_v<T> && Where::hasElements)
                if (detail::sqlReadsChanged(detail::SqlExecutor::dialect(transaction)))
                    return detail::readRemoved<Table, Returned>(transaction, where, change);
            return change(detail::Returning<Returned>{}, where);
        });
    }

    const Executor& executor_;
};

} // namespace sql
} // namespace v1
} // namespace mortise
