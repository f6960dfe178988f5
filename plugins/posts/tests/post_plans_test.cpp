// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/memory_database.hpp"
#include "tests/support/plugin_file.hpp"
#include "tests/support/temporary_folder.hpp"

#include <mortise/service/crypto.h>
#include <mortise/service/migrations.h>
#include <mortise/service/users.h>
#include <mortise/user_relations.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace mortise::test;

const std::string author = "018f2b6e-7c1d-7a90-8b3c-000000000001";

// How SQLite goes about the statements that lists run, on a file with the tables of both plugins: a list that sorts or
// reads what it does not show costs more with every post there is.
class PostPlansTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PostPlansTest);
    CPPUNIT_TEST(cursorsSeekInAnIndex);
    CPPUNIT_TEST(pagesAreNotSorted);
    CPPUNIT_TEST(oneAuthorsNewestAreNotRanked);
    CPPUNIT_TEST(severalAuthorsNewestAreFoundByAnIndex);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        database_ = std::make_unique<MemoryDatabase>((folder_ / "posts.db").string());
        host_ = std::make_unique<FakeHost>();
        host_->give(MORTISE_CRYPTO_SERVICE, crypto_.table(), &crypto_);
        host_->give(MORTISE_DATABASE_SERVICE, database_->table(), database_.get());
        users_ = begin(*host_, USERS_FILE);
        host_->give(MORTISE_USERS_SERVICE, users_->open(MORTISE_USERS_SERVICE));
        posts_ = begin(*host_, POSTS_FILE);
        database_->execute("WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 500) "
                           "INSERT INTO users (id, name, email, email_lower, password_hash, created_at, updated_at) "
                           "SELECT printf('018f2b6e-7c1d-7a90-8b3c-%012x', n), 'User', n, n, '', n, n FROM numbers");
        database_->execute(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2000) "
            "INSERT INTO posts (id, author_id, title, published, created_at, updated_at) "
            "SELECT printf('018f2b6e-7c1d-7a90-8b3d-%012x', n), printf('018f2b6e-7c1d-7a90-8b3c-%012x', n % 50 + 1), "
            "'Post', n % 3 != 0, n, n FROM numbers");
    }
    void tearDown() override {
        posts_.reset();
        users_.reset();
        host_.reset();
        database_.reset();
    }

private:
    std::unique_ptr<FakeInstance> begin(FakeHost& host, const char* file) {
        auto plugin = std::make_unique<FakeInstance>(host, pluginModule(file));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin->configure());
        database_->migrate(*plugin->extension<mortise_plugin_migrations>(MORTISE_MIGRATIONS_EXTENSION));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin->error(), MORTISE_OK, plugin->start());
        return plugin;
    }

    struct List {
        std::string route, caller, index;
    };
    static std::vector<List> lists() {
        return {{"/api/posts", "", "posts_published "},
                {"/api/users/:id/posts", "", "posts_published_of_author "},
                {"/api/users/:id/posts", author, "posts_of_author "}};
    }

    // The plans of what the list runs on the table of posts.
    std::vector<std::string> plansOf(const List& list, const std::string& query) {
        database_->ran.clear();
        const FakeAnswer answer = host_->call("GET", list.route, {query, {}, {}, {{"id", author}}, list.caller, true});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 200u, answer.status);
        const std::string mark = R"("next":")";
        if (const std::size_t at = answer.body.find(mark); at != std::string::npos)
            next_ = answer.body.substr(at + mark.size(), answer.body.find('"', at + mark.size()) - at - mark.size());
        std::vector<std::string> plans;
        for (const std::string& statement : std::vector<std::string>(database_->ran))
            if (statement.find("posts") != std::string::npos) plans.push_back(database_->plan(statement));
        return plans;
    }
    void assertSeeks(const List& list, const std::string& query, std::size_t statements) {
        const std::vector<std::string> plans = plansOf(list, query);
        CPPUNIT_ASSERT_EQUAL(statements, plans.size());
        for (const std::string& plan : plans) {
            CPPUNIT_ASSERT_MESSAGE(plan, plan.find("SEARCH posts USING") == 0);
            // A total is counted in any index that begins with its condition.
            CPPUNIT_ASSERT_MESSAGE(plan, plan.find("INDEX " + list.index) != std::string::npos ||
                                             plan.find("USING COVERING INDEX posts_") != std::string::npos);
            CPPUNIT_ASSERT_MESSAGE(plan, plan.find("TEMP B-TREE") == std::string::npos);
        }
    }

    void cursorsSeekInAnIndex() {
        for (const char* statistics : {"SELECT 1", "ANALYZE"}) { // the planner may think otherwise with them
            database_->execute(statistics);
            for (const List& list : lists()) {
                assertSeeks(list, "after=&limit=5", 1);
                CPPUNIT_ASSERT(!next_.empty());
                assertSeeks(list, "after=" + next_ + "&limit=5", 1);
            }
        }
    }
    void pagesAreNotSorted() {
        for (const char* statistics : {"SELECT 1", "ANALYZE"}) {
            database_->execute(statistics);
            for (const List& list : lists()) assertSeeks(list, "page=2&limit=5", 2); // and the total
        }
    }

    // What users show of the authors' posts, and what that ran on the table of posts.
    std::vector<mortise::RelatedRows> load(std::vector<std::string_view> ids, const std::string& viewer,
                                           std::vector<std::string>& ran) {
        const FakeContribution& given = host_->contributions.at(mortise::UserRelation::pointId).at(0);
        CPPUNIT_ASSERT_EQUAL(std::string("posts"), given.name);
        mortise::UserRelation relation;
        const mortise::detail::Service<mortise_typed_table> service{
            mortise::detail::adopt<mortise_typed_table>(given.table), given.self};
        CPPUNIT_ASSERT_EQUAL(std::string(), mortise::detail::connectMethods(relation, service));
        database_->ran.clear();
        const auto rows = relation.load({}, std::move(ids), viewer, 3);
        for (const std::string& statement : database_->ran)
            if (statement.find("posts") != std::string::npos) ran.push_back(statement);
        return rows;
    }
    void oneAuthorsNewestAreNotRanked() {
        host_->currentLoop = 1;
        std::vector<std::string> ran;
        for (const std::string& viewer : {std::string(), author})
            CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, load({author}, viewer, ran).at(0).count);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, ran.size());
        for (const std::string& statement : ran) {
            const std::string plan = database_->plan(statement);
            CPPUNIT_ASSERT_MESSAGE(plan, plan.find("SEARCH posts USING INDEX posts_") == 0);
            CPPUNIT_ASSERT_MESSAGE(plan, plan.find("TEMP B-TREE") == std::string::npos);
        }
    }
    void severalAuthorsNewestAreFoundByAnIndex() {
        std::vector<std::string> ran;
        const std::string other = "018f2b6e-7c1d-7a90-8b3c-000000000002";
        const std::string nobody = "018f2b6e-7c1d-7a90-8b3c-ffffffffffff";
        const auto rows = load({other, nobody, author}, author, ran);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, rows.size());
        for (const std::size_t place : {0, 2}) {
            CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, rows[place].count);
            CPPUNIT_ASSERT(rows[place].next && rows[place].json.find(place == 0 ? other : author) != std::string::npos);
        }
        CPPUNIT_ASSERT_EQUAL(std::string("[]"), rows[1].json);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, ran.size());
        const std::string plan = database_->plan(ran[0]);
        // Each author's newest by that author's part of the index; never by the index of all that is published.
        CPPUNIT_ASSERT_MESSAGE(plan, plan.find("INDEX posts_of_author (author_id=?)") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(plan, plan.find("MULTI-INDEX OR") == std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(plan, plan.find("posts_published (") == std::string::npos);
    }

    mortise::tests::TemporaryFolder folder_;
    FakeCrypto crypto_;
    std::unique_ptr<MemoryDatabase> database_;
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> users_, posts_;
    std::string next_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(PostPlansTest);

} // namespace
