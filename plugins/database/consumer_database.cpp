// SPDX-License-Identifier: Apache-2.0
#include "consumer_database.hpp"

#include "database_error.hpp"

#include <mortise/error.hpp>

#include <array>
#include <span>
#include <utility>
#include <vector>

namespace mortise::database {

namespace {

static_assert(static_cast<std::uint32_t>(SqlKind::null) == MORTISE_SQL_NULL &&
              static_cast<std::uint32_t>(SqlKind::integer) == MORTISE_SQL_INTEGER &&
              static_cast<std::uint32_t>(SqlKind::number) == MORTISE_SQL_NUMBER &&
              static_cast<std::uint32_t>(SqlKind::text) == MORTISE_SQL_TEXT &&
              static_cast<std::uint32_t>(SqlKind::blob) == MORTISE_SQL_BLOB);

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
        return call_(context_, values, static_cast<std::uint32_t>(columns.size()), sizeof(mortise_sql_value)) != 0;
    }

private:
    mortise_sql_row call_;
    void* context_;
    Values<mortise_sql_value> storage_;
};

class BodyCall final : public TransactionBody {
public:
    BodyCall(DatabaseProvider::TransactionBody call, void* context, mortise_error* error, const TurnCalls& turns,
             Turn turn)
        : call_(call), context_(context), error_(error), turns_(turns), turn_(turn) {}
    mortise_status status() const noexcept { return status_; }

    bool run(Transaction& transaction) override {
        status_ = call_(context_, reinterpret_cast<mortise_sql_transaction*>(&transaction), error_);
        return status_ == MORTISE_OK;
    }
    bool mayCommit() override { return turns_.beginCommit(turn_); }
    std::chrono::milliseconds timeLeft() const override { return turns_.timeLeft(turn_); }

private:
    DatabaseProvider::TransactionBody call_;
    void* context_;
    mortise_error* error_;
    const TurnCalls& turns_;
    Turn turn_;
    mortise_status status_ = MORTISE_OK;
};

mortise_status statusOf(DatabaseError::Kind kind) {
    switch (kind) {
    case DatabaseError::Kind::invalid:
        return MORTISE_INVALID;
    case DatabaseError::Kind::busy:
        return MORTISE_BUSY;
    case DatabaseError::Kind::conflict:
        return MORTISE_CONFLICT;
    case DatabaseError::Kind::stale:
        return MORTISE_STALE;
    case DatabaseError::Kind::failed:
        break;
    }
    return MORTISE_ERROR;
}

template<class Call>
auto translated(Call&& call) {
    try {
        return std::forward<Call>(call)();
    } catch (const DatabaseError& error) {
        throw Error(error.what(), statusOf(error.kind()));
    }
}

} // namespace

std::uint32_t ConsumerDatabase::statement(std::string_view sql) {
    return translated([&] { return statements_.add(connector_.statement(sql)); });
}

mortise_status ConsumerDatabase::read(std::uint32_t statement, const SqlValues& parameters, mortise_sql_row row,
                                      void* context, mortise_error*) {
    return translated([&] {
        RowCall rows(row, context);
        connector_.read(statements_.at(statement), Parameters(parameters), rows.orNull());
        return MORTISE_OK;
    });
}

mortise_status ConsumerDatabase::transact(Turn turn, TransactionBody body, void* context, mortise_error* error) {
    return translated([&]() -> mortise_status {
        BodyCall call(body, context, error, turns_, turn);
        return connector_.transact(call) ? MORTISE_OK : call.status();
    });
}

mortise_status ConsumerDatabase::execute(mortise_sql_transaction* transaction, std::uint32_t statement,
                                         const SqlValues& parameters, mortise_sql_row row, void* context,
                                         std::uint64_t* changed, mortise_error*) {
    return translated([&] {
        Transaction* const current = connector_.currentTransaction();
        if (current == nullptr || transaction != reinterpret_cast<mortise_sql_transaction*>(current))
            throw Invalid("the transaction is not the one whose body runs on this thread");
        RowCall rows(row, context);
        const std::uint64_t count = current->execute(statements_.at(statement), Parameters(parameters), rows.orNull());
        if (changed != nullptr) *changed = count;
        return MORTISE_OK;
    });
}

mortise_status ConsumerDatabase::dataVersion(std::uint64_t* version, mortise_error*) {
    return translated([&] {
        *version = connector_.dataVersion();
        return MORTISE_OK;
    });
}

} // namespace mortise::database
