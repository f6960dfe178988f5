// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/memory_database.hpp"
#include "tests/support/plugin_file.hpp"
#include "tests/support/temporary_folder.hpp"

#include <mortise/service/crypto.h>
#include <mortise/service/migrations.h>

#include <cppunit/extensions/HelperMacros.h>

#include <memory>
#include <string>
#include <vector>

namespace {

using namespace mortise::test;

// How SQLite goes about the statements that lists run, on a file with the plugin's own tables: a list that sorts or
// reads what it does not show costs more with every user there is.
class UserPlansTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(UserPlansTest);
    CPPUNIT_TEST(cursorsSeekInAnIndex);
    CPPUNIT_TEST(pagesAreNotSorted);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        database_ = std::make_unique<MemoryDatabase>((folder_ / "users.db").string());
        host_ = std::make_unique<FakeHost>();
        host_->give(MORTISE_CRYPTO_SERVICE, crypto_.table(), &crypto_);
        host_->give(MORTISE_DATABASE_SERVICE, database_->table(), database_.get());
        plugin_ = std::make_unique<FakeInstance>(*host_, pluginModule(USERS_FILE));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_->configure());
        database_->migrate(*plugin_->extension<mortise_plugin_migrations>(MORTISE_MIGRATIONS_EXTENSION));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin_->error(), MORTISE_OK, plugin_->start());
        database_->execute("WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 500) "
                           "INSERT INTO users (id, name, email, email_lower, password_hash, created_at, updated_at) "
                           "SELECT printf('018f2b6e-7c1d-7a90-8b3c-%012x', n), 'User', n, n, '', n, n FROM numbers");
    }
    void tearDown() override {
        plugin_.reset();
        host_.reset();
        database_.reset();
    }

private:
    // What the list of that query runs.
    std::vector<std::string> statementsOf(const std::string& query) {
        database_->ran.clear();
        const FakeAnswer answer = host_->call("GET", "/api/users", {query, {}, {}, {}, "nobody", true});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 200u, answer.status);
        const std::string mark = R"("next":")";
        if (const std::size_t at = answer.body.find(mark); at != std::string::npos)
            next_ = answer.body.substr(at + mark.size(), answer.body.find('"', at + mark.size()) - at - mark.size());
        return database_->ran;
    }

    void assertSeeks(const std::string& query) {
        const std::vector<std::string> statements = statementsOf(query);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, statements.size());
        const std::string plan = database_->plan(statements.front());
        CPPUNIT_ASSERT_MESSAGE(plan, plan.find("SEARCH users USING PRIMARY KEY") == 0);
        CPPUNIT_ASSERT_MESSAGE(plan, plan.find("(id>?)") != std::string::npos);
        CPPUNIT_ASSERT_MESSAGE(plan, plan.find("TEMP B-TREE") == std::string::npos);
    }

    void cursorsSeekInAnIndex() {
        for (const char* statistics : {"SELECT 1", "ANALYZE"}) { // the planner may think otherwise with them
            database_->execute(statistics);
            assertSeeks("after=&limit=10");
            CPPUNIT_ASSERT(!next_.empty());
            assertSeeks("after=" + next_ + "&limit=100");
        }
    }

    void pagesAreNotSorted() {
        const std::vector<std::string> statements = statementsOf("page=3&limit=10");
        CPPUNIT_ASSERT(!statements.empty());
        for (const std::string& statement : statements) {
            if (statement.find("user_removals") != std::string::npos) continue; // of which there are hardly any
            const std::string plan = database_->plan(statement);
            // By the clustered key: in its order, without another tree.
            CPPUNIT_ASSERT_MESSAGE(plan, plan.find("SCAN users") == 0);
            CPPUNIT_ASSERT_MESSAGE(plan, plan.find("TEMP B-TREE") == std::string::npos);
        }
    }

    mortise::tests::TemporaryFolder folder_;
    FakeCrypto crypto_;
    std::unique_ptr<MemoryDatabase> database_;
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> plugin_;
    std::string next_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(UserPlansTest);

} // namespace
