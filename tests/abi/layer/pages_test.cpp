// SPDX-License-Identifier: Apache-2.0
#include <mortise/bounded_count.hpp>
#include <mortise/content_hash.hpp>
#include <mortise/pages.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

const std::string sample = "018f2b6e-7c1d-7a90-8b3c-0123456789ab";

class UuidTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(UuidTest);
    CPPUNIT_TEST(refusesWhatIsNoUuid);
    CPPUNIT_TEST(refusesEveryForeignCharacter);
    CPPUNIT_TEST(lowersUpperCase);
    CPPUNIT_TEST_SUITE_END();

    void refusesWhatIsNoUuid() {
        for (const char* text :
             {"", "1", "me", "018f2b6e7c1d7a908b3c0123456789ab", "{018f2b6e-7c1d-7a90-8b3c-0123456789a}",
              "018f2b6e-7c1d-7a90-8b3c-0123456789abc", "018f2b6e-7c1d-7a90-8b3c-0123456789a",
              "018f2b6e-7c1d-7a90-8b3c0-123456789ab", "------------------------------------"}) {
            CPPUNIT_ASSERT_MESSAGE(text, !mortise::Uuid::parse(text));
        }
    }

    void refusesEveryForeignCharacter() {
        for (std::size_t at = 0; at < sample.size(); ++at) {
            for (const char c : {'g', 'G', '/', ':', '@', '`', ' ', '\0', '\x80', sample[at] == '-' ? '0' : '-'}) {
                std::string text = sample;
                text[at] = c;
                CPPUNIT_ASSERT(!mortise::Uuid::parse(text));
            }
        }
    }

    void lowersUpperCase() {
        CPPUNIT_ASSERT_EQUAL(sample, std::string(mortise::Uuid::parse(sample)->text()));
        CPPUNIT_ASSERT_EQUAL(sample, std::string(mortise::Uuid::parse("018F2B6E-7C1D-7A90-8B3C-0123456789AB")->text()));
    }
};

class BoundedCountTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BoundedCountTest);
    CPPUNIT_TEST(countsAloneWhileThereAreFew);
    CPPUNIT_TEST(countsNoMoreThanItsLimit);
    CPPUNIT_TEST_SUITE_END();

    // A table of `rows_`, and how often it was asked for what.
    std::int64_t total() {
        return counted_.total(
            [this] {
                ++counts_;
                return rows_;
            },
            [this](std::int64_t limit) {
                ++looks_;
                return rows_ > limit;
            });
    }

    mortise::BoundedCount counted_{100};
    std::int64_t rows_ = 0;
    int counts_ = 0, looks_ = 0;

public:
    void countsAloneWhileThereAreFew() {
        for (rows_ = 0; rows_ <= 50; ++rows_) CPPUNIT_ASSERT_EQUAL(rows_, total());
        CPPUNIT_ASSERT_EQUAL(51, counts_);
        CPPUNIT_ASSERT_EQUAL(0, looks_);
    }
    void countsNoMoreThanItsLimit() {
        rows_ = 51;
        CPPUNIT_ASSERT_EQUAL(std::int64_t{51}, total());
        for (rows_ = 99; rows_ <= 103; ++rows_) CPPUNIT_ASSERT_EQUAL(std::min<std::int64_t>(rows_, 100), total());
        CPPUNIT_ASSERT_EQUAL(1 + 2, counts_); // 99 and 100
        CPPUNIT_ASSERT_EQUAL(5, looks_);
        rows_ = 7;
        CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, total());
    }
};

class TotalCacheTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TotalCacheTest);
    CPPUNIT_TEST(startsEmpty);
    CPPUNIT_TEST(forgetsOtherVersions);
    CPPUNIT_TEST(neverMixesVersions);
    CPPUNIT_TEST(staysBounded);
    CPPUNIT_TEST_SUITE_END();

    void startsEmpty() {
        const mortise::TotalCache cache;
        CPPUNIT_ASSERT(!cache.find(0, {}));
    }

    void forgetsOtherVersions() {
        mortise::TotalCache cache;
        cache.store(7, {}, 3);
        CPPUNIT_ASSERT(!cache.find(6, {}) && !cache.find(8, {}) && !cache.find(7, "other"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, cache.find(7, {}).value());
        cache.store(8, {}, 4);
        CPPUNIT_ASSERT(!cache.find(7, {}));
    }

    void neverMixesVersions() {
        mortise::TotalCache cache;
        std::atomic<bool> mixed{false};
        std::vector<std::thread> threads;
        for (int worker = 0; worker < 2; ++worker) {
            threads.emplace_back([&] {
                for (std::uint64_t version = 1; version < 20000; ++version) {
                    cache.store(version, "one", static_cast<std::int64_t>(version) * 10);
                    const auto total = cache.find(version, "one");
                    if (total && *total != static_cast<std::int64_t>(version) * 10) mixed = true;
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        CPPUNIT_ASSERT(!mixed);
    }

    void staysBounded() {
        mortise::TotalCache cache;
        std::size_t kept = 0;
        for (std::size_t i = 0; i < 3 * mortise::TotalCache::limit; ++i) cache.store(1, std::to_string(i), 1);
        for (std::size_t i = 0; i < 3 * mortise::TotalCache::limit; ++i)
            if (cache.find(1, std::to_string(i))) ++kept;
        CPPUNIT_ASSERT(kept != 0 && kept <= mortise::TotalCache::limit);
    }
};

class PageCursorTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PageCursorTest);
    CPPUNIT_TEST(leadsBackToItsId);
    CPPUNIT_TEST(refusesWhatWasNeverWritten);
    CPPUNIT_TEST(hashesTellContentsApart);
    CPPUNIT_TEST(hashesStayTheSame);
    CPPUNIT_TEST(hashesTellLongTextsApart);
    CPPUNIT_TEST_SUITE_END();

    static mortise::Uuid id(const std::string& text) { return mortise::Uuid::parse(text).value(); }

    static std::uint64_t hashOf(std::string_view a, std::string_view b, std::uint64_t when) {
        mortise::ContentHash hash;
        hash.add(a);
        hash.add(b);
        hash.add(when);
        return hash.result();
    }

public:
    void leadsBackToItsId() {
        for (const char* text : {"0190f5a8-7c3e-7abc-8def-0123456789ab", "00000000-0000-7000-8000-000000000000",
                                 "ffffffff-ffff-7fff-bfff-ffffffffffff"}) {
            const std::string cursor = mortise::encodeCursor(id(text));
            CPPUNIT_ASSERT_EQUAL(std::size_t{24}, cursor.size());
            CPPUNIT_ASSERT_EQUAL(std::string::npos, cursor.find_first_of("+/=&?#%"));
            const auto back = mortise::decodeCursor(cursor);
            CPPUNIT_ASSERT(back && back->text() == text);
        }
    }
    void refusesWhatWasNeverWritten() {
        const std::string good = mortise::encodeCursor(id("0190f5a8-7c3e-7abc-8def-0123456789ab"));
        CPPUNIT_ASSERT(!mortise::decodeCursor(""));
        CPPUNIT_ASSERT(!mortise::decodeCursor(good.substr(1)));
        CPPUNIT_ASSERT(!mortise::decodeCursor(good + "A"));
        CPPUNIT_ASSERT(!mortise::decodeCursor(std::string(24, 'A')));
        CPPUNIT_ASSERT(!mortise::decodeCursor("0190f5a8-7c3e-7abc-8def-0123456789ab"));
        int taken = 0;
        for (std::size_t at = 0; at < good.size(); ++at)
            for (const char c : std::string("Az09-_+=/ \0\xff", 12)) {
                std::string changed = good;
                if (changed[at] == c) continue;
                changed[at] = c;
                if (mortise::decodeCursor(changed)) ++taken;
            }
        // The check is one byte: it tells most mangled ones, and what passes is still a place in the list.
        CPPUNIT_ASSERT_MESSAGE(std::to_string(taken), taken < 5);
    }
    void hashesTellContentsApart() {
        std::set<std::uint64_t> seen;
        for (const char* a : {"", "a", "ab", "Ada Lovelace", "Ada Lovelacf"})
            for (const char* b : {"", "b", "a@example.com", "b@example.com"})
                for (const std::uint64_t when : std::initializer_list<std::uint64_t>{0, 1, 1767322984678})
                    seen.insert(hashOf(a, b, when));
        CPPUNIT_ASSERT_EQUAL(std::size_t{5 * 4 * 3}, seen.size());
        CPPUNIT_ASSERT(hashOf("ab", "c", 1) != hashOf("a", "bc", 1));
        CPPUNIT_ASSERT_EQUAL(hashOf("a", "b", 1), hashOf("a", "b", 1));
    }
    // Clients keep entity tags longer than a server runs.
    void hashesStayTheSame() {
        const auto hashOf = [](std::string_view text) {
            mortise::ContentHash hash;
            hash.add(text);
            hash.add(std::uint64_t{7});
            return hash.result();
        };
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0x3ee4eb5c6481d8a6U}, hashOf(""));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0xf163adb7c5a0f16dU}, hashOf("1234567"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0x61f6e7cec61d8aa5U}, hashOf("12345678"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0x383f0266c31a0c7eU}, hashOf("123456789"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0x567eb8393c1d12b7U}, hashOf(std::string(127, 'x')));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0x53c49ec89bb42c85U}, hashOf(std::string(128, 'x')));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0x2462a5de4205fe13U}, hashOf(std::string(163, 'x')));
    }
    // One byte of a long text, at each place; two that change places.
    void hashesTellLongTextsApart() {
        std::string text;
        for (int i = 0; i < 300; ++i) text += static_cast<char>('a' + i % 26);
        std::set<std::uint64_t> seen{hashOf(text, {}, 0)};
        for (std::size_t at = 0; at < text.size(); ++at) {
            std::string changed = text;
            changed[at] = '!';
            seen.insert(hashOf(changed, {}, 0));
        }
        std::string swapped = text;
        for (std::size_t at = 0; at < 32; ++at) std::swap(swapped[at], swapped[at + 8]);
        seen.insert(hashOf(swapped, {}, 0));
        CPPUNIT_ASSERT_EQUAL(text.size() + 2, seen.size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UuidTest);
CPPUNIT_TEST_SUITE_REGISTRATION(BoundedCountTest);
CPPUNIT_TEST_SUITE_REGISTRATION(TotalCacheTest);
CPPUNIT_TEST_SUITE_REGISTRATION(PageCursorTest);

} // namespace
