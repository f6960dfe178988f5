// SPDX-License-Identifier: Apache-2.0
#include "consumer_database.hpp"
#include "database_commands.hpp"
#include "database_error.hpp"
#include "database_settings.hpp"
#include "database_url.hpp"
#include "mariadb_connector.hpp"
#include "mariadb_driver.hpp"
#include "migration_command.hpp"
#include "sqlite_connector.hpp"

#include <mortise/commands.hpp>
#include <mortise/loops.hpp>
#include <mortise/migrator.hpp>
#include <mortise/placement.hpp>
#include <mortise/plugin.hpp>
#include <mortise/readiness.hpp>
#include <mortise/sql_dialect.hpp>

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

// As records of the logger "statements", with the request's id.
class LoggedStatements final : public StatementLog::Sink {
public:
    LoggedStatements(const Log& log, std::uint32_t level) : log_(log.named("statements")), level_(level) {}

    void ran(const StatementRun& run) noexcept override {
        if (log_.enabled(level_)) write(level_, "Statement", run);
    }
    void slow(const StatementRun& run) noexcept override { write(MORTISE_LOG_WARN, "A statement was slow", run); }
    void repeated(const StatementRun& run, std::uint32_t times) noexcept override {
        log_.of(run.turn).warn("A request runs one statement again and again: one for all of them may do",
                               {{"statement", run.statement}, {"plugin", run.plugin}, {"times", times}});
    }

private:
    void write(std::uint32_t level, std::string_view message, const StatementRun& run) noexcept {
        const std::chrono::duration<double, std::milli> duration = run.duration;
        log_.of(run.turn).write(level, message,
                                {{"statement", run.statement},
                                 {"plugin", run.plugin},
                                 {"duration", duration.count()},
                                 {"rows", run.rows},
                                 {"failed", run.failed}});
    }

    Log log_;
    std::uint32_t level_;
};

// Of the setting query_log; 0: off.
std::uint32_t queryLevel(std::string_view setting, bool development) {
    if (setting == "off") return 0;
    return setting == "info" || (setting == "auto" && development) ? MORTISE_LOG_INFO : MORTISE_LOG_DEBUG;
}

std::vector<Migration> listOf(const Migrations& migrations) {
    std::vector<Migration> list;
    for (const mortise_migration& one : migrations)
        list.push_back({text(one.owner), text(one.name), text(one.sql), text(one.dialect), text(one.down),
                        text(one.drops), (one.flags & MORTISE_MIGRATION_INCOMPATIBLE) != 0});
    return list;
}

std::vector<RequiredConstraint> requiredOf(const detail::Elements<mortise_sql_constraint>& constraints) {
    static_assert(
        static_cast<std::uint32_t>(RequiredConstraint::Kind::primaryKey) == MORTISE_SQL_CONSTRAINT_PRIMARY_KEY &&
        static_cast<std::uint32_t>(RequiredConstraint::Kind::unique) == MORTISE_SQL_CONSTRAINT_UNIQUE &&
        static_cast<std::uint32_t>(RequiredConstraint::Kind::index) == MORTISE_SQL_CONSTRAINT_INDEX &&
        static_cast<std::uint32_t>(RequiredConstraint::Kind::foreignKey) == MORTISE_SQL_CONSTRAINT_FOREIGN_KEY &&
        static_cast<std::uint32_t>(RequiredConstraint::Kind::onlyUnique) == MORTISE_SQL_CONSTRAINT_ONLY_UNIQUE &&
        static_cast<std::uint32_t>(RequiredConstraint::Kind::values) == MORTISE_SQL_CONSTRAINT_VALUES);
    std::vector<RequiredConstraint> list;
    for (const mortise_sql_constraint& one : constraints) {
        RequiredConstraint& required = list.emplace_back();
        required.kind = static_cast<RequiredConstraint::Kind>(one.kind);
        required.table = text(one.table);
        required.name = text(one.name);
        required.foreignTable = text(one.foreign_table);
        required.valueKind = static_cast<SqlKind>(one.value_kind);
        required.owner = text(one.owner);
        for (std::uint32_t i = 0; i < one.column_count; ++i) {
            required.columns.push_back(text(one.columns[i]));
            if (required.kind == RequiredConstraint::Kind::foreignKey)
                required.foreignColumns.push_back(text(one.foreign_columns[i]));
        }
    }
    return list;
}

// Of the declared statements those of one dialect.
struct DialectStatements {
    DialectStatements(const DeclaredStatements& statements, std::string_view dialect) {
        for (std::size_t i = 0; i < statements.size(); ++i) {
            const mortise_sql_statement one = statements[i];
            try {
                const StatementText text = statementText(one);
                if (one.dialect != 0 && dialectName(static_cast<SqlDialect>(one.dialect)) != dialect) continue;
                texts.push_back(text);
                places.push_back(i);
            } catch (const Invalid& error) {
                statements.fault(i, error.what());
            }
        }
    }
    void report(const std::vector<SchemaFault>& faults, const DeclaredStatements& statements) const {
        for (const SchemaFault& fault : faults) statements.fault(places[fault.index], fault.message);
    }

    std::vector<StatementText> texts;
    std::vector<std::size_t> places; // of each in the whole list
};

// Without a host that shows them at their owners' lines.
template<class List>
void requireNone(const std::vector<SchemaFault>& faults, const List& list) {
    std::string all;
    for (const SchemaFault& fault : faults)
        all.append(all.empty() ? "plugin '" : "; plugin '")
            .append(list[fault.index].owner)
            .append("': ")
            .append(fault.message);
    if (!all.empty()) throw DatabaseError(DatabaseError::Kind::failed, all);
}

void report(const std::vector<SchemaFault>& faults, const detail::CheckedList<mortise_sql_constraint>& constraints) {
    for (const SchemaFault& fault : faults) constraints.fault(fault.index, fault.message);
}

// What one of the list is to blame for is shown at its owner's line.
template<class Call>
void withFaults(const Migrations& migrations, Call&& call) {
    try {
        call();
    } catch (const MigrationsRefused& refused) {
        for (const MigrationFault& fault : refused.faults()) migrations.fault(fault.index, fault.message);
    }
}

class LoggedMigrations final : public MigrationLog {
public:
    explicit LoggedMigrations(Log log) : log_(log) {}
    void warn(std::string_view owner, const std::string& message) override { log_.warn(message, {{"owner", owner}}); }
    void ran(const Step& step) override {
        log_.info("Migrated", {{"owner", step.owner},
                               {"migration", step.name},
                               {"statement", step.statement},
                               {"statements", step.statements},
                               {"rows", step.rows},
                               {"ms", step.took.count()},
                               {"sql", step.sql.substr(0, loggedSql)}});
    }
    void undone(std::string_view owner, std::string_view name) override {
        log_.info("Undid a migration", {{"owner", owner}, {"migration", name}});
    }
    void backedUp(const std::filesystem::path& file) override {
        log_.info("Made a backup before a migration", {{"file", file.string()}});
    }

private:
    static constexpr std::size_t loggedSql = 200;
    Log log_;
};

} // namespace

// Gives mortise.database/1 to other plugins, by the connector that the URL asks for.
class DatabasePlugin final : public Plugin<Settings>,
                             public DatabaseProvider,
                             public Migrator,
                             public Placement,
                             public Readiness,
                             public ExtensionPoint<ResponseKeepers, ResponseKeeping> {
public:
    void configure(Setup& setup) override {
        loops_.emplace(loops());
        try {
            DatabaseUrl url = DatabaseUrl::parse(settings().url);
            if (url.kind == DatabaseUrl::Kind::sqlite)
                useSqlite(setup, url.file);
            else if (isProvided<MariadbDriver>())
                useMariadb(std::move(url.server));
            else
                return setup.refuseSetting("url", "a MariaDB server is reached by the plugin 'database-mariadb'; add "
                                                  "the lines '[plugin.database-mariadb]' and 'enabled = true'");
        } catch (const DatabaseError& error) {
            return setup.refuseSetting("url", error.what());
        }
        const std::uint32_t level = queryLevel(settings().queryLog, developmentMode());
        records_.emplace(log(), level);
        statementLog_.emplace(*records_, StatementLog::Options{level != 0, settings().slowStatement});
        own_ = forConsumer({"database", "org.mortise.database", "", 0});
    }
    void start() override { connector_->open(); }
    void stop() override {
        if (!connector_->close(settings().writeWait)) log().warn("The database is still in use after the last request");
    }

    void migrate(const Migrations& migrations, mortise::MigrationRun run,
                 const DeclaredStatements& statements) override {
        const MigrationRun ours = run == mortise::MigrationRun::live ? MigrationRun::live : MigrationRun::restart;
        const DialectStatements spoken(statements, connector_->dialect());
        if (statements.faulty()) return;
        const auto schema = std::make_shared<const DeclaredSchema>(listOf(migrations),
                                                                   requiredOf(statements.constraints), spoken.texts);
        try {
            LoggedMigrations logged(log());
            withFaults(migrations, [&] { connector_->migrate(schema->migrations(), ours, logged); });
            if (migrations.faulty()) return;
            spoken.report(connector_->unfit(schema->statements()), statements);
            report(connector_->missing(schema->constraints()), statements.constraints);
        } catch (const DatabaseError& error) {
            if (!connector_->runWhenThere(error, [this, schema, ours] { bringUp(*schema, ours); })) throw;
            log().warn("The database is not there: migrations wait for it", {{"reason", error.what()}});
        }
    }
    void check(const Migrations& migrations, const DeclaredStatements& statements) override {
        const DialectStatements spoken(statements, connector_->dialect());
        if (statements.faulty()) return;
        const std::vector<Migration> list = listOf(migrations);
        const std::vector<RequiredConstraint> required = requiredOf(statements.constraints);
        if (commands_) commands_->expect(std::make_shared<const DeclaredSchema>(list, required));
        withFaults(migrations, [&] {
            const Connector::SchemaFaults faults = connector_->checkSchema(list, spoken.texts, required);
            spoken.report(faults.statements, statements);
            report(faults.constraints, statements.constraints);
        });
    }
    int command(const Migrations& migrations, const Arguments& arguments, CommandSession& session) override {
        const std::vector<Migration> list = listOf(migrations);
        int status = exitFailed;
        withFaults(migrations, [&] {
            status = MigrationCommand(
                         *connector_, list, [&](std::string_view text) { session.print(text); },
                         [&](std::string_view text) { session.printError(text); })
                         .run(arguments);
        });
        return status;
    }
    std::unique_ptr<ResponseKeeping> build(const Contributions<ResponseKeepers>& list) override {
        return std::make_unique<ResponseKeeping>(list);
    }
    bool readsOnLoop() override { return connector_->readsOnLoop(); }
    std::uint32_t width() override { return connector_->width(); }
    void check() override { connector_->check(); }

    std::unique_ptr<DatabaseProvider> forConsumer(const Consumer& consumer) override {
        return std::make_unique<ConsumerDatabase>(*connector_, turns_, *statementLog_, consumers_,
                                                  std::string(consumer.instanceName), settings().statements);
    }

    // Of whoever calls the table itself: under the host nobody does.
    std::uint32_t statement(const mortise_sql_statement& statement) override { return own_->statement(statement); }
    mortise_status read(Turn turn, std::uint32_t statement, const SqlValues& parameters, mortise_sql_row row,
                        void* context) override {
        return own_->read(turn, statement, parameters, row, context);
    }
    mortise_status transact(Turn turn, mortise_sql_body body, void* context, mortise_sql_failure* failure,
                            mortise_error* error) override {
        return own_->transact(turn, body, context, failure, error);
    }
    mortise_status respond(Turn turn, mortise_sql_response_body body, void* context, mortise_sql_failure* failure,
                           mortise_error* error) override {
        return own_->respond(turn, body, context, failure, error);
    }
    mortise_status execute(mortise_sql_transaction* transaction, std::uint32_t statement, const SqlValues& parameters,
                           mortise_sql_row row, void* context, std::uint64_t* changed) override {
        return own_->execute(transaction, statement, parameters, row, context, changed);
    }
    std::uint64_t dataVersion() override { return own_->dataVersion(); }
    std::uint32_t dialect() override { return own_->dialect(); }

private:
    void useSqlite(Setup& setup, const std::filesystem::path& file) {
        SqliteOptions options = optionsOf(settings());
        options.file = file.is_relative() ? std::filesystem::path(stateFile(file.string())).lexically_normal() : file;
        commands_ = std::make_unique<DatabaseCommands>(options.file, options.busyTimeout);
        commands_->declare(setup);
        connector_ = std::make_unique<SqliteConnector>(std::move(options), *loops_,
                                                       [log = log()](const std::string& text) { log.error(text); });
    }
    void useMariadb(MariadbServer server) {
        connector_ = std::make_unique<MariadbConnector>(
            mariadbOptionsOf(settings(), std::move(server)), *loops_,
            [this] { return service<MariadbDriver>().driver(); },
            [log = log()](const std::string& text) { log.warn(text); });
    }
    // Once the database is there: what `migrate` could not do.
    void bringUp(const DeclaredSchema& schema, MigrationRun run) {
        LoggedMigrations logged(log());
        connector_->migrate(schema.migrations(), run, logged);
        requireNone(connector_->unfit(schema.statements()), schema.statements());
        requireNone(connector_->missing(schema.constraints()), schema.constraints());
    }

    std::optional<HostLoops> loops_;
    std::unique_ptr<DatabaseCommands> commands_; // of SQLite
    std::unique_ptr<Connector> connector_;
    const std::shared_ptr<Consumers> consumers_ = std::make_shared<Consumers>();
    const TurnCalls turns_{[this](Turn turn) { return beginCommit(turn); },
                           [this](Turn turn) { return timeLeft(turn); }, [this](Turn turn) { return collected(turn); }};
    std::optional<LoggedStatements> records_;
    std::optional<StatementLog> statementLog_;
    std::unique_ptr<DatabaseProvider> own_;
};

} // namespace mortise::database

MORTISE_PLUGIN(mortise::database::DatabasePlugin, "org.mortise.database", "1.0.0", licence("Apache-2.0"), inExample(),
               offers<mortise::DatabaseProvider>(), defines<mortise::ResponseKeepers>(),
               mayUse<mortise::database::MariadbDriver>())
