// SPDX-License-Identifier: Apache-2.0
// What a broken rule is called, by real failures.
#include "connector_fixture.hpp"

namespace mortise::database {

class SqliteConstraintsTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(SqliteConstraintsTest);
    CPPUNIT_TEST(namesUniqueKeys);
    CPPUNIT_TEST(namesOtherRules);
    CPPUNIT_TEST(namesForeignKeysOfRowsThatRefer);
    CPPUNIT_TEST(namesForeignKeysOfRowsReferredTo);
    CPPUNIT_TEST(namesOneForeignKeyOfSeveral);
    CPPUNIT_TEST(namesNoneWithoutACulprit);
    CPPUNIT_TEST(leavesNothingBehind);
    CPPUNIT_TEST_SUITE_END();

public:
    void namesUniqueKeys() {
        schemaOf(
            "CREATE TABLE users (id TEXT CONSTRAINT users_pk PRIMARY KEY, Email TEXT, low TEXT UNIQUE, a INT, b INT, "
            "c INT, nick TEXT, CONSTRAINT users_email UNIQUE (EMAIL), UNIQUE (a, c)) WITHOUT ROWID;"
            "CREATE UNIQUE INDEX users_a_b ON users (a, b);"
            "CREATE UNIQUE INDEX users_lower ON users (lower(nick));"
            "CREATE TABLE \"users.a\" (id INTEGER PRIMARY KEY, b INT UNIQUE);"
            "INSERT INTO users VALUES ('1', 'E', 'l', 1, 2, 3, 'N');"
            "INSERT INTO \"users.a\" VALUES (1, 2)");
        const auto named = [&](std::string_view text) {
            const DatabaseError error = broken(text);
            assertKind(Kind::unique, error);
            return error.name();
        };
        CPPUNIT_ASSERT_EQUAL(std::string("users_pk"), named("INSERT INTO users (id) VALUES ('1')"));
        CPPUNIT_ASSERT_EQUAL(std::string("users_email"), named("INSERT INTO users (id, Email) VALUES ('2', 'E')"));
        CPPUNIT_ASSERT_EQUAL(std::string("users.low"), named("INSERT INTO users (id, low) VALUES ('2', 'l')"));
        CPPUNIT_ASSERT_EQUAL(std::string("users_a_b"), named("INSERT INTO users (id, a, b) VALUES ('2', 1, 2)"));
        CPPUNIT_ASSERT_EQUAL(std::string("users.a, users.c"), named("INSERT INTO users (id, a, c) VALUES ('2', 1, 3)"));
        CPPUNIT_ASSERT_EQUAL(std::string("users_lower"), named("INSERT INTO users (id, nick) VALUES ('2', 'n')"));
        CPPUNIT_ASSERT_EQUAL(std::string("users.a.id"), named("INSERT INTO \"users.a\" VALUES (1, 3)"));
        CPPUNIT_ASSERT_EQUAL(std::string("users.a.b"), named("INSERT INTO \"users.a\" VALUES (2, 2)"));
    }
    void namesOtherRules() {
        schemaOf("CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL, "
                 "stars INT CONSTRAINT posts_stars CHECK (stars < 6), views INT CHECK (views >= 0))");
        const DatabaseError missing = broken("INSERT INTO posts (id) VALUES (1)");
        assertKind(Kind::notNull, missing);
        CPPUNIT_ASSERT_EQUAL(std::string("posts.title"), missing.name());
        const DatabaseError stars = broken("INSERT INTO posts (title, stars) VALUES ('t', 7)");
        assertKind(Kind::check, stars);
        CPPUNIT_ASSERT_EQUAL(std::string("posts_stars"), stars.name());
        const DatabaseError views = broken("INSERT INTO posts (title, views) VALUES ('t', -1)");
        assertKind(Kind::check, views);
        CPPUNIT_ASSERT_EQUAL(std::string(), views.name()); // SQLite says the rule's text
        assertKind(Kind::tooLong, broken("INSERT INTO posts (title) VALUES (zeroblob(1000000001))"));
    }

    void namesForeignKeysOfRowsThatRefer() {
        schemaOf(family);
        CPPUNIT_ASSERT_EQUAL(std::string("posts_author"),
                             broke("INSERT INTO posts (author, editor) VALUES ('x', 'eve')"));
        CPPUNIT_ASSERT_EQUAL(std::string("posts_editor"),
                             broke("INSERT INTO posts (author, editor) VALUES ('ada', 'x')"));
        CPPUNIT_ASSERT_EQUAL(std::string("posts_editor"), broke("UPDATE posts SET editor = 'x'"));
        CPPUNIT_ASSERT_EQUAL(std::string("posts_answers"), broke("UPDATE posts SET answers = 9"));
        CPPUNIT_ASSERT_EQUAL(std::string("notes_place"), broke("INSERT INTO notes VALUES (1, 3)"));
        CPPUNIT_ASSERT_EQUAL(std::string(), broke("INSERT INTO notes VALUES (1, NULL)")); // refers to nothing: stored
    }
    void namesForeignKeysOfRowsReferredTo() {
        schemaOf(family);
        CPPUNIT_ASSERT_EQUAL(std::string("posts_author"), broke("DELETE FROM people WHERE id = 'ada'"));
        CPPUNIT_ASSERT_EQUAL(std::string("posts_editor"), broke("DELETE FROM people WHERE id = 'eve'"));
        CPPUNIT_ASSERT_EQUAL(std::string("posts_author"), broke("UPDATE people SET id = 'other' WHERE id = 'ada'"));
        CPPUNIT_ASSERT_EQUAL(std::string("cars_owner"), broke("DELETE FROM people WHERE id = 'bob'")); // RESTRICT
        // By the action of a key: the city goes, and with it a place that a note refers to.
        CPPUNIT_ASSERT_EQUAL(std::string("notes_place"), broke("DELETE FROM cities"));
    }
    void namesOneForeignKeyOfSeveral() {
        schemaOf(family);
        // The first row that breaks one says which.
        CPPUNIT_ASSERT_EQUAL(
            std::string("posts_editor"),
            broke("INSERT INTO posts (author, editor) VALUES ('ada', 'eve'), ('ada', 'x'), ('x', 'eve')"));
        CPPUNIT_ASSERT_EQUAL(std::string("posts_author"),
                             broke("INSERT INTO posts (author, editor) VALUES ('x', 'x')"));
    }
    void namesNoneWithoutACulprit() {
        schemaOf(family);
        CPPUNIT_ASSERT_EQUAL(std::string(), broke("INSERT INTO pets VALUES ('x')")); // the key has no name
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             broke("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                                   "i < 100) INSERT INTO posts (author, editor) SELECT iif(i = 90, 'x', "
                                   "'ada'), 'eve' FROM n")); // it is not looked at
        // Checked at COMMIT only: the transaction fails alone, whoever shares it.
        const DatabaseError late = broken("INSERT INTO late VALUES ('x')");
        assertKind(Kind::foreignKey, late);
        CPPUNIT_ASSERT_EQUAL(std::string(), late.name());
    }
    // The statement runs once more, and what that did is undone; the transaction goes on.
    void leavesNothingBehind() {
        schemaOf(family);
        const std::uint32_t wrong =
            connector_->statement(sql("INSERT INTO posts (author, editor) VALUES ('ada', 'x')"));
        const std::uint32_t right =
            connector_->statement(sql("INSERT INTO posts (author, editor) VALUES ('ada', 'eve')"));
        const std::uint32_t late = connector_->statement(sql("INSERT INTO late VALUES ('soon')"));
        const std::uint32_t soon = connector_->statement(sql("INSERT INTO people VALUES ('soon')"));
        CPPUNIT_ASSERT(transact(*connector_, [&](Transaction& transaction) {
            transaction.execute(late, {}, nullptr); // broken until COMMIT
            for (int i = 0; i < 2; ++i) {
                const DatabaseError error = failure([&] { transaction.execute(wrong, {}, nullptr); });
                CPPUNIT_ASSERT_EQUAL(std::string("posts_editor"), error.name());
                // Keys are checked at once again.
                CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, transaction.execute(right, {}, nullptr));
            }
            return transaction.execute(soon, {}, nullptr) == 1;
        }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3},
                             readInteger(*connector_, connector_->statement(sql("SELECT count(*) FROM posts"))));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3},
                             readInteger(*connector_, connector_->statement(sql("SELECT count(*) FROM seen"))));
    }

private:
    static constexpr std::string_view family =
        "CREATE TABLE people (id TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;"
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, author TEXT NOT NULL CONSTRAINT posts_author REFERENCES people, "
        "editor TEXT, answers INT, CONSTRAINT posts_editor FOREIGN KEY (editor) REFERENCES people (id), "
        "CONSTRAINT posts_answers FOREIGN KEY (answers) REFERENCES posts (id));"
        "CREATE TABLE cities (name TEXT NOT NULL PRIMARY KEY);"
        "CREATE TABLE places (x INT, y INT, city TEXT REFERENCES cities (name) ON DELETE CASCADE, PRIMARY KEY (x, y));"
        "CREATE TABLE notes (x INT, y INT, CONSTRAINT notes_place FOREIGN KEY (x, y) REFERENCES places);"
        "CREATE TABLE cars (owner TEXT CONSTRAINT cars_owner REFERENCES people ON DELETE RESTRICT);"
        "CREATE TABLE pets (owner TEXT REFERENCES people);"
        "CREATE TABLE late (owner TEXT CONSTRAINT late_owner REFERENCES people DEFERRABLE INITIALLY DEFERRED);"
        "CREATE TABLE seen (post INT);"
        "CREATE TRIGGER posts_seen AFTER INSERT ON posts BEGIN INSERT INTO seen VALUES (new.id); END;"
        "INSERT INTO people VALUES ('ada'), ('eve'), ('bob');"
        "INSERT INTO posts (author, editor) VALUES ('ada', 'eve');"
        "INSERT INTO cities VALUES ('Bath'); INSERT INTO places VALUES (1, 2, 'Bath'); INSERT INTO notes VALUES (1, 2);"
        "INSERT INTO cars VALUES ('bob')";

    // The name of the foreign key; empty where nothing is broken, too.
    std::string broke(std::string_view text) {
        const std::uint32_t statement = connector_->statement(sql(text));
        std::string name;
        transact(*connector_, [&](Transaction& transaction) {
            try {
                transaction.execute(statement, {}, nullptr);
            } catch (const DatabaseError& error) {
                assertKind(Kind::foreignKey, error);
                name = error.name();
            }
            return false;
        });
        return name;
    }
    void schemaOf(std::string_view text) {
        connector_ = std::make_unique<SqliteConnector>(options_, loops_);
        const Migration migration{"tests", "0001-test", text};
        migrate(*connector_, std::span(&migration, 1));
        connector_->open();
    }
    DatabaseError broken(std::string_view text) {
        const std::uint32_t statement = connector_->statement(sql(text));
        return failure([&] {
            transact(*connector_, [&](Transaction& transaction) {
                transaction.execute(statement, {}, nullptr);
                return true;
            });
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqliteConstraintsTest);

} // namespace mortise::database
