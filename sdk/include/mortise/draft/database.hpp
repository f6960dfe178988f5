// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>
#include <mortise/detail/service.hpp>
#include <mortise/draft/database_provider.hpp>
#include <mortise/error.hpp>
#include <mortise/service/draft/database.h>
#include <mortise/turn.hpp>

#include <array>
#include <exception>
#include <functional>
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

// Bytes that are no text, as a parameter.
struct Blob {
    std::string_view bytes;
};

// One row, borrowed for the call.
class Row {
public:
    explicit Row(const SqlValues& columns) noexcept : columns_(columns) {}

    std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(columns_.size()); }
    bool isNull(std::uint32_t column) const noexcept { return columns_.at(column).kind == MORTISE_SQL_NULL; }
    std::int64_t integer(std::uint32_t column) const noexcept {
        const mortise_sql_value& value = columns_.at(column);
        return value.kind == MORTISE_SQL_NUMBER ? static_cast<std::int64_t>(value.number) : value.integer;
    }
    double number(std::uint32_t column) const noexcept {
        const mortise_sql_value& value = columns_.at(column);
        return value.kind == MORTISE_SQL_INTEGER ? static_cast<double>(value.integer) : value.number;
    }
    std::string_view text(std::uint32_t column) const noexcept {
        return v1::text(columns_.at(column).text);
    } // or a blob

private:
    SqlValues columns_;
};

// A list of parameters by reference; what they point at must live until the call returns.
struct Parameters {
    const mortise_sql_value* data = nullptr;
    std::uint32_t count = 0;

    Parameters() = default;
    template<std::size_t N>
    Parameters(const std::array<mortise_sql_value, N>& values) noexcept : data(values.data()), count(N) {}
    Parameters(const std::vector<mortise_sql_value>& values) noexcept
        : data(values.data()), count(static_cast<std::uint32_t>(values.size())) {}
};

namespace detail {

template<class T>
constexpr bool isSqlValue =
    std::is_same_v<T, std::nullptr_t> || std::is_same_v<T, mortise_sql_value> || std::is_same_v<T, DateTime> ||
    std::is_same_v<T, Blob> || std::is_arithmetic_v<T> || std::is_convertible_v<const T&, std::string_view>;

template<class T>
constexpr bool isColumn = std::is_arithmetic_v<T> || std::is_same_v<T, DateTime> || std::is_same_v<T, std::string>;

template<class T, std::size_t... I>
constexpr bool areColumns(std::index_sequence<I...>) {
    return (isColumn<OptionalOf<FieldType<T, I>>> && ...);
}

// Whether rows can be given as it.
template<class T>
constexpr bool isRow() {
    static_assert(isDescribed<T>, "rows as a struct: T has no MORTISE_DESCRIBE");
    if constexpr (isDescribed<T>) {
        constexpr bool fits = areColumns<T>(std::make_index_sequence<fieldCount<T>>{});
        static_assert(fits, "rows as a struct: a column is a number, a bool, an std::string, a DateTime or an "
                            "std::optional of those");
        return fits;
    } else {
        return false;
    }
}

template<class T>
mortise_sql_value sqlValue(const T& value) noexcept {
    mortise_sql_value out{};
    if constexpr (IsOptional<T>::value) {
        if (value) return sqlValue(*value);
    } else if constexpr (std::is_same_v<T, std::nullptr_t>) {
        out.kind = MORTISE_SQL_NULL;
    } else if constexpr (std::is_same_v<T, mortise_sql_value>) {
        out = value;
    } else if constexpr (std::is_same_v<T, DateTime>) {
        out.kind = MORTISE_SQL_INTEGER;
        out.integer = value.unixMilliseconds;
    } else if constexpr (std::is_integral_v<T>) {
        out.kind = MORTISE_SQL_INTEGER;
        out.integer = static_cast<std::int64_t>(value);
    } else if constexpr (std::is_floating_point_v<T>) {
        out.kind = MORTISE_SQL_NUMBER;
        out.number = value;
    } else if constexpr (std::is_same_v<T, Blob>) {
        out.kind = MORTISE_SQL_BLOB;
        out.text = view(value.bytes);
    } else {
        out.kind = MORTISE_SQL_TEXT;
        out.text = view(std::string_view(value));
    }
    return out;
}

template<class T>
void takeColumn(const Row& row, std::uint32_t column, T& out) {
    if constexpr (IsOptional<T>::value) {
        if (row.isNull(column))
            out.reset();
        else
            takeColumn(row, column, out.emplace());
    } else if constexpr (std::is_same_v<T, bool>) {
        out = row.integer(column) != 0;
    } else if constexpr (std::is_integral_v<T>) {
        out = static_cast<T>(row.integer(column));
    } else if constexpr (std::is_floating_point_v<T>) {
        out = static_cast<T>(row.number(column));
    } else if constexpr (std::is_same_v<T, DateTime>) {
        out.unixMilliseconds = row.integer(column);
    } else {
        out.assign(row.text(column));
    }
}

template<class T, std::size_t... I>
T takeRow(const Row& row, std::index_sequence<I...>) {
    if (row.size() != sizeof...(I)) throw Error("a row has another number of columns than its struct has fields");
    T out{};
    (takeColumn(row, static_cast<std::uint32_t>(I), out.*(std::get<I>(description<T>).member)), ...);
    return out;
}

inline void needRegistered(const Statement& statement) {
    if (!statement)
        throw Invalid("a statement was not registered: assign what Database::statement() returns to it in start()");
}

// Calls visit(Row) for each row; a visit may return false to stop. What it throws waits in `failure`.
template<class Visit>
struct RowVisit {
    Visit* visit;
    std::exception_ptr failure;

    static std::uint32_t call(void* context, const mortise_sql_value* columns, std::uint32_t count,
                              std::uint32_t size) {
        auto& self = *static_cast<RowVisit*>(context);
        try {
            const Row row(SqlValues(columns, count, size));
            if constexpr (std::is_same_v<decltype((*self.visit)(row)), bool>)
                return (*self.visit)(row) ? 1 : 0;
            else
                (*self.visit)(row);
            return 1;
        } catch (...) {
            self.failure = std::current_exception();
            return 0;
        }
    }
};

} // namespace detail

// The columns of a row as a described struct, in the order of its fields.
template<class T>
T rowAs(const Row& row) {
    if constexpr (detail::isRow<T>())
        return detail::takeRow<T>(row, std::make_index_sequence<detail::fieldCount<T>>{});
    else
        return T{};
}

// Parameters for '?' in order: numbers, bool, text, DateTime (as Unix ms), Blob, nullptr, std::optional of these.
template<class... Values>
std::array<mortise_sql_value, sizeof...(Values)> bind(const Values&... values) noexcept {
    static_assert(
        (detail::isSqlValue<detail::OptionalOf<Values>> && ...),
        "bind(): a parameter is a number, a bool, text, a DateTime, a Blob, nullptr or an std::optional of those");
    return {{detail::sqlValue(values)...}};
}

// Inside Database::transact.
class Transaction {
public:
    Transaction(const detail::Service<mortise_database_table>& service, mortise_sql_transaction* raw) noexcept
        : service_(service), raw_(raw) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    // The number of rows changed. Throws UniqueConflict, Busy, Error.
    std::uint64_t execute(const Statement& statement, Parameters parameters = {}) {
        return run(statement, parameters, nullptr, nullptr);
    }
    // With rows: visit(Row) for each; may return false to stop. Must not call the database.
    template<class Visit>
    std::uint64_t execute(const Statement& statement, Parameters parameters, Visit&& visit) {
        detail::RowVisit<std::remove_reference_t<Visit>> rows{&visit, nullptr};
        const std::uint64_t changed = run(statement, parameters, &rows.call, &rows);
        if (rows.failure) std::rethrow_exception(rows.failure);
        return changed;
    }
    template<class T>
    std::optional<T> readOne(const Statement& statement, Parameters parameters = {}) {
        std::optional<T> found;
        execute(statement, parameters, [&](const Row& row) {
            found = rowAs<T>(row);
            return false;
        });
        return found;
    }

private:
    std::uint64_t run(const Statement& statement, Parameters parameters, mortise_sql_row row, void* context) {
        detail::needRegistered(statement);
        std::uint64_t changed = 0;
        detail::ErrorText error;
        const mortise_status status =
            service_.table.execute(service_.self, raw_, statement.number, parameters.data, parameters.count,
                                   sizeof(mortise_sql_value), row, context, &changed, error.raw());
        detail::raise(status, "execute", error);
        return changed;
    }

    const detail::Service<mortise_database_table>& service_;
    mortise_sql_transaction* raw_;
};

// mortise.database/1 (draft). Copies are cheap. Where the service is absent every call throws Absent. On a loop Busy
// means that the call is made again on a worker: let it leave the handler.
class Database {
public:
    static constexpr const char* serviceId = MORTISE_DATABASE_SERVICE;

    Database() = default;
    explicit Database(const mortise_host* host) noexcept
        : service_(detail::resolve<mortise_database_table>(host, serviceId)) {}

    explicit operator bool() const noexcept { return static_cast<bool>(service_); }

    // [control], in `start`. Throws when the database does not accept it.
    Statement statement(std::string_view sql) const {
        need(service_.table.statement != nullptr);
        Statement made;
        detail::ErrorText error;
        detail::raise(service_.table.statement(service_.self, view(sql), &made.number, error.raw()), "statement",
                      error);
        made.registered = true;
        return made;
    }
    // [worker], and [loop] in routes that say reads(). visit(Row) for each; may return false to stop. Must not call the
    // database.
    template<class Visit>
    void read(const Statement& statement, Parameters parameters, Visit&& visit) const {
        need(service_.table.read != nullptr);
        detail::needRegistered(statement);
        detail::RowVisit<std::remove_reference_t<Visit>> rows{&visit, nullptr};
        detail::ErrorText error;
        const mortise_status status =
            service_.table.read(service_.self, statement.number, parameters.data, parameters.count,
                                sizeof(mortise_sql_value), &rows.call, &rows, error.raw());
        if (rows.failure) std::rethrow_exception(rows.failure);
        detail::raise(status, "read", error);
    }
    template<class T>
    std::optional<T> readOne(const Statement& statement, Parameters parameters = {}) const {
        std::optional<T> found;
        read(statement, parameters, [&](const Row& row) {
            found = rowAs<T>(row);
            return false;
        });
        return found;
    }
    template<class T>
    std::vector<T> readAll(const Statement& statement, Parameters parameters = {}) const {
        std::vector<T> found;
        read(statement, parameters, [&](const Row& row) { found.push_back(rowAs<T>(row)); });
        return found;
    }
    // [worker] body(Transaction&) inside BEGIN IMMEDIATE … COMMIT, on behalf of a request: `turn` is its Request or its
    // Deferred. Durable when this returns. What the body throws rolls back and comes out here, unless the database
    // failed as a whole: then what the body saw was never stored. Stale: the host has ended the request before the
    // commit, nothing is stored and no reply is heard any more. Once it is committed nobody but the plugin replies.
    // Inside another body, on its thread, it joins that transaction: undone alone, durable with the outer one, whose
    // turn counts. It may run again after a deadlock that the database resolved: let Busy and Error of execute pass.
    template<class Body>
    void transact(Turn turn, Body&& body) const {
        need(service_.table.transact != nullptr && service_.table.execute != nullptr);
        Work<std::remove_reference_t<Body>> work{&service_, &body, nullptr, MORTISE_OK};
        detail::ErrorText error;
        const mortise_status status =
            service_.table.transact(service_.self, turn.handle(), &work.call, &work, error.raw());
        if (work.failure && (status == work.status || status == MORTISE_OK)) std::rethrow_exception(work.failure);
        detail::raise(status, "transact", error);
    }
    // The same on behalf of no request: in the background, in a command.
    template<class Body>
    void transact(Body&& body) const {
        transact(Turn(), std::forward<Body>(body));
    }
    // [any] A number that changes with every commit of anybody; read in the same snapshot as the reads around it.
    std::uint64_t dataVersion() const {
        need(service_.table.data_version != nullptr);
        std::uint64_t version = 0;
        detail::ErrorText error;
        detail::raise(service_.table.data_version(service_.self, &version, error.raw()), "data_version", error);
        return version;
    }

private:
    static void need(bool present) {
        if (!present) throw Absent(serviceId);
    }

    template<class Body>
    struct Work {
        const detail::Service<mortise_database_table>* service;
        Body* body;
        std::exception_ptr failure;
        mortise_status status; // what the body came to

        static mortise_status call(void* context, mortise_sql_transaction* raw, mortise_error* error) {
            auto& self = *static_cast<Work*>(context);
            self.failure = nullptr;
            return self.status = self.run(raw, error);
        }
        mortise_status run(mortise_sql_transaction* raw, mortise_error* error) {
            try {
                Transaction transaction(*service, raw);
                (*body)(transaction);
                return MORTISE_OK;
            } catch (const Error& thrown) {
                failure = std::current_exception();
                detail::tell(error, thrown.what());
                return thrown.status() < 0 ? thrown.status() : MORTISE_ERROR;
            } catch (const std::exception& thrown) {
                failure = std::current_exception();
                detail::tell(error, thrown.what());
            } catch (...) {
                failure = std::current_exception();
            }
            return MORTISE_ERROR;
        }
    };

    detail::Service<mortise_database_table> service_;
};

} // namespace v1
} // namespace mortise
