// SPDX-License-Identifier: Apache-2.0
#include "connector_fixture.hpp"
#include "consumer_database.hpp"

#include <mortise/service/database.h>
#include <mortise/sql_error.hpp>

#include <exception>
#include <limits>

namespace mortise::database {

namespace {

// Shows `rows` rows of two columns, or fails.
class FakeConnector final : public Connector, public Transaction {
public:
    std::string_view dialect() const noexcept override { return dialectName; }
    std::string name() const override { return "fake"; }
    void migrate(std::span<const Migration>, MigrationRun, MigrationLog&) override {}
    std::vector<SchemaFault> missing(std::span<const RequiredConstraint>) const override { return {}; }
    SchemaFaults checkSchema(std::span<const Migration>, std::span<const StatementText>,
                             std::span<const RequiredConstraint>) const override {
        return {};
    }
    std::vector<MigrationRecord> migrationRecords() const override { return {}; }
    void undo(std::span<const Migration>, std::string_view, std::uint32_t, MigrationLog&) override {}
    void open() override {}
    std::uint32_t statement(const StatementText& text) override {
        declared.emplace(text);
        return 5;
    }
    void read(std::uint32_t, std::span<const SqlValue> parameters, RowVisitor* visitor, const Caller& caller) override {
        timeLeft = caller.timeLeft();
        execute(5, parameters, visitor);
    }
    bool transact(TransactionBody& body) override {
        inside = true;
        const bool kept = body.run(*this);
        inside = false;
        return kept;
    }
    mortise::database::Transaction* currentTransaction() const noexcept override {
        return inside ? const_cast<FakeConnector*>(this) : nullptr;
    }
    std::uint64_t dataVersion() override { return 1; }
    void check() override {}
    bool close(std::chrono::milliseconds) noexcept override { return true; }
    bool readsOnLoop() const noexcept override { return true; }

    std::uint64_t turn() const noexcept override { return 9; }
    std::uint64_t execute(std::uint32_t, std::span<const SqlValue> parameters, RowVisitor* visitor) override {
        kinds.clear();
        for (const SqlValue& value : parameters) kinds.push_back(value.kind);
        if (failure) throw DatabaseError(*failure);
        const SqlValue columns[] = {integer(1), text("x")};
        for (int i = 0; i < rows && visitor != nullptr; ++i)
            if (!visitor->row(columns)) break;
        return matched;
    }

    std::string_view dialectName = "sqlite";
    std::chrono::milliseconds timeLeft{0};
    std::optional<DatabaseError> failure;
    std::optional<StatementText> declared;
    std::vector<SqlKind> kinds;
    std::uint64_t matched = 0;
    int rows = 0;
    bool inside = false;
};

struct Line {
    std::string statement, plugin;
    std::uint64_t turn, rows;
    bool failed;
    bool operator==(const Line&) const = default;
};
struct Written final : StatementLog::Sink {
    void ran(const StatementRun& run) noexcept override {
        lines.push_back({std::string(run.statement), std::string(run.plugin), run.turn, run.rows, run.failed});
    }
    void slow(const StatementRun&) noexcept override {}
    void repeated(const StatementRun&, std::uint32_t) noexcept override {}
    std::vector<Line> lines;
};

} // namespace

// The service of one consumer, whatever the database.
class ConsumerDatabaseTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ConsumerDatabaseTest);
    CPPUNIT_TEST(saysWhatItRan);
    CPPUNIT_TEST(countsWhatItRan);
    CPPUNIT_TEST(shortensTexts);
    CPPUNIT_TEST(refusesBadStatements);
    CPPUNIT_TEST(locksInTransactionsOnly);
    CPPUNIT_TEST(handsOnTheKindsOfValues);
    CPPUNIT_TEST(waitsNoLongerThanTheRequest);
    CPPUNIT_TEST(speaksTheDialectOfTheDatabase);
    CPPUNIT_TEST(carriesEveryKindOfFailure);
    CPPUNIT_TEST(carriesEveryVerdictOfABody);
    CPPUNIT_TEST(respondsToRequests);
    CPPUNIT_TEST(tellsHowManyRowsMatched);
    CPPUNIT_TEST_SUITE_END();

    using Kind = DatabaseError::Kind;

    FakeConnector connector_;
    const TurnCalls turns_{[](Turn) { return true; },
                           [](Turn turn) { return std::chrono::milliseconds(turn.handle()); },
                           [](Turn) -> const ResponseKeeping* { return nullptr; }};
    Written written_;
    StatementLog log_{written_, {true, {}}};
    ConsumerDatabase database_{connector_, turns_, log_, std::make_shared<Consumers>(), "posts", 16};

    static mortise_sql_statement statementOf(std::string_view name, std::string_view sql, std::uint32_t flags = 0) {
        mortise_sql_statement statement{};
        statement.flags = flags;
        statement.name = {name.data(), name.size()};
        statement.sql = {sql.data(), sql.size()};
        return statement;
    }
    static std::uint32_t goOn(void*, const mortise_sql_value*, std::uint32_t, std::uint32_t) { return 1; }
    void read(std::uint32_t statement, std::uint64_t turn = 0, const std::vector<mortise_sql_value>& parameters = {}) {
        database_.read(
            Turn(turn), statement,
            SqlValues(parameters.data(), static_cast<std::uint32_t>(parameters.size()), sizeof(mortise_sql_value)),
            &goOn, nullptr);
    }
    // In a transaction. What is thrown in it comes out.
    struct Run {
        ConsumerDatabase& database;
        std::uint32_t statement;
        mortise_status verdict = MORTISE_OK;
        std::uint64_t changed = 77;
        std::exception_ptr thrown = nullptr;

        static mortise_status call(void* context, mortise_sql_transaction* transaction, mortise_sql_failure*,
                                   mortise_error*) {
            auto& self = *static_cast<Run*>(context);
            try {
                self.database.execute(transaction, self.statement, SqlValues(nullptr, 0, 0), &goOn, nullptr,
                                      &self.changed);
            } catch (...) {
                self.thrown = std::current_exception();
            }
            return self.verdict;
        }
        mortise_status run() {
            const mortise_status status = database.transact(Turn(), &call, this, nullptr, nullptr);
            if (thrown) std::rethrow_exception(thrown);
            return status;
        }
    };

    void saysWhatItRan() {
        const std::uint32_t named = database_.statement(statementOf("posts.all", "SELECT 1"));
        const std::uint32_t nameless = database_.statement(statementOf("", "SELECT 2"));
        connector_.rows = 3;
        read(named, 4);
        read(nameless);
        Run{database_, named}.run(); // a read
        connector_.matched = 7;
        connector_.rows = 0;
        Run{database_, named}.run();
        connector_.failure.emplace(Kind::busy, "busy");
        CPPUNIT_ASSERT_THROW(read(named, 4), mortise::SqlError);
        CPPUNIT_ASSERT_THROW((Run{database_, named}.run()), mortise::SqlError);
        CPPUNIT_ASSERT((written_.lines == std::vector<Line>{{"posts.all", "posts", 4, 3, false},
                                                            {"SELECT 2", "posts", 0, 3, false},
                                                            {"posts.all", "posts", 9, 3, false},
                                                            {"posts.all", "posts", 9, 7, false},
                                                            {"posts.all", "posts", 4, 0, true},
                                                            {"posts.all", "posts", 9, 0, true}}));
    }
    void countsWhatItRan() {
        const std::uint32_t one = database_.statement(statementOf("", "SELECT 1"));
        const std::uint32_t other = database_.statement(statementOf("", "SELECT 2"));
        connector_.rows = 3;
        read(one);
        read(one);
        connector_.failure.emplace(Kind::busy, "busy");
        CPPUNIT_ASSERT_THROW(read(one), mortise::SqlError);
        const ConsumerStatements::Counters counters = database_.statements().at(one).counters();
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, counters.runs);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, counters.failures);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{6}, counters.rows);
        CPPUNIT_ASSERT(counters.duration.count() > 0);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, database_.statements().at(other).counters().runs);
    }
    void shortensTexts() {
        const auto named = [&](const std::string& sql) {
            return database_.statements().at(database_.statement(statementOf("", sql))).declared().name;
        };
        CPPUNIT_ASSERT_EQUAL(std::string(60, 'x'), named(std::string(60, 'x')));
        CPPUNIT_ASSERT_EQUAL(std::string(60, 'x') + "...", named(std::string(61, 'x')));
        // Between characters.
        CPPUNIT_ASSERT_EQUAL(std::string(59, 'x') + "...", named(std::string(59, 'x') + "\u00e9 and more"));
        CPPUNIT_ASSERT_EQUAL(std::string(58, 'x') + "\u00e9...", named(std::string(58, 'x') + "\u00e9 and more"));
    }
    void refusesBadStatements() {
        CPPUNIT_ASSERT_THROW(database_.statement(statementOf("", "SELECT 1", 4)), mortise::Invalid);
        CPPUNIT_ASSERT_THROW(database_.statement(statementOf("", "SELECT 1", 0x80000000u)), mortise::Invalid);
        mortise_sql_statement statement = statementOf("a", "SELECT 1");
        statement.dialect = MORTISE_SQL_DIALECT_SQLITE;
        CPPUNIT_ASSERT_THROW(database_.statement(statement), mortise::Invalid);
        statement.dialect = 0;
        const std::string_view other = "other";
        statement.database = {other.data(), other.size()};
        CPPUNIT_ASSERT_THROW(database_.statement(statement), mortise::Invalid);
        CPPUNIT_ASSERT(!connector_.declared);
        const std::string_view main = "main";
        statement.database = {main.data(), main.size()};
        statement.flags = MORTISE_SQL_COUNTED | MORTISE_SQL_FOR_UPDATE;
        statement.parameter_count = 2;
        statement.column_count = 3;
        CPPUNIT_ASSERT(database_.statement(statement) != 0);
        CPPUNIT_ASSERT(connector_.declared->counts->parameters == 2 && connector_.declared->counts->columns == 3);
        CPPUNIT_ASSERT(connector_.declared->forUpdate && connector_.declared->name == "a");
        statement.flags = 0; // the counts are not meant
        database_.statement(statement);
        CPPUNIT_ASSERT(!connector_.declared->counts && !connector_.declared->forUpdate);
    }
    void locksInTransactionsOnly() {
        const std::uint32_t locks = database_.statement(statementOf("", "SELECT 1", MORTISE_SQL_FOR_UPDATE));
        CPPUNIT_ASSERT_THROW(read(locks), mortise::Invalid);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, (Run{database_, locks}.run()));
    }
    void waitsNoLongerThanTheRequest() {
        read(database_.statement(statementOf("", "SELECT 1")), 77);
        CPPUNIT_ASSERT(connector_.timeLeft == std::chrono::milliseconds(77));
    }
    void speaksTheDialectOfTheDatabase() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_SQL_DIALECT_SQLITE, database_.dialect());
        connector_.dialectName = "mariadb";
        CPPUNIT_ASSERT_EQUAL(MORTISE_SQL_DIALECT_MARIADB, database_.dialect());
    }
    void handsOnTheKindsOfValues() {
        const std::uint32_t statement = database_.statement(statementOf("", "SELECT 1"));
        std::vector<mortise_sql_value> values(8);
        for (std::uint32_t i = 0; i < 8; ++i) values[i].kind = i;
        values[MORTISE_SQL_UUID].text = view("018f2b6e-7c1d-7a90-8b3c-0123456789ab");
        read(statement, 0, values);
        CPPUNIT_ASSERT((connector_.kinds == std::vector<SqlKind>{SqlKind::null, SqlKind::integer, SqlKind::number,
                                                                 SqlKind::text, SqlKind::blob, SqlKind::decimal,
                                                                 SqlKind::dateTime, SqlKind::uuid}));
        values.resize(40); // more than are usual
        read(statement, 0, values);
        CPPUNIT_ASSERT_EQUAL(std::size_t{40}, connector_.kinds.size());
        for (const std::uint32_t unknown : {8u, 0xffffffffu}) {
            connector_.kinds.clear();
            values[39].kind = unknown;
            CPPUNIT_ASSERT_THROW(read(statement, 0, values), mortise::Invalid);
            CPPUNIT_ASSERT(connector_.kinds.empty());
        }
    }
    void carriesEveryKindOfFailure() {
        const std::uint32_t statement = database_.statement(statementOf("", "SELECT 1"));
        const std::pair<Kind, SqlFailure> kinds[] = {{Kind::unique, SqlFailure::unique},
                                                     {Kind::foreignKey, SqlFailure::foreignKey},
                                                     {Kind::notNull, SqlFailure::notNull},
                                                     {Kind::check, SqlFailure::check},
                                                     {Kind::tooLong, SqlFailure::tooLong},
                                                     {Kind::deadlock, SqlFailure::deadlock},
                                                     {Kind::busy, SqlFailure::busy},
                                                     {Kind::readOnly, SqlFailure::readOnly},
                                                     {Kind::moved, SqlFailure::readOnly},
                                                     {Kind::lost, SqlFailure::lost},
                                                     {Kind::unknownOutcome, SqlFailure::unknownOutcome},
                                                     {Kind::full, SqlFailure::full},
                                                     {Kind::corrupt, SqlFailure::corrupt}};
        for (const auto& [kind, expected] : kinds) {
            connector_.failure.emplace(kind, "said", "posts_key");
            try {
                read(statement);
                CPPUNIT_FAIL("nothing was thrown");
            } catch (const mortise::SqlError& error) {
                CPPUNIT_ASSERT(error.kind() == expected);
                CPPUNIT_ASSERT_EQUAL(std::string("posts_key"), error.constraint());
                CPPUNIT_ASSERT_EQUAL(std::string("said"), std::string(error.what()));
            }
            CPPUNIT_ASSERT_THROW((Run{database_, statement}.run()), mortise::SqlError);
        }
        const std::pair<Kind, mortise_status> others[] = {{Kind::failed, MORTISE_ERROR},
                                                          {Kind::io, MORTISE_ERROR},
                                                          {Kind::invalid, MORTISE_INVALID},
                                                          {Kind::stale, MORTISE_STALE}};
        for (const auto& [kind, expected] : others) {
            connector_.failure.emplace(kind, "said");
            try {
                read(statement);
                CPPUNIT_FAIL("nothing was thrown");
            } catch (const mortise::SqlError&) {
                CPPUNIT_FAIL("a failure that has no kind");
            } catch (const mortise::Error& error) {
                CPPUNIT_ASSERT_EQUAL(expected, error.status());
            }
        }
    }
    // Of those that are not in the contract, negative ones are failures.
    void carriesEveryVerdictOfABody() {
        const std::uint32_t statement = database_.statement(statementOf("", "SELECT 1"));
        for (const mortise_status verdict :
             {MORTISE_OK, MORTISE_ERROR, MORTISE_INVALID, MORTISE_STALE, MORTISE_BUSY, MORTISE_CONFLICT,
              MORTISE_UNSUPPORTED, MORTISE_UNAUTHORIZED, MORTISE_REFUSED, MORTISE_ABSENT})
            CPPUNIT_ASSERT_EQUAL(verdict, (Run{database_, statement, verdict}.run()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, (Run{database_, statement, -100}.run()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, (Run{database_, statement, 100}.run()));
    }
    void respondsToRequests() {
        mortise_sql_response seen{};
        const auto body = [](void* context, mortise_sql_transaction* transaction, mortise_sql_response* response,
                             mortise_sql_failure*, mortise_error*) -> mortise_status {
            *static_cast<mortise_sql_response*>(context) = *response;
            return transaction != nullptr ? MORTISE_CONFLICT : MORTISE_ERROR;
        };
        seen.reply = reinterpret_cast<const mortise_reply*>(&seen);
        CPPUNIT_ASSERT_EQUAL(MORTISE_CONFLICT, database_.respond(Turn(3), body, &seen, nullptr, nullptr));
        CPPUNIT_ASSERT(seen.reply == nullptr && seen.error == nullptr); // empty before the body
        CPPUNIT_ASSERT_THROW(database_.respond(Turn(), body, &seen, nullptr, nullptr), mortise::Invalid);
    }
    void tellsHowManyRowsMatched() {
        Run run{database_, database_.statement(statementOf("", "SELECT 1"))};
        connector_.rows = 3; // what a RETURNING shows is not what it matched
        for (const std::uint64_t matched : {0u, 5u}) {
            connector_.matched = matched;
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, run.run());
            CPPUNIT_ASSERT_EQUAL(matched, run.changed);
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ConsumerDatabaseTest);

} // namespace mortise::database
