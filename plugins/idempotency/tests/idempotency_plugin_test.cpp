// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/memory_database.hpp"
#include "tests/support/plugin_file.hpp"
#include "tests/support/temporary_folder.hpp"

#include <mortise/service/clock.h>
#include <mortise/service/crypto.h>
#include <mortise/service/database.h>
#include <mortise/service/migrations.h>
#include <mortise/service/task.h>
#include <mortise/user_relations.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace mortise::test;
using mortise::tests::TemporaryFolder;

const std::string ada = "018f2b6e-7c1d-7a90-8b3c-000000000001";
const std::string eve = "018f2b6e-7c1d-7a90-8b3c-000000000002";

// A request at the filter, as the host takes it along.
struct Sent {
    mortise_exchange exchange = 0;
    mortise_request raw{};
    std::uint64_t slot = 0;
    mortise_status status = MORTISE_ERROR; // of on_request
    FakeAnswer answer;                     // once what waits has run
    bool proceeds() const { return status == MORTISE_OK || answer.resumed == MORTISE_OK; }
};

// The plugin with a clock of the test, over a database in memory.
class IdempotencyPluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(IdempotencyPluginTest);
    CPPUNIT_TEST(oneOfTwoHasTheKey);
    CPPUNIT_TEST(whatIsStoredIsReplayed);
    CPPUNIT_TEST(malformedKeysAreRefused);
    CPPUNIT_TEST(aRequiredKeyIsMissed);
    CPPUNIT_TEST(otherRoutesTakeNoKey);
    CPPUNIT_TEST(withoutACommitTheKeyIsGivenBack);
    CPPUNIT_TEST(aLeaseEnds);
    CPPUNIT_TEST(aLongResponseIsNotStored);
    CPPUNIT_TEST(outOfDateRowsGoInParts);
    CPPUNIT_TEST(aDeletedUsersResponsesGo);
    CPPUNIT_TEST(aNewRunReleasesTheLastOnes);
    CPPUNIT_TEST(theDatabaseMayBeAwayAtTheStart);
    CPPUNIT_TEST(aBusyDatabaseIs503);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        clock_.struct_size = sizeof clock_;
        clock_.monotonic_ms = [](void* self) {
            return static_cast<std::uint64_t>(static_cast<IdempotencyPluginTest*>(self)->now_);
        };
        clock_.unix_ms = [](void* self) { return static_cast<IdempotencyPluginTest*>(self)->now_; };
        tasks_.struct_size = sizeof tasks_;
        tasks_.run = [](void* self, void (*call)(void*), void* context, void (*release)(void*)) -> mortise_status {
            static_cast<IdempotencyPluginTest*>(self)->work_.push_back([=] {
                call(context);
                if (release != nullptr) release(context);
            });
            return MORTISE_OK;
        };
        database_ = std::make_unique<MemoryDatabase>();
        now_ = 1'800'000'000'000;
        begin();
    }
    void tearDown() override {
        end();
        database_.reset();
    }

    void oneOfTwoHasTheKey() {
        const Sent first = send("k", "a");
        CPPUNIT_ASSERT(first.proceeds());
        const Sent second = send("k", "a");
        CPPUNIT_ASSERT_EQUAL(409u, second.answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("1"), second.answer.fields.at("Retry-After"));
        CPPUNIT_ASSERT_EQUAL(422u, send("k", "b").answer.status);
        CPPUNIT_ASSERT_EQUAL(422u, send("\"k\"", "b").answer.status); // the same key
        CPPUNIT_ASSERT(send("k", "b", eve).proceeds());
        CPPUNIT_ASSERT(send("k", "a", "").proceeds());
        CPPUNIT_ASSERT(send("k", "b", "").proceeds()); // of nobody another body is another request
        CPPUNIT_ASSERT_EQUAL(409u, send("k", "b", "").answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("4"), rows());
    }
    void whatIsStoredIsReplayed() {
        Sent first = send("k", "a");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, keep(first, 201, "{\"id\":1}"));
        conclude(first, 201);
        now_ += 24 * 3600 * 1000 - 1;
        const Sent again = send("k", "a");
        CPPUNIT_ASSERT_EQUAL(201u, again.answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("{\"id\":1}"), again.answer.body);
        CPPUNIT_ASSERT_EQUAL(std::string("true"), again.answer.fields.at("Idempotency-Replayed"));
        CPPUNIT_ASSERT_EQUAL(std::string("/things/1"), again.answer.fields.at("Location"));
        CPPUNIT_ASSERT_EQUAL(422u, send("k", "b").answer.status);
        now_ += 1; // its lifetime
        CPPUNIT_ASSERT(send("k", "a").proceeds());
    }
    void malformedKeysAreRefused() {
        for (const std::string& bad :
             {std::string(), std::string("\"\""), std::string(256, 'k'), std::string("a b"), std::string("\"a"),
              std::string("a\""), std::string("\xc3\xa4"), std::string("\"") + std::string(256, 'k') + "\""}) {
            const Sent sent = send(bad, "a");
            CPPUNIT_ASSERT_EQUAL_MESSAGE(bad, 400u, sent.answer.status);
            CPPUNIT_ASSERT_EQUAL(std::string("header /idempotency-key format"), sent.answer.details.at(0));
        }
        CPPUNIT_ASSERT_EQUAL(std::string("0"), rows());
        for (const std::string& good : {std::string(255, 'k'), "\"" + std::string(255, 'k') + "x\"", std::string("!"),
                                        std::string(R"("a \"b\" \\")")})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(good, good.size() < 257, send(good, good).proceeds());
    }
    void aRequiredKeyIsMissed() {
        end();
        begin({{"required", "POST /things"}});
        const Sent sent = send(nullptr, "a", ada);
        CPPUNIT_ASSERT_EQUAL(400u, sent.answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("header /idempotency-key required"), sent.answer.details.at(0));
        CPPUNIT_ASSERT(send("k", "a").proceeds());
    }
    void otherRoutesTakeNoKey() {
        for (const char* const method : {"GET", "PUT", "DELETE", "OPTIONS"}) {
            for (int i = 0; i < 2; ++i) {
                const Sent sent = send("k", "a", ada, "/things", method);
                CPPUNIT_ASSERT_EQUAL_MESSAGE(method, MORTISE_OK, sent.status);
            }
        }
        for (int i = 0; i < 2; ++i) CPPUNIT_ASSERT_EQUAL(MORTISE_OK, send("k", "a", ada, "/auth/login").status);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, send("a b", "a", ada, "/auth/login").status);
        CPPUNIT_ASSERT_EQUAL(std::string("0"), rows());
    }
    void withoutACommitTheKeyIsGivenBack() {
        for (const std::uint32_t status : {400u, 404u, 409u, 500u, 503u}) {
            Sent sent = send("k", "a");
            CPPUNIT_ASSERT(sent.proceeds());
            conclude(sent, status);
            CPPUNIT_ASSERT_EQUAL(std::string("0"), rows());
        }
        // What the handler stored is not what the client hears.
        Sent sent = send("k", "a");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, keep(sent, 201, "{}"));
        conclude(sent, 503);
        CPPUNIT_ASSERT_EQUAL(201u, send("k", "a").answer.status);
    }
    void aLeaseEnds() {
        Sent first = send("k", "a");
        now_ += 59'999;
        CPPUNIT_ASSERT_EQUAL(409u, send("k", "a").answer.status);
        now_ += 1;
        Sent second = send("k", "a");
        CPPUNIT_ASSERT(second.proceeds());
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, keep(first, 201, "{\"of\":\"the first\"}"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, keep(second, 201, "{\"of\":\"the second\"}"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, keep(first, 201, "{\"of\":\"the first\"}"));
        conclude(first, 503); // gives back nothing of the second one's
        CPPUNIT_ASSERT_EQUAL(std::string("{\"of\":\"the second\"}"), send("k", "a").answer.body);
    }
    void aLongResponseIsNotStored() {
        end();
        begin({{"max_response_size", "1KiB"}});
        Sent sent = send("k", "a");
        CPPUNIT_ASSERT_EQUAL(MORTISE_ERROR, keep(sent, 201, std::string(1024, 'x')));
        conclude(sent, 500);
        CPPUNIT_ASSERT_EQUAL(std::string("0"), rows());
        sent = send("k", "a");
        CPPUNIT_ASSERT(sent.proceeds());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, keep(sent, 201, std::string(800, 'x')));
    }
    void outOfDateRowsGoInParts() {
        add("sooner", 1200, ada, now_);
        add("later", 10, ada, now_ + 10);
        plugin_->table().activate(plugin_->self());
        const unsigned before = database_->background;
        host_->runPending();
        CPPUNIT_ASSERT_EQUAL(std::string("10"), rows());
        CPPUNIT_ASSERT_EQUAL(3u, database_->background - before);
        now_ += 10;
        host_->runPending();
        CPPUNIT_ASSERT_EQUAL(std::string("0"), rows());
    }
    void aDeletedUsersResponsesGo() {
        Sent stored = send("k", "a");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, keep(stored, 201, "{}"));
        Sent others = send("k", "a", eve);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, keep(others, 201, "{}"));
        const Sent running = send("other", "a");
        CPPUNIT_ASSERT(running.proceeds());
        database_->execute(
            "INSERT INTO idempotency_keys SELECT printf('%064d', n), fingerprint, caller, claim, server, "
            "run, status, response, expires_at FROM idempotency_keys, (WITH RECURSIVE numbers(n) AS "
            "(SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000) SELECT n FROM numbers) "
            "WHERE caller = (SELECT caller FROM idempotency_keys WHERE status = 0) AND status <> 0");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{500}, removeSome(ada, 500));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{500}, removeSome(ada, 500));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, removeSome(ada, 500));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, removeSome(ada, 500));
        CPPUNIT_ASSERT_EQUAL(std::string("2"), rows());
        CPPUNIT_ASSERT_EQUAL(201u, send("k", "a", eve).answer.status);
        CPPUNIT_ASSERT_EQUAL(409u, send("other", "a").answer.status);
    }
    void aNewRunReleasesTheLastOnes() {
        Sent stored = send("stored", "a");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, keep(stored, 201, "{}"));
        CPPUNIT_ASSERT(send("held", "a").proceeds());
        end();
        begin(); // of the same run: a reload
        CPPUNIT_ASSERT_EQUAL(409u, send("held", "a").answer.status);
        end();
        for (const char* const file : {"run", "released"}) std::filesystem::remove(folder_ / file);
        begin();
        CPPUNIT_ASSERT(send("held", "a").proceeds());
        CPPUNIT_ASSERT_EQUAL(201u, send("stored", "a").answer.status);
    }
    // What the last run held is given back when the database is there, before any key is claimed.
    void theDatabaseMayBeAwayAtTheStart() {
        CPPUNIT_ASSERT(send("held", "a").proceeds());
        end();
        for (const char* const file : {"run", "released"}) std::filesystem::remove(folder_ / file);
        database_->busy = MORTISE_BUSY;
        begin();
        CPPUNIT_ASSERT_EQUAL(503u, send("held", "a").answer.status);
        database_->busy = MORTISE_OK;
        CPPUNIT_ASSERT(send("held", "a").proceeds());
        CPPUNIT_ASSERT_EQUAL(409u, send("held", "a").answer.status); // once
    }
    void aBusyDatabaseIs503() {
        database_->busy = MORTISE_BUSY;
        CPPUNIT_ASSERT_EQUAL(503u, send("k", "a").answer.status);
        database_->busy = MORTISE_OK;
        CPPUNIT_ASSERT(send("k", "a").proceeds());
    }

private:
    void begin(const std::map<std::string, std::string>& settings = {}) {
        host_ = std::make_unique<FakeHost>();
        host_->runtimeFolder = (folder_ / "").string();
        host_->give(MORTISE_CRYPTO_SERVICE, crypto_.table(), &crypto_);
        host_->give(MORTISE_DATABASE_SERVICE, database_->table(), database_.get());
        host_->give(MORTISE_CLOCK_SERVICE, &clock_, this);
        host_->give(MORTISE_TASK_SERVICE, &tasks_, this);
        plugin_ = std::make_unique<FakeInstance>(*host_, pluginModule(IDEMPOTENCY_FILE));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin_->error(), MORTISE_OK, plugin_->configure(settings));
        for (const char* const method : {"POST", "GET", "PUT", "DELETE", "OPTIONS"}) {
            FakeRoute route;
            route.method = method;
            route.pattern = "/things";
            route.flags = MORTISE_ROUTE_IDEMPOTENT;
            host_->routes.push_back(route);
        }
        FakeRoute login;
        login.method = "POST";
        login.pattern = "/auth/login";
        host_->routes.push_back(login);
        if (database_->value("SELECT 1 FROM sqlite_master WHERE name = 'idempotency_keys'").empty())
            database_->migrate(*plugin_->extension<mortise_plugin_migrations>(MORTISE_MIGRATIONS_EXTENSION));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin_->error(), MORTISE_OK, plugin_->start());
    }
    void end() {
        if (plugin_ == nullptr) return;
        plugin_->table().stop(plugin_->self());
        plugin_.reset();
        work_.clear();
        host_.reset();
    }
    void runWork() {
        while (!work_.empty()) {
            const auto job = std::move(work_.front());
            work_.pop_front();
            job();
        }
    }
    const mortise_filter& filter() {
        return plugin_->extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION)->filters[0];
    }
    std::string rows() { return database_->value("SELECT COUNT(*) FROM idempotency_keys"); }

    // `key`: of the field; null: none.
    Sent send(const std::optional<std::string>& key, const std::string& body, const std::string& caller = ada,
              const std::string& route = "/things", const std::string& method = "POST") {
        FakeRequest request;
        request.method = method;
        request.body = body;
        request.principal = caller;
        if (key) request.fields["Idempotency-Key"] = *key;
        Sent sent;
        sent.exchange = host_->bareRequest(request);
        sent.raw = host_->rawRequest(sent.exchange);
        patterns_.push_back(route);
        sent.raw.route = viewOf(patterns_.back());
        sent.status = filter().on_request(filter().context, MORTISE_PHASE_HANDLE, sent.exchange, &sent.raw, &sent.slot);
        runWork();
        sent.answer = host_->answer(sent.exchange);
        return sent;
    }
    Sent send(const char* key, const std::string& body, const std::string& caller = ada,
              const std::string& route = "/things", const std::string& method = "POST") {
        return send(key != nullptr ? std::optional<std::string>(key) : std::nullopt, body, caller, route, method);
    }
    // In the handler's transaction.
    mortise_status keep(Sent& sent, std::uint32_t status, const std::string& body) {
        const FakeContribution& keeper = host_->contributions.at(MORTISE_RESPONSE_KEEPER_POINT).at(0);
        const mortise_field location{viewOf("Location"), viewOf("/things/1")};
        mortise_reply reply{};
        reply.struct_size = sizeof reply;
        reply.status = status;
        reply.flags = MORTISE_REPLY_JSON;
        reply.body = viewOf(body);
        reply.fields = &location;
        reply.field_count = 1;
        const mortise_sql_response response{&reply, nullptr};
        mortise_sql_failure failure{};
        char message[200];
        mortise_error error{};
        error.message = message;
        error.capacity = sizeof message;
        sent.exchange = host_->nextTurn(sent.exchange);
        return static_cast<const mortise_response_keeper_table*>(keeper.table)
            ->keep(keeper.self, sent.exchange, &response, &failure, &error);
    }
    // The response passes the filter, and the request is over.
    void conclude(Sent& sent, std::uint32_t status) {
        sent.exchange = host_->nextTurn(sent.exchange);
        FakeResponse response(*host_, status);
        response.raw()->may_wait = 1;
        const mortise_status returned =
            filter().on_respond(filter().context, sent.exchange, &sent.raw, response.raw(), &sent.slot);
        if (returned == MORTISE_PENDING) {
            CPPUNIT_ASSERT(!work_.empty());
            runWork();
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, host_->answer(sent.exchange).resumed);
        }
        mortise_finished finished{};
        finished.struct_size = sizeof finished;
        finished.status = status;
        filter().on_finish(filter().context, sent.exchange, &sent.raw, &finished, &sent.slot);
        runWork();
    }
    void add(const std::string& prefix, int count, const std::string& caller, std::int64_t expiresAt) {
        database_->execute("WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < " +
                           std::to_string(count) +
                           ") INSERT INTO idempotency_keys (id, fingerprint, caller, claim, server, run, status, "
                           "expires_at) SELECT '" +
                           prefix + "' || n, '', '" + caller + "', '', '', '', 201, " + std::to_string(expiresAt) +
                           " - " + std::to_string(count) + " + n FROM numbers");
    }
    std::int64_t removeSome(const std::string& user, std::int64_t limit) {
        const FakeContribution& one = host_->contributions.at(mortise::UserRelation::pointId).at(0);
        mortise_contribution from{};
        from.name = viewOf(one.name);
        from.table = one.table;
        from.self = one.self;
        mortise::detail::Contributed<mortise::UserRelation> made;
        CPPUNIT_ASSERT_EQUAL(std::string(), made.connect(from));
        CPPUNIT_ASSERT(!made.methods.load); // nothing of it is shown with users
        return made.methods.remove(mortise::Turn(), user, limit);
    }

    TemporaryFolder folder_;
    FakeCrypto crypto_;
    std::int64_t now_ = 0;
    mortise_clock_table clock_{};
    mortise_task_table tasks_{};
    std::deque<std::function<void()>> work_;
    std::deque<std::string> patterns_;
    std::unique_ptr<MemoryDatabase> database_;
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> plugin_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(IdempotencyPluginTest);

} // namespace
