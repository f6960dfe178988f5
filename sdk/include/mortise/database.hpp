// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/counted.hpp>
#include <mortise/detail/database_link.hpp>
#include <mortise/detail/snapshot_body.hpp>
#include <mortise/detail/transaction_body.hpp>
#include <mortise/service/database.h>
#include <mortise/sql/dialect.hpp>
#include <mortise/sql/queries.hpp>
#include <mortise/transaction.hpp>
#include <mortise/turn.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mortise {
inline namespace v1 {

// Whether the rows of a SELECT are locked until its transaction ends, where the database can.
enum class SqlLock : std::uint32_t { none = 0, forUpdate = MORTISE_SQL_FOR_UPDATE };

// The database on behalf of one request, or of none: what `database(request)` gives. A pointer and a turn, to be used
// at once; the Database that it is of outlives it. Where the service is absent every call throws Absent.
class DatabaseSession : public TypedQueries<DatabaseSession> {
public:
    DatabaseSession(const detail::DatabaseLink& link, Turn turn) noexcept : link_(&link), turn_(turn) {}

    // [worker], and [loop] in routes that say reads(). visit(Row) for each; may return false to stop. Must not call the
    // database. Throws SqlError, Busy, Error; what is busy on a loop is called again on a worker: let it leave the
    // handler. In a body of transact() of the same request it sees what that wrote.
    template<class Visit>
    void read(const Statement& statement, Parameters parameters, Visit&& visit) const {
        need(table().read != nullptr);
        detail::needRegistered(statement.registered);
        detail::RowVisit<std::remove_reference_t<Visit>> rows{&visit, nullptr};
        detail::SqlCall call;
        const mortise_status status =
            table().read(link_->self, turn_.handle(), statement.number, parameters.data, parameters.count,
                         sizeof(mortise_sql_value), &rows.call, &rows, call.failure(), call.error());
        if (rows.failure) std::rethrow_exception(rows.failure);
        call.finish(status, "read");
    }
    template<class T>
    std::optional<T> readOne(const Statement& statement, Parameters parameters = {}) const {
        return detail::firstOf<T>(*this, statement, parameters);
    }
    template<class T>
    std::vector<T> readAll(const Statement& statement, Parameters parameters = {}) const {
        return detail::allOf<T>(*this, statement, parameters);
    }
    // [worker] body(Transaction&) inside a transaction that may write; returns what it returns. Durable when this
    // returns. What the body throws rolls back and comes out here, unless the database failed as a whole: then what the
    // body saw was never stored. Stale: the host has ended the request before the commit, nothing is stored and no
    // reply is heard any more. Once it is committed nobody but the plugin replies. Inside another body, on its thread,
    // it joins that transaction: undone alone, durable with the outer one, whose turn counts.
    //
    // The body may run again, 3 times at most, when the database gave up the transaction: what it does outside of it
    // must bear that.
    template<class Body>
    detail::BodyResult<Body> transact(Body&& body) const {
        need(table().transact != nullptr && table().execute != nullptr);
        detail::TransactionBody<std::remove_reference_t<Body>> work(*link_, body);
        detail::SqlCall call;
        const mortise_status status =
            table().transact(link_->self, turn_.handle(), 0, &work.call, &work, call.failure(), call.error());
        return work.finish(status, call, "transact");
    }
    // [worker], and [loop] in routes that say reads(). body(): what this thread reads within it, by whoever's
    // statements, is of one state where the database has snapshots, and as it comes elsewhere; returns what it returns.
    // No transaction begins within it. Throws what the body throws, and before it runs as read().
    template<class Body>
    std::invoke_result_t<Body&> snapshot(Body&& body) const {
        need(static_cast<bool>(*link_));
        if (table().snapshot == nullptr) return body();
        detail::SnapshotBody<std::remove_reference_t<Body>> work(body);
        detail::SqlCall call;
        const mortise_status status =
            table().snapshot(link_->self, turn_.handle(), &work.call, &work, call.failure(), call.error());
        return work.finish(status, call);
    }
    // [any] A number that changes with every commit of anybody; read in the same snapshot as the reads around it. 0:
    // this database does not know.
    std::uint64_t dataVersion() const {
        need(table().data_version != nullptr);
        std::uint64_t version = 0;
        detail::ErrorText error;
        detail::raise(table().data_version(link_->self, &version, error.raw()), "data_version", error);
        return version;
    }
    // [any] One for the whole life of the instance; unknown of a provider that is newer than this.
    SqlDialect dialect() const {
        need(table().dialect != nullptr);
        const std::uint32_t given = table().dialect(link_->self);
        return given <= MORTISE_SQL_DIALECT_MARIADB ? static_cast<SqlDialect>(given) : SqlDialect::unknown;
    }

protected:
    static void need(bool present) {
        if (!present) throw Absent(MORTISE_DATABASE_SERVICE);
    }
    const mortise_database_table& table() const noexcept { return link_->table; }
    void* self() const noexcept { return link_->self; }
    const detail::DatabaseLink& link() const noexcept { return *link_; }

private:
    friend detail::SqlExecutor;

    const detail::DatabaseLink* link_;
    Turn turn_;
};

// mortise.database/1. Copies are cheap. Its own calls are of no request: background work, commands. Their transactions
// let those of requests go first.
class Database : public DatabaseSession {
public:
    static constexpr const char* serviceId = MORTISE_DATABASE_SERVICE;

    Database() noexcept : DatabaseSession(absent, Turn()) {}
    explicit Database(const mortise_host* host)
        : Database(detail::Shared<detail::OwnedDatabaseLink>::make(
              detail::resolve<mortise_database_table>(host, serviceId))) {}

    explicit operator bool() const noexcept { return static_cast<bool>(link()); }

    // The same on behalf of a request: `turn` is its Request or its Deferred. Reads are in its log, writes are bounded
    // by its deadline and claimed.
    DatabaseSession operator()(Turn turn) const noexcept { return {link(), turn}; }

    // [any] From `start` on. Throws when the database does not accept it, on a loop Busy where nobody has registered
    // the text yet. `name`, such as "users.byEmail", is for logs and counters.
    Statement statement(std::string_view name, std::string_view sql, SqlLock lock = SqlLock::none) const {
        mortise_sql_statement wanted{};
        wanted.flags = static_cast<std::uint32_t>(lock);
        wanted.name = view(name);
        wanted.sql = view(sql);
        return statement(wanted);
    }
    Statement statement(std::string_view sql) const { return statement({}, sql); }

    // [worker] As transact on behalf of `turn`, with a body that returns a Reply: the reply, to be returned by the
    // handler. A plugin that keeps responses stores it in the same transaction, so that a repeated request gets it
    // again.
    template<class Body>
    Reply respond(Turn turn, Body&& body) const {
        static_assert(std::is_same_v<detail::BodyResult<Body>, Reply>, "respond(): the body returns a Reply");
        need(table().respond != nullptr && table().execute != nullptr);
        detail::ResponseBody<std::remove_reference_t<Body>> work(link(), body);
        detail::SqlCall call;
        const mortise_status status =
            table().respond(self(), turn.handle(), &work.call, &work, call.failure(), call.error());
        return work.finish(status, call, "respond");
    }

private:
    static constexpr detail::DatabaseLink absent{};

    explicit Database(detail::Shared<detail::OwnedDatabaseLink> link) noexcept
        : DatabaseSession(*link, Turn()), shared_(std::move(link)) {}
    Statement statement(const mortise_sql_statement& wanted) const {
        need(table().statement != nullptr);
        Statement made;
        detail::ErrorText error;
        detail::raise(table().statement(self(), &wanted, sizeof wanted, &made.number, error.raw()), "statement", error);
        made.registered = true;
        return made;
    }

    detail::Shared<detail::OwnedDatabaseLink> shared_; // never moved from: a copy stays behind
};

} // namespace v1
} // namespace mortise
