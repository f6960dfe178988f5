// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector_fixture.hpp"

#include <mortise/abi/module.h>
#include <mortise/service/database.h>
#include <mortise/service/exchange.h>
#include <mortise/service/log.h>
#include <mortise/service/loop.h>
#include <mortise/service/migrations.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

extern "C" const mortise_module* MORTISE_MODULE_ENTRY(std::uint32_t hostMinor, mortise_error* error);

namespace mortise::database {

inline mortise_view viewOf(std::string_view text) {
    return {text.data(), text.size()};
}
inline std::string textOf(mortise_view view) {
    return {view.data == nullptr ? "" : view.data, view.size};
}

inline mortise_sql_statement statementOf(std::string_view sql) {
    mortise_sql_statement statement{};
    statement.sql = viewOf(sql);
    return statement;
}

class ErrorBuffer {
public:
    mortise_error* raw() { return &raw_; }
    std::string text() const { return {buffer_, raw_.length}; }

private:
    char buffer_[512] = {};
    mortise_error raw_{buffer_, sizeof buffer_, 0};
};

// The plugin through the C interface, as a host sees it. This host gives the loop, a log, begin_commit and time_left,
// nothing else.
class DatabasePluginFixture : public CppUnit::TestFixture {
public:
    void setUp() override {
        folder_ = std::make_unique<tests::TemporaryFolder>();
        directory_ = folder_->path().string();
        overrides_ = {{"url", "sqlite:///data/test.db"}};
        module_ = MORTISE_MODULE_ENTRY(MORTISE_ABI_MINOR, nullptr);
        CPPUNIT_ASSERT(module_ != nullptr);
        host_ = {sizeof host_, MORTISE_ABI_MINOR, this, viewOf("database"), &getService};
        const mortise_plugin* made = nullptr;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, module_->create(&host_, &made, nullptr));
        plugin_ = *made;
    }
    void tearDown() override {
        loops_.become(0);
        while (!opened_.empty()) close(opened_.back());
        plugin_.table->destroy(plugin_.self);
        folder_.reset();
    }

protected:
    struct Record {
        std::uint32_t level;
        std::string logger, message;
        std::map<std::string, std::string> fields;
        mortise_exchange turn;
    };

    mortise_status configure(mortise_error* error = nullptr) {
        std::vector<mortise_setting_value> values;
        for (std::uint32_t i = 0; i < module_->setting_count; ++i) {
            const mortise_setting& setting = module_->settings[i];
            const auto given = overrides_.find(textOf(setting.key));
            const std::string& text =
                texts_.emplace_back(given != overrides_.end() ? given->second : textOf(setting.default_text));
            mortise_setting_value value{};
            value.text = viewOf(text);
            if (setting.type == MORTISE_SETTING_BOOLEAN)
                value.integer = text == "true" ? 1 : 0;
            else if (setting.type != MORTISE_SETTING_TEXT && setting.type != MORTISE_SETTING_CHOICE)
                value.integer = number(text);
            values.push_back(value);
        }
        const mortise_configuration configuration{sizeof configuration,
                                                  static_cast<std::uint32_t>(values.size()),
                                                  sizeof(mortise_setting_value),
                                                  development_ ? 1u : 0u,
                                                  0,
                                                  0,
                                                  values.data(),
                                                  viewOf(directory_)};
        return plugin_.table->configure(plugin_.self, &configuration, error);
    }
    template<class Table>
    const Table& table(std::string_view id) {
        const void* const found = plugin_.table->get_extension(plugin_.self, viewOf(id));
        CPPUNIT_ASSERT_MESSAGE(std::string(id), found != nullptr);
        return *static_cast<const Table*>(found);
    }
    mortise_status migrate(std::string_view sql, mortise_error* error = nullptr) {
        mortise_migration migration{};
        migration.owner = viewOf("tests");
        migration.name = viewOf("0001-test");
        migration.sql = viewOf(sql);
        return migrate(std::vector{migration}, error);
    }
    mortise_status migrate(const std::vector<mortise_migration>& migrations, mortise_error* error,
                           const std::vector<mortise_sql_constraint>& constraints = {}) {
        const mortise_migration_list list = listOf(migrations);
        const mortise_statement_list declared = declaredOf(constraints);
        return table<mortise_plugin_migrator>(MORTISE_MIGRATOR_EXTENSION)
            .migrate(plugin_.self, 0, &list, &declared, error);
    }
    mortise_migration_list listOf(const std::vector<mortise_migration>& migrations) {
        return {sizeof(mortise_migration_list),
                static_cast<std::uint32_t>(migrations.size()),
                sizeof(mortise_migration),
                0,
                migrations.data(),
                &keepFault,
                &faults_};
    }
    mortise_statement_list declaredOf(const std::vector<mortise_sql_constraint>& constraints) {
        mortise_statement_list declared{};
        declared.struct_size = sizeof declared;
        declared.constraint_count = static_cast<std::uint32_t>(constraints.size());
        declared.constraint_size = sizeof(mortise_sql_constraint);
        declared.constraints = constraints.data();
        declared.constraint_fault = &keepFault;
        declared.context = &faults_;
        return declared;
    }
    static void keepFault(void* faults, std::uint32_t index, mortise_view message) {
        static_cast<std::vector<std::string>*>(faults)->push_back(std::to_string(index) + ' ' + textOf(message));
    }
    const mortise_database_table& start() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, migrate("CREATE TABLE numbers (value INTEGER UNIQUE, word TEXT)"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_.table->start(plugin_.self, nullptr));
        service_ = open("database");
        return *static_cast<const mortise_database_table*>(service_.table);
    }
    mortise_service open(std::string_view consumer) {
        const mortise_consumer shown{sizeof shown, 0, viewOf(consumer), viewOf("org.example"), viewOf("1.0.0"), 1};
        mortise_service service{};
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_.table->open_service(plugin_.self, viewOf(MORTISE_DATABASE_SERVICE),
                                                                     &shown, &service, nullptr));
        opened_.push_back(service);
        return service;
    }
    void close(const mortise_service service) {
        std::erase_if(opened_, [&](const mortise_service& one) { return one.self == service.self; });
        plugin_.table->close_service(plugin_.self, viewOf(MORTISE_DATABASE_SERVICE), service);
    }
    std::uint32_t statement(const mortise_database_table& database, std::string_view sql) {
        std::uint32_t number = 0;
        ErrorBuffer error;
        const mortise_sql_statement wanted = statementOf(sql);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(error.text(), MORTISE_OK,
                                     database.statement(service_.self, &wanted, sizeof wanted, &number, error.raw()));
        return number;
    }

    // Inserts one row in a transaction of its own.
    struct Insert {
        DatabasePluginFixture& test;
        const mortise_database_table& database;
        std::uint32_t statement;
        std::int64_t value;
        mortise_status verdict = MORTISE_OK;
        std::uint64_t changed = 0;
        mortise_sql_transaction* seen = nullptr;
        mortise_exchange turn = 0;
        std::function<void()> wait = [] {};

        mortise_sql_failure failure{};

        static mortise_status call(void* context, mortise_sql_transaction* transaction, mortise_sql_failure* failure,
                                   mortise_error* error) {
            auto& self = *static_cast<Insert*>(context);
            self.seen = transaction;
            self.wait();
            const mortise_sql_value parameters[] = {{MORTISE_SQL_INTEGER, 0, self.value, 0, {}},
                                                    {MORTISE_SQL_TEXT, 0, 0, 0, viewOf("")}};
            const mortise_status status =
                self.database.execute(self.test.service_.self, transaction, self.statement, parameters, 2,
                                      sizeof *parameters, nullptr, nullptr, &self.changed, failure, error);
            return status == MORTISE_OK ? self.verdict : status;
        }
        mortise_status run(mortise_error* error = nullptr) {
            failure = {};
            return database.transact(test.service_.self, turn, 0, &call, this, &failure, error);
        }
    };

    std::unique_ptr<tests::TemporaryFolder> folder_;
    std::string directory_;
    std::map<std::string, std::string> overrides_;
    std::deque<std::string> texts_;
    std::vector<std::string> faults_; // of migrations
    FakeLoops loops_{2};
    bool exchanges_ = true;
    bool development_ = false;
    std::uint32_t keptLevel_ = MORTISE_LOG_TRACE; // of the log
    std::mutex recording_;
    std::vector<Record> records_; // read while nobody writes
    mortise_status claim_ = MORTISE_OK;
    std::atomic<std::uint64_t> timeLeftMs_{UINT64_MAX};
    std::vector<mortise_exchange> claims_;
    const mortise_module* module_ = nullptr;
    mortise_host host_{};
    mortise_plugin plugin_{};
    mortise_service service_{}; // as its one consumer has it

private:
    // "30s" and "8MiB" as the host would hand them over.
    static std::int64_t number(const std::string& text) {
        static const std::map<std::string, std::int64_t> units{
            {"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"KiB", 1 << 10}, {"MiB", 1 << 20}};
        char* unit = nullptr;
        const std::int64_t value = std::strtoll(text.c_str(), &unit, 10);
        return value * units.at(unit);
    }
    static mortise_status getService(void* context, mortise_view id, mortise_service* service, mortise_error*) {
        static constexpr mortise_loop_table table = {
            sizeof(mortise_loop_table),
            0,
            [](void* self) { return static_cast<FakeLoops*>(self)->count(); },
            [](void* self) { return static_cast<FakeLoops*>(self)->current(); },
            [](void* self, void (*call)(void*), void* argument, void (*)(void*)) -> mortise_status {
                return static_cast<FakeLoops*>(self)->atBatchEnd(call, argument) ? MORTISE_OK : MORTISE_INVALID;
            },
        };
        static const mortise_exchange_table exchanges = [] {
            mortise_exchange_table made{};
            made.struct_size = sizeof made;
            made.begin_commit = [](void* self, mortise_exchange turn) {
                static_cast<DatabasePluginFixture*>(self)->claims_.push_back(turn);
                return static_cast<DatabasePluginFixture*>(self)->claim_;
            };
            made.time_left = [](void* self, mortise_exchange turn) {
                return turn == 77 ? static_cast<DatabasePluginFixture*>(self)->timeLeftMs_.load() : 0;
            };
            return made;
        }();
        if (textOf(id) == MORTISE_EXCHANGE_SERVICE && static_cast<DatabasePluginFixture*>(context)->exchanges_) {
            service->table = &exchanges;
            service->self = context;
            return MORTISE_OK;
        }
        static const mortise_log_table logs = [] {
            mortise_log_table made{};
            made.struct_size = sizeof made;
            made.enabled = [](void* self, std::uint32_t level, mortise_view) -> std::uint32_t {
                return level >= static_cast<DatabasePluginFixture*>(self)->keptLevel_ ? 1 : 0;
            };
            made.write = [](void* self, std::uint32_t level, mortise_view logger, mortise_view message,
                            const mortise_log_field* fields, std::uint32_t count, mortise_exchange turn) {
                Record record{level, textOf(logger), textOf(message), {}, turn};
                for (std::uint32_t i = 0; i < count; ++i)
                    record.fields[textOf(fields[i].name)] = fields[i].kind == MORTISE_LOG_FIELD_TEXT
                                                                ? textOf(fields[i].text)
                                                                : std::to_string(fields[i].integer);
                auto& test = *static_cast<DatabasePluginFixture*>(self);
                const std::lock_guard lock(test.recording_); // a log takes records of any thread
                test.records_.push_back(std::move(record));
            };
            return made;
        }();
        if (textOf(id) == MORTISE_LOG_SERVICE) {
            service->table = &logs;
            service->self = context;
            return MORTISE_OK;
        }
        if (textOf(id) != MORTISE_LOOP_SERVICE) return MORTISE_ABSENT;
        service->table = &table;
        service->self = &static_cast<DatabasePluginFixture*>(context)->loops_;
        return MORTISE_OK;
    }

    std::vector<mortise_service> opened_; // and not closed yet
};

} // namespace mortise::database
