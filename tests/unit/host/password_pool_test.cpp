// SPDX-License-Identifier: Apache-2.0
#include "host/password_pool.hpp"

#include "tests/support/eventually.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::host {

namespace {

constexpr std::uint32_t cheap = base::Bcrypt::minimumCost;

struct Answer {
    mortise_status status = MORTISE_PENDING;
    std::string hash;
};

// A `done` with the future it fulfils; a second call would throw.
std::pair<PasswordPool::Done, std::future<Answer>> awaited() {
    auto promise = std::make_shared<std::promise<Answer>>();
    auto future = promise->get_future();
    return {[promise](mortise_status status, std::string_view hash) {
                promise->set_value({status, std::string(hash)});
            },
            std::move(future)};
}

struct Finally {
    std::function<void()> call;
    ~Finally() { call(); }
};

Answer get(std::future<Answer>& future) {
    CPPUNIT_ASSERT(future.wait_for(tests::patience) == std::future_status::ready);
    return future.get();
}

} // namespace

class PasswordPoolTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PasswordPoolTest);
    CPPUNIT_TEST(refusesWhatBcryptWouldCut);
    CPPUNIT_TEST(refusesCostsOutOfRange);
    CPPUNIT_TEST(isBounded);
    CPPUNIT_TEST(doesTheWorkForUnknownUsers);
    CPPUNIT_TEST(tellsADamagedHashFromAWrongPassword);
    CPPUNIT_TEST(neverMatchesARefusedPassword);
    CPPUNIT_TEST(hashesAndVerifies);
    CPPUNIT_TEST(hashesAtTheUsualCost);
    CPPUNIT_TEST(renewsACheaperHash);
    CPPUNIT_TEST(whatDoesNotMatchTakesTheSameWork);
    CPPUNIT_TEST(completesOnTheWorkers);
    CPPUNIT_TEST(completesWithoutRoomThere);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesWhatBcryptWouldCut() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, pool_.hash(std::string(73, 'x'), cheap, never()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, pool_.hash(std::string_view("a\0b", 3), cheap, never()));
        auto [done, future] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool_.hash(std::string(72, 'x'), cheap, done));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, get(future).status);
    }

    void refusesCostsOutOfRange() {
        for (const std::uint32_t cost : {1u, cheap - 1, base::Bcrypt::maximumCost + 1, ~0u}) {
            CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, pool_.hash("password", cost, never()));
            CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, pool_.verify("password", "", cost, never()));
        }
    }

    void isBounded() {
        std::atomic<int> done{0};
        std::promise<void> release;
        const auto released = release.get_future().share();
        base::WorkerPool completions({"c", 1, 1, 0});
        PasswordPool narrow({"h", 1, 1, 0}, completions);
        const Finally letGo{[&] { release.set_value(); }}; // also when an assertion fails: the pools join
        const auto hold = [&](mortise_status, std::string_view) {
            released.wait();
            ++done;
        };
        const auto submit = [&] { return narrow.verify("a", "", cheap, hold); };
        // One completion runs, one waits, the third is run by the hashing thread itself: nothing moves any more.
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, submit());
        CPPUNIT_ASSERT(tests::eventually([&] { return completions.counters().running == 1; }));
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, submit());
        CPPUNIT_ASSERT(tests::eventually([&] { return completions.counters().queued == 1; }));
        CPPUNIT_ASSERT(tests::eventually([&] { return narrow.pool().counters().running == 0; }));
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, submit());
        CPPUNIT_ASSERT(tests::eventually([&] { return narrow.pool().counters().running == 1; }));
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, submit()); // waits
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, narrow.verify("a", "", cheap, never()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, narrow.hash("a", cheap, never()));
        CPPUNIT_ASSERT_EQUAL(0, done.load());
    }

    void doesTheWorkForUnknownUsers() {
        auto [done, future] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool_.verify("password", "", cheap, done));
        const Answer answer = get(future);
        CPPUNIT_ASSERT_EQUAL(MORTISE_UNAUTHORIZED, answer.status);
        CPPUNIT_ASSERT(answer.hash.empty());
    }

    void tellsADamagedHashFromAWrongPassword() {
        auto [damaged, damagedFuture] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool_.verify("password", "$2b$04$short", cheap, damaged));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, get(damagedFuture).status);
        auto [wrong, wrongFuture] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool_.verify("Password", hashOf("password"), cheap, wrong));
        CPPUNIT_ASSERT_EQUAL(MORTISE_UNAUTHORIZED, get(wrongFuture).status);
    }

    void neverMatchesARefusedPassword() {
        const std::string longest(72, 'x');
        const std::string hash = hashOf(longest);
        auto [done, future] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool_.verify(longest + "x", hash, cheap, done));
        CPPUNIT_ASSERT_EQUAL(MORTISE_UNAUTHORIZED, get(future).status);
    }

    void hashesAndVerifies() {
        std::string password = "correct horse";
        const std::string hash = hashOf(password);
        CPPUNIT_ASSERT(hash.starts_with("$2b$04$") && hash.size() == 60);
        auto [done, future] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool_.verify(password, hash, cheap, done));
        password.assign(password.size(), 'X'); // it was copied
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, get(future).status);
    }

    void hashesAtTheUsualCost() {
        auto [done, future] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, dear_.hash("password", 0, done));
        const std::string hash = get(future).hash;
        CPPUNIT_ASSERT_MESSAGE(hash, hash.starts_with("$2b$06$"));
    }

    void renewsACheaperHash() {
        auto [done, future] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, dear_.verify("password", hashOf("password"), 0, done));
        const Answer answer = get(future);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, answer.status);
        CPPUNIT_ASSERT_MESSAGE(answer.hash, answer.hash.starts_with("$2b$06$"));
        auto [again, againFuture] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, dear_.verify("password", answer.hash, 0, again));
        const Answer second = get(againFuture);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, second.status);
        CPPUNIT_ASSERT(second.hash.empty());
        auto [wrong, wrongFuture] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, dear_.verify("Password", hashOf("password"), 0, wrong));
        CPPUNIT_ASSERT(get(wrongFuture).hash.empty());
    }

    void whatDoesNotMatchTakesTheSameWork() {
        const std::string hash = hashOf("password");
        PasswordPool pool({"h", 1, 16, 0}, workers_, 11); // some 100 ms
        const auto time = [&](std::string_view against) {
            auto best = std::chrono::nanoseconds::max();
            for (int i = 0; i < 3; ++i) {
                const auto begin = std::chrono::steady_clock::now();
                auto [done, future] = awaited();
                CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool.verify("wrong", against, 0, done));
                get(future);
                best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - begin);
            }
            return best;
        };
        const auto unknown = time("");
        for (const std::string_view against : {std::string_view(hash), std::string_view("no hash")}) {
            const auto taken = time(against);
            CPPUNIT_ASSERT(taken > unknown / 2 && taken < unknown * 2);
        }
    }

    void completesOnTheWorkers() {
        std::promise<bool> onWorker;
        auto future = onWorker.get_future();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool_.verify("a", "", cheap, [&](mortise_status, std::string_view) {
            onWorker.set_value(workers_.currentWorker().has_value());
        }));
        CPPUNIT_ASSERT(future.wait_for(tests::patience) == std::future_status::ready);
        CPPUNIT_ASSERT(future.get());
    }

    void completesWithoutRoomThere() {
        base::WorkerPool completions({"c", 1, 1, 0});
        PasswordPool pool({"h", 1, 8, 0}, completions);
        CPPUNIT_ASSERT(completions.drain(std::chrono::steady_clock::now() + tests::patience)); // takes nothing more
        auto [done, future] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool.verify("a", "", cheap, done));
        CPPUNIT_ASSERT_EQUAL(MORTISE_UNAUTHORIZED, get(future).status);
    }

private:
    static PasswordPool::Done never() {
        return [](mortise_status, std::string_view) { CPPUNIT_FAIL("it was called"); };
    }
    std::string hashOf(std::string_view password) {
        auto [done, future] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool_.hash(password, cheap, done));
        Answer answer = get(future);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, answer.status);
        return answer.hash;
    }

    base::WorkerPool workers_{{"w", 1, 16, 0}};
    PasswordPool pool_{{"h", 2, 16, 0}, workers_};
    PasswordPool dear_{{"h", 1, 16, 0}, workers_, cheap + 2};
};

CPPUNIT_TEST_SUITE_REGISTRATION(PasswordPoolTest);

} // namespace mortise::host
