// SPDX-License-Identifier: Apache-2.0
#include "host/password_pool.hpp"

#include "tests/support/eventually.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

// What this process has used of the processors, of which other processes take nothing.
std::chrono::nanoseconds processTime() {
    timespec used{};
    CPPUNIT_ASSERT_EQUAL(0, clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used));
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

struct Finally {
    std::function<void()> call;
    ~Finally() { call(); }
};

struct Answers {
    mortise_status status = MORTISE_PENDING;
    std::vector<std::string> hashes;
};

std::pair<PasswordPool::AllDone, std::future<Answers>> allAwaited() {
    auto promise = std::make_shared<std::promise<Answers>>();
    auto future = promise->get_future();
    return {[promise](mortise_status status, const std::vector<std::string>& hashes) {
                promise->set_value({status, hashes});
            },
            std::move(future)};
}

Answers get(std::future<Answers>& future) {
    CPPUNIT_ASSERT(future.wait_for(tests::patience) == std::future_status::ready);
    return future.get();
}

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
    CPPUNIT_TEST(neverMatchesAHashAboveTheLimit);
    CPPUNIT_TEST(neverMatchesARefusedPassword);
    CPPUNIT_TEST(hashesAndVerifies);
    CPPUNIT_TEST(hashesAtTheUsualCost);
    CPPUNIT_TEST(renewsACheaperHash);
    CPPUNIT_TEST(whatDoesNotMatchTakesTheSameWork);
    CPPUNIT_TEST(completesOnTheWorkers);
    CPPUNIT_TEST(completesWithoutRoomThere);
    CPPUNIT_TEST(refusesAllForOne);
    CPPUNIT_TEST(hashesAllInTheirOrder);
    CPPUNIT_TEST(batchesAreBounded);
    CPPUNIT_TEST(batchesStepBack);
    CPPUNIT_TEST(cancelledBatchesEnd);
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
        PasswordPool narrow({"h", 1, 1, 0}, completions, {});
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

    void neverMatchesAHashAboveTheLimit() {
        std::string hashes[2];
        for (unsigned i = 0; i < 2; ++i) hashes[i] = base::Bcrypt().hash("password", cheap + 3 + i);
        auto [last, lastFuture] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, dear_.verify("password", hashes[0], 0, last));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, get(lastFuture).status);
        auto [above, aboveFuture] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, dear_.verify("password", hashes[1], 0, above));
        const Answer answer = get(aboveFuture);
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, answer.status);
        CPPUNIT_ASSERT(answer.hash.empty());
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, dear_.hash("password", cheap + 4, never()));
        CPPUNIT_ASSERT_EQUAL(std::uint32_t{cheap + 3}, dear_.costLimit());
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
        PasswordPool pool({"h", 1, 16, 0}, workers_, {11, 13}); // some 100 ms
        const auto time = [&](std::string_view against) {
            auto best = std::chrono::nanoseconds::max();
            for (int i = 0; i < 3; ++i) {
                const auto begin = processTime();
                auto [done, future] = awaited();
                CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool.verify("wrong", against, 0, done));
                get(future);
                best = std::min(best, processTime() - begin);
            }
            return best;
        };
        const auto unknown = time("");
        const std::string above = base::Bcrypt::dummyHash(14); // four times as much
        for (const std::string_view against :
             {std::string_view(hash), std::string_view("no hash"), std::string_view(above)}) {
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
        PasswordPool pool({"h", 1, 8, 0}, completions, {});
        CPPUNIT_ASSERT(completions.drain(std::chrono::steady_clock::now() + tests::patience)); // takes nothing more
        auto [done, future] = awaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool.verify("a", "", cheap, done));
        CPPUNIT_ASSERT_EQUAL(MORTISE_UNAUTHORIZED, get(future).status);
    }

    void refusesAllForOne() {
        const std::string tooLong(73, 'x');
        const std::vector<std::string_view> good{"one", "two"};
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, hashAll({}));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, hashAll({"one", tooLong, "two"}));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, hashAll({"one", std::string_view("a\0b", 3)}));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, hashAll(std::vector<std::string_view>(1001, "x")));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, hashAll(good, cheap - 1));
        CPPUNIT_ASSERT_EQUAL(MORTISE_INVALID, hashAll(good, base::Bcrypt::maximumCost + 1));
    }

    void hashesAllInTheirOrder() {
        std::vector<std::string> texts;
        for (int i = 0; i < 20; ++i) texts.push_back("password " + std::to_string(i));
        auto [done, future] = allAwaited();
        {
            const std::vector<std::string> copies = texts; // they are copied
            const std::vector<std::string_view> views(copies.begin(), copies.end());
            CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, batches_.hashAll(
                                                      views, 0, [] { return false; }, done));
        }
        const Answers answers = get(future);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, answers.status);
        CPPUNIT_ASSERT_EQUAL(texts.size(), answers.hashes.size());
        base::Bcrypt bcrypt;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            CPPUNIT_ASSERT_MESSAGE(answers.hashes[i], answers.hashes[i].starts_with("$2b$04$"));
            CPPUNIT_ASSERT(bcrypt.verify(texts[i], answers.hashes[i]) == base::PasswordVerdict::match);
        }
    }

    void batchesAreBounded() {
        PasswordPool pool({"h", 1, 1, 0, 1, 3}, workers_, {cheap});
        std::promise<void> release;
        const auto released = release.get_future().share();
        std::atomic<int> asked{0};
        const auto hold = [&] {
            ++asked;
            released.wait();
            return false;
        };
        auto [done, future] = allAwaited();
        auto [loginDone, login] = awaited();
        {
            const Finally letGo{[&] { release.set_value(); }};
            CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, hashAll(pool, {"1", "2", "3", "4"}, hold, neverAll()));
            CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, hashAll(pool, {"1", "2", "3"}, hold, done));
            CPPUNIT_ASSERT(tests::eventually([&] { return asked == 1; }));
            CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, hashAll(pool, {"1", "2"}, hold, neverAll())); // two wait
            CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool.verify("a", "", cheap, loginDone));   // in a queue of its own
        }
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, get(future).status);
        CPPUNIT_ASSERT_EQUAL(MORTISE_UNAUTHORIZED, get(login).status);
    }

    // A login that comes while a batch is hashed is before what is left of it.
    void batchesStepBack() {
        PasswordPool pool({"h", 1, 8, 0, 1, 8}, workers_, {cheap});
        std::promise<void> release;
        const auto released = release.get_future().share();
        std::atomic<int> asked{0};
        std::vector<std::uint64_t> completed; // jobs before each of the batch's; the one thread writes it
        const auto note = [&] {
            completed.push_back(pool.pool().counters().completed);
            if (++asked == 1) released.wait();
            return false;
        };
        auto [done, future] = allAwaited();
        auto [loginDone, login] = awaited();
        {
            const Finally letGo{[&] { release.set_value(); }};
            CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, hashAll(pool, {"1", "2", "3"}, note, done));
            CPPUNIT_ASSERT(tests::eventually([&] { return asked == 1; }));
            CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, pool.verify("a", "", cheap, loginDone));
        }
        get(login);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, get(future).status);
        CPPUNIT_ASSERT((completed == std::vector<std::uint64_t>{0, 2, 3}));
    }

    void cancelledBatchesEnd() {
        PasswordPool pool({"h", 1, 8, 0, 1, 8}, workers_, {cheap});
        std::atomic<int> asked{0};
        auto [done, future] = allAwaited();
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, hashAll(
                                                  pool, {"1", "2", "3", "4", "5"}, [&] { return ++asked == 3; }, done));
        const Answers answers = get(future);
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, answers.status);
        CPPUNIT_ASSERT(answers.hashes.empty());
        CPPUNIT_ASSERT_EQUAL(3, asked.load());
    }

private:
    static mortise_status hashAll(PasswordPool& pool, const std::vector<std::string_view>& passwords,
                                  std::function<bool()> isCancelled, PasswordPool::AllDone done) {
        return pool.hashAll(passwords, 0, std::move(isCancelled), std::move(done));
    }
    mortise_status hashAll(const std::vector<std::string_view>& passwords, std::uint32_t cost = 0) {
        return batches_.hashAll(
            passwords, cost, [] { return false; }, neverAll());
    }
    static PasswordPool::AllDone neverAll() {
        return [](mortise_status, const std::vector<std::string>&) { CPPUNIT_FAIL("it was called"); };
    }
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
    PasswordPool pool_{{"h", 2, 16, 0}, workers_, {}};
    PasswordPool batches_{{"h", 2, 16, 0, 2, 1000}, workers_, {cheap}};
    PasswordPool dear_{{"h", 1, 16, 0}, workers_, {cheap + 2, cheap + 3}};
};

CPPUNIT_TEST_SUITE_REGISTRATION(PasswordPoolTest);

} // namespace mortise::host
