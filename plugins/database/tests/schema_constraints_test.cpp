// SPDX-License-Identifier: Apache-2.0
#include "database_plugin_fixture.hpp"
#include "mariadb_schema.hpp"
#include "sqlite_constraint_check.hpp"
#include "sqlite_memory.hpp"

#include <sqlite3.h>

namespace mortise::database {

// What plugins declare of their tables, against what the schema has.
class SchemaConstraintsTest : public DatabasePluginFixture {
    CPPUNIT_TEST_SUITE(SchemaConstraintsTest);
    CPPUNIT_TEST(areFound);
    CPPUNIT_TEST(areMissed);
    CPPUNIT_TEST(areNotOfAMissingTable);
    CPPUNIT_TEST(sayWhatElseIsUnique);
    CPPUNIT_TEST(sayWhatColumnsKeep);
    CPPUNIT_TEST(sayWhatColumnsOfMariaDbKeep);
    CPPUNIT_TEST(areComparedByACheck);
    CPPUNIT_TEST(areComparedWithTheDatabase);
    CPPUNIT_TEST(areBesideStatementsOfOneDialect);
    CPPUNIT_TEST_SUITE_END();

    using Kind = RequiredConstraint::Kind;

    static std::vector<std::string> faults(const std::vector<RequiredConstraint>& wanted) {
        SqliteMemory memory;
        for (const char* sql :
             {"CREATE TABLE users (id CHAR(36) NOT NULL PRIMARY KEY, email TEXT, mail TEXT, CONSTRAINT one_email "
              "UNIQUE "
              "(email))",
              "CREATE TABLE posts (number INTEGER PRIMARY KEY, author CHAR(36) REFERENCES users, editor CHAR(36) "
              "REFERENCES users (id), slug TEXT UNIQUE, title TEXT, part INTEGER, gone INTEGER)",
              "CREATE UNIQUE INDEX posts_title ON posts (title, part)",
              "CREATE INDEX posts_author ON posts (author, part)",
              "CREATE UNIQUE INDEX posts_editor ON posts (editor) WHERE NOT gone",
              "CREATE INDEX posts_upper ON posts (upper(slug), gone)",
              "CREATE TABLE parts (a INTEGER, b INTEGER, c TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID",
              "CREATE TABLE pages (x INTEGER PRIMARY KEY, a INTEGER, b INTEGER, FOREIGN KEY (a, b) REFERENCES parts)",
              "CREATE TABLE loose (x INTEGER)",
              "CREATE TABLE kinds (i BIGINT, r DOUBLE, t varchar(9), n DECIMAL(9,2), b BLOB, d DATETIME, o)",
              "CREATE TABLE names (id CHAR(36) PRIMARY KEY, name TEXT UNIQUE)"})
            memory.run(sql);
        std::vector<std::string> all;
        for (const SchemaFault& fault : missingConstraints(memory.handle(), wanted))
            all.push_back(std::to_string(fault.index) + " " + fault.message);
        return all;
    }
    static void assertFault(const std::string& message, const RequiredConstraint& wanted) {
        const std::vector<std::string> found = faults({wanted});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(message, std::size_t{1}, found.size());
        CPPUNIT_ASSERT_EQUAL("0 " + message, found.front());
    }

public:
    void areFound() {
        const std::vector<std::string> found =
            faults({{Kind::primaryKey, "users", "", {"id"}},
                    {Kind::primaryKey, "USERS", "", {"ID"}},
                    {Kind::primaryKey, "posts", "", {"number"}},
                    {Kind::primaryKey, "parts", "", {"b", "a"}},
                    {Kind::unique, "users", "one_email", {"email"}},
                    {Kind::unique, "users", "", {"email"}},
                    {Kind::unique, "users", "", {"id"}},
                    {Kind::unique, "posts", "", {"slug"}},
                    {Kind::unique, "posts", "Posts_Title", {"part", "title"}},
                    {Kind::unique, "posts", "", {"number"}},
                    {Kind::index, "posts", "", {"author"}},
                    {Kind::index, "posts", "", {"author", "part"}},
                    {Kind::index, "posts", "", {"title"}},
                    {Kind::index, "posts", "", {"number"}},
                    {Kind::index, "parts", "", {"a"}},
                    {Kind::foreignKey, "posts", "", {"author"}, "users", {"id"}},
                    {Kind::foreignKey, "posts", "", {"editor"}, "Users", {"Id"}},
                    {Kind::foreignKey, "pages", "", {"a", "b"}, "parts", {"a", "b"}}});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(found.empty() ? "" : found.front(), std::size_t{0}, found.size());
    }

    void areMissed() {
        assertFault("table 'users' is declared with the primary key (email), but the schema has (id)",
                    {Kind::primaryKey, "users", "", {"email"}});
        assertFault("table 'parts' is declared with the primary key (a), but the schema has (a, b)",
                    {Kind::primaryKey, "parts", "", {"a"}});
        assertFault("table 'loose' is declared with the primary key (x), but the schema has none",
                    {Kind::primaryKey, "loose", "", {"x"}});
        assertFault("table 'users' is declared with a unique key of (mail), but the schema has unique keys of (id), "
                    "'one_email' of (email)",
                    {Kind::unique, "users", "", {"mail"}});
        assertFault(
            "table 'users' is declared with a unique key 'users_email' of (email), but the schema has unique keys "
            "of (id), 'one_email' of (email)",
            {Kind::unique, "users", "users_email", {"email"}});
        const std::string keys =
            ", but the schema has unique keys of (number), 'posts_title' of (title, part), of (slug)";
        assertFault("table 'posts' is declared with a unique key of (title)" + keys,
                    {Kind::unique, "posts", "", {"title"}}); // half of one
        assertFault("table 'posts' is declared with a unique key of (title, part, slug)" + keys,
                    {Kind::unique, "posts", "", {"title", "part", "slug"}});
        assertFault("table 'posts' is declared with a unique key of (author, part)" + keys,
                    {Kind::unique, "posts", "", {"author", "part"}}); // an index only
        assertFault("table 'posts' is declared with a unique key of (editor)" + keys,
                    {Kind::unique, "posts", "", {"editor"}}); // of some rows
        assertFault("table 'loose' is declared with a unique key of (x), but the schema has none",
                    {Kind::unique, "loose", "", {"x"}});
        const std::string indexes =
            ", but the schema has indexes of (number), of (<expression>, gone), of (author, part), of (title, "
            "part), of (slug)";
        assertFault("table 'posts' is declared with an index that begins with (part)" + indexes,
                    {Kind::index, "posts", "", {"part"}});
        assertFault("table 'posts' is declared with an index that begins with (part, author)" + indexes,
                    {Kind::index, "posts", "", {"part", "author"}});
        assertFault("table 'posts' is declared with an index that begins with (editor)" + indexes,
                    {Kind::index, "posts", "", {"editor"}});
        const std::string references =
            ", but the schema has foreign keys of (editor) to users (id), of (author) to users "
            "(id)";
        assertFault("table 'posts' is declared with a foreign key of (slug) to users (id)" + references,
                    {Kind::foreignKey, "posts", "", {"slug"}, "users", {"id"}});
        assertFault("table 'posts' is declared with a foreign key of (author) to users (email)" + references,
                    {Kind::foreignKey, "posts", "", {"author"}, "users", {"email"}});
        assertFault("table 'posts' is declared with a foreign key of (author) to parts (id)" + references,
                    {Kind::foreignKey, "posts", "", {"author"}, "parts", {"id"}});
        assertFault(
            "table 'pages' is declared with a foreign key of (a) to parts (a), but the schema has foreign keys of "
            "(a, b) to parts (a, b)",
            {Kind::foreignKey, "pages", "", {"a"}, "parts", {"a"}});
        assertFault("table 'users' is declared with a foreign key of (mail) to posts (slug), but the schema has none",
                    {Kind::foreignKey, "users", "", {"mail"}, "posts", {"slug"}});
    }

    void sayWhatElseIsUnique() {
        const std::vector<std::string> found = faults({{Kind::onlyUnique, "names", "", {"Name"}},
                                                       {Kind::onlyUnique, "parts", "", {"b", "a"}},
                                                       {Kind::onlyUnique, "loose", "", {"x"}}});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(found.empty() ? "" : found.front(), std::size_t{0}, found.size());
        const std::string begin = "table 'posts' is declared with no unique key beside its primary key and that of ";
        assertFault(begin + "(slug), but the schema has unique keys 'posts_title' of (title, part)",
                    {Kind::onlyUnique, "posts", "", {"slug"}});
        assertFault(begin + "(part, title), but the schema has unique keys of (slug)",
                    {Kind::onlyUnique, "posts", "", {"part", "title"}});
        assertFault(begin + "(number), but the schema has unique keys 'posts_title' of (title, part), of (slug)",
                    {Kind::onlyUnique, "posts", "", {"number"}});
    }

    void sayWhatColumnsKeep() {
        const auto kept = [](SqlKind kind, std::vector<std::string_view> columns) {
            return RequiredConstraint{Kind::values, "kinds", "", std::move(columns), {}, {}, kind};
        };
        const std::vector<std::string> found = faults(
            {kept(SqlKind::integer, {"i", "n", "b", "d", "o"}), kept(SqlKind::dateTime, {"i", "n", "b", "d", "o"}),
             kept(SqlKind::number, {"i", "r", "n", "b", "d", "o"}), kept(SqlKind::text, {"T", "b", "o"}),
             kept(SqlKind::decimal, {"t", "b", "o"}), kept(SqlKind::uuid, {"t", "b", "o"}),
             kept(SqlKind::blob, {"i", "r", "t", "n", "b"}), kept(SqlKind::text, {"missing"})});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(found.empty() ? "" : found.front(), std::size_t{0}, found.size());
        const std::string begin = "table 'kinds' is declared with columns of the type ";
        assertFault(begin + "INTEGER, but the schema has columns 'r' of DOUBLE, 't' of varchar(9)",
                    kept(SqlKind::dateTime, {"i", "r", "t"}));
        assertFault(begin + "INTEGER, but the schema has columns 't' of varchar(9)", kept(SqlKind::integer, {"t"}));
        assertFault(begin + "REAL, but the schema has columns 't' of varchar(9)", kept(SqlKind::number, {"t"}));
        for (const SqlKind kind : {SqlKind::text, SqlKind::decimal, SqlKind::uuid})
            assertFault(begin + "TEXT, but the schema has columns 'i' of BIGINT, 'r' of DOUBLE, 'n' of DECIMAL(9,2), "
                                "'d' of DATETIME",
                        kept(kind, {"i", "r", "t", "n", "b", "d", "o"}));
    }

    void sayWhatColumnsOfMariaDbKeep() {
        const std::vector<std::string_view> types{
            "tinyint(1)",   "bigint(20)",    "int(10) unsigned", "double",      "float",       "varchar(100)",
            "mediumtext",   "enum('a','b')", "decimal(20,4)",    "datetime(3)", "datetime(6)", "datetime",
            "timestamp(3)", "binary(16)",    "binary(17)",       "mediumblob",  "uuid",        "varbinary(16)"};
        const auto kept = [&](SqlKind kind) {
            std::string all;
            for (const std::string_view type : types)
                if (mariadbTypeInstead(kind, type).empty()) all.append(all.empty() ? "" : " ").append(type);
            return all;
        };
        CPPUNIT_ASSERT_EQUAL(std::string("tinyint(1) bigint(20) int(10) unsigned"), kept(SqlKind::integer));
        CPPUNIT_ASSERT_EQUAL(std::string("double"), kept(SqlKind::number));
        CPPUNIT_ASSERT_EQUAL(std::string("varchar(100) mediumtext enum('a','b')"), kept(SqlKind::text));
        CPPUNIT_ASSERT_EQUAL(std::string("decimal(20,4)"), kept(SqlKind::decimal));
        CPPUNIT_ASSERT_EQUAL(std::string("datetime(3) datetime(6)"), kept(SqlKind::dateTime));
        CPPUNIT_ASSERT_EQUAL(std::string("binary(16)"), kept(SqlKind::uuid));
        CPPUNIT_ASSERT_EQUAL(std::string("binary(16) binary(17) mediumblob varbinary(16)"), kept(SqlKind::blob));
        CPPUNIT_ASSERT_EQUAL(std::string("DATETIME(3)"),
                             std::string(mariadbTypeInstead(SqlKind::dateTime, "bigint(20)")));
    }

    // One fault says it.
    void areNotOfAMissingTable() {
        const std::vector<std::string> found = faults({{Kind::primaryKey, "users", "", {"id"}},
                                                       {Kind::primaryKey, "missing", "", {"id"}},
                                                       {Kind::unique, "missing", "", {"id"}}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, found.size());
        CPPUNIT_ASSERT_EQUAL(std::string("1 table 'missing' is declared, but the schema has none of that name"),
                             found[0]);
    }

    void areComparedByACheck() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        const std::vector<mortise_migration> migrations{migrationOf("CREATE TABLE things (id INTEGER PRIMARY KEY)")};
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, check(migrations, {constraintOf("id")}));
        CPPUNIT_ASSERT(faults_.empty());
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, check(migrations, {constraintOf("id"), constraintOf("name")}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults_.size());
        CPPUNIT_ASSERT_EQUAL(
            std::string("1 table 'things' is declared with the primary key (name), but the schema has (id)"),
            faults_.front());
    }

    // Whatever the migrations say: somebody changed it since.
    void areComparedWithTheDatabase() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        const std::vector<mortise_migration> migrations{migrationOf(
            "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX things_name ON things (name)")};
        mortise_sql_constraint index = constraintOf("name");
        index.kind = MORTISE_SQL_CONSTRAINT_INDEX;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, migrate(migrations, nullptr, {constraintOf("id"), index}));
        sqlite3* raw = nullptr;
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, sqlite3_open((directory_ + "/data/test.db").c_str(), &raw));
        const std::unique_ptr<sqlite3, CloseConnection> somebody(raw);
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, sqlite3_exec(raw, "DROP INDEX things_name", nullptr, nullptr, nullptr));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, migrate(migrations, nullptr, {constraintOf("id"), index}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults_.size());
        CPPUNIT_ASSERT_EQUAL(std::string("1 table 'things' is declared with an index that begins with (name), but the "
                                         "schema has indexes of (id)"),
                             faults_.front());
    }

    // What is written for another one is of no matter; faults name the place in the whole list.
    void areBesideStatementsOfOneDialect() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        std::vector<mortise_sql_statement> statements{statementOf("DELETE 1"), statementOf("SELECT 1"),
                                                      statementOf("SELEC")};
        statements[0].dialect = MORTISE_SQL_DIALECT_MARIADB;
        statements[1].dialect = MORTISE_SQL_DIALECT_SQLITE;
        mortise_statement_list declared = declaredOf({});
        declared.statements = statements.data();
        declared.statement_count = static_cast<std::uint32_t>(statements.size());
        declared.statement_size = sizeof statements[0];
        declared.fault = &keepFault;
        const mortise_migration_list list = listOf({});
        const auto& migrator = table<mortise_plugin_migrator>(MORTISE_MIGRATOR_EXTENSION);
        for (const bool isKnown : {true, false}) {
            faults_.clear();
            if (!isKnown) statements[2].dialect = 3;
            CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, migrator.check(plugin_.self, &list, &declared, nullptr));
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, faults_.size());
            CPPUNIT_ASSERT_EQUAL(std::string(isKnown ? "2 statement '' (SELEC): near \"SELEC\": syntax error"
                                                     : "2 a statement has the unknown dialect: 3"),
                                 faults_.front());
            CPPUNIT_ASSERT_EQUAL(isKnown ? MORTISE_OK : MORTISE_ERROR,
                                 migrator.migrate(plugin_.self, 0, &list, &declared, nullptr));
        }
    }

private:
    static mortise_migration migrationOf(std::string_view sql) {
        mortise_migration migration{};
        migration.owner = viewOf("tests");
        migration.name = viewOf("0001-test");
        migration.sql = viewOf(sql);
        return migration;
    }
    // A primary key of table things.
    mortise_sql_constraint constraintOf(std::string_view column) {
        mortise_sql_constraint constraint{};
        constraint.kind = MORTISE_SQL_CONSTRAINT_PRIMARY_KEY;
        constraint.table = viewOf("things");
        constraint.column_count = 1;
        constraint.columns = &columns_.emplace_back(viewOf(column));
        return constraint;
    }
    mortise_status check(const std::vector<mortise_migration>& migrations,
                         const std::vector<mortise_sql_constraint>& constraints) {
        faults_.clear();
        const mortise_migration_list list = listOf(migrations);
        const mortise_statement_list declared = declaredOf(constraints);
        return table<mortise_plugin_migrator>(MORTISE_MIGRATOR_EXTENSION)
            .check(plugin_.self, &list, &declared, nullptr);
    }

    std::deque<mortise_view> columns_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SchemaConstraintsTest);

} // namespace mortise::database
