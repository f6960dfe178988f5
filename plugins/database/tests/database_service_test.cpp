// SPDX-License-Identifier: Apache-2.0
// mortise.database/1 as the plugin gives it.
#include "database_plugin_fixture.hpp"

#include <mortise/service/readiness.h>

#include <future>
#include <sstream>

namespace mortise::database {

class DatabaseServiceTest : public DatabasePluginFixture {
    CPPUNIT_TEST_SUITE(DatabaseServiceTest);
    CPPUNIT_TEST(servesReadsAndWrites);
    CPPUNIT_TEST(tellsOutcomesByStatus);
    CPPUNIT_TEST(claimsTheCommitOfATurn);
    CPPUNIT_TEST(waitsForTheWriterUntilTheDeadlineOfATurn);
    CPPUNIT_TEST(storesForNoTurnUnderOlderHosts);
    CPPUNIT_TEST(refusesTransactionsOfOthers);
    CPPUNIT_TEST(refusesStatementsOfOthers);
    CPPUNIT_TEST_SUITE_END();

public:
    void servesReadsAndWrites() {
        const mortise_database_table& database = start();
        const std::uint32_t all =
            statement(database, "SELECT value, word, NULL, 0.5, x'00ff' FROM numbers WHERE value > ?");
        Insert insert{*this, database, statement(database, "INSERT INTO numbers VALUES (?, ?)"), 7};
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, insert.run());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, insert.changed);
        const mortise_sql_value one{MORTISE_SQL_INTEGER, 0, 0, 0, {}};
        for (const std::uint32_t size : {0u, 4u, 36u, 44u})
            CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, database.read(service_.self, 0, all, &one, 1, size, nullptr, nullptr,
                                                                nullptr, nullptr));
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
            CPPUNIT_ASSERT_EQUAL(
                MORTISE_OK, database.read(service_.self, 0, all, &zero, 1, sizeof zero, row, &seen, nullptr, nullptr));
            CPPUNIT_ASSERT_EQUAL(std::string("1:7:0:0 3:0:0:0 0:0:0:0 2:0:0.5:0 4:0:0:2 "), seen);
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, database.read(service_.self, 0, all, &zero, 1, sizeof zero, nullptr,
                                                           nullptr, nullptr, nullptr));
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
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, database.read(service_.self, 0, 12345, nullptr, 0, 0, nullptr, nullptr,
                                                            nullptr, error.raw()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID,
                             database.read(service_.self, 0, insert.statement, nullptr, 2, sizeof(mortise_sql_value),
                                           nullptr, nullptr, nullptr, error.raw()));
        std::uint32_t number = 0;
        const mortise_sql_statement wrong = statementOf("SELEC");
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR,
                             database.statement(service_.self, &wrong, sizeof wrong, &number, error.raw()));
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
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, Insert::call(&insert, insert.seen, nullptr, error.raw()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, Insert::call(&insert, nullptr, nullptr, error.raw()));
    }

    // Each consumer is given the service apart; what one registered is not the other's.
    void refusesStatementsOfOthers() {
        start();
        const mortise_service ada = open("ada");
        const mortise_service eve = open("eve");
        const auto registered = [](const mortise_service& service, std::string_view sql) {
            std::uint32_t number = 0;
            const auto* const table = static_cast<const mortise_database_table*>(service.table);
            const mortise_sql_statement wanted = statementOf(sql);
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, table->statement(service.self, &wanted, sizeof wanted, &number, nullptr));
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
                return table().read(service.self, 0, number, nullptr, 0, 0, nullptr, nullptr, nullptr, error.raw());
            }
            mortise_status execute() {
                const auto body = [](void* context, mortise_sql_transaction* transaction, mortise_sql_failure* failure,
                                     mortise_error* said) {
                    const auto& self = *static_cast<Use*>(context);
                    return self.table().execute(self.service.self, transaction, self.number, nullptr, 0, 0, nullptr,
                                                nullptr, nullptr, failure, said);
                };
                return table().transact(service.self, 0, 0, body, this, nullptr, error.raw());
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
};

CPPUNIT_TEST_SUITE_REGISTRATION(DatabaseServiceTest);

} // namespace mortise::database
