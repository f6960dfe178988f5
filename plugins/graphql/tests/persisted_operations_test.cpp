// SPDX-License-Identifier: Apache-2.0
#include "persisted_operations.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace mortise::graphql {

class PersistedOperationsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PersistedOperationsTest);
    CPPUNIT_TEST(keepsWhatFits);
    CPPUNIT_TEST(displacesTheOwnersOldest);
    CPPUNIT_TEST(aClientsBytesAreBounded);
    CPPUNIT_TEST(nobodyPushesOutOthers);
    CPPUNIT_TEST(useKeeps);
    CPPUNIT_TEST(staysWithinItsLimits);
    CPPUNIT_TEST(isUsedByManyThreads);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::size_t overhead = PersistedOperations::overhead;

    // Stands for the SHA-256 of a text, which is a number here.
    static OperationDigest digest(std::uint32_t number) {
        OperationDigest made{};
        for (std::size_t i = 0; i < 4; ++i) made[i] = static_cast<std::uint8_t>(number >> (8 * i));
        return made;
    }
    static std::string text(std::uint32_t number) { return "{ f" + std::to_string(1'000'000 + number) + " }"; }
    static std::size_t sizeOf(std::size_t count) { return count * (text(0).size() + overhead); }
    static void keep(PersistedOperations& store, std::uint32_t number, std::uint64_t client) {
        store.keep(digest(number), text(number), {client, 4});
    }
    static bool has(PersistedOperations& store, std::uint32_t number) {
        const auto found = store.find(digest(number));
        CPPUNIT_ASSERT(!found || *found == text(number));
        return found != nullptr;
    }

public:
    void keepsWhatFits() {
        PersistedOperations store({sizeOf(10), sizeOf(10), 10});
        CPPUNIT_ASSERT(!has(store, 1));
        keep(store, 1, 1);
        keep(store, 1, 2);
        CPPUNIT_ASSERT(has(store, 1) && !has(store, 2));
        CPPUNIT_ASSERT(store.size() == 1 && store.bytes() == sizeOf(1));
        store.keep(digest(3), std::string(sizeOf(10), 'x'), {1, 4});
        CPPUNIT_ASSERT(store.size() == 1);
        PersistedOperations none({sizeOf(10), sizeOf(10), 0});
        keep(none, 1, 1);
        CPPUNIT_ASSERT(none.size() == 0 && none.bytes() == 0);
    }
    void displacesTheOwnersOldest() {
        PersistedOperations store({sizeOf(100), sizeOf(100), 3});
        keep(store, 100, 2);
        for (std::uint32_t i = 0; i < 5; ++i) keep(store, i, 1);
        CPPUNIT_ASSERT(!has(store, 0) && !has(store, 1) && has(store, 2) && has(store, 3) && has(store, 4));
        CPPUNIT_ASSERT(has(store, 100));
        store.keep(digest(7), text(7), {2, 6}); // the same number of another family is another client
        CPPUNIT_ASSERT(has(store, 7) && has(store, 100) && store.size() == 5);
    }
    void aClientsBytesAreBounded() {
        PersistedOperations store({sizeOf(100), sizeOf(2), 50});
        for (std::uint32_t i = 0; i < 4; ++i) keep(store, i, 1);
        CPPUNIT_ASSERT(!has(store, 1) && has(store, 2) && has(store, 3));
        store.keep(digest(9), std::string(sizeOf(2) - overhead, 'x'), {1, 4});
        CPPUNIT_ASSERT(store.size() == 1 && store.bytes() == sizeOf(2));
    }
    void nobodyPushesOutOthers() {
        PersistedOperations store({sizeOf(10), sizeOf(8), 8});
        for (std::uint32_t i = 0; i < 4; ++i) keep(store, i, 1);
        for (std::uint32_t i = 100; i < 200; ++i) keep(store, i, 2);
        for (std::uint32_t i = 0; i < 4; ++i) CPPUNIT_ASSERT(has(store, i));
        CPPUNIT_ASSERT(store.size() == 10);
        // A third one gets its share of the client that holds the most.
        for (std::uint32_t i = 200; i < 202; ++i) keep(store, i, 3);
        for (std::uint32_t i = 0; i < 4; ++i) CPPUNIT_ASSERT(has(store, i));
        for (std::uint32_t i = 200; i < 202; ++i) CPPUNIT_ASSERT(has(store, i));
        CPPUNIT_ASSERT(store.size() == 10 && has(store, 196) && !has(store, 195));
    }
    void useKeeps() {
        PersistedOperations store({sizeOf(100), sizeOf(100), 3});
        for (std::uint32_t i = 0; i < 3; ++i) keep(store, i, 1);
        CPPUNIT_ASSERT(has(store, 0));
        keep(store, 3, 1);
        CPPUNIT_ASSERT(has(store, 0) && !has(store, 1));
        const auto text = store.find(digest(0));
        for (std::uint32_t i = 10; i < 13; ++i) keep(store, i, 1);
        CPPUNIT_ASSERT(!has(store, 0) && *text == PersistedOperationsTest::text(0)); // what is in use stays
    }
    void staysWithinItsLimits() {
        std::mt19937 random(7);
        PersistedOperations store({sizeOf(40), sizeOf(12), 9});
        for (int i = 0; i < 20'000; ++i) {
            const auto number = static_cast<std::uint32_t>(random() % 500);
            if (random() % 3 == 0)
                has(store, number);
            else
                store.keep(digest(number), text(number), {number % 7 == 0 ? random() : random() % 6, 4});
            CPPUNIT_ASSERT(store.bytes() <= sizeOf(40) && store.size() <= 40);
        }
        CPPUNIT_ASSERT(store.size() > 30);
    }
    void isUsedByManyThreads() {
        PersistedOperations store({sizeOf(40), sizeOf(12), 9});
        std::vector<std::thread> threads;
        for (unsigned client = 0; client < 4; ++client)
            threads.emplace_back([&store, client] {
                for (std::uint32_t i = 0; i < 2'000; ++i) {
                    keep(store, i % 90, client);
                    has(store, (i * 7) % 90);
                }
            });
        for (std::thread& thread : threads) thread.join();
        CPPUNIT_ASSERT(store.size() <= 40 && store.size() >= 9);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PersistedOperationsTest);

} // namespace mortise::graphql
