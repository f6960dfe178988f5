// SPDX-License-Identifier: Apache-2.0
#include "driver_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cmath>
#include <limits>

namespace mortise::mariadb {

class ValuesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ValuesTest);
    CPPUNIT_TEST(testEveryKindGoesRound);
    CPPUNIT_TEST(testTextsGoRound);
    CPPUNIT_TEST(testLongOnesGoRound);
    CPPUNIT_TEST(testIntegers);
    CPPUNIT_TEST(testOtherColumns);
    CPPUNIT_TEST(testValuesWithoutAKind);
    CPPUNIT_TEST(testWrongParameters);
    CPPUNIT_TEST(testAffectedRows);
    CPPUNIT_TEST(testReturning);
    CPPUNIT_TEST(testFewerRowsWanted);
    CPPUNIT_TEST(testTextProtocol);
    CPPUNIT_TEST(testProcedures);
    CPPUNIT_TEST(testChangedTable);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        session_ = std::make_unique<Session>(bySocket(), soon());
        run(*session_, "SET time_zone = '+00:00'");
    }
    void tearDown() override { session_.reset(); }

    void testEveryKindGoesRound() {
        run(*session_,
            "CREATE TEMPORARY TABLE kinds (id BINARY(16) PRIMARY KEY, i BIGINT, d DOUBLE, t TEXT CHARACTER SET "
            "utf8mb4, b BLOB, m DECIMAL(65,30), at DATETIME(3), ts TIMESTAMP(3) NULL)");
        const std::vector<Kept> values{Kept::of("0192f0a7-beef-7000-8fff-0123456789ab", MORTISE_SQL_UUID),
                                       Kept::of(std::int64_t{-42}),
                                       Kept::of(-0.1),
                                       Kept::of("text"),
                                       Kept::of(std::string("b\0\xff\xfe", 4), MORTISE_SQL_BLOB),
                                       Kept::of("-12.500000000000000000000000000000", MORTISE_SQL_DECIMAL),
                                       Kept::of(std::int64_t{1709168523999}, MORTISE_SQL_DATE_TIME),
                                       Kept::of(std::int64_t{1709168523001}, MORTISE_SQL_DATE_TIME)};
        Statement insert(*session_, "INSERT INTO kinds VALUES (?,?,?,?,?,?,?,?)", soon());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, execute(insert, values));
        std::vector<Kept> second(values.size());
        second[0] = Kept::of("00000000-0000-0000-0000-000000000000", MORTISE_SQL_UUID);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, execute(insert, second));

        const std::vector<KeptRow> rows = query(*session_, "SELECT * FROM kinds WHERE id = ?", {values[0]});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, rows.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            CPPUNIT_ASSERT_MESSAGE("column " + std::to_string(i), rows[0][i] == values[i]);
        CPPUNIT_ASSERT(query(*session_, "SELECT * FROM kinds WHERE id = ?", {second[0]}) ==
                       std::vector<KeptRow>{second});
        // DATETIME is in UTC as it was sent.
        CPPUNIT_ASSERT(query(*session_, "SELECT CAST(at AS CHAR) FROM kinds WHERE i = -42")[0][0] ==
                       Kept::of("2024-02-29 01:02:03.999"));
    }

    void testTextsGoRound() {
        run(*session_, "CREATE TEMPORARY TABLE texts (t VARCHAR(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin)");
        Statement insert(*session_, "INSERT INTO texts VALUES (?) RETURNING t", soon());
        for (const std::string& text :
             {std::string(), std::string("\0a\0", 3), std::string("trailing "), std::string("\xf0\x9f\x98\x80"),
              std::string("\xc3\x9f"), std::string("SS"), std::string("'\"\\%_\n\r\x1a"), std::string(191, 'x'),
              std::string(250, 'y'), std::string(251, 'z'), std::string(300, 'w')}) {
            KeptRows kept;
            execute(insert, {Kept::of(text)}, kept.sink());
            CPPUNIT_ASSERT_MESSAGE(text, kept.rows == std::vector<KeptRow>{{Kept::of(text)}});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(text, std::size_t{1},
                                         query(*session_, "SELECT 1 FROM texts WHERE t = ?", {Kept::of(text)}).size());
        }
        // A null pointer is an empty text where the kind says that it is one.
        mortise_sql_value empty{};
        empty.kind = MORTISE_SQL_TEXT;
        insert.parameters().set(0, empty);
        KeptRows kept;
        insert.execute(soon(), kept.sink());
        CPPUNIT_ASSERT(kept.rows == std::vector<KeptRow>{{Kept::of("")}});
    }

    void testLongOnesGoRound() {
        run(*session_, "SET GLOBAL max_allowed_packet = 67108864");
        session_ = std::make_unique<Session>(bySocket(), soon());
        run(*session_, "CREATE TEMPORARY TABLE blobs (b LONGBLOB, t LONGTEXT CHARACTER SET utf8mb4)");
        std::string blob(10'000'000, '\0');
        for (std::size_t i = 0; i < blob.size(); ++i) blob[i] = static_cast<char>(i * 31 >> 3);
        const std::vector<Kept> values{Kept::of(blob, MORTISE_SQL_BLOB), Kept::of(std::string(70'000, 't'))};
        query(*session_, "INSERT INTO blobs VALUES (?, ?)", values);
        CPPUNIT_ASSERT(query(*session_, "SELECT * FROM blobs") == std::vector<KeptRow>{values});
        const std::string longer(17'000'000, 'l'); // more than one packet of the protocol
        CPPUNIT_ASSERT(query(*session_, "SELECT ?", {Kept::of(longer)})[0][0].text == longer);
    }

    void testIntegers() {
        run(*session_,
            "CREATE TEMPORARY TABLE numbers (a TINYINT, b TINYINT UNSIGNED, c SMALLINT, d SMALLINT UNSIGNED, e "
            "MEDIUMINT, f MEDIUMINT UNSIGNED, g INT, h INT UNSIGNED, i BIGINT, j BIGINT UNSIGNED, k YEAR, l FLOAT)");
        run(*session_, "INSERT INTO numbers VALUES (-128,255,-32768,65535,-8388608,16777215,-2147483648,4294967295,"
                       "-9223372036854775808,9223372036854775807,2155,0.5),(1,1,1,1,1,1,1,1,1,1,2001,1)");
        const std::vector<KeptRow> rows = query(*session_, "SELECT * FROM numbers");
        const std::int64_t first[] = {-128,        255,        -32768,    65535,     -8388608, 16777215,
                                      -2147483648, 4294967295, INT64_MIN, INT64_MAX, 2155};
        for (std::size_t i = 0; i < std::size(first); ++i)
            CPPUNIT_ASSERT_MESSAGE("column " + std::to_string(i), rows[0][i] == Kept::of(first[i]));
        CPPUNIT_ASSERT(rows[0][11] == Kept::of(0.5));
        for (std::size_t i = 0; i < 10; ++i) CPPUNIT_ASSERT(rows[1][i] == Kept::of(std::int64_t{1}));
    }

    void testOtherColumns() {
        const KeptRow row =
            query(*session_, "SELECT NULL, DATE'2024-02-29', TIME'-12:00:01.50', b'101', CAST('e' AS CHAR), "
                             "JSON_OBJECT('a', 1), UNHEX(REPEAT('41', 16)), CAST('2024-02-29 00:00:00' AS DATETIME), "
                             "1.50, COUNT(*), SUM(1), MAX(CAST(UNHEX(REPEAT('41', 16)) AS BINARY(16))) FROM DUAL")[0];
        CPPUNIT_ASSERT(row[0] == Kept());
        CPPUNIT_ASSERT(row[1] == Kept::of("2024-02-29"));
        CPPUNIT_ASSERT(row[2] == Kept::of("-12:00:01.50"));
        CPPUNIT_ASSERT(row[3].kind == MORTISE_SQL_BLOB || row[3].kind == MORTISE_SQL_INTEGER);
        CPPUNIT_ASSERT(row[4] == Kept::of("e"));
        CPPUNIT_ASSERT(row[5] == Kept::of("{\"a\": 1}"));
        CPPUNIT_ASSERT(row[6] == Kept::of(std::string(16, 'A'), MORTISE_SQL_BLOB)); // it is VARBINARY
        CPPUNIT_ASSERT(row[7] == Kept::of(std::int64_t{1709164800000}, MORTISE_SQL_DATE_TIME));
        CPPUNIT_ASSERT(row[8] == Kept::of("1.50", MORTISE_SQL_DECIMAL));
        CPPUNIT_ASSERT(row[9] == Kept::of(std::int64_t{1}));
        CPPUNIT_ASSERT(row[10] == Kept::of("1", MORTISE_SQL_DECIMAL));
    }

    // The session can be used again, and the same statement, too.
    void testValuesWithoutAKind() {
        Statement big(*session_, "SELECT CAST(? AS UNSIGNED) AS big, seq FROM seq_1_to_3", soon());
        const DriverError error = errorOf([&] {
            KeptRows kept;
            execute(big, {Kept::of("18446744073709551615", MORTISE_SQL_DECIMAL)}, kept.sink());
        });
        CPPUNIT_ASSERT(!error.lost());
        CPPUNIT_ASSERT_EQUAL(std::string("22003"), error.state());
        CPPUNIT_ASSERT_EQUAL(std::string("column 'big' holds 18446744073709551615, past an integer"),
                             std::string(error.what()));
        KeptRows kept;
        execute(big, {Kept::of(std::int64_t{5})}, kept.sink());
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, kept.rows.size());
        CPPUNIT_ASSERT(kept.rows[2] == (KeptRow{Kept::of(std::int64_t{5}), Kept::of(std::int64_t{3})}));

        run(*session_, "SET sql_mode = ''");
        run(*session_, "CREATE TEMPORARY TABLE dates (at DATETIME(3))");
        run(*session_, "INSERT INTO dates VALUES ('0000-00-00')");
        CPPUNIT_ASSERT_EQUAL(std::string("22007"), errorOf([&] { query(*session_, "SELECT at FROM dates"); }).state());
        CPPUNIT_ASSERT(session_->alive());
    }

    void testWrongParameters() {
        Statement statement(*session_, "SELECT ?", soon());
        const auto refuses = [&](const Kept& value) {
            CPPUNIT_ASSERT_THROW_MESSAGE(value.text, execute(statement, {value}), InvalidCall);
        };
        refuses({99, 0, 0, "unknown kind"});
        refuses(Kept::of("no uuid", MORTISE_SQL_UUID));
        refuses(Kept::of("1e5", MORTISE_SQL_DECIMAL));
        refuses(Kept::of(std::numeric_limits<std::int64_t>::max(), MORTISE_SQL_DATE_TIME));
        refuses(Kept::of(std::nan("")));
        refuses(Kept::of(std::numeric_limits<double>::infinity()));
        CPPUNIT_ASSERT(session_->alive());
    }

    void testAffectedRows() {
        run(*session_, "CREATE TEMPORARY TABLE counted (id INT PRIMARY KEY, n INT)");
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{3},
                             session_->run("INSERT INTO counted VALUES (1,1),(2,1),(3,1)", soon(), {}));
        Statement update(*session_, "UPDATE counted SET n = ? WHERE id < ?", soon());
        // What is matched counts, changed or not.
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, execute(update, {Kept::of(std::int64_t{1}), Kept::of(std::int64_t{3})}));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, execute(update, {Kept::of(std::int64_t{1}), Kept::of(std::int64_t{0})}));
        Statement unique(*session_, "INSERT INTO counted VALUES (1, 5)", soon());
        const DriverError error = errorOf([&] { execute(unique, {}); });
        CPPUNIT_ASSERT_EQUAL(1062u, error.code());
        CPPUNIT_ASSERT_EQUAL(std::string("23000"), error.state());
        CPPUNIT_ASSERT(!error.lost());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, session_->run("DELETE FROM counted", soon(), {}));
    }

    void testReturning() {
        run(*session_, "CREATE TEMPORARY TABLE kept (id INT PRIMARY KEY, n INT)");
        Statement insert(*session_, "INSERT INTO kept VALUES (1, ?), (2, ?) RETURNING id, n", soon());
        KeptRows inserted;
        const Kept one = Kept::of(std::int64_t{1});
        const Kept two = Kept::of(std::int64_t{2});
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, execute(insert, {two, one}, inserted.sink()));
        CPPUNIT_ASSERT(inserted.rows == (std::vector<KeptRow>{{one, two}, {two, one}}));
        KeptRows removed(1);
        Statement remove(*session_, "DELETE FROM kept RETURNING id", soon());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, execute(remove, {}, removed.sink()));
        CPPUNIT_ASSERT(removed.rows == (std::vector<KeptRow>{{one}}));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, execute(remove, {}));
    }

    void testFewerRowsWanted() {
        Statement statement(*session_, "SELECT seq, REPEAT('x', 100) FROM seq_1_to_10000", soon());
        KeptRows kept(3);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10000}, execute(statement, {}, kept.sink()));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, kept.rows.size());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{10000}, execute(statement, {}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, query(*session_, "SELECT 1").size());
    }

    void testTextProtocol() {
        KeptRows kept;
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, session_->run("SELECT 1, NULL, 'a\\0b', ''", soon(), kept.sink()));
        CPPUNIT_ASSERT(kept.rows ==
                       (std::vector<KeptRow>{{Kept::of("1"), Kept(), Kept::of(std::string("a\0b", 3)), Kept::of("")}}));
        const DriverError error = errorOf([&] { run(*session_, "SELECT 1; SELECT 2"); });
        CPPUNIT_ASSERT_EQUAL(1064u, error.code());
        CPPUNIT_ASSERT(!error.lost());
        KeptRows few(2);
        session_->run("SELECT seq FROM seq_1_to_1000", soon(), few.sink());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, few.rows.size());
        // The file is not the server's to ask for.
        run(*session_, "CREATE TEMPORARY TABLE read_lines (l TEXT)");
        CPPUNIT_ASSERT_THROW(run(*session_, "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE read_lines"), DriverError);
    }

    void testProcedures() {
        run(*session_, "CREATE OR REPLACE PROCEDURE two() BEGIN SELECT 1; SELECT 2, 3; END");
        CPPUNIT_ASSERT(query(*session_, "CALL two()") == (std::vector<KeptRow>{{Kept::of(std::int64_t{1})}}));
        session_->run("CALL two()", soon(), {});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, query(*session_, "SELECT 1").size());
        run(*session_, "DROP PROCEDURE two");
    }

    void testChangedTable() {
        run(*session_, "CREATE OR REPLACE TABLE changing (a INT)");
        run(*session_, "INSERT INTO changing VALUES (1)");
        Statement named(*session_, "SELECT a FROM changing", soon());
        KeptRows before;
        execute(named, {}, before.sink());
        Session(bySocket(), soon()).run("ALTER TABLE changing MODIFY a VARCHAR(20), ADD b INT", soon(), {});
        KeptRows after;
        execute(named, {}, after.sink());
        CPPUNIT_ASSERT(after.rows == (std::vector<KeptRow>{{Kept::of("1")}}));
        run(*session_, "DROP TABLE changing");
    }

private:
    std::unique_ptr<Session> session_;
};
CPPUNIT_TEST_SUITE_REGISTRATION(ValuesTest);

} // namespace mortise::mariadb
