// SPDX-License-Identifier: Apache-2.0
#include "../email_key.hpp"
#include "../total_cache.hpp"
#include "../user_id.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace {

const std::string sample = "018f2b6e-7c1d-7a90-8b3c-0123456789ab";

class UserIdTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(UserIdTest);
    CPPUNIT_TEST(refusesWhatIsNoUuid);
    CPPUNIT_TEST(refusesEveryForeignCharacter);
    CPPUNIT_TEST(lowersUpperCase);
    CPPUNIT_TEST_SUITE_END();

    void refusesWhatIsNoUuid() {
        for (const char* text :
             {"", "1", "me", "018f2b6e7c1d7a908b3c0123456789ab", "{018f2b6e-7c1d-7a90-8b3c-0123456789a}",
              "018f2b6e-7c1d-7a90-8b3c-0123456789abc", "018f2b6e-7c1d-7a90-8b3c-0123456789a",
              "018f2b6e-7c1d-7a90-8b3c0-123456789ab", "------------------------------------"}) {
            CPPUNIT_ASSERT_MESSAGE(text, !users::UserId::parse(text));
        }
    }

    void refusesEveryForeignCharacter() {
        for (std::size_t at = 0; at < sample.size(); ++at) {
            for (const char c : {'g', 'G', '/', ':', '@', '`', ' ', '\0', '\x80', sample[at] == '-' ? '0' : '-'}) {
                std::string text = sample;
                text[at] = c;
                CPPUNIT_ASSERT(!users::UserId::parse(text));
            }
        }
    }

    void lowersUpperCase() {
        CPPUNIT_ASSERT_EQUAL(sample, std::string(users::UserId::parse(sample)->text()));
        CPPUNIT_ASSERT_EQUAL(sample, std::string(users::UserId::parse("018F2B6E-7C1D-7A90-8B3C-0123456789AB")->text()));
    }
};

class TotalCacheTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TotalCacheTest);
    CPPUNIT_TEST(startsEmpty);
    CPPUNIT_TEST(forgetsOtherVersions);
    CPPUNIT_TEST(neverMixesVersions);
    CPPUNIT_TEST_SUITE_END();

    void startsEmpty() {
        const users::TotalCache cache;
        CPPUNIT_ASSERT(!cache.find(0));
    }

    void forgetsOtherVersions() {
        users::TotalCache cache;
        cache.store(7, 3);
        CPPUNIT_ASSERT(!cache.find(6) && !cache.find(8));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, cache.find(7).value());
        cache.store(8, 4);
        CPPUNIT_ASSERT(!cache.find(7));
    }

    void neverMixesVersions() {
        users::TotalCache cache;
        std::atomic<bool> mixed{false};
        std::vector<std::thread> threads;
        for (int worker = 0; worker < 2; ++worker) {
            threads.emplace_back([&] {
                for (std::uint64_t version = 1; version < 20000; ++version) {
                    cache.store(version, static_cast<std::int64_t>(version) * 10);
                    const auto total = cache.find(version);
                    if (total && *total != static_cast<std::int64_t>(version) * 10) mixed = true;
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        CPPUNIT_ASSERT(!mixed);
    }
};

class EmailKeyTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(EmailKeyTest);
    CPPUNIT_TEST(lowersAsciiOnly);
    CPPUNIT_TEST_SUITE_END();

    void lowersAsciiOnly() {
        CPPUNIT_ASSERT_EQUAL(std::string("ada.l+x@example.com"), users::emailKey("Ada.L+X@EXAMPLE.com"));
        CPPUNIT_ASSERT_EQUAL(std::string("\xc3\x84z@x.org"), users::emailKey("\xc3\x84Z@x.org"));
        CPPUNIT_ASSERT_EQUAL(std::string("[@`{"), users::emailKey("[@`{"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UserIdTest);
CPPUNIT_TEST_SUITE_REGISTRATION(TotalCacheTest);
CPPUNIT_TEST_SUITE_REGISTRATION(EmailKeyTest);

} // namespace
