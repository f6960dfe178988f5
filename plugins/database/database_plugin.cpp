// SPDX-License-Identifier: Apache-2.0
#include "consumer_database.hpp"
#include "database_error.hpp"
#include "database_settings.hpp"
#include "database_url.hpp"
#include "sqlite_connector.hpp"

#include <mortise/draft/database.hpp>
#include <mortise/plugin.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mortise::database {

namespace {

class HostLoops final : public Loops {
public:
    explicit HostLoops(mortise::Loops loops) : loops_(loops) {}
    std::uint32_t count() const override { return loops_.count(); }
    std::uint32_t current() const override { return loops_.current(); }
    bool atBatchEnd(void (*call)(void*), void* context) override { return loops_.atBatchEnd(call, context); }

private:
    mortise::Loops loops_;
};

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
            const std::filesystem::path file = DatabaseUrl::parse(settings().url).file;
            options.file =
                file.is_relative() ? std::filesystem::path(stateFile(file.string())).lexically_normal() : file;
        } catch (const DatabaseError& error) {
            return setup.refuseSetting("url", error.what());
        }
        loops_.emplace(loops());
        connector_ = std::make_unique<SqliteConnector>(std::move(options), *loops_);
        own_ = forConsumer({"database", "org.mortise.database", "", 0});
    }
    void start() override { connector_->open(); }
    void stop() override {
        if (!connector_->close(settings().writeWait)) log().warn("The database is still in use after the last request");
    }

    void migrate(const Migrations& migrations) override {
        std::vector<Migration> list;
        for (const mortise_migration& one : migrations)
            list.push_back({text(one.owner), text(one.name), text(one.sql)});
        connector_->migrate(list);
    }
    bool readsOnLoop() override { return connector_->readsOnLoop(); }
    void check() override { connector_->check(); }

    std::unique_ptr<DatabaseProvider> forConsumer(const Consumer& consumer) override {
        return std::make_unique<ConsumerDatabase>(*connector_, turns_, consumers_, std::string(consumer.instanceName),
                                                  settings().statements);
    }

    // Of whoever calls the table itself: under the host nobody does.
    std::uint32_t statement(std::string_view sql) override { return own_->statement(sql); }
    mortise_status read(std::uint32_t statement, const SqlValues& parameters, mortise_sql_row row, void* context,
                        mortise_error* error) override {
        return own_->read(statement, parameters, row, context, error);
    }
    mortise_status transact(Turn turn, TransactionBody body, void* context, mortise_error* error) override {
        return own_->transact(turn, body, context, error);
    }
    mortise_status execute(mortise_sql_transaction* transaction, std::uint32_t statement, const SqlValues& parameters,
                           mortise_sql_row row, void* context, std::uint64_t* changed, mortise_error* error) override {
        return own_->execute(transaction, statement, parameters, row, context, changed, error);
    }
    mortise_status dataVersion(std::uint64_t* version, mortise_error* error) override {
        return own_->dataVersion(version, error);
    }

private:
    std::optional<HostLoops> loops_;
    std::unique_ptr<Connector> connector_;
    const std::shared_ptr<Consumers> consumers_ = std::make_shared<Consumers>();
    const TurnCalls turns_{[this](Turn turn) { return beginCommit(turn); },
                           [this](Turn turn) { return timeLeft(turn); }};
    std::unique_ptr<DatabaseProvider> own_;
};

} // namespace mortise::database

MORTISE_PLUGIN(mortise::database::DatabasePlugin, "org.mortise.database", "1.0.0", offers<mortise::DatabaseProvider>())
