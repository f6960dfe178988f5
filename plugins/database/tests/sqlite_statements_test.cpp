// SPDX-License-Identifier: Apache-2.0
#include "connector_fixture.hpp"

#include <limits>

namespace mortise::database {

// Statements, what they take and what they come to.
class SqliteStatementsTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(SqliteStatementsTest);
    CPPUNIT_TEST(refusesBadStatements);
    CPPUNIT_TEST(boundsTheNumberOfStatements);
    CPPUNIT_TEST(sharesEqualStatements);
    CPPUNIT_TEST(holdsDeclarationsToTheirTexts);
    CPPUNIT_TEST(carriesEveryKindOfValue);
    CPPUNIT_TEST(tellsHowManyRowsAWriteMatched);
    CPPUNIT_TEST(tellsUniqueConflictsApart);
    CPPUNIT_TEST(enforcesForeignKeys);
    CPPUNIT_TEST(followsASchemaThatGrows);
    CPPUNIT_TEST_SUITE_END();

    void refusesBadStatements() {
        SqliteConnector& connector = open();
        assertContains("syntax error", failure([&] { connector.statement(sql("SELEC 1")); }).what());
        assertContains("no such table", failure([&] { connector.statement(sql("SELECT * FROM missing")); }).what());
        assertKind(Kind::invalid, failure([&] { connector.statement(sql("")); }));
        assertKind(Kind::invalid, failure([&] { connector.statement(sql(" ; -- nothing")); }));
        assertKind(Kind::invalid, failure([&] { connector.statement(sql("SELECT 1; SELECT 2")); }));
        connector.statement(sql("SELECT 1; "));
        for (const char* wrong :
             {"BEGIN", "COMMIT", "SAVEPOINT x", "PRAGMA query_only = OFF", "ATTACH ':memory:' AS x"})
            assertContains("may not begin or end a transaction",
                           failure([&] { connector.statement(sql(wrong)); }).what());
    }

    void boundsTheNumberOfStatements() {
        options_.statements = 3;
        SqliteConnector& connector = open();
        const std::uint32_t last = connector.statement(sql("SELECT 1"));
        assertContains("more than 3 different statements",
                       failure([&] { connector.statement(sql("SELECT 2")); }).what());
        CPPUNIT_ASSERT_EQUAL(last, connector.statement(sql("SELECT 1")));
    }

    void sharesEqualStatements() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT_EQUAL(count_, connector.statement(sql("SELECT count(*) FROM numbers")));
        CPPUNIT_ASSERT(count_ != connector.statement(sql("SELECT count(*)  FROM numbers")));
    }

    void holdsDeclarationsToTheirTexts() {
        SqliteConnector& connector = open();
        const auto declared = [&](std::string_view text, std::size_t parameters, std::size_t columns,
                                  bool forUpdate = false) {
            return connector.statement({"", text, StatementText::Counts{parameters, columns}, forUpdate});
        };
        const std::string_view select = "SELECT value, word FROM numbers WHERE value = ?";
        const std::string_view write = "DELETE FROM numbers WHERE value = ?";
        CPPUNIT_ASSERT_EQUAL(declared(select, 1, 2), declared(select, 1, 2, true));
        declared(write, 1, 0);
        for (int i = 0; i < 2; ++i) { // the same for a text that is known
            const DatabaseError parameters = failure([&] { declared(select, 2, 2); });
            assertKind(Kind::invalid, parameters);
            assertContains("takes 1 parameters, but is declared with 2", parameters.what());
            const DatabaseError columns = failure([&] { declared(select, 1, 3); });
            assertKind(Kind::invalid, columns);
            assertContains("gives 2 columns, but is declared with 3", columns.what());
            const DatabaseError locks = failure([&] { declared(write, 1, 0, true); });
            assertKind(Kind::invalid, locks);
            assertContains("only a SELECT can lock", locks.what());
        }
    }

    void carriesEveryKindOfValue() {
        SqliteConnector& connector = open();
        const std::uint32_t echo = connector.statement(sql("SELECT ?, ?, ?, ?, ?, ?, ?"));
        const std::string_view bytes("\0\xff", 2);
        const std::vector<SqlValue> sent{{},
                                         integer(std::numeric_limits<std::int64_t>::min()),
                                         {SqlKind::number, 0, -0.25, {}},
                                         text("zwölf"),
                                         text({}),
                                         {SqlKind::blob, 0, 0, bytes},
                                         {SqlKind::blob, 0, 0, {}}};
        int seen = 0;
        Rows rows([&](std::span<const SqlValue> columns) {
            ++seen;
            CPPUNIT_ASSERT_EQUAL(sent.size(), columns.size());
            for (std::size_t i = 0; i < sent.size(); ++i) {
                CPPUNIT_ASSERT(sent[i].kind == columns[i].kind);
                CPPUNIT_ASSERT_EQUAL(sent[i].integer, columns[i].integer);
                CPPUNIT_ASSERT_EQUAL(sent[i].number, columns[i].number);
                CPPUNIT_ASSERT(sent[i].text == columns[i].text);
            }
            return true;
        });
        connector.read(echo, sent, &rows);
        CPPUNIT_ASSERT_EQUAL(1, seen);
        std::vector<SqlValue> unknown = sent;
        unknown[0].kind = static_cast<SqlKind>(9);
        failure([&] { connector.read(echo, unknown, &rows); });
    }

    void tellsHowManyRowsAWriteMatched() {
        SqliteConnector& connector = open();
        const Migration both[] = {schema,
                                  {"tests", "0002-copies",
                                   "CREATE TABLE copies (value INTEGER PRIMARY KEY); CREATE TRIGGER copy AFTER UPDATE "
                                   "ON numbers BEGIN INSERT INTO copies SELECT NULL FROM numbers; END;"}};
        migrate(connector, both);
        for (int i = 0; i < 5; ++i) CPPUNIT_ASSERT(insert(connector, i));
        const auto matched = [&](const char* text) {
            std::uint64_t count = 77;
            transact(connector, [&, number = connector.statement(sql(text))](Transaction& transaction) {
                Rows rows([](std::span<const SqlValue>) { return true; });
                count = transaction.execute(number, {}, &rows);
                return true;
            });
            return count;
        };
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{3},
                             matched("UPDATE numbers SET word = word WHERE value < 3")); // no trigger's
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, matched("UPDATE numbers SET word = 'x' WHERE value > 10"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, matched("SELECT * FROM numbers"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2},
                             matched("UPDATE numbers SET word = 'y' WHERE value < 2 RETURNING value"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, matched("INSERT INTO numbers VALUES (1, 'x') ON CONFLICT DO NOTHING"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{4}, matched("DELETE FROM numbers WHERE value > 0"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, matched("CREATE TABLE empty (value INTEGER PRIMARY KEY)"));
    }

    void tellsUniqueConflictsApart() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, 1));
        assertKind(Kind::unique, failure([&] { insert(connector, 1); }));
        assertKind(Kind::notNull, failure([&] {
                       transact(connector, [&](Transaction& transaction) {
                           const std::vector<SqlValue> parameters{{}, {}};
                           transaction.execute(insert_, parameters, nullptr); // NOT NULL
                           return true;
                       });
                   }));
        // A body may go on after a conflict.
        CPPUNIT_ASSERT(transact(connector, [&](Transaction& transaction) {
            const std::vector<SqlValue> old{integer(1), {}};
            const std::vector<SqlValue> fresh{integer(2), {}};
            assertKind(Kind::unique, failure([&] { transaction.execute(insert_, old, nullptr); }));
            return transaction.execute(insert_, fresh, nullptr) == 1;
        }));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, readInteger(connector, count_));
    }

    void enforcesForeignKeys() {
        SqliteConnector& connector = open();
        const Migration child{"tests", "0002-child", "CREATE TABLE child (parent INTEGER REFERENCES numbers (value))"};
        const Migration both[] = {schema, child};
        migrate(connector, both);
        const std::uint32_t statement = connector.statement(sql("INSERT INTO child VALUES (?)"));
        const std::vector<SqlValue> orphan{integer(5)};
        const DatabaseError error = failure([&] {
            transact(connector,
                     [&](Transaction& transaction) { return transaction.execute(statement, orphan, nullptr) == 1; });
        });
        assertKind(Kind::foreignKey, error);
        assertContains("FOREIGN KEY", error.what());
    }

    void followsASchemaThatGrows() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, 1));
        const std::uint32_t all = connector.statement(sql("SELECT * FROM numbers"));
        const auto columns = [&] {
            std::size_t count = 0;
            Rows rows([&](std::span<const SqlValue> row) {
                count = row.size();
                return true;
            });
            connector.read(all, {}, &rows);
            return count;
        };
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, columns());
        const Migration both[] = {schema,
                                  {"tests", "0002-more", "ALTER TABLE numbers ADD COLUMN more TEXT DEFAULT 'x'"}};
        migrate(connector, both);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, columns());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqliteStatementsTest);

} // namespace mortise::database
