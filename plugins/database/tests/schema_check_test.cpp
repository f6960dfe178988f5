// SPDX-License-Identifier: Apache-2.0
#include "connector_fixture.hpp"
#include "expanding_check.hpp"
#include "schema_lint.hpp"
#include "sqlite_memory.hpp"

namespace mortise::database {

// What is found out of migrations before they run: whether they only expand, and whether their schema is as it should
// be.
class SchemaCheckTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SchemaCheckTest);
    CPPUNIT_TEST(expands);
    CPPUNIT_TEST(doesNotExpand);
    CPPUNIT_TEST(builds);
    CPPUNIT_TEST(isNotFooledByNames);
    CPPUNIT_TEST(blamesTheOneThatDoesIt);
    CPPUNIT_TEST(doesNotChangeTheDatabase);
    CPPUNIT_TEST(copiesWholeSchemas);
    CPPUNIT_TEST(lintsWhatIsGood);
    CPPUNIT_TEST(lintsWhatIsNot);
    CPPUNIT_TEST(lintsKeysOfSeveralColumns);
    CPPUNIT_TEST(lintsNothingBehindAFailure);
    CPPUNIT_TEST(lintsTheOutcome);
    CPPUNIT_TEST(namesTheMaker);
    CPPUNIT_TEST_SUITE_END();

    // Of the second migration on a database that has had the first.
    static std::string notExpandingOf(std::string_view sql, bool incompatible = false, std::uint32_t ran = 0) {
        SqliteMemory database;
        for (const char* statement :
             {"CREATE TABLE users (id CHAR(36) NOT NULL PRIMARY KEY, name TEXT, extra TEXT, \"CHECK\" TEXT CHECK (id "
              "<> ''))",
              "CREATE INDEX users_name ON users (name)", "CREATE VIEW names AS SELECT name FROM users",
              "CREATE TRIGGER kept AFTER DELETE ON users BEGIN SELECT 1; END", "CREATE VIEW ones AS SELECT 1 AS one",
              "CREATE TRIGGER named INSTEAD OF INSERT ON ones BEGIN SELECT 1; END",
              "CREATE VIRTUAL TABLE words USING fts5(word)"})
            database.run(statement);
        const std::vector<Migration> list{{"a", "1-x", "SELECT 1"}, {"a", "2-y", sql, "", "", "", incompatible}};
        const std::vector<DialectMigration> migrations = migrationsOf(list, "sqlite");
        const std::vector<MigrationPlan::Step> pending{{&migrations[1], ran, incompatible}};
        const auto faults = notExpanding(database.handle(), pending);
        if (faults.empty()) return {};
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults[0].index);
        return faults[0].message;
    }

    void expands() {
        for (const char* sql :
             {"CREATE TABLE posts (id TEXT PRIMARY KEY, author CHAR(36) REFERENCES users (id) ON DELETE CASCADE)",
              "CREATE TABLE IF NOT EXISTS users (x)", "CREATE INDEX users_by_id ON users (id, name)",
              "CREATE INDEX users_part ON users (name) WHERE name IS NOT NULL",
              "ALTER TABLE users ADD COLUMN age INTEGER", "ALTER TABLE users ADD age INTEGER NOT NULL DEFAULT 0",
              "ALTER TABLE users ADD COLUMN best CHAR(36) REFERENCES users (id)",
              "ALTER TABLE users ADD COLUMN up TEXT AS (upper(name))", "CREATE TABLE copies AS SELECT * FROM users",
              "ALTER TABLE users ADD COLUMN word TEXT DEFAULT 'check'",
              "CREATE TABLE seen (id TEXT PRIMARY KEY); INSERT INTO seen SELECT id FROM users; UPDATE seen SET id = id",
              "SELECT 1", ""})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(sql, std::string(), notExpandingOf(sql));
    }

    void doesNotExpand() {
        const std::vector<std::pair<const char*, const char*>> cases{
            {"DROP TABLE users", "it drops table 'users'"},
            {"DROP INDEX users_name", "it drops an index of table 'users'"},
            {"ALTER TABLE users DROP COLUMN extra", "it changes or removes columns of table 'users'"},
            {"ALTER TABLE users RENAME COLUMN name TO title", "it changes or removes columns of table 'users'"},
            {"ALTER TABLE users RENAME TO people", "it changes or removes columns of table 'users'"},
            {"ALTER TABLE users ADD COLUMN x INTEGER CHECK (name <> 'bob')", "it adds a CHECK to table 'users'"},
            {"CREATE UNIQUE INDEX one_name ON users (name)", "it adds a unique index to table 'users'"},
            {"INSERT INTO users (id) VALUES ('x')", "it inserts rows into table 'users'"},
            {"UPDATE Users SET name = ''", "it changes rows of table 'users'"},
            {"DELETE FROM users WHERE 0", "it deletes rows of table 'users'"},
            {"CREATE TRIGGER more AFTER INSERT ON users BEGIN SELECT 1; END", "it makes a trigger on table 'users'"},
            {"DROP TRIGGER kept", "it drops a trigger on table 'users'"},
            {"CREATE TEMP TRIGGER more AFTER INSERT ON users BEGIN SELECT 1; END",
             "it makes a trigger on table 'users'"},
            {"REPLACE INTO users (id) VALUES ('x')", "it inserts rows into table 'users'"},
            {"WITH one AS (SELECT 'x' AS id) INSERT INTO users (id) SELECT id FROM one",
             "it inserts rows into table 'users'"},
            {"DROP TABLE words", "it drops table 'words'"},
            {"DROP TRIGGER named", "it drops a trigger on view 'ones'"},
            {"CREATE TRIGGER other INSTEAD OF DELETE ON ones BEGIN SELECT 1; END", "it makes a trigger on view 'ones'"},
            {"ALTER TABLE users ADD COLUMN x TEXT NOT NULL DEFAULT NULL",
             "column 'x', which it adds to table 'users', must have a value and has no default"},
            {"DROP VIEW names", "it makes or drops view 'names'"},
            {"CREATE VIEW other AS SELECT 1", "it makes or drops view 'other'"},
            {"ANALYZE", "it writes statistics anew"},
            {"ALTER TABLE users ADD COLUMN a TEXT; ALTER TABLE users DROP COLUMN extra",
             "it changes or removes columns of table 'users'"},
        };
        for (const auto& [sql, reason] : cases)
            CPPUNIT_ASSERT_EQUAL_MESSAGE(
                sql,
                std::string("migration '2-y' of 'a' needs a restart, since an older generation "
                            "serves on meanwhile: ") +
                    reason,
                notExpandingOf(sql));
        assertContains("it is flagged as incompatible", notExpandingOf("SELECT 1", true));
        assertContains("it is flagged as incompatible", notExpandingOf("SELECT 1; SELECT 2", false, 1)); // half-way
        assertContains("fails on a copy of the schema: ", notExpandingOf("ALTER TABLE missing ADD COLUMN x TEXT"));
        assertContains("use PRAGMA", notExpandingOf("PRAGMA foreign_keys = OFF"));
        assertContains("must have a value and has no default",
                       notExpandingOf("ALTER TABLE users ADD COLUMN x TEXT NOT NULL"));
    }

    // What a migration makes is its own to change.
    void builds() {
        CPPUNIT_ASSERT_EQUAL(
            std::string(), notExpandingOf("CREATE TABLE a (id TEXT PRIMARY KEY); CREATE TABLE b (id TEXT PRIMARY KEY) "
                                          "WITHOUT ROWID; INSERT INTO b SELECT id FROM a; DROP TABLE a; "
                                          "ALTER TABLE b RENAME TO a; CREATE UNIQUE INDEX a_id ON a (id)"));
    }

    void isNotFooledByNames() {
        CPPUNIT_ASSERT_EQUAL(std::string(), notExpandingOf("ALTER TABLE users ADD COLUMN [a CHECK] TEXT /* CHECK */"));
        assertContains("it drops table 'users'", notExpandingOf("DROP /* CREATE */ TABLE \"USERS\""));
    }

    // Not those behind it; and tables by their names in any case.
    void blamesTheOneThatDoesIt() {
        SqliteMemory database;
        database.run("CREATE TABLE Users (id TEXT PRIMARY KEY)");
        const std::vector<Migration> list{{"a", "1-x", "ALTER TABLE users ADD COLUMN y TEXT CHECK (y <> '')"},
                                          {"a", "2-y", "CREATE TABLE other (id TEXT PRIMARY KEY)"},
                                          {"a", "3-z", "DELETE FROM USERS"}};
        const std::vector<DialectMigration> migrations = migrationsOf(list, "sqlite");
        const std::vector<MigrationPlan::Step> pending{{&migrations[0]}, {&migrations[1]}, {&migrations[2]}};
        const auto faults = notExpanding(database.handle(), pending);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, faults.size());
        assertContains("'1-x' of 'a' needs a restart", faults[0].message);
        assertContains("it deletes rows of table 'users'", faults[1].message);
    }

    void doesNotChangeTheDatabase() {
        SqliteMemory database;
        database.run("CREATE TABLE users (id TEXT PRIMARY KEY)");
        const std::vector<Migration> list{{"a", "1-x", "DROP TABLE users"}};
        const std::vector<DialectMigration> migrations = migrationsOf(list, "sqlite");
        const std::vector<MigrationPlan::Step> pending{{&migrations[0], 0, false}};
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, notExpanding(database.handle(), pending).size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, database.rows("SELECT 1 FROM sqlite_master WHERE name = 'users'").size());
    }

    void copiesWholeSchemas() {
        SqliteMemory database;
        for (const char* sql :
             {"CREATE VIEW early AS SELECT * FROM late", "CREATE TABLE late (id INTEGER PRIMARY KEY, t)",
              "CREATE VIRTUAL TABLE words USING fts5(word)", "CREATE INDEX late_t ON late (t)",
              "CREATE TRIGGER tr AFTER INSERT ON late BEGIN DELETE FROM late; END"})
            database.run(sql);
        SqliteMemory copy;
        copy.copySchema(database.handle());
        const char* const all = "SELECT type, name, sql FROM sqlite_master ORDER BY name";
        CPPUNIT_ASSERT(database.rows(all) == copy.rows(all));
    }

    static std::vector<MigrationFault> lint(const std::vector<Migration>& list) {
        SqliteMemory memory;
        const std::vector<DialectMigration> migrations = migrationsOf(list, "sqlite");
        return lintSchema(memory, migrations);
    }
    static std::string lintOf(std::string_view sql) {
        const auto faults = lint({{"a", "1-x", sql}});
        return faults.empty() ? "" : faults.front().message;
    }

    void lintsWhatIsGood() {
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             lintOf("CREATE TABLE a (id CHAR(36) NOT NULL PRIMARY KEY) WITHOUT ROWID; "
                                    "CREATE TABLE b (x INTEGER, y char(36) REFERENCES a, PRIMARY KEY (x)); "
                                    "CREATE TABLE c (x CHAR(36), y INTEGER, PRIMARY KEY (x, y), FOREIGN KEY "
                                    "(x) REFERENCES A (ID)); CREATE VIRTUAL TABLE d USING fts5(word)"));
    }

    void lintsWhatIsNot() {
        assertContains("migration '1-x' of 'a': table 'a' has no primary key", lintOf("CREATE TABLE A (id INTEGER)"));
        assertContains("uses AUTOINCREMENT", lintOf("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)"));
        assertContains("uses AUTO_INCREMENT", lintOf("CREATE TABLE a (id INTEGER AUTO_INCREMENT PRIMARY KEY)"));
        const std::string users = "CREATE TABLE users (id CHAR(36) PRIMARY KEY); ";
        assertContains("column 'u' of table 'b' references 'users.id' and has the type TEXT, not CHAR(36)",
                       lintOf(users + "CREATE TABLE b (id INTEGER PRIMARY KEY, u TEXT REFERENCES users (id))"));
        assertContains("references 'users.id' and has the type CHAR(32), not CHAR(36)",
                       lintOf(users + "CREATE TABLE b (id INTEGER PRIMARY KEY, u CHAR(32) REFERENCES users)"));
        assertContains("references 'missing.id', which no enabled plugin makes",
                       lintOf("CREATE TABLE b (id INTEGER PRIMARY KEY, u TEXT REFERENCES missing (id))"));
        assertContains("references 'users.name', which no enabled plugin makes",
                       lintOf(users + "CREATE TABLE b (id INTEGER PRIMARY KEY, u TEXT REFERENCES users (name))"));
        assertContains("fails on an empty database, in statement 2: ", lintOf("SELECT 1; CRATE TABLE x"));
        assertContains("use PRAGMA", lintOf("PRAGMA user_version = 2"));
    }

    void lintsKeysOfSeveralColumns() {
        const std::string parent = "CREATE TABLE p (b INTEGER, a TEXT, PRIMARY KEY (a, b)); ";
        CPPUNIT_ASSERT_EQUAL(std::string(), lintOf(parent + "CREATE TABLE c (x TEXT, y INTEGER, PRIMARY KEY (x, y), "
                                                            "FOREIGN KEY (x, y) REFERENCES p)"));
        assertContains("column 'y' of table 'c' references 'p.a' and has the type INTEGER, not TEXT",
                       lintOf(parent + "CREATE TABLE c (x INTEGER, y INTEGER, PRIMARY KEY (x, y), "
                                       "FOREIGN KEY (y, x) REFERENCES p)"));
    }

    // What cannot run is reported alone: the rest may build on it.
    void lintsNothingBehindAFailure() {
        const auto faults = lint({{"a", "1-x", "CREATE TABLE a (id INTEGER)"},
                                  {"a", "2-y", "CRATE TABLE b"},
                                  {"b", "1-z", "INSERT INTO b VALUES (1)"}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults[0].index);
    }

    // A fault that a later migration mends is none.
    void lintsTheOutcome() {
        CPPUNIT_ASSERT(lint({{"a", "1-x", "CREATE TABLE a (id INTEGER)"},
                             {"a", "2-y", "DROP TABLE a; CREATE TABLE a (id INTEGER PRIMARY KEY)"}})
                           .empty());
    }

    void namesTheMaker() {
        const auto faults = lint({{"a", "1-x", "CREATE TABLE a (id INTEGER PRIMARY KEY)"},
                                  {"b", "1-y", "CREATE TABLE b (id INTEGER)"},
                                  {"b", "2-z", "CREATE TABLE c (id INTEGER)"}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, faults.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults[0].index);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, faults[1].index);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SchemaCheckTest);

} // namespace mortise::database
