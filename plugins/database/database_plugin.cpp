// SPDX-License-Identifier: Apache-2.0
#include "database_error.hpp"
#include "database_settings.hpp"
#include "database_url.hpp"
#include "sqlite_connector.hpp"

#include <mortise/draft/database.hpp>
#include <mortise/plugin.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
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
    Parameters(const mortise_sql_value* given, std::uint32_t count) : size_(count) {
        if (given == nullptr && count != 0) throw Invalid("parameters are missing");
        SqlValue* const values = storage_.of(count);
        for (std::uint32_t i = 0; i < count; ++i)
            values[i] = {static_cast<SqlKind>(given[i].kind), given[i].integer, given[i].number, text(given[i].text)};
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
        return call_(context_, values, static_cast<std::uint32_t>(columns.size())) != 0;
    }

private:
    mortise_sql_row call_;
    void* context_;
    Values<mortise_sql_value> storage_;
};

class BodyCall final : public TransactionBody {
public:
    BodyCall(DatabaseProvider::TransactionBody call, void* context, mortise_error* error,
             std::function<bool()> beginCommit, std::function<std::chrono::milliseconds()> timeLeft)
        : call_(call),
          context_(context),
          error_(error),
          beginCommit_(std::move(beginCommit)),
          timeLeft_(std::move(timeLeft)) {}
    mortise_status status() const noexcept { return status_; }

    bool run(Transaction& transaction) override {
        status_ = call_(context_, reinterpret_cast<mortise_sql_transaction*>(&transaction), error_);
        return status_ == MORTISE_OK;
    }
    bool mayCommit() override { return beginCommit_(); }
    std::chrono::milliseconds timeLeft() const override { return timeLeft_(); }

private:
    DatabaseProvider::TransactionBody call_;
    void* context_;
    mortise_error* error_;
    std::function<bool()> beginCommit_;
    std::function<std::chrono::milliseconds()> timeLeft_;
    mortise_status status_ = MORTISE_OK;
};

class HostLoops final : public Loops {
public:
    explicit HostLoops(mortise::Loops loops) : loops_(loops) {}
    std::uint32_t count() const override { return loops_.count(); }
    std::uint32_t current() const override { return loops_.current(); }
    bool atBatchEnd(void (*call)(void*), void* context) override { return loops_.atBatchEnd(call, context); }

private:
    mortise::Loops loops_;
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

// All but the file.
SqliteOptions optionsOf(const Settings& settings) {
    SqliteOptions options;
    options.synchronousFull = settings.synchronous == "full";
    options.readsOnLoop = settings.readsOnLoop;
    options.busyTimeout = settings.busyTimeout;
    options.writeWait = settings.writeWait;
    options.readWait = settings.readWait;
    options.loopBusyLimit = settings.loopBusyLimit;
    options.loopReadLimit = settings.loopReadLimit;
    options.statementTimeout = settings.statementTimeout;
    options.migrationWait = settings.migrationWait;
    options.readers = settings.readers;
    options.statements = settings.statements;
    options.groupCommit = settings.groupCommit;
    options.cacheBytes = settings.cacheSize;
    options.walAutocheckpoint = settings.walAutocheckpoint;
    return options;
}

} // namespace

// Gives mortise.database/1 to other plugins, by the connector that the URL asks for.
class DatabasePlugin final : public Plugin<Settings>,
                             public DatabaseProvider,
                             public Migrator,
                             public Placement,
                             public Readiness {
public:
    void configure(Setup& setup) override {
        SqliteOptions options = optionsOf(settings());
        try {
            options.file = DatabaseUrl::parse(settings().url, stateDirectory()).file;
        } catch (const DatabaseError& error) {
            return setup.refuseSetting("url", error.what());
        }
        loops_.emplace(loops());
        connector_ = std::make_unique<SqliteConnector>(std::move(options), *loops_);
    }
    void start() override { connector_->open(); }
    void stop() override {
        if (!connector_->close(settings().writeWait)) log().warn("The database is still in use after the last request");
    }

    void migrate(const mortise_migration* migrations, std::uint32_t count) override {
        std::vector<Migration> list;
        for (std::uint32_t i = 0; i < count; ++i)
            list.push_back({text(migrations[i].owner), text(migrations[i].name), text(migrations[i].sql)});
        connector_->migrate(list);
    }
    bool readsOnLoop() override { return connector_->readsOnLoop(); }
    void check() override { connector_->check(); }

    std::uint32_t statement(std::string_view sql) override {
        return translated([&] { return connector_->statement(sql); });
    }
    mortise_status read(std::uint32_t statement, const mortise_sql_value* parameters, std::uint32_t parameterCount,
                        mortise_sql_row row, void* context, mortise_error*) override {
        return translated([&] {
            RowCall rows(row, context);
            connector_->read(statement, Parameters(parameters, parameterCount), rows.orNull());
            return MORTISE_OK;
        });
    }
    mortise_status transact(Turn turn, DatabaseProvider::TransactionBody body, void* context,
                            mortise_error* error) override {
        return translated([&]() -> mortise_status {
            BodyCall call(
                body, context, error, [this, turn] { return this->beginCommit(turn); },
                [this, turn] { return this->timeLeft(turn); });
            return connector_->transact(call) ? MORTISE_OK : call.status();
        });
    }
    mortise_status execute(mortise_sql_transaction* transaction, std::uint32_t statement,
                           const mortise_sql_value* parameters, std::uint32_t parameterCount, mortise_sql_row row,
                           void* context, std::uint64_t* changed, mortise_error*) override {
        return translated([&] {
            Transaction* const current = connector_->currentTransaction();
            if (current == nullptr || transaction != reinterpret_cast<mortise_sql_transaction*>(current))
                throw Invalid("the transaction is not the one whose body runs on this thread");
            RowCall rows(row, context);
            const std::uint64_t count =
                current->execute(statement, Parameters(parameters, parameterCount), rows.orNull());
            if (changed != nullptr) *changed = count;
            return MORTISE_OK;
        });
    }
    mortise_status dataVersion(std::uint64_t* version, mortise_error*) override {
        return translated([&] {
            *version = connector_->dataVersion();
            return MORTISE_OK;
        });
    }

private:
    std::optional<HostLoops> loops_;
    std::unique_ptr<Connector> connector_;
};

} // namespace mortise::database

MORTISE_PLUGIN(mortise::database::DatabasePlugin, "org.mortise.database", "1.0.0", offers<mortise::DatabaseProvider>())
