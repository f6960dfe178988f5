// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/database_provider.hpp>
#include <mortise/plugin.hpp>
#include <mortise/query.hpp>

#include <cppunit/extensions/HelperMacros.h>

using namespace mortise::test;

namespace {

struct Link {
    std::string url;
    std::optional<std::string> title;
};
MORTISE_DESCRIBE(Link, field(url), field(title))

// Gives two rows of two texts, or refuses what is nonsense.
class LinkDatabase final : public mortise::Plugin<>, public mortise::DatabaseProvider {
public:
    static inline std::vector<std::string> calls;

    std::uint32_t statement(const mortise_sql_statement& statement) override {
        if (textOf(statement.sql) == "nonsense") throw mortise::Error("near \"nonsense\": syntax error");
        calls.push_back(textOf(statement.name) + ":" + textOf(statement.sql) + " " + std::to_string(statement.flags) +
                        " " + std::to_string(statement.parameter_count) + " " + std::to_string(statement.column_count));
        return static_cast<std::uint32_t>(calls.size());
    }
    mortise_status read(mortise::Turn, std::uint32_t number, const mortise::SqlValues& values, mortise_sql_row row,
                        void* context) override {
        calls.push_back("run " + std::to_string(number) + " with " + std::to_string(values.size()));
        const mortise_sql_value columns[] = {{MORTISE_SQL_TEXT, 0, 0, 0, viewOf("a")}, {MORTISE_SQL_NULL, 0, 0, 0, {}}};
        for (int i = 0; i < 2 && row != nullptr; ++i)
            if (row(context, columns, number == 2 ? 1 : 2, sizeof *columns) == 0) break;
        return MORTISE_OK;
    }
    mortise_status transact(mortise::Turn, mortise_sql_body body, void* context, mortise_sql_failure* failure,
                            mortise_error* error) override {
        return body(context, nullptr, failure, error);
    }
    mortise_status respond(mortise::Turn, mortise_sql_response_body, void*, mortise_sql_failure*,
                           mortise_error*) override {
        return MORTISE_ERROR;
    }
    mortise_status execute(mortise_sql_transaction*, std::uint32_t number, const mortise::SqlValues& values,
                           mortise_sql_row row, void* context, std::uint64_t* changed) override {
        *changed = 3;
        return read({}, number, values, row, context);
    }
    std::uint64_t dataVersion() override { return 1; }
    std::uint32_t dialect() override { return spoken; }
    static inline std::uint32_t spoken = MORTISE_SQL_DIALECT_SQLITE;
};

struct Store {
    mortise::Query<Link(std::string_view)> page{"links.page", "SELECT url, title FROM links WHERE owner = ?"};
    mortise::Query<std::string()> urls{"SELECT url FROM links"};
    mortise::Query<void(std::string_view, std::int64_t)> remove{"links.remove",
                                                                "DELETE FROM links WHERE url = ? AND n = ?"};
};

class UsesQueries final : public mortise::Plugin<> {
public:
    static inline std::string wrong; // one more, where it is not empty
    static inline UsesQueries* made = nullptr;

    UsesQueries() { made = this; }
    void configure(mortise::Setup&) override {
        held.emplace("links.held", "SELECT url, title FROM links", mortise::SqlLock::forUpdate);
        if (!wrong.empty())
            nonsense.emplace("links.wrong", mortise::sqlText(wrong).on(mortise::SqlDialect::mariadb,
                                                                       "SELECT url, title FROM links FETCH FIRST ROW "
                                                                       "ONLY"));
    }
    void start() override { database = service<mortise::Database>(); }

    Store store;
    std::optional<mortise::Query<Link()>> held;
    std::optional<mortise::Query<Link()>> nonsense;
    mortise::Database database;
};

} // namespace

class QueryTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(QueryTest);
    CPPUNIT_TEST(declareThemselves);
    CPPUNIT_TEST(run);
    CPPUNIT_TEST(areWrittenForTheDialect);
    CPPUNIT_TEST(failTheStart);
    CPPUNIT_TEST(areNothingElsewhere);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        LinkDatabase::calls.clear();
        LinkDatabase::spoken = MORTISE_SQL_DIALECT_SQLITE;
        UsesQueries::wrong.clear();
        host_ = std::make_unique<FakeHost>();
        database_ = std::make_unique<FakeInstance>(
            *host_, *mortise::moduleOf<LinkDatabase>(0, nullptr, "test.db", "1.0.0",
                                                     mortise::offers<mortise::DatabaseProvider>()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, database_->configure());
        host_->give(MORTISE_DATABASE_SERVICE, database_->open(MORTISE_DATABASE_SERVICE));
        plugin_ = std::make_unique<FakeInstance>(
            *host_,
            *mortise::moduleOf<UsesQueries>(0, nullptr, "test.queries", "1.0.0", mortise::needs<mortise::Database>()));
    }

    void declareThemselves() {
        CPPUNIT_ASSERT(plugin_->extension<mortise_plugin_statements>(MORTISE_STATEMENTS_EXTENSION) == nullptr);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
        const auto* const declared = plugin_->extension<mortise_plugin_statements>(MORTISE_STATEMENTS_EXTENSION);
        CPPUNIT_ASSERT(declared != nullptr && declared->statement_count == 4);
        CPPUNIT_ASSERT_EQUAL(std::string("links.page"), textOf(declared->statements[0].name));
        CPPUNIT_ASSERT(LinkDatabase::calls.empty() && !UsesQueries::made->store.page.statement());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->start());
        CPPUNIT_ASSERT((LinkDatabase::calls ==
                        std::vector<std::string>{"links.page:SELECT url, title FROM links WHERE owner = ? 1 1 2",
                                                 ":SELECT url FROM links 1 0 1",
                                                 "links.remove:DELETE FROM links WHERE url = ? AND n = ? 1 2 0",
                                                 "links.held:SELECT url, title FROM links 3 0 2"}));
        CPPUNIT_ASSERT_EQUAL(4u, UsesQueries::made->held->statement().number);
    }
    void run() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->start());
        LinkDatabase::calls.clear();
        const Store& store = UsesQueries::made->store;
        const mortise::Database& database = UsesQueries::made->database;
        const std::vector<Link> all = store.page.all(database(mortise::Turn()), "ada");
        CPPUNIT_ASSERT(all.size() == 2 && all[0].url == "a" && !all[0].title);
        CPPUNIT_ASSERT(store.urls.one(database) == "a" && store.urls.all(database).size() == 2);
        database.transact([&](mortise::Transaction& transaction) {
            CPPUNIT_ASSERT_EQUAL(std::uint64_t{3}, store.remove.run(transaction, "a", 1));
            CPPUNIT_ASSERT(store.page.one(transaction, "ada")->url == "a");
        });
        CPPUNIT_ASSERT((LinkDatabase::calls == std::vector<std::string>{"run 1 with 1", "run 2 with 0", "run 2 with 0",
                                                                        "run 3 with 2", "run 1 with 1"}));
    }
    void areWrittenForTheDialect() {
        LinkDatabase::spoken = MORTISE_SQL_DIALECT_MARIADB;
        UsesQueries::wrong = "SELECT url, title FROM links LIMIT 1";
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
        const auto* const declared = plugin_->extension<mortise_plugin_statements>(MORTISE_STATEMENTS_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(6u, declared->statement_count); // whatever database there will be
        CPPUNIT_ASSERT_EQUAL(0u, declared->statements[0].dialect);
        CPPUNIT_ASSERT_EQUAL(UsesQueries::wrong, textOf(declared->statements[4].sql));
        CPPUNIT_ASSERT_EQUAL(MORTISE_SQL_DIALECT_SQLITE, declared->statements[4].dialect);
        CPPUNIT_ASSERT_EQUAL(std::string("SELECT url, title FROM links FETCH FIRST ROW ONLY"),
                             textOf(declared->statements[5].sql));
        CPPUNIT_ASSERT_EQUAL(MORTISE_SQL_DIALECT_MARIADB, declared->statements[5].dialect);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->start());
        CPPUNIT_ASSERT_EQUAL(std::string("links.page:SELECT url, title FROM links WHERE owner = ? 1 1 2"),
                             LinkDatabase::calls[0]);
        CPPUNIT_ASSERT_EQUAL(std::string("links.wrong:SELECT url, title FROM links FETCH FIRST ROW ONLY 1 0 2"),
                             LinkDatabase::calls[4]);
    }
    void failTheStart() {
        UsesQueries::wrong = "nonsense";
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, plugin_->start());
        CPPUNIT_ASSERT_EQUAL(std::string("statement 'links.wrong' (nonsense): near \"nonsense\": syntax error"),
                             plugin_->error());
    }
    void areNothingElsewhere() {
        CPPUNIT_ASSERT_THROW(Store(), mortise::Invalid);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
        CPPUNIT_ASSERT_THROW(Store(), mortise::Invalid);
        CPPUNIT_ASSERT_THROW(UsesQueries(), mortise::Invalid); // no host made it
    }

private:
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> database_;
    std::unique_ptr<FakeInstance> plugin_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(QueryTest);
