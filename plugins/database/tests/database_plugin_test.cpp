// SPDX-License-Identifier: Apache-2.0
#include "connector_fixture.hpp"

#include <mortise/abi/module.h>
#include <mortise/service/draft/database.h>
#include <mortise/service/exchange.h>
#include <mortise/service/loop.h>
#include <mortise/service/migrations.h>
#include <mortise/service/readiness.h>
#include <mortise/settings.hpp>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <functional>
#include <future>
#include <map>
#include <sstream>
#include <vector>

extern "C" const mortise_module* MORTISE_MODULE_ENTRY(std::uint32_t hostMinor, mortise_error* error);

namespace mortise::database {

namespace {

mortise_view viewOf(std::string_view text) {
    return {text.data(), text.size()};
}
std::string textOf(mortise_view view) {
    return {view.data == nullptr ? "" : view.data, view.size};
}

// "30s" and "8MiB" as the host would hand them over.
std::int64_t number(const std::string& text) {
    static const std::map<std::string, std::int64_t> units{
        {"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"KiB", 1 << 10}, {"MiB", 1 << 20}};
    char* unit = nullptr;
    const std::int64_t value = std::strtoll(text.c_str(), &unit, 10);
    return value * units.at(unit);
}

std::string range(const mortise_setting& setting) {
    const auto written = [&](std::int64_t bound) {
        std::string text;
        detail::StringText out{text};
        if (setting.type == MORTISE_SETTING_DURATION)
            detail::putValue(out, std::chrono::milliseconds(bound));
        else if (setting.type == MORTISE_SETTING_SIZE)
            detail::putValue(out, Bytes(static_cast<std::uint64_t>(bound)));
        else
            detail::putValue(out, bound);
        return text;
    };
    if (setting.type == MORTISE_SETTING_CHOICE) return textOf(setting.choices);
    if (setting.type == MORTISE_SETTING_BOOLEAN) return "true,false";
    if ((setting.flags & MORTISE_SETTING_HAS_RANGE) == 0) return "";
    const std::string unit = textOf(setting.unit);
    const bool named = setting.type == MORTISE_SETTING_INTEGER && !unit.empty();
    return written(setting.minimum) + " to " + written(setting.maximum) + (named ? " " + unit : "");
}

class ErrorBuffer {
public:
    mortise_error* raw() { return &raw_; }
    std::string text() const { return {buffer_, raw_.length}; }

private:
    char buffer_[512] = {};
    mortise_error raw_{buffer_, sizeof buffer_, 0};
};

} // namespace

// The plugin through the C interface, as a host sees it. This host gives the loop, begin_commit and time_left, nothing
// else.
class DatabasePluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DatabasePluginTest);
    CPPUNIT_TEST(describesItself);
    CPPUNIT_TEST(refusesOtherDatabasesWhenConfigured);
    CPPUNIT_TEST(touchesNothingWhenConfigured);
    CPPUNIT_TEST(failsToStartOnAnotherFile);
    CPPUNIT_TEST(migratesBeforeItStarts);
    CPPUNIT_TEST(servesReadsAndWrites);
    CPPUNIT_TEST(tellsOutcomesByStatus);
    CPPUNIT_TEST(claimsTheCommitOfATurn);
    CPPUNIT_TEST(waitsForTheWriterUntilTheDeadlineOfATurn);
    CPPUNIT_TEST(storesForNoTurnUnderOlderHosts);
    CPPUNIT_TEST(refusesTransactionsOfOthers);
    CPPUNIT_TEST(refusesStatementsOfOthers);
    CPPUNIT_TEST(endsCleanly);
    CPPUNIT_TEST(isDocumented);
    CPPUNIT_TEST_SUITE_END();

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

private:
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
                static_cast<DatabasePluginTest*>(self)->claims_.push_back(turn);
                return static_cast<DatabasePluginTest*>(self)->claim_;
            };
            made.time_left = [](void* self, mortise_exchange turn) {
                return turn == 77 ? static_cast<DatabasePluginTest*>(self)->timeLeftMs_.load() : 0;
            };
            return made;
        }();
        if (textOf(id) == MORTISE_EXCHANGE_SERVICE && static_cast<DatabasePluginTest*>(context)->exchanges_) {
            service->table = &exchanges;
            service->self = context;
            return MORTISE_OK;
        }
        if (textOf(id) != MORTISE_LOOP_SERVICE) return MORTISE_ABSENT;
        service->table = &table;
        service->self = &static_cast<DatabasePluginTest*>(context)->loops_;
        return MORTISE_OK;
    }

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
                                                  0,
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
        const mortise_migration migration{viewOf("tests"), viewOf("0001"), viewOf(sql)};
        return table<mortise_plugin_migrator>(MORTISE_MIGRATOR_EXTENSION)
            .migrate(plugin_.self, &migration, 1, sizeof migration, error);
    }
    const mortise_database_table& start() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, migrate("CREATE TABLE numbers (value INTEGER UNIQUE, word TEXT)"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_.table->start(plugin_.self, nullptr));
        service_ = open("database");
        return *static_cast<const mortise_database_table*>(service_.table);
    }
    mortise_service open(std::string_view consumer) {
        const mortise_consumer told{sizeof told, 0, viewOf(consumer), viewOf("org.example"), viewOf("1.0.0"), 1};
        mortise_service service{};
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_.table->open_service(plugin_.self, viewOf(MORTISE_DATABASE_SERVICE),
                                                                     &told, &service, nullptr));
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
        CPPUNIT_ASSERT_EQUAL_MESSAGE(error.text(), MORTISE_OK,
                                     database.statement(service_.self, viewOf(sql), &number, error.raw()));
        return number;
    }

    // Inserts one row in a transaction of its own.
    struct Insert {
        DatabasePluginTest& test;
        const mortise_database_table& database;
        std::uint32_t statement;
        std::int64_t value;
        mortise_status verdict = MORTISE_OK;
        std::uint64_t changed = 0;
        mortise_sql_transaction* seen = nullptr;
        mortise_exchange turn = 0;
        std::function<void()> wait = [] {};

        static mortise_status call(void* context, mortise_sql_transaction* transaction, mortise_error* error) {
            auto& self = *static_cast<Insert*>(context);
            self.seen = transaction;
            self.wait();
            const mortise_sql_value parameters[] = {{MORTISE_SQL_INTEGER, 0, self.value, 0, {}},
                                                    {MORTISE_SQL_TEXT, 0, 0, 0, viewOf("")}};
            const mortise_status status =
                self.database.execute(self.test.service_.self, transaction, self.statement, parameters, 2,
                                      sizeof *parameters, nullptr, nullptr, &self.changed, error);
            return status == MORTISE_OK ? self.verdict : status;
        }
        mortise_status run(mortise_error* error = nullptr) {
            return database.transact(test.service_.self, turn, &call, this, error);
        }
    };

    void describesItself() {
        CPPUNIT_ASSERT_EQUAL(std::string("org.mortise.database"), textOf(module_->id));
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{1}, module_->provided_service_count);
        CPPUNIT_ASSERT_EQUAL(std::string(MORTISE_DATABASE_SERVICE), textOf(module_->provided_services[0]));
        overrides_["reads_on_loop"] = "false";
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        CPPUNIT_ASSERT_EQUAL(0u,
                             table<mortise_plugin_placement>(MORTISE_PLACEMENT_EXTENSION).reads_on_loop(plugin_.self));
        CPPUNIT_ASSERT(plugin_.table->get_extension(plugin_.self, viewOf("mortise.users/1")) == nullptr);
    }

    void refusesOtherDatabasesWhenConfigured() {
        ErrorBuffer error;
        overrides_["url"] = "mysql://user:hidden@host/name";
        CPPUNIT_ASSERT(configure(error.raw()) < 0);
        assertContains("mysql is not supported by this plugin, only sqlite", error.text());
        CPPUNIT_ASSERT(error.text().find("hidden") == std::string::npos);
    }

    void touchesNothingWhenConfigured() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        CPPUNIT_ASSERT(std::filesystem::is_empty(folder_->path()));
    }

    void failsToStartOnAnotherFile() {
        folder_->write("data/test.db", "text");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        ErrorBuffer error;
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, plugin_.table->start(plugin_.self, error.raw()));
        assertContains("is not an SQLite database", error.text());
    }

    void migratesBeforeItStarts() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        ErrorBuffer error;
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, migrate("CRATE TABLE x", error.raw()));
        assertContains("migration '0001' of 'tests' failed", error.text());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, migrate("CREATE TABLE x (y INTEGER)"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_.table->start(plugin_.self, nullptr));
    }

    void servesReadsAndWrites() {
        const mortise_database_table& database = start();
        const std::uint32_t all =
            statement(database, "SELECT value, word, NULL, 0.5, x'00ff' FROM numbers WHERE value > ?");
        Insert insert{*this, database, statement(database, "INSERT INTO numbers VALUES (?, ?)"), 7};
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, insert.run());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, insert.changed);
        const mortise_sql_value one{MORTISE_SQL_INTEGER, 0, 0, 0, {}};
        for (const std::uint32_t size : {0u, 4u, 36u, 44u})
            CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID,
                                 database.read(service_.self, all, &one, 1, size, nullptr, nullptr, nullptr));
        for (const std::uint32_t loop : {0u, 1u}) {
            loops_.become(loop);
            std::string seen;
            const mortise_sql_value zero{MORTISE_SQL_INTEGER, 0, 0, 0, {}};
            const mortise_sql_row row = [](void* context, const mortise_sql_value* columns, std::uint32_t count,
                                           std::uint32_t) {
                std::ostringstream out;
                for (std::uint32_t i = 0; i < count; ++i)
                    out << columns[i].kind << ':' << columns[i].integer << ':' << columns[i].number << ':'
                        << columns[i].text.size << ' ';
                *static_cast<std::string*>(context) += out.str();
                return 1u;
            };
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK,
                                 database.read(service_.self, all, &zero, 1, sizeof zero, row, &seen, nullptr));
            CPPUNIT_ASSERT_EQUAL(std::string("1:7:0:0 3:0:0:0 0:0:0:0 2:0:0.5:0 4:0:0:2 "), seen);
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK,
                                 database.read(service_.self, all, &zero, 1, sizeof zero, nullptr, nullptr, nullptr));
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, loops_.endBatch());
        loops_.become(0);
        std::uint64_t before = 0;
        std::uint64_t after = 0;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, database.data_version(service_.self, &before, nullptr));
        insert.value = 8;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, insert.run());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, database.data_version(service_.self, &after, nullptr));
        CPPUNIT_ASSERT(before != after);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK,
                             table<mortise_plugin_readiness>(MORTISE_READINESS_EXTENSION).check(plugin_.self, nullptr));
    }

    void tellsOutcomesByStatus() {
        const mortise_database_table& database = start();
        Insert insert{*this, database, statement(database, "INSERT INTO numbers VALUES (?, ?)"), 7};
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, insert.run());
        ErrorBuffer error;
        CPPUNIT_ASSERT_EQUAL(MORTISE_CONFLICT, insert.run(error.raw()));
        assertContains("UNIQUE", error.text());
        insert.value = 8;
        insert.verdict = MORTISE_ABSENT;
        CPPUNIT_ASSERT_EQUAL(MORTISE_ABSENT, insert.run()); // its own verdict; nothing is kept
        insert.verdict = MORTISE_OK;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, insert.run());
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID,
                             database.read(service_.self, 12345, nullptr, 0, 0, nullptr, nullptr, error.raw()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, database.read(service_.self, insert.statement, nullptr, 2,
                                                            sizeof(mortise_sql_value), nullptr, nullptr, error.raw()));
        std::uint32_t number = 0;
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, database.statement(service_.self, viewOf("SELEC"), &number, error.raw()));
        loops_.become(1);
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, insert.run(error.raw()));
        assertContains("event loop", error.text());
    }

    void claimsTheCommitOfATurn() {
        const mortise_database_table& database = start();
        Insert insert{*this, database, statement(database, "INSERT INTO numbers VALUES (?, ?)"), 7};
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, insert.run());
        CPPUNIT_ASSERT(claims_.empty()); // on behalf of no request
        insert.turn = 77;
        insert.value = 8;
        claim_ = MORTISE_STALE;
        ErrorBuffer error;
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, insert.run(error.raw()));
        assertContains("the host has ended the request", error.text());
        claim_ = MORTISE_INVALID;
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, insert.run());
        claim_ = MORTISE_OK;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, insert.run());
        CPPUNIT_ASSERT_EQUAL(MORTISE_CONFLICT, insert.run()); // nothing to claim
        CPPUNIT_ASSERT(claims_ == (std::vector<mortise_exchange>{77, 77, 77}));
    }

    // While another transaction has the writer for longer.
    void waitsForTheWriterUntilTheDeadlineOfATurn() {
        overrides_["write_wait"] = "60000";
        const mortise_database_table& database = start();
        Insert holding{*this, database, statement(database, "INSERT INTO numbers VALUES (?, ?)"), 7};
        std::promise<void> inside;
        std::promise<void> proceed;
        holding.wait = [&] {
            inside.set_value();
            proceed.get_future().wait();
        };
        auto first = std::async(std::launch::async, [&] { return holding.run(); });
        inside.get_future().wait();
        Insert insert{*this, database, holding.statement, 8};
        insert.turn = 77;
        timeLeftMs_ = 20;
        ErrorBuffer error;
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, insert.run(error.raw()));
        assertContains("until the request's deadline", error.text());
        CPPUNIT_ASSERT(claims_.empty());
        proceed.set_value();
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, first.get());
    }

    void storesForNoTurnUnderOlderHosts() {
        exchanges_ = false;
        const mortise_database_table& database = start();
        Insert insert{*this, database, statement(database, "INSERT INTO numbers VALUES (?, ?)"), 7};
        insert.turn = 77;
        ErrorBuffer error;
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, insert.run(error.raw()));
        assertContains("begin_commit of mortise.exchange/1 is absent", error.text());
        insert.turn = 0;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, insert.run()); // nothing was stored before
    }

    void refusesTransactionsOfOthers() {
        const mortise_database_table& database = start();
        Insert insert{*this, database, statement(database, "INSERT INTO numbers VALUES (?, ?)"), 7};
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, insert.run());
        ErrorBuffer error;
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, Insert::call(&insert, insert.seen, error.raw()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, Insert::call(&insert, nullptr, error.raw()));
    }

    // Each consumer is given the service apart; what one registered is not the other's.
    void refusesStatementsOfOthers() {
        start();
        const mortise_service ada = open("ada");
        const mortise_service eve = open("eve");
        const auto registered = [](const mortise_service& service, std::string_view sql) {
            std::uint32_t number = 0;
            const auto* const table = static_cast<const mortise_database_table*>(service.table);
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, table->statement(service.self, viewOf(sql), &number, nullptr));
            return number;
        };
        struct Use {
            const mortise_service& service;
            std::uint32_t number;
            ErrorBuffer error{};

            const mortise_database_table& table() const {
                return *static_cast<const mortise_database_table*>(service.table);
            }
            mortise_status read() {
                return table().read(service.self, number, nullptr, 0, 0, nullptr, nullptr, error.raw());
            }
            mortise_status execute() {
                const auto body = [](void* context, mortise_sql_transaction* transaction, mortise_error* said) {
                    const auto& self = *static_cast<Use*>(context);
                    return self.table().execute(self.service.self, transaction, self.number, nullptr, 0, 0, nullptr,
                                                nullptr, nullptr, said);
                };
                return table().transact(service.self, 0, body, this, error.raw());
            }
        };
        const std::uint32_t select = registered(ada, "SELECT count(*) FROM numbers");
        const std::uint32_t remove = registered(ada, "DELETE FROM numbers");
        const std::uint32_t same = registered(eve, "DELETE FROM numbers");
        CPPUNIT_ASSERT(same != remove && same != 0);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, Use({ada, select}).read());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, Use({ada, remove}).execute());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, Use({eve, same}).execute());
        for (const std::uint32_t number : {0u, 1u, select, remove, same + 1, same - 65536, 0xffffffffu}) {
            Use use{eve, number};
            CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, use.read());
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, use.error.text().find("plugin 'eve' uses statement " +
                                                                       std::to_string(number) + ", which "));
            CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, use.execute());
        }
        close(ada);
        Use late{eve, remove};
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, late.read());
        CPPUNIT_ASSERT(late.error.text().find("an instance that is gone") != std::string::npos);
        close(eve);
    }

    void endsCleanly() {
        const mortise_database_table& database = start();
        Insert insert{*this, database, statement(database, "INSERT INTO numbers VALUES (?, ?)"), 7};
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, insert.run());
        plugin_.table->drain(plugin_.self, 1000);
        plugin_.table->stop(plugin_.self);
        insert.value = 8;
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, insert.run());
        CPPUNIT_ASSERT_EQUAL(std::uintmax_t{0}, std::filesystem::file_size(*folder_ / "data/test.db-wal"));
    }

    // README.md has a row for each setting, as it is declared.
    void isDocumented() {
        std::ifstream file(DATABASE_README);
        std::stringstream readme;
        readme << file.rdbuf();
        std::string missing;
        for (std::uint32_t i = 0; i < module_->setting_count; ++i) {
            const mortise_setting& setting = module_->settings[i];
            const std::string row = "| `" + textOf(setting.key) + "` | `" + textOf(setting.default_text) + "` | " +
                                    range(setting) + " | " + textOf(setting.text) + " |\n";
            if (readme.str().find(row) == std::string::npos) missing += row;
        }
        CPPUNIT_ASSERT_EQUAL(std::string(), missing);
    }

    std::unique_ptr<tests::TemporaryFolder> folder_;
    std::string directory_;
    std::map<std::string, std::string> overrides_;
    std::deque<std::string> texts_;
    FakeLoops loops_{2};
    bool exchanges_ = true;
    mortise_status claim_ = MORTISE_OK;
    std::atomic<std::uint64_t> timeLeftMs_{UINT64_MAX};
    std::vector<mortise_exchange> claims_;
    const mortise_module* module_ = nullptr;
    mortise_host host_{};
    mortise_plugin plugin_{};
    mortise_service service_{};           // as its one consumer has it
    std::vector<mortise_service> opened_; // and not closed yet
};

CPPUNIT_TEST_SUITE_REGISTRATION(DatabasePluginTest);

} // namespace mortise::database
