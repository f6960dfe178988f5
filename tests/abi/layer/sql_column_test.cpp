// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/sql_row.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace mortise::test;

namespace {

struct Book {
    std::string title;
    std::int16_t pages = 0;
    std::int64_t copies = 0;
    bool lent = false;
    double weight = 0;
    mortise::DateTime printedAt;
    mortise::Decimal price;
    std::optional<std::string> note;
};
MORTISE_DESCRIBE(Book, field(title).named("bookTitle"), field(pages), field(copies), field(lent), field(weight),
                 field(printedAt), field(price), field(note))

mortise_sql_value null() {
    return {};
}
mortise_sql_value integer(std::int64_t value, std::uint32_t kind = MORTISE_SQL_INTEGER) {
    return {kind, 0, value, 0, {}};
}
mortise_sql_value number(double value) {
    return {MORTISE_SQL_NUMBER, 0, 0, value, {}};
}
mortise_sql_value text(std::string_view value, std::uint32_t kind = MORTISE_SQL_TEXT) {
    return {kind, 0, 0, 0, viewOf(value)};
}

} // namespace

class SqlColumnTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SqlColumnTest);
    CPPUNIT_TEST(takesEveryKindOfColumn);
    CPPUNIT_TEST(nullIsForOptionalMembersOnly);
    CPPUNIT_TEST(refusesOtherKinds);
    CPPUNIT_TEST(refusesWhatAMemberDoesNotHold);
    CPPUNIT_TEST_SUITE_END();

    std::vector<mortise_sql_value> columns_;

public:
    void setUp() override {
        columns_ = {text("Dune"), integer(612),           integer(3),   integer(1),
                    number(0.5),  integer(1700000000000), text("9.99"), null()};
    }
    Book taken() const {
        return mortise::rowAs<Book>(mortise::Row(mortise::SqlValues(
            columns_.data(), static_cast<std::uint32_t>(columns_.size()), sizeof(mortise_sql_value))));
    }
    // What is said of the row with another value in that column.
    std::string refusal(std::size_t column, mortise_sql_value value) {
        setUp();
        columns_[column] = value;
        try {
            taken();
        } catch (const mortise::Error& error) {
            return error.what();
        }
        return "taken";
    }

    void takesEveryKindOfColumn() {
        const Book book = taken();
        CPPUNIT_ASSERT(book.title == "Dune" && book.pages == 612 && book.copies == 3 && book.lent);
        CPPUNIT_ASSERT(book.weight == 0.5 && book.printedAt.unixMilliseconds == 1700000000000);
        CPPUNIT_ASSERT_EQUAL(std::string("9.99"), book.price.text());
        CPPUNIT_ASSERT(!book.note);
        // As another database, or an expression, gives them.
        columns_ = {text("Dune", MORTISE_SQL_UUID),    number(612), number(-9007199254740992),  number(0), integer(2),
                    integer(5, MORTISE_SQL_DATE_TIME), integer(7),  text("x", MORTISE_SQL_BLOB)};
        const Book other = taken();
        CPPUNIT_ASSERT(other.title == "Dune" && other.pages == 612 && other.copies == -9007199254740992);
        CPPUNIT_ASSERT(!other.lent && other.weight == 2 && other.printedAt.unixMilliseconds == 5);
        CPPUNIT_ASSERT(other.price.text() == "7" && other.note == "x");
        columns_[6] = text("1.50", MORTISE_SQL_DECIMAL);
        CPPUNIT_ASSERT_EQUAL(std::string("1.50"), taken().price.text());
    }
    void nullIsForOptionalMembersOnly() {
        const char* const names[] = {"title", "pages", "copies", "lent", "weight", "printedAt", "price"};
        for (std::size_t i = 0; i < 7; ++i)
            CPPUNIT_ASSERT_EQUAL("column " + std::to_string(i + 1) + " (" + names[i] +
                                     ") of a row is NULL, and its member is no std::optional",
                                 refusal(i, null()));
        CPPUNIT_ASSERT_EQUAL(std::string("taken"), refusal(7, text("y")));
    }
    void refusesOtherKinds() {
        for (const std::size_t column : {1u, 2u, 3u, 4u, 5u})
            CPPUNIT_ASSERT(refusal(column, text("12")).find("is no number, and its member is one") !=
                           std::string::npos);
        for (const mortise_sql_value value : {integer(12), number(1.5), integer(12, MORTISE_SQL_DATE_TIME)})
            for (const std::size_t column : {0u, 7u})
                CPPUNIT_ASSERT(refusal(column, value).find("is a number, and its member is none") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("column 7 (price) of a row is no decimal number: it is to be stored as text"),
                             refusal(6, number(9.99)));
    }
    void refusesWhatAMemberDoesNotHold() {
        CPPUNIT_ASSERT_EQUAL(std::string("column 2 (pages) of a row has a number that its member does not hold: 32768"),
                             refusal(1, integer(32768)));
        CPPUNIT_ASSERT_EQUAL(std::string("taken"), refusal(1, integer(-32768)));
        for (const double value : {2.5, 9223372036854775808.0, -1e300, std::numeric_limits<double>::quiet_NaN()})
            for (const std::size_t column : {1u, 2u, 3u, 5u})
                CPPUNIT_ASSERT(refusal(column, number(value)).find("does not hold: ") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("taken"), refusal(2, number(-9223372036854775808.0)));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqlColumnTest);
