// SPDX-License-Identifier: Apache-2.0
#include "memory_store.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <malloc.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace mortise::rate_limit;

namespace {

constexpr HashKey key{0x0123456789abcdef, 0xfedcba9876543210};
constexpr Seconds t0 = 5000;
constexpr std::size_t plenty = 1 << 20;

MemoryStore::Settings settings(std::size_t clients, std::uint32_t most = 3, std::size_t shards = 1) {
    MemoryStore::Settings made;
    made.limits = {{"default", {most, 60, Algorithm::fixed}}, {"POST /login", {2, 600, Algorithm::fixed}}};
    made.clients = clients;
    made.shards = shards;
    return made;
}
Client client(std::uint64_t number) {
    return {number, Client::Family::ipv4};
}
unsigned passing(MemoryStore& store, const Client& who, unsigned tries, Seconds now, std::uint8_t limit = 0) {
    unsigned passed = 0;
    for (unsigned i = 0; i < tries; ++i) passed += store.count(who, limit, now).refused ? 0 : 1;
    return passed;
}

} // namespace

class MemoryStoreTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(MemoryStoreTest);
    CPPUNIT_TEST(clientsAreCountedApart);
    CPPUNIT_TEST(limitsAreCountedApart);
    CPPUNIT_TEST(aFullTableFreesWhatIsOverFirst);
    CPPUNIT_TEST(thenWhoHasTheLeastUse);
    CPPUNIT_TEST(useIsMeasuredByTheLimit);
    CPPUNIT_TEST(neverWhoIsOverTheLimit);
    CPPUNIT_TEST(aFloodFreesNobodyWhoIsOverTheLimit);
    CPPUNIT_TEST(nobodyIsLostWhenOthersGo);
    CPPUNIT_TEST(pressureIsToldOncePerMinute);
    CPPUNIT_TEST(aMillionClientsHaveABound);
    CPPUNIT_TEST(asManyAsPromisedFindAPlace);
    CPPUNIT_TEST(threadsCountTogether);
    CPPUNIT_TEST(stateMovesToAnotherStore);
    CPPUNIT_TEST(stateIsAddedToWhatHasBegun);
    CPPUNIT_TEST(stateGoesByNamesAndNewLimits);
    CPPUNIT_TEST(stateOfUsedUpLimitsComesFirst);
    CPPUNIT_TEST(stateHasABound);
    CPPUNIT_TEST(brokenStateIsRefused);
    CPPUNIT_TEST_SUITE_END();

public:
    void clientsAreCountedApart() {
        MemoryStore store(settings(100), key);
        CPPUNIT_ASSERT_EQUAL(3u, passing(store, client(1), 5, t0));
        CPPUNIT_ASSERT_EQUAL(3u, passing(store, client(2), 5, t0));
        CPPUNIT_ASSERT_EQUAL(3u, passing(store, {1, Client::Family::ipv6}, 5, t0));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, store.size());
        CPPUNIT_ASSERT_EQUAL(0u, passing(store, client(1), 5, t0 + 59));
        CPPUNIT_ASSERT_EQUAL(3u, passing(store, client(1), 5, t0 + 60));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, store.size());
    }
    void limitsAreCountedApart() {
        MemoryStore store(settings(100), key);
        CPPUNIT_ASSERT_EQUAL(2u, passing(store, client(1), 5, t0, 1));
        CPPUNIT_ASSERT_EQUAL(3u, passing(store, client(1), 5, t0, 0));
        CPPUNIT_ASSERT_EQUAL(0u, passing(store, client(1), 5, t0 + 61, 1));
        CPPUNIT_ASSERT_EQUAL(3u, passing(store, client(1), 5, t0 + 61, 0));
    }

    void aFullTableFreesWhatIsOverFirst() {
        MemoryStore store(settings(4), key);
        store.count(client(1), 0, t0);
        for (std::uint64_t i = 2; i <= 4; ++i) store.count(client(i), 0, t0 + 30);
        for (std::uint64_t i = 2; i <= 4; ++i) store.count(client(i), 0, t0 + 30);
        store.count(client(5), 0, t0 + 60); // the window of 1 is over
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, store.size());
        CPPUNIT_ASSERT(!store.report(t0 + 60)); // nobody in force was freed
        for (std::uint64_t i = 2; i <= 4; ++i) CPPUNIT_ASSERT_EQUAL(1u, passing(store, client(i), 5, t0 + 60));
        // All at once: the next newcomers find free places.
        store.count(client(6), 0, t0 + 200);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, store.size());
    }
    void thenWhoHasTheLeastUse() {
        MemoryStore store(settings(3, 10), key);
        passing(store, client(1), 5, t0);
        passing(store, client(2), 3, t0);
        passing(store, client(3), 4, t0);
        store.count(client(4), 0, t0); // 2 goes
        const auto pressure = store.report(t0);
        CPPUNIT_ASSERT(pressure.has_value());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, pressure->freed);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, pressure->shared);
        CPPUNIT_ASSERT_EQUAL(5u, passing(store, client(1), 20, t0));
        CPPUNIT_ASSERT_EQUAL(6u, passing(store, client(3), 20, t0));
        CPPUNIT_ASSERT_EQUAL(10u, passing(store, client(2), 20, t0)); // in the place of 4
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, store.size());
    }
    void useIsMeasuredByTheLimit() {
        MemoryStore store(settings(2, 100), key);
        passing(store, client(1), 1, t0, 1);  // half of 2
        passing(store, client(2), 10, t0, 0); // a tenth of 100
        store.count(client(3), 0, t0);
        CPPUNIT_ASSERT_EQUAL(1u, passing(store, client(1), 5, t0, 1)); // was not forgotten
    }
    void neverWhoIsOverTheLimit() {
        MemoryStore store(settings(4), key);
        for (std::uint64_t i = 1; i <= 4; ++i) passing(store, client(i), 3, t0); // used up, none refused yet
        // Newcomers share one window, and do not pass uncounted.
        CPPUNIT_ASSERT(!store.count(client(5), 0, t0).refused);
        CPPUNIT_ASSERT(!store.count(client(6), 0, t0).refused);
        CPPUNIT_ASSERT(!store.count(client(7), 0, t0).refused);
        CPPUNIT_ASSERT(store.count(client(8), 0, t0).refused);
        CPPUNIT_ASSERT(store.count(client(5), 0, t0).refused);
        for (std::uint64_t i = 1; i <= 4; ++i) CPPUNIT_ASSERT(store.count(client(i), 0, t0 + 59).refused);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{5}, store.report(t0)->shared);
        // Each limit shares its own.
        CPPUNIT_ASSERT(!store.count(client(8), 1, t0).refused);
        // There is room again.
        CPPUNIT_ASSERT_EQUAL(3u, passing(store, client(8), 5, t0 + 60));
    }
    void aFloodFreesNobodyWhoIsOverTheLimit() {
        MemoryStore store(settings(2000, 3, 4), key);
        for (std::uint64_t i = 0; i < 500; ++i) passing(store, client(i), 4, t0);
        for (std::uint64_t i = 0; i < 100'000; ++i) store.count({i, Client::Family::ipv6}, 0, t0 + 1);
        CPPUNIT_ASSERT_EQUAL(store.capacity(), store.size());
        for (std::uint64_t i = 0; i < 500; ++i) CPPUNIT_ASSERT(store.count(client(i), 0, t0 + 59).refused);
    }
    // Removing moves others: against a plain list of who must still be there.
    void nobodyIsLostWhenOthersGo() {
        MemoryStore store(settings(200, 1000), key);
        std::uint64_t newcomer = 1000;
        for (Seconds now = t0; now < t0 + 600; now += 7) {
            for (std::uint64_t i = 0; i < 150; ++i) {
                // Each of these has far more use than the newcomers, so that it stays while it lasts.
                const Standing standing = store.count(client(i), 0, now);
                for (unsigned more = 0; more < 5; ++more) store.count(client(i), 0, now);
                const unsigned rounds = (now - t0) / 7 % 9; // a window of 60 s holds nine of these rounds
                CPPUNIT_ASSERT_EQUAL(999u - 6 * rounds, standing.remaining);
            }
            for (unsigned i = 0; i < 120; ++i) store.count(client(++newcomer), 0, now);
        }
    }

    void pressureIsToldOncePerMinute() {
        MemoryStore store(settings(1, 10), key);
        CPPUNIT_ASSERT(!store.report(t0));
        store.count(client(1), 0, t0);
        CPPUNIT_ASSERT(!store.report(t0));
        store.count(client(2), 0, t0);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, store.report(t0)->freed);
        CPPUNIT_ASSERT(!store.report(t0));
        store.count(client(3), 0, t0 + 1);
        store.count(client(4), 0, t0 + 2);
        CPPUNIT_ASSERT(!store.report(t0 + 59));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, store.report(t0 + 60)->freed);
        CPPUNIT_ASSERT(!store.report(t0 + 999));
    }

    void aMillionClientsHaveABound() {
        const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
        MemoryStore store(settings(1'000'000, 100, 64), key);
        const std::size_t made = mallinfo2().uordblks + mallinfo2().hblkhd - before;
        for (std::uint64_t i = 0; i < 1'000'000; ++i) store.count(client(i * 7919), 0, t0);
        const std::size_t used = mallinfo2().uordblks + mallinfo2().hblkhd - before;
        CPPUNIT_ASSERT_EQUAL(std::size_t{1'000'000}, store.size());
        CPPUNIT_ASSERT(!store.report(t0));
        CPPUNIT_ASSERT_MESSAGE(std::to_string(store.bytes()), store.bytes() < 32'000'000);
        CPPUNIT_ASSERT_EQUAL(made, used); // no request allocates
        // A sanitizer's own heap tells nothing here.
        CPPUNIT_ASSERT_MESSAGE(std::to_string(made), made == 0 || (made >= store.bytes() - 4096 && made < 32'500'000));
        // The default, with the same million.
        MemoryStore smaller(settings(100'000, 100, 64), key);
        for (std::uint64_t i = 0; i < 1'000'000; ++i) smaller.count(client(i * 7919), 0, t0);
        CPPUNIT_ASSERT_EQUAL(smaller.capacity(), smaller.size());
        CPPUNIT_ASSERT_MESSAGE(std::to_string(smaller.bytes()), smaller.bytes() < 3'400'000);
    }
    void asManyAsPromisedFindAPlace() {
        for (const std::size_t clients : {1000u, 10'000u, 100'000u}) {
            MemoryStore store(settings(clients, 100, 64), key);
            for (std::uint64_t i = 0; i < clients; ++i) store.count(client(i), 0, t0);
            CPPUNIT_ASSERT_EQUAL(clients, store.size());
            CPPUNIT_ASSERT(!store.report(t0));
        }
    }
    void threadsCountTogether() {
        MemoryStore store(settings(100, 10'000, 8), key);
        MemoryStore crowded(settings(100, 10'000, 8), key);
        std::atomic<unsigned> passed{0};
        std::vector<std::thread> threads;
        for (std::uint64_t t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                for (unsigned i = 0; i < 5000; ++i) {
                    if (!store.count(client(1), 0, t0).refused) ++passed;
                    store.count(client(2 + i % 10), 0, t0);
                    crowded.count(client(t << 32 | i), 0, t0);
                    if (i % 1000 == 0) static_cast<void>(crowded.merge(store.encode(t0, plenty), t0));
                    static_cast<void>(crowded.report(t0 + i));
                }
            });
        for (std::thread& thread : threads) thread.join();
        CPPUNIT_ASSERT_EQUAL(10'000u, passed.load());
        CPPUNIT_ASSERT(store.count(client(1), 0, t0).refused);
        for (std::uint64_t i = 2; i < 12; ++i)
            CPPUNIT_ASSERT_EQUAL(10'000u - 2000 - 1, store.count(client(i), 0, t0).remaining);
        CPPUNIT_ASSERT_EQUAL(crowded.capacity(), crowded.size());
    }

    void stateMovesToAnotherStore() {
        MemoryStore old(settings(100), key);
        passing(old, client(1), 3, t0);
        passing(old, client(2), 1, t0 + 30);
        passing(old, client(3), 1, t0 - 60); // over
        passing(old, {7, Client::Family::local}, 2, t0, 1);
        MemoryStore store(settings(50, 3, 4), {1, 2});
        CPPUNIT_ASSERT(store.merge(old.encode(t0 + 40, plenty), t0 + 40));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, store.size());
        const Standing standing = store.count(client(1), 0, t0 + 40);
        CPPUNIT_ASSERT(standing.refused);
        CPPUNIT_ASSERT_EQUAL(Seconds{t0 + 60}, standing.reset);
        CPPUNIT_ASSERT_EQUAL(2u, passing(store, client(2), 5, t0 + 40));
        CPPUNIT_ASSERT_EQUAL(3u, passing(store, client(3), 5, t0 + 40));
        CPPUNIT_ASSERT_EQUAL(0u, passing(store, {7, Client::Family::local}, 5, t0 + 40, 1));
    }
    void stateIsAddedToWhatHasBegun() {
        MemoryStore old(settings(100), key);
        passing(old, client(1), 2, t0);
        MemoryStore store(settings(100), {1, 2});
        passing(store, client(1), 1, t0 + 10);
        CPPUNIT_ASSERT(store.merge(old.encode(t0 + 11, plenty), t0 + 11));
        CPPUNIT_ASSERT_EQUAL(0u, passing(store, client(1), 5, t0 + 11));
        CPPUNIT_ASSERT_EQUAL(3u, passing(store, client(1), 5, t0 + 60)); // with the older window
    }
    void stateGoesByNamesAndNewLimits() {
        MemoryStore::Settings before = settings(100, 10);
        before.limits.push_back({"GET /gone", {5, 60, Algorithm::fixed}});
        MemoryStore old(before, key);
        passing(old, client(1), 8, t0, 0);
        passing(old, client(1), 2, t0, 1);
        passing(old, client(1), 2, t0, 2);
        MemoryStore::Settings after = settings(100);
        after.limits = {{"default", {5, 120, Algorithm::sliding}},
                        {"GET /new", {9, 60, Algorithm::fixed}},
                        {"POST /login", {3, 600, Algorithm::fixed}}};
        MemoryStore store(after, {1, 2});
        CPPUNIT_ASSERT(store.merge(old.encode(t0, plenty), t0));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, store.size());
        CPPUNIT_ASSERT(store.count(client(1), 0, t0 + 119).refused);
        CPPUNIT_ASSERT_EQUAL(9u, passing(store, client(1), 20, t0, 1));
        CPPUNIT_ASSERT_EQUAL(1u, passing(store, client(1), 20, t0, 2));
    }
    void stateOfUsedUpLimitsComesFirst() {
        MemoryStore old(settings(100), key);
        for (std::uint64_t i = 0; i < 80; ++i) passing(old, client(i), i % 4 == 0 ? 3 : 2, t0);
        MemoryStore store(settings(20), {1, 2});
        CPPUNIT_ASSERT(store.merge(old.encode(t0, plenty), t0));
        CPPUNIT_ASSERT_EQUAL(std::size_t{20}, store.size());
        for (std::uint64_t i = 0; i < 80; i += 4) CPPUNIT_ASSERT(store.count(client(i), 0, t0 + 1).refused);
    }
    void stateHasABound() {
        MemoryStore old(settings(100), key);
        for (std::uint64_t i = 0; i < 80; ++i) passing(old, client(i), i % 4 == 0 ? 3 : 2, t0);
        const std::string state = old.encode(t0, 1000);
        CPPUNIT_ASSERT(state.size() <= 1000 && state.size() > 1000 - 22);
        MemoryStore store(settings(100), {1, 2});
        CPPUNIT_ASSERT(store.merge(state, t0));
        for (std::uint64_t i = 0; i < 80; i += 4) CPPUNIT_ASSERT(store.count(client(i), 0, t0 + 1).refused);
    }
    void brokenStateIsRefused() {
        MemoryStore old(settings(100), key);
        for (std::uint64_t i = 0; i < 20; ++i) passing(old, client(i), 2, t0);
        const std::string good = old.encode(t0, plenty);
        for (std::size_t length = 0; length < good.size(); ++length) {
            MemoryStore store(settings(100), key);
            const bool whole = length >= 22 && (good.size() - length) % 22 == 0;
            CPPUNIT_ASSERT_EQUAL(whole, store.merge(good.substr(0, length), t0));
            CPPUNIT_ASSERT(store.size() <= 20);
        }
        std::uint64_t random = 1;
        for (unsigned i = 0; i < 20'000; ++i) {
            std::string bad = good;
            for (unsigned j = 0; j < 4; ++j) {
                random = random * 6364136223846793005u + 1442695040888963407u;
                bad[(random >> 33) % bad.size()] = static_cast<char>(random >> 56);
            }
            MemoryStore store(settings(10), key);
            static_cast<void>(store.merge(bad, t0)); // no worse than a wrong count
            CPPUNIT_ASSERT(store.size() <= 10);
        }
        MemoryStore store(settings(100), key);
        CPPUNIT_ASSERT(!store.merge(std::string("\2\0", 2), t0)); // of a later version
        CPPUNIT_ASSERT(!store.merge(good + 'x', t0));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(MemoryStoreTest);
