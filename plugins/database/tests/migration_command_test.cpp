// SPDX-License-Identifier: Apache-2.0
#include "connector_fixture.hpp"
#include "migration_command.hpp"
#include "sqlite_memory.hpp"

#include <sqlite3.h>

#include <memory>
#include <regex>

namespace mortise::database {

// What `mortised migrate` prints of databases in every state.
class MigrationCommandTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(MigrationCommandTest);
    CPPUNIT_TEST(saysWhatRanAndWhatNot);
    CPPUNIT_TEST(saysWhatIsNotKnown);
    CPPUNIT_TEST(plansTheRestOfOneThatBegan);
    CPPUNIT_TEST(saysWhatIsLost);
    CPPUNIT_TEST_SUITE_END();

    static constexpr Migration first_{"users", "1-create",         "CREATE TABLE users (id TEXT PRIMARY KEY)",
                                      "",      "DROP TABLE users", "all users"};
    static constexpr Migration second_{"users", "2-index", "CREATE INDEX users_id ON users (id)", "",
                                       "DROP INDEX users_id"};
    static constexpr Migration rebuild_{"users",
                                        "3-cluster",
                                        "CREATE TABLE n (id TEXT PRIMARY KEY) WITHOUT ROWID; INSERT INTO n SELECT id "
                                        "FROM users; DROP TABLE users; ALTER TABLE n RENAME TO users",
                                        "",
                                        "",
                                        "",
                                        true};
    static constexpr Migration posts_{"posts", "1-elsewhere", "CREATE TABLE posts (id CHAR(36) PRIMARY KEY)",
                                      "mariadb"};

    // Exit code and output, with times as T.
    std::string run(const std::vector<Migration>& list, const std::vector<std::string_view>& arguments) {
        std::string text;
        const auto print = [&text](std::string_view more) { text.append(more); };
        SqliteConnector connector(options_, loops_);
        const int code = MigrationCommand(connector, list, print, print).run(arguments);
        text = std::regex_replace(text, std::regex("20[0-9-]{8}T[0-9:.]*Z"), "T");
        return std::to_string(code) + '\n' + text;
    }
    void change(const std::string& sql) {
        sqlite3* raw = nullptr;
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, sqlite3_open_v2(options_.file.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr));
        const std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle(raw, &sqlite3_close_v2);
        static_cast<void>(sqliteRows(raw, sql));
    }
    std::string head() { return "0\ndatabase " + SqliteConnector(options_, loops_).name() + " (sqlite)\n"; }

    void saysWhatRanAndWhatNot() {
        CPPUNIT_ASSERT(run({first_, second_}, {"up"}).starts_with("0\nusers 1-create: done ("));
        CPPUNIT_ASSERT_EQUAL(head() + "users\n  1-create: done T\n  2-index: done T\n"
                                      "  3-cluster: pending, incompatible with versions before it\n"
                                      "posts\n  1-elsewhere: pending\n",
                             run({first_, second_, rebuild_, posts_}, {"status"}));
        Migration changed = second_;
        changed.sql = "CREATE INDEX other ON users (id)";
        CPPUNIT_ASSERT_EQUAL(head() + "users\n  1-create: done T\n  2-index: done T, changed since\n",
                             run({first_, changed}, {"status"}));
    }

    void saysWhatIsNotKnown() {
        run({first_, second_, rebuild_}, {"up"});
        CPPUNIT_ASSERT_EQUAL(head() + "users\n  1-create: done T\n"
                                      "  2-index: done T, not known to this version, which can run with it\n"
                                      "  3-cluster: done T, not known to this version, which cannot run with it\n",
                             run({first_}, {"status"}));
        CPPUNIT_ASSERT_EQUAL(head() + "users (no enabled plugin)\n  1-create: done T\n  2-index: done T\n"
                                      "  3-cluster: done T\n",
                             run({}, {"status"}));
    }

    void plansTheRestOfOneThatBegan() {
        run({first_, second_}, {"up"});
        const std::string title = " (incompatible with versions before it: at a restart, after a backup)\n";
        CPPUNIT_ASSERT_EQUAL("0\n-- users 3-cluster" + title +
                                 "CREATE TABLE n (id TEXT PRIMARY KEY) WITHOUT ROWID;\n"
                                 "INSERT INTO n SELECT id FROM users;\nDROP TABLE users;\n"
                                 "ALTER TABLE n RENAME TO users;\n-- posts 1-elsewhere (nothing to do on sqlite)\n",
                             run({first_, second_, rebuild_, posts_}, {"plan"}));
        run({first_, second_, rebuild_}, {"up"});
        change("UPDATE mortise_migrations SET state = 'running', statement = 2 WHERE name = '3-cluster'");
        CPPUNIT_ASSERT_EQUAL("0\n-- users 3-cluster" + title +
                                 "-- statement 2 of 4 has run, so these are left:\nDROP TABLE users;\n"
                                 "ALTER TABLE n RENAME TO users;\n",
                             run({first_, second_, rebuild_}, {"plan"}));
        CPPUNIT_ASSERT_EQUAL(head() + "users\n  1-create: done T\n  2-index: done T\n  3-cluster: running, statement 2 "
                                      "of 4, since T, incompatible with versions before it\n",
                             run({first_, second_, rebuild_}, {"status"}));
    }

    void saysWhatIsLost() {
        run({first_, second_}, {"up"});
        const std::string lost =
            "-- undo users 2-index\n-- loses no data\n-- undo users 1-create\n-- loses all users\n";
        const std::string text = run({first_, second_}, {"down", "users", "1", "--yes"});
        CPPUNIT_ASSERT_MESSAGE(text, text.starts_with("0\n" + lost + "backup: "));
        CPPUNIT_ASSERT_MESSAGE(text, text.ends_with("\nusers 2-index: undone\nusers 1-create: undone\n"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MigrationCommandTest);

} // namespace mortise::database
