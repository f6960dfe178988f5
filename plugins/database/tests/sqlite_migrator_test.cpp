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
    CPPUNIT_TEST(refusesAnUnknownOneOfAListedOwner);
    CPPUNIT_TEST(ignoresOwnersThatAreNotListed);
    CPPUNIT_TEST(refusesBadLists);
    CPPUNIT_TEST(waitsForTheLockWithinBounds);
    CPPUNIT_TEST(writesNothingWhenThereIsNothingToDo);
    CPPUNIT_TEST(isRunByOneOfManyProcesses);
    CPPUNIT_TEST_SUITE_END();

    void migrate(const std::vector<Migration>& migrations) { SqliteConnector(options_, loops_).migrate(migrations); }

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

    void runsOnce() {
        const std::vector<Migration> list{{"a", "1", "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);"},
                                          {"b", "1", "INSERT INTO a VALUES (2)"}};
        migrate(list);
        migrate(list);
        CPPUNIT_ASSERT_EQUAL(std::string("2"), query("SELECT count(*) FROM a"));
        std::vector<Migration> more = list;
        more.push_back({"a", "2", "INSERT INTO a VALUES (3)"});
        migrate(more);
        CPPUNIT_ASSERT_EQUAL(std::string("3"), query("SELECT count(*) FROM a"));
    }

    void recordsWhatItRan() {
        migrate({{"users", "0001", "CREATE TABLE a (x INTEGER)"}});
        CPPUNIT_ASSERT_EQUAL(std::string("users/0001"), query("SELECT owner || '/' || name FROM mortise_migrations"));
        // SHA-256 of the text, as sha256sum prints it.
        CPPUNIT_ASSERT_EQUAL(std::string("f7518d5884973a8bc3a56a6fad940d7e2b5d847d0d4438c01cc2a0de40b09977"),
                             query("SELECT checksum FROM mortise_migrations"));
        CPPUNIT_ASSERT_EQUAL(std::string("1"),
                             query("SELECT applied_at LIKE '20__-__-__T__:__:__.___Z' FROM mortise_migrations"));
    }

    void refusesAChangedOne() {
        migrate({{"users", "0001", "CREATE TABLE a (x INTEGER)"}});
        const std::string text = refusal({{"users", "0001", "CREATE TABLE a (x INTEGER, y INTEGER)"}});
        assertContains("migration '0001' of 'users' was changed after it ran", text);
    }

    void keepsNothingOfABrokenOne() {
        const std::string text = refusal({{"users", "0001", "CREATE TABLE a (x INTEGER); CRATE TABLE b (x INTEGER)"}});
        assertContains("migration '0001' of 'users' failed", text);
        assertContains("CRATE", text);
        CPPUNIT_ASSERT_EQUAL(std::string("0"), query("SELECT count(*) FROM sqlite_master"));
        migrate({{"users", "0001", "CREATE TABLE a (x INTEGER)"}});
    }

    void keepsThoseBeforeABrokenOne() {
        refusal({{"users", "0001", "CREATE TABLE a (x INTEGER)"}, {"users", "0002", "INSERT INTO missing VALUES (1)"}});
        CPPUNIT_ASSERT_EQUAL(std::string("0001"), query("SELECT name FROM mortise_migrations"));
        migrate({{"users", "0001", "CREATE TABLE a (x INTEGER)"}, {"users", "0002", "INSERT INTO a VALUES (1)"}});
    }

    void refusesTransactionsAndAttachments() {
        const std::vector<std::string> bad{"COMMIT", "ROLLBACK", "SAVEPOINT x", "END; BEGIN",
                                           "ATTACH '" + (*folder_ / "other.db").string() + "' AS other"};
        for (const std::string& sql : bad)
            assertContains("may not begin or end a transaction", refusal({{"users", "0001", sql}}));
        CPPUNIT_ASSERT_EQUAL(std::string("0"), query("SELECT count(*) FROM sqlite_master"));
    }

    void refusesAnUnknownOneOfAListedOwner() {
        migrate({{"users", "0001", "CREATE TABLE a (x INTEGER)"}, {"users", "0002", "CREATE TABLE b (x INTEGER)"}});
        const std::string text = refusal({{"users", "0001", "CREATE TABLE a (x INTEGER)"}});
        assertContains("migration '0002' of 'users'", text);
        assertContains("install the newer version", text);
    }

    void ignoresOwnersThatAreNotListed() {
        migrate({{"users", "0001", "CREATE TABLE a (x INTEGER)"}});
        migrate({{"posts", "0001", "CREATE TABLE b (x INTEGER)"}});
        migrate({});
    }

    void refusesBadLists() {
        assertContains("listed twice", refusal({{"a", "1", "SELECT 1"}, {"a", "1", "SELECT 1"}}));
        assertContains("needs an owner", refusal({{"", "1", "SELECT 1"}}));
        assertContains("needs an owner", refusal({{"a", "", "SELECT 1"}}));
    }

    void waitsForTheLockWithinBounds() {
        options_.migrationWait = std::chrono::milliseconds(30);
        SqliteConnector& connector = open();
        transact(connector, [&](Transaction&) {
            const std::string text = refusal({schema, {"tests", "0002", "CREATE TABLE a (x INTEGER)"}});
            assertContains("migration '0002' of 'tests' could not begin", text);
            migrate({schema}); // has nothing to do
            return false;
        });
        migrate({schema, {"tests", "0002", "CREATE TABLE a (x INTEGER)"}});
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
        static constexpr std::array names{"0", "1", "2", "3", "4", "5"};
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
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqliteMigratorTest);

} // namespace mortise::database
