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
};

} // namespace detail
} // namespace v1
} // namespace mortise
