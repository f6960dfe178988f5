// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/database_link.hpp>
#include <mortise/detail/sql_call.hpp>
#include <mortise/sql/queries.hpp>
#include <mortise/sql_parameters.hpp>
#include <mortise/sql_row.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace mortise {
inline namespace v1 {

// A statement of the instance that registered it, for the database it came from. Nobody else can use it, and nobody one
// that was not registered: that is Invalid, and in `start` a failed start.
struct Statement {
    std::uint32_t number = 0; // 0: none
    bool registered = false;
    explicit operator bool() const noexcept { return registered; }
};

// Inside Database::transact: reads see what it wrote. After a failure that makes the body run again (deadlock, lost)
// every call throws that failure.
class Transaction : public TypedQueries<Transaction> {
public:
    Transaction(const detail::DatabaseLink& link, mortise_sql_transaction* raw) noexcept : link_(link), raw_(raw) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    // The number of rows that a write matched. Throws UniqueConflict, SqlError, Busy, Error.
    std::uint64_t execute(const Statement& statement, Parameters parameters = {}) const {
        return run(statement, parameters, nullptr, nullptr);
    }
    // With rows: visit(Row) for each; may return false to stop. Must not call the database.
    template<class Visit>
    std::uint64_t execute(const Statement& statement, Parameters parameters, Visit&& visit) const {
        detail::RowVisit<std::remove_reference_t<Visit>> rows{&visit, nullptr};
        const std::uint64_t changed = run(statement, parameters, &rows.call, &rows);
        if (rows.failure) std::rethrow_exception(rows.failure);
        return changed;
    }
    // As those of Database; statements that lock (SqlLock::forUpdate) are read here only.
    template<class Visit>
    void read(const Statement& statement, Parameters parameters, Visit&& visit) const {
        execute(statement, parameters, std::forward<Visit>(visit));
    }
    template<class T>
    std::optional<T> readOne(const Statement& statement, Parameters parameters = {}) const {
        return detail::firstOf<T>(*this, statement, parameters);
    }
    template<class T>
    std::vector<T> readAll(const Statement& statement, Parameters parameters = {}) const {
        return detail::allOf<T>(*this, statement, parameters);
    }

private:
    std::uint64_t run(const Statement& statement, Parameters parameters, mortise_sql_row row, void* context) const {
        detail::needRegistered(statement.registered);
        std::uint64_t changed = 0;
        detail::SqlCall call;
        call.finish(link_.table.execute(link_.self, raw_, statement.number, parameters.data, parameters.count,
                                        sizeof(mortise_sql_value), row, context, &changed, call.failure(),
                                        call.error()),
                    "execute");
        return changed;
    }

    friend detail::SqlExecutor;

    const detail::DatabaseLink& link_;
    mortise_sql_transaction* raw_;
};

} // namespace v1
} // namespace mortise
