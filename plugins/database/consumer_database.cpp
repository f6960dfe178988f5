// SPDX-License-Identifier: Apache-2.0
#include "consumer_database.hpp"

#include "database_error.hpp"

#include <mortise/error.hpp>
#include <mortise/sql/uuid.hpp>
#include <mortise/sql_dialect.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::database {

namespace {

static_assert(static_cast<std::uint32_t>(SqlKind::null) == MORTISE_SQL_NULL &&
              static_cast<std::uint32_t>(SqlKind::integer) == MORTISE_SQL_INTEGER &&
              static_cast<std::uint32_t>(SqlKind::number) == MORTISE_SQL_NUMBER &&
              static_cast<std::uint32_t>(SqlKind::text) == MORTISE_SQL_TEXT &&
              static_cast<std::uint32_t>(SqlKind::blob) == MORTISE_SQL_BLOB &&
              static_cast<std::uint32_t>(SqlKind::decimal) == MORTISE_SQL_DECIMAL &&
              static_cast<std::uint32_t>(SqlKind::dateTime) == MORTISE_SQL_DATE_TIME &&
              static_cast<std::uint32_t>(SqlKind::uuid) == MORTISE_SQL_UUID);

// Values that are converted without allocating.
constexpr std::size_t usualValues = 16;

template<class Value>
class Values {
public:
    Value* of(std::size_t count) {
        if (count <= usual_.size()) return usual_.data();
        more_.resize(count);
        return more_.data();
    }

private:
    std::array<Value, usualValues> usual_;
    std::vector<Value> more_;
};

class Parameters {
public:
    explicit Parameters(const SqlValues& given) : size_(given.size()) {
        SqlValue* const values = storage_.of(size_);
        for (std::size_t i = 0; i < size_; ++i) {
            const mortise_sql_value& value = given.at(i);
            if (value.kind > MORTISE_SQL_UUID)
                throw Invalid("a parameter has the unknown kind " + std::to_string(value.kind));
            if (value.kind == MORTISE_SQL_UUID && !detail::isUuidText(text(value.text)))
                throw Invalid("parameter " + std::to_string(i + 1) + " is no UUID of 36 characters in lower case");
            values[i] = {static_cast<SqlKind>(value.kind), value.integer, value.number, text(value.text)};
        }
        data_ = values;
    }
    Parameters(const Parameters&) = delete;
    Parameters& operator=(const Parameters&) = delete;
    operator std::span<const SqlValue>() const noexcept { return {data_, size_}; }

private:
    Values<SqlValue> storage_;
    const SqlValue* data_ = nullptr;
    std::size_t size_;
};

class RowCall final : public RowVisitor {
public:
    RowCall(mortise_sql_row call, void* context) : call_(call), context_(context) {}
    RowVisitor* orNull() noexcept { return call_ == nullptr ? nullptr : this; }

    bool row(std::span<const SqlValue> columns) override {
        mortise_sql_value* const values = storage_.of(columns.size());
        for (std::size_t i = 0; i < columns.size(); ++i)
            values[i] = {static_cast<std::uint32_t>(columns[i].kind), 0, columns[i].integer, columns[i].number,
                         view(columns[i].text)};
        ++rows_;
        return call_(context_, values, static_cast<std::uint32_t>(columns.size()), sizeof(mortise_sql_value)) != 0;
    }
    std::uint64_t rows() const noexcept { return rows_; } // that were shown

private:
    mortise_sql_row call_;
    void* context_;
    std::uint64_t rows_ = 0;
    Values<mortise_sql_value> storage_;
};

// The request that a read is of; it is asked only where something is waited for.
class TurnCaller final : public Caller {
public:
    TurnCaller(const TurnCalls& turns, Turn turn) : turns_(turns), turn_(turn) {}
    std::chrono::milliseconds timeLeft() const override { return turns_.timeLeft(turn_); }
    std::uint64_t turn() const noexcept override { return turn_.handle(); }

private:
    const TurnCalls& turns_;
    Turn turn_;
};

// `call` runs the plugin's body on the transaction.
template<class Call>
class BodyCall final : public TransactionBody {
public:
    BodyCall(const TurnCalls& turns, Turn turn, Call call) : turns_(turns), turn_(turn), call_(std::move(call)) {}
    mortise_status status() const noexcept { return status_; }

    bool run(Transaction& transaction) override {
        status_ = detail::peerStatus(call_(reinterpret_cast<mortise_sql_transaction*>(&transaction)), MORTISE_INVALID,
                                     MORTISE_STALE, MORTISE_BUSY, MORTISE_CONFLICT, MORTISE_UNSUPPORTED,
                                     MORTISE_UNAUTHORIZED, MORTISE_REFUSED, MORTISE_ABSENT);
        return status_ == MORTISE_OK;
    }
    bool mayCommit() override { return turns_.beginCommit(turn_); }
    std::chrono::milliseconds timeLeft() const override { return turns_.timeLeft(turn_); }
    std::uint64_t turn() const noexcept override { return turn_.handle(); }

private:
    const TurnCalls& turns_;
    Turn turn_;
    Call call_;
    mortise_status status_ = MORTISE_OK;
};

[[noreturn]] void raise(const DatabaseError& error) {
    using Kind = DatabaseError::Kind;
    const auto sql = [&](SqlFailure kind) { return SqlError(kind, error.name(), error.what()); };
    switch (error.kind()) {
    case Kind::invalid:
        throw Invalid(error.what());
    case Kind::stale:
        throw Stale(error.what());
    case Kind::unique:
        throw sql(SqlFailure::unique);
    case Kind::foreignKey:
        throw sql(SqlFailure::foreignKey);
    case Kind::notNull:
        throw sql(SqlFailure::notNull);
    case Kind::check:
        throw sql(SqlFailure::check);
    case Kind::tooLong:
        throw sql(SqlFailure::tooLong);
    case Kind::deadlock:
        throw sql(SqlFailure::deadlock);
    case Kind::busy:
        throw sql(SqlFailure::busy);
    case Kind::readOnly:
    case Kind::moved:
        throw sql(SqlFailure::readOnly);
    case Kind::lost:
        throw sql(SqlFailure::lost);
    case Kind::unknownOutcome:
        throw sql(SqlFailure::unknownOutcome);
    case Kind::full:
        throw sql(SqlFailure::full);
    case Kind::corrupt:
        throw sql(SqlFailure::corrupt);
    case Kind::io:
    case Kind::failed:
        break;
    }
    throw Error(error.what());
}

template<class Call>
auto translated(Call&& call) {
    try {
        return std::forward<Call>(call)();
    } catch (const DatabaseError& error) {
        raise(error);
    }
}

// Without a name its text stands for a statement, as far as a line of a log has room.
std::string nameOf(const StatementText& declared) {
    constexpr std::size_t room = 60;
    if (!declared.name.empty()) return std::string(declared.name);
    if (declared.sql.size() <= room) return std::string(declared.sql);
    std::size_t size = room;
    while (size > 0 && (static_cast<unsigned char>(declared.sql[size]) & 0xC0u) == 0x80u) --size; // not inside of one
    return std::string(declared.sql.substr(0, size)) + "...";
}

// What `call` leaves for a failure that it returns is the caller's; the table reports what a connector throws.
template<class Call>
mortise_status transactBy(Connector& connector, const TurnCalls& turns, Turn turn, Call&& call) {
    return translated([&]() -> mortise_status {
        BodyCall body(turns, turn, std::forward<Call>(call));
        return connector.transact(body) ? MORTISE_OK : body.status();
    });
}

} // namespace

StatementText statementText(const mortise_sql_statement& statement) {
    constexpr std::uint32_t known = MORTISE_SQL_COUNTED | MORTISE_SQL_FOR_UPDATE;
    if ((statement.flags & ~known) != 0)
        throw Invalid("a statement has unknown flags: " + std::to_string(statement.flags & ~known));
    if (statement.dialect > MORTISE_SQL_DIALECT_MARIADB)
        throw Invalid("a statement has the unknown dialect: " + std::to_string(statement.dialect));
    if (const std::string_view database = text(statement.database); !database.empty() && database != "main")
        throw Invalid("there is no database '" + std::string(database) + "': a statement names none, or main");
    StatementText declared{text(statement.name), text(statement.sql), std::nullopt,
                           (statement.flags & MORTISE_SQL_FOR_UPDATE) != 0, text(statement.owner)};
    if ((statement.flags & MORTISE_SQL_COUNTED) != 0)
        declared.counts = {statement.parameter_count, statement.column_count};
    return declared;
}

template<class Call>
std::uint64_t ConsumerDatabase::logged(std::uint32_t statement, std::uint64_t turn, Call&& call) {
    using Clock = std::chrono::steady_clock;
    ConsumerStatements::Entry& entry = statements_.at(statement);
    const Clock::time_point began = Clock::now();
    const auto note = [&](std::uint64_t rows, bool failed) {
        const auto duration = std::chrono::nanoseconds(Clock::now() - began);
        entry.count(duration, rows, failed);
        log_.note({entry.declared().name, statements_.consumer(), turn, duration, rows, failed}, statement);
    };
    try {
        const std::uint64_t rows = call(entry.declared());
        note(rows, false);
        return rows;
    } catch (...) {
        note(0, true);
        throw;
    }
}

std::uint32_t ConsumerDatabase::statement(const mortise_sql_statement& statement) {
    return translated([&] {
        if (statement.dialect != 0) throw Invalid("a statement that is registered is of no dialect");
        const StatementText declared = statementText(statement);
        return statements_.add({connector_.statement(declared), declared.forUpdate, nameOf(declared)});
    });
}

mortise_status ConsumerDatabase::read(Turn turn, std::uint32_t statement, const SqlValues& parameters,
                                      mortise_sql_row row, void* context) {
    return translated([&] {
        logged(statement, turn.handle(), [&](const ConsumerStatements::Declared& declared) {
            if (declared.forUpdate) throw Invalid("a statement that locks its rows needs a transaction");
            RowCall rows(row, context);
            connector_.read(declared.statement, Parameters(parameters), rows.orNull(), TurnCaller(turns_, turn));
            return rows.rows();
        });
        return MORTISE_OK;
    });
}

mortise_status ConsumerDatabase::snapshot(Turn turn, mortise_sql_snapshot_body body, void* context) {
    return translated([&] {
        mortise_status status = MORTISE_OK;
        const bool ran = connector_.snapshot(TurnCaller(turns_, turn), [&] { status = body(context); });
        return ran ? status : MORTISE_UNSUPPORTED;
    });
}

mortise_status ConsumerDatabase::transact(Turn turn, mortise_sql_body body, void* context, mortise_sql_failure* failure,
                                          mortise_error* error) {
    return transactBy(connector_, turns_, turn,
                      [=](mortise_sql_transaction* transaction) { return body(context, transaction, failure, error); });
}

mortise_status ConsumerDatabase::respond(Turn turn, mortise_sql_response_body body, void* context,
                                         mortise_sql_failure* failure, mortise_error* error) {
    if (!turn) throw Invalid("respond is of a request");
    const ResponseKeeping* const keeping = turns_.keeping(turn);
    const auto keepingBody = [=, this](mortise_sql_transaction* transaction) {
        mortise_sql_response response{};
        const mortise_status status = body(context, transaction, &response, failure, error);
        if (status != MORTISE_OK || keeping == nullptr || keeping->empty()) return status;
        // Claimed first, so that neither the turn nor a keeper can end meanwhile.
        if (!turns_.beginCommit(turn)) throw Stale("the host has ended the request: its transaction is rolled back");
        return keeping->keep(turn, response, failure, error);
    };
    return translated([&]() -> mortise_status {
        BodyCall call(turns_, turn, keepingBody);
        try {
            return connector_.transact(call) ? MORTISE_OK : call.status();
        } catch (const DatabaseError& failed) {
            if (failed.kind() != DatabaseError::Kind::unknownOutcome || !connector_.showsOutcomes()) throw;
            const std::optional<bool> kept = keeping == nullptr ? std::nullopt : keeping->wasKept(turn);
            if (!kept) throw;
            if (*kept) return MORTISE_OK;
            throw DatabaseError(DatabaseError::Kind::lost, std::string("a commit came to nothing: ") + failed.what());
        }
    });
}

mortise_status ConsumerDatabase::execute(mortise_sql_transaction* transaction, std::uint32_t statement,
                                         const SqlValues& parameters, mortise_sql_row row, void* context,
                                         std::uint64_t* changed) {
    return translated([&] {
        Transaction* const current = connector_.currentTransaction();
        if (current == nullptr || transaction != reinterpret_cast<mortise_sql_transaction*>(current))
            throw Invalid("the transaction is not the one whose body runs on this thread");
        std::uint64_t matched = 0;
        logged(statement, current->turn(), [&](const ConsumerStatements::Declared& declared) {
            RowCall rows(row, context);
            matched = current->execute(declared.statement, Parameters(parameters), rows.orNull());
            return matched != 0 ? matched : rows.rows();
        });
        if (changed != nullptr) *changed = matched;
        return MORTISE_OK;
    });
}

std::uint32_t ConsumerDatabase::dialect() {
    return connector_.dialect() == dialectName(SqlDialect::mariadb) ? MORTISE_SQL_DIALECT_MARIADB
                                                                    : MORTISE_SQL_DIALECT_SQLITE;
}

std::uint64_t ConsumerDatabase::dataVersion() {
    return translated([&] { return connector_.dataVersion(); });
}

} // namespace mortise::database
