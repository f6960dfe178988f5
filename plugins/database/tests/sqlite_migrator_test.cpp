// SPDX-License-Identifier: Apache-2.0
#include "child.hpp"
#include "connector_fixture.hpp"
#include "sqlite_migrator.hpp"

#include <Poco/Data/SQLite/SessionImpl.h>
#include <Poco/Data/Session.h>

#include <array>

namespace mortise::database {

class SqliteMigratorTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(SqliteMigratorTest);
    CPPUNIT_TEST(runsOnce);
    CPPUNIT_TEST(recordsWhatItRan);
    CPPUNIT_TEST(refusesAChangedOne);
    CPPUNIT_TEST(keepsNothingOfABrokenOne);
    CPPUNIT_TEST(keepsThoseBeforeABrokenOne);
    CPPUNIT_TEST(refusesTransactionsAndAttachments);
    CPPUNIT_TEST(ignoresOwnersThatAreNotListed);
    CPPUNIT_TEST(refusesBadLists);
    CPPUNIT_TEST(waitsForTheLockWithinBounds);
    CPPUNIT_TEST(writesNothingWhenThereIsNothingToDo);
    CPPUNIT_TEST(isRunByOneOfManyProcesses);
    CPPUNIT_TEST(carriesOldRecordsOver);
    CPPUNIT_TEST(takesChecksOfNewColumns);
    CPPUNIT_TEST(warnsOfLaterOnes);
    CPPUNIT_TEST(expandsOnlyWhileLive);
    CPPUNIT_TEST(runsAllOfANewOwnerWhileLive);
    CPPUNIT_TEST(countsRows);
    CPPUNIT_TEST_SUITE_END();

    void migrate(const std::vector<Migration>& migrations, MigrationRun run = MigrationRun::restart) {
        log_ = {};
        SqliteConnector(options_, loops_).migrate(migrations, run, log_);
    }

    std::string refusal(const std::vector<Migration>& migrations) {
        return failure([&] { migrate(migrations); }).what();
    }

    std::string query(const std::string& sql) {
        using namespace Poco::Data::Keywords;
        Poco::Data::Session session(
            Poco::AutoPtr<Poco::Data::SessionImpl>(new Poco::Data::SQLite::SessionImpl(options_.file.string(), 0)));
        std::string result;
        session << sql, into(result), now;
        return result;
    }

    KeptMigrationLog log_; // of the last migrate()

    void runsOnce() {
        const std::vector<Migration> list{{"a", "1-a", "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);"},
                                          {"b", "1-b", "INSERT INTO a VALUES (2)"}};
        migrate(list);
        migrate(list);
        CPPUNIT_ASSERT_EQUAL(std::string("2"), query("SELECT count(*) FROM a"));
        std::vector<Migration> more = list;
        more.push_back({"a", "2-c", "INSERT INTO a VALUES (3)"});
        migrate(more);
        CPPUNIT_ASSERT_EQUAL(std::string("3"), query("SELECT count(*) FROM a"));
    }

    void recordsWhatItRan() {
        migrate({{"users", "0001-a", "CREATE TABLE a (x INTEGER)"}});
        CPPUNIT_ASSERT_EQUAL(std::string("users/0001-a"), query("SELECT owner || '/' || name FROM mortise_migrations"));
        // SHA-256 of the text, as sha256sum prints it.
        CPPUNIT_ASSERT_EQUAL(std::string("f7518d5884973a8bc3a56a6fad940d7e2b5d847d0d4438c01cc2a0de40b09977"),
                             query("SELECT checksum FROM mortise_migrations"));
        CPPUNIT_ASSERT_EQUAL(std::string("1"),
                             query("SELECT applied_at LIKE '20__-__-__T__:__:__.___Z' FROM mortise_migrations"));
    }

    void refusesAChangedOne() {
        migrate({{"users", "0001-a", "CREATE TABLE a (x INTEGER)"}});
        const std::string text = refusal({{"users", "0001-a", "CREATE TABLE a (x INTEGER, y INTEGER)"}});
        assertContains("migration '0001-a' of 'users' was changed after it ran", text);
    }

    void keepsNothingOfABrokenOne() {
        const std::string text =
            refusal({{"users", "0001-a", "CREATE TABLE a (x INTEGER); CRATE TABLE b (x INTEGER)"}});
        assertContains("migration '0001-a' of 'users' failed", text);
        assertContains("CRATE", text);
        CPPUNIT_ASSERT_EQUAL(std::string("0"), query("SELECT count(*) FROM sqlite_master"));
        migrate({{"users", "0001-a", "CREATE TABLE a (x INTEGER)"}});
    }

    void keepsThoseBeforeABrokenOne() {
        refusal(
            {{"users", "0001-a", "CREATE TABLE a (x INTEGER)"}, {"users", "0002-b", "INSERT INTO missing VALUES (1)"}});
        CPPUNIT_ASSERT_EQUAL(std::string("0001-a"), query("SELECT name FROM mortise_migrations"));
        migrate({{"users", "0001-a", "CREATE TABLE a (x INTEGER)"}, {"users", "0002-b", "INSERT INTO a VALUES (1)"}});
    }

    void refusesTransactionsAndAttachments() {
        const std::vector<std::string> bad{"COMMIT", "ROLLBACK", "SAVEPOINT x", "END; BEGIN",
                                           "ATTACH '" + (*folder_ / "other.db").string() + "' AS other"};
        for (const std::string& sql : bad)
            assertContains("may not begin or end a transaction", refusal({{"users", "0001-a", sql}}));
        CPPUNIT_ASSERT_EQUAL(std::string("0"), query("SELECT count(*) FROM sqlite_master"));
    }

    void ignoresOwnersThatAreNotListed() {
        migrate({{"users", "0001-a", "CREATE TABLE a (x INTEGER)"}});
        migrate({{"posts", "0001-c", "CREATE TABLE b (x INTEGER)"}});
        migrate({});
    }

    void refusesBadLists() {
        assertContains("listed twice", refusal({{"a", "1-a", "SELECT 1"}, {"a", "1-a", "SELECT 1"}}));
        assertContains("needs an owner", refusal({{"", "1-a", "SELECT 1"}}));
        assertContains("needs an owner", refusal({{"a", "", "SELECT 1"}}));
    }

    void waitsForTheLockWithinBounds() {
        options_.migrationWait = std::chrono::milliseconds(30);
        SqliteConnector& connector = open();
        transact(connector, [&](Transaction&) {
            const std::string text = refusal({schema, {"tests", "0002-b", "CREATE TABLE a (x INTEGER)"}});
            assertContains("migration '0002-b' of 'tests' could not begin", text);
            migrate({schema}); // has nothing to do
            return false;
        });
        migrate({schema, {"tests", "0002-b", "CREATE TABLE a (x INTEGER)"}});
    }

    void writesNothingWhenThereIsNothingToDo() {
        SqliteConnector& connector = open();
        const std::uint64_t version = connector.dataVersion();
        migrate({schema});
        CPPUNIT_ASSERT_EQUAL(version, connector.dataVersion());
    }

    void isRunByOneOfManyProcesses() {
        std::vector<std::string> texts{"CREATE TABLE a (x INTEGER)"};
        for (int i = 0; i < 5; ++i) texts.push_back("INSERT INTO a VALUES (" + std::to_string(i) + ")");
        std::vector<Migration> list;
        static constexpr std::array names{"1-a", "2-b", "3-c", "4-d", "5-e", "6-f"};
        for (std::size_t i = 0; i < texts.size(); ++i) list.push_back({"race", names[i], texts[i]});
        for (int round = 0; round < 5; ++round) {
            options_.file = *folder_ / ("race" + std::to_string(round) + ".db");
            std::vector<Child> children;
            for (int i = 0; i < 6; ++i)
                children.emplace_back([&] {
                    migrate(list);
                    SqliteConnector connector(options_, loops_);
                    connector.open();
                    return 0;
                });
            for (Child& child : children) CPPUNIT_ASSERT_EQUAL(0, child.wait());
            CPPUNIT_ASSERT_EQUAL(std::string("5"), query("SELECT count(*) FROM a"));
        }
    }

    // The table of the first version, and a version that does not know its later columns.
    void carriesOldRecordsOver() {
        query("CREATE TABLE mortise_migrations (owner VARCHAR(255) NOT NULL, name VARCHAR(255) NOT NULL, checksum "
              "CHAR(64) NOT NULL, applied_at VARCHAR(32) NOT NULL, PRIMARY KEY (owner, name))");
        query("CREATE TABLE a (x INTEGER)");
        const std::string insert =
            "INSERT INTO mortise_migrations (owner, name, checksum, applied_at) VALUES ('users', ";
        query(insert + "'0001-a', 'f7518d5884973a8bc3a56a6fad940d7e2b5d847d0d4438c01cc2a0de40b09977', 'then')");
        const Migration first{"users", "0001-a", "CREATE TABLE a (x INTEGER)"};
        migrate({first});
        CPPUNIT_ASSERT_EQUAL(std::string("4"), query("SELECT count(*) FROM pragma_table_info('mortise_migrations')"));
        migrate({first, {"users", "0002-b", "CREATE TABLE b (x INTEGER); SELECT 1", "", "", "", true}});
        CPPUNIT_ASSERT_EQUAL(
            std::string("0001-a sqlite done 0 0 1|0002-b sqlite done 2 2 0"),
            query("SELECT group_concat(row, '|') FROM (SELECT concat_row AS row FROM (SELECT name || ' ' || "
                  "dialect || ' ' || state || ' ' || statement || ' ' || statements || ' ' || compatible "
                  "AS concat_row FROM mortise_migrations ORDER BY name))"));
        query(insert + "'0003-c', 'sum', 'then')"); // by an older version
        CPPUNIT_ASSERT_EQUAL(std::string("done"), query("SELECT state FROM mortise_migrations WHERE name = '0003-c'"));
    }

    void takesChecksOfNewColumns() {
        migrate({{"a", "1-a", "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)"},
                 {"a", "2-b", "ALTER TABLE a ADD COLUMN y INTEGER CHECK (y > 0)"}});
        CPPUNIT_ASSERT_EQUAL(std::string("1"), query("SELECT count(*) FROM a WHERE y IS NULL"));
    }

    void warnsOfLaterOnes() {
        const Migration first{"users", "0001-a", "CREATE TABLE a (x INTEGER)"};
        migrate({first, {"users", "0002-b", "CREATE TABLE b (x INTEGER)"}});
        for (const MigrationRun run : {MigrationRun::restart, MigrationRun::live}) {
            migrate({first}, run);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, log_.warnings.size());
            assertContains("users: The database has had a later migration '0002-b' of 'users'", log_.warnings[0]);
        }
        migrate({first,
                 {"users", "0002-b", "CREATE TABLE b (x INTEGER)"},
                 {"users", "0003-c", "SELECT 1", "", "", "", true}});
        assertContains("'0003-c' of 'users', which this version of the plugin neither knows nor can run with",
                       refusal({first}));
    }

    void expandsOnlyWhileLive() {
        const Migration first{"users", "0001-a", "CREATE TABLE a (x INTEGER)"};
        const Migration second{"users", "0002-b", "ALTER TABLE a ADD COLUMN y INTEGER"};
        const Migration third{"users", "0003-c", "UPDATE a SET y = 1"};
        const Migration fourth{"users", "0004-d", "SELECT 1", "", "", "", true};
        migrate({first});
        migrate({first, second}, MigrationRun::live);
        const auto live = [&](const std::vector<Migration>& list) {
            return std::string(failure([&] { migrate(list, MigrationRun::live); }).what());
        };
        assertContains("'0003-c' of 'users' needs a restart", live({first, second, third}));
        migrate({first, second, third});
        assertContains("it is flagged as incompatible", live({first, second, third, fourth}));
        // Nothing runs where one does not.
        const std::string text = live({first,
                                       second,
                                       third,
                                       {"users", "0004-d", "CREATE TABLE d (x INTEGER)"},
                                       {"users", "0005-e", "DROP TABLE d; DROP TABLE a"}});
        assertContains("'0005-e' of 'users' needs a restart", text);
        CPPUNIT_ASSERT_EQUAL(std::string("0"), query("SELECT count(*) FROM sqlite_master WHERE name = 'd'"));
        migrate({first, second, third, fourth});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, log_.backups.size());
    }

    // A plugin that is switched on by a reload has nothing that an older version could miss.
    void runsAllOfANewOwnerWhileLive() {
        const Migration users{"users", "0001-a", "CREATE TABLE a (x INTEGER PRIMARY KEY)"};
        migrate({users});
        migrate({users,
                 {"auth", "1-a", "CREATE TABLE f (x INTEGER)"},
                 {"auth", "2-b",
                  "CREATE TABLE n (x INTEGER REFERENCES a (x)); INSERT INTO n SELECT * FROM f; DROP TABLE f; "
                  "ALTER TABLE n RENAME TO f",
                  "", "", "", true}},
                MigrationRun::live);
        CPPUNIT_ASSERT(log_.backups.empty());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, log_.steps.size());
        CPPUNIT_ASSERT_EQUAL(std::string("auth/2-b 4/4 0"), log_.steps[1]);
    }

    void countsRows() {
        migrate({{"a", "1-a", "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1), (2); DELETE FROM a WHERE x = 1"}});
        CPPUNIT_ASSERT_EQUAL(std::string("a/1-a 3/3 3"), log_.steps.at(0));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqliteMigratorTest);

} // namespace mortise::database
