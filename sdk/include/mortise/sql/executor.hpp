// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/database.hpp>
#include <mortise/sql/shape.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

// All that typed queries ask of a database or a transaction.
struct SqlExecutor {
    template<class Executor, class Visit>
    static void read(const Executor& executor, const SqlShape& shape, std::uint32_t variant, Parameters parameters,
                     Visit&& visit) {
        executor.read(statement(*linkOf(executor), shape, variant), parameters, visit);
    }
    // As the other, of the columns `set`, which becomes the set that the rows have: that or all.
    template<class Executor, class Visit>
    static void read(const Executor& executor, const SqlProjection& projection, std::uint32_t variant,
                     std::uint64_t& set, Parameters parameters, Visit&& visit) {
        executor.read(statement(*linkOf(executor), projection, variant, set), parameters, visit);
    }
    // Unknown where the database is absent.
    template<class Executor>
    static SqlDialect dialect(const Executor& executor) noexcept {
        const DatabaseLink& link = *linkOf(executor);
        return link.table.dialect == nullptr ? SqlDialect::unknown
                                             : static_cast<SqlDialect>(link.table.dialect(link.self));
    }
    // The number of rows.
    static std::uint64_t write(const Transaction& transaction, const SqlShape& shape, std::uint32_t variant,
                               Parameters parameters) {
        return transaction.execute(statement(transaction.link_, shape, variant), parameters);
    }
    // body(const Transaction&): in one of its own, or in the given one. May run again.
    template<class Body>
    static auto transact(const DatabaseSession& database, Body&& body) {
        return database.transact([&](Transaction& transaction) { return body(std::as_const(transaction)); });
    }
    template<class Body>
    static auto transact(const Transaction& transaction, Body&& body) {
        return body(transaction);
    }

private:
    static const DatabaseLink* linkOf(const DatabaseSession& session) noexcept { return session.link_; }
    static const DatabaseLink* linkOf(const Transaction& transaction) noexcept { return &transaction.link_; }

    static Statement statement(const DatabaseLink& link, const SqlShape& shape, std::uint32_t variant) {
        Statement found;
        if (link.numbers != nullptr) found.number = link.numbers->find(shape.first + variant);
        found.registered = true;
        return found.number != 0 ? found : enter(link, shape, variant);
    }
    // Once for each instance, statement and variant.
    [[gnu::noinline]] static Statement enter(const DatabaseLink& link, const SqlShape& shape, std::uint32_t variant) {
        if (link.numbers == nullptr || link.table.statement == nullptr) throw Absent(MORTISE_DATABASE_SERVICE);
        const std::string text = shape.text(static_cast<SqlDialect>(link.table.dialect(link.self)), variant);
        const std::string name = shape.name();
        const mortise_sql_statement wanted = shape.statement(name, text);
        Statement made;
        ErrorText error;
        raise(link.table.statement(link.self, &wanted, sizeof wanted, &made.number, error.raw()), "statement", error);
        made.registered = true;
        link.numbers->store(shape.first + variant, made.number);
        return made;
    }

    static Statement statement(const DatabaseLink& link, const SqlProjection& projection, std::uint32_t variant,
                               std::uint64_t& set) {
        if (set != projection.all && link.numbers != nullptr) {
            std::uint32_t* const place = link.numbers->ofColumns(projection, SqlProjection::key(variant, set));
            std::uint32_t number = place == nullptr ? SqlNumbers::none : __atomic_load_n(place, __ATOMIC_ACQUIRE);
            if (number == 0) __atomic_store_n(place, number = enter(link, projection, variant, set), __ATOMIC_RELEASE);
            if (number != SqlNumbers::none) return {number, true};
        }
        set = projection.all;
        return statement(link, projection.shape, variant);
    }
    // Once for each instance and set, on a loop again until a worker has registered it. None where the database has no
    // room for more.
    [[gnu::noinline]] static std::uint32_t enter(const DatabaseLink& link, const SqlProjection& projection,
                                                 std::uint32_t variant, std::uint64_t set) {
        if (link.table.statement == nullptr) throw Absent(MORTISE_DATABASE_SERVICE);
        const std::string text = projection.text(static_cast<SqlDialect>(link.table.dialect(link.self)), variant, set);
        const std::string name = projection.shape.name();
        mortise_sql_statement wanted = projection.shape.statement(name, text);
        wanted.column_count = projection.others;
        for (std::uint64_t left = set; left != 0; left &= left - 1) ++wanted.column_count;
        std::uint32_t number = 0;
        ErrorText error;
        const mortise_status status = link.table.statement(link.self, &wanted, sizeof wanted, &number, error.raw());
        if (peerStatus(status, MORTISE_BUSY, MORTISE_INVALID) == MORTISE_ERROR) return SqlNumbers::none;
        raise(status, "statement", error);
        return number;
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
