// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/fake_tasks.hpp"
#include "tests/support/memory_database.hpp"
#include "tests/support/plugin_file.hpp"

#include <mortise/deep_pages.hpp>
#include <mortise/service/crypto.h>
#include <mortise/service/migrations.h>
#include <mortise/service/users.h>

#include <cppunit/extensions/HelperMacros.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace mortise::test;

const std::string author = "018f2b6e-7c1d-7a90-8b3c-000000000001";
constexpr std::int64_t rows = mortise::deepOffset + 20;

} // namespace

// Pages far inside of the lists of users and of posts.
class DeepPagesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DeepPagesTest);
    CPPUNIT_TEST(nothingIsReadPastTheEnd);
    CPPUNIT_TEST(loopsLeaveThemToWorkers);
    CPPUNIT_TEST(theyAreReadOneAfterTheOther);
    CPPUNIT_TEST(theQueueIsBounded);
    CPPUNIT_TEST(requestsThatEndedAreNotRead);
    CPPUNIT_TEST(withoutAWorkerTheyAreRefused);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        database_ = std::make_unique<MemoryDatabase>();
        host_ = std::make_unique<FakeHost>();
        host_->give(MORTISE_CRYPTO_SERVICE, crypto_.table(), &crypto_);
        host_->give(MORTISE_DATABASE_SERVICE, database_->table(), database_.get());
        host_->give(MORTISE_TASK_SERVICE, tasks_.table(), &tasks_);
        users_ = begin(USERS_FILE);
        host_->give(MORTISE_USERS_SERVICE, users_->open(MORTISE_USERS_SERVICE));
        posts_ = begin(POSTS_FILE);
        const std::string numbers =
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < " +
            std::to_string(rows) + ") ";
        database_->execute(numbers +
                           "INSERT INTO users (id, name, email, email_lower, password_hash, created_at, updated_at) "
                           "SELECT printf('018f2b6e-7c1d-7a90-8b3c-%012x', n), 'User', n, n, '', n, n FROM numbers");
        database_->execute(numbers +
                           "INSERT INTO posts (id, author_id, title, published, created_at, updated_at) "
                           "SELECT printf('018f2b6e-7c1d-7a90-8b3d-%012x', n), '" +
                           author + "', 'Post', 1, n, n FROM numbers");
    }
    void tearDown() override {
        posts_.reset();
        users_.reset();
        host_.reset();
        database_.reset();
    }

    void nothingIsReadPastTheEnd() {
        for (const std::string& list : lists()) {
            CPPUNIT_ASSERT_EQUAL(200u, page(list, 0, true).status); // its total is known from now on
            database_->ran.clear();
            const FakeAnswer past = page(list, rows, true);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(past.body, 200u, past.status);
            CPPUNIT_ASSERT_MESSAGE(past.body, past.body.find(":[]") != std::string::npos);
            CPPUNIT_ASSERT_MESSAGE(past.body, past.body.find("\"total\":" + std::to_string(rows)) != std::string::npos);
            // The author is looked up, by a statement of the users.
            CPPUNIT_ASSERT_EQUAL(list == "/api/users/:id/posts" ? std::size_t{1} : std::size_t{0},
                                 database_->ran.size());
        }
    }
    void loopsLeaveThemToWorkers() {
        for (const std::string& list : lists()) {
            CPPUNIT_ASSERT_EQUAL(200u, page(list, mortise::deepOffset, true).status);
            database_->ran.clear();
            CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, page(list, mortise::deepOffset + 10, true).returned);
            for (const std::string& statement : database_->ran)
                CPPUNIT_ASSERT_MESSAGE(statement, statement.find("OFFSET") == std::string::npos);
            const FakeAnswer answer = page(list, mortise::deepOffset + 10, false);
            CPPUNIT_ASSERT_EQUAL(200u, answer.status);
            CPPUNIT_ASSERT_MESSAGE(answer.body, answer.body.find(R"("id":")") != std::string::npos);
        }
    }
    void theyAreReadOneAfterTheOther() {
        for (const std::string& list : lists()) {
            std::vector<mortise_exchange> others;
            FakeAnswer shallow;
            whileOneIsRead(list, [&] {
                for (int i = 0; i < 2; ++i) others.push_back(begin(list));
                shallow = page(list, 0, false); // does not wait for them
            });
            CPPUNIT_ASSERT_EQUAL(200u, shallow.status);
            for (const mortise_exchange other : others) {
                CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, host_->answer(other).returned);
                CPPUNIT_ASSERT_EQUAL(std::size_t{1}, tasks_.pending());
                CPPUNIT_ASSERT_EQUAL(0u, host_->answer(other).terminalCalls);
                tasks_.runOne();
                const FakeAnswer answer = host_->answer(other);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 200u, answer.status);
                CPPUNIT_ASSERT_MESSAGE(answer.body, answer.body.find(R"("id":")") != std::string::npos);
            }
            assertFree(list);
        }
    }
    void theQueueIsBounded() {
        const std::string list = "/api/posts";
        std::vector<mortise_exchange> others;
        mortise_exchange tooMany = 0;
        whileOneIsRead(list, [&] {
            for (std::size_t i = 0; i < mortise::DeepPages::maxWaiting; ++i) others.push_back(begin(list));
            tooMany = begin(list);
        });
        CPPUNIT_ASSERT_EQUAL(503u, host_->answer(tooMany).status);
        while (tasks_.pending() != 0) tasks_.runOne();
        for (const mortise_exchange other : others) CPPUNIT_ASSERT_EQUAL(200u, host_->answer(other).status);
        assertFree(list);
    }
    void requestsThatEndedAreNotRead() {
        const std::string list = "/api/posts";
        std::vector<mortise_exchange> others;
        whileOneIsRead(list, [&] {
            for (int i = 0; i < 3; ++i) others.push_back(begin(list));
            host_->loseClient(others[0]);
            host_->endRequest(others[1]);
        });
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, tasks_.pending());
        tasks_.runOne();
        CPPUNIT_ASSERT_EQUAL(503u, host_->answer(others[0]).status);
        CPPUNIT_ASSERT_EQUAL(503u, host_->answer(others[1]).status);
        CPPUNIT_ASSERT_EQUAL(200u, host_->answer(others[2]).status);
        assertFree(list);
    }
    void withoutAWorkerTheyAreRefused() {
        const std::string list = "/api/posts";
        std::vector<mortise_exchange> others;
        whileOneIsRead(list, [&] {
            for (int i = 0; i < 2; ++i) others.push_back(begin(list));
            tasks_.status = MORTISE_BUSY;
        });
        for (const mortise_exchange other : others) CPPUNIT_ASSERT_EQUAL(503u, host_->answer(other).status);
        assertFree(list);
    }

private:
    std::unique_ptr<FakeInstance> begin(const char* file) {
        auto plugin = std::make_unique<FakeInstance>(*host_, pluginModule(file));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin->configure());
        database_->migrate(*plugin->extension<mortise_plugin_migrations>(MORTISE_MIGRATIONS_EXTENSION));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin->error(), MORTISE_OK, plugin->start());
        return plugin;
    }
    static std::vector<std::string> lists() { return {"/api/users", "/api/posts", "/api/users/:id/posts"}; }
    mortise_exchange begin(const std::string& list, std::int64_t offset = mortise::deepOffset + 10,
                           bool onLoop = false) {
        return host_->begin(
            "GET", list,
            {"limit=10&page=" + std::to_string(offset / 10 + 1), {}, {}, {{"id", author}}, author, onLoop});
    }
    FakeAnswer page(const std::string& list, std::int64_t offset, bool onLoop) {
        return host_->answer(begin(list, offset, onLoop));
    }
    // `call` while the database reads for a deep page, which is read all the same.
    template<class Call>
    void whileOneIsRead(const std::string& list, Call call) {
        bool isCalled = false;
        database_->beforeRead = [&](const std::string& sql) {
            if (isCalled || sql.find("OFFSET") == std::string::npos) return;
            isCalled = true;
            call();
        };
        CPPUNIT_ASSERT_EQUAL(200u, page(list, mortise::deepOffset + 10, false).status);
        database_->beforeRead = nullptr;
        CPPUNIT_ASSERT(isCalled);
    }
    void assertFree(const std::string& list) {
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, tasks_.pending());
        CPPUNIT_ASSERT_EQUAL(200u, page(list, mortise::deepOffset + 10, false).status);
    }

    FakeCrypto crypto_;
    FakeTasks tasks_;
    std::unique_ptr<MemoryDatabase> database_;
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> users_, posts_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DeepPagesTest);
