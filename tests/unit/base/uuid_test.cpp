// SPDX-License-Identifier: Apache-2.0
#include "base/uuid.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace mortise::base {

namespace {

std::uint64_t millisecondsOf(const Uuid& uuid) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 6; ++i) value = value << 8 | uuid.bytes[i];
    return value;
}

} // namespace

class UuidTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(UuidTest);
    CPPUNIT_TEST(refusesWhatIsNoUuid);
    CPPUNIT_TEST(parsesAndWrites);
    CPPUNIT_TEST(carriesTheTime);
    CPPUNIT_TEST(increasesWhenTheClockStandsOrGoesBack);
    CPPUNIT_TEST(increasesAcrossAMillisecond);
    CPPUNIT_TEST(increasesInEveryThreadWithoutRepeating);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesWhatIsNoUuid() {
        for (const char* bad : {
                 "",
                 "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
                 "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
                 "017f22e2079b0-7cc3-98c4-dc0c0c07398f",
                 "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                 "017f22e279b0-7cc3-98c4-dc0c0c07398ff-",
                 "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
                 "017f22e2-79b0-7cc3-98c4 dc0c0c07398f",
                 "------------------------------------",
                 "+17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
             }) {
            CPPUNIT_ASSERT_MESSAGE(bad, !Uuid::parse(bad));
        }
    }

    void parsesAndWrites() {
        // RFC 9562 appendix A.6.
        const auto uuid = Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F").value();
        CPPUNIT_ASSERT_EQUAL(std::string("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), uuid.text());
        CPPUNIT_ASSERT_EQUAL(7u, uuid.version());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0x17F22E279B0}, millisecondsOf(uuid));
        CPPUNIT_ASSERT(uuid == Uuid::parse(uuid.text()));
        CPPUNIT_ASSERT(Uuid() < uuid);
    }

    void carriesTheTime() {
        Uuid7Source source;
        // 1645557742000 ms is the RFC's example; half a millisecond on is 2048 of 4096 parts.
        const Uuid uuid = source.nextAt(1'645'557'742'000'500'000u);
        CPPUNIT_ASSERT_EQUAL(std::string("017f22e2-79b0-7800-"), uuid.text().substr(0, 19));
        CPPUNIT_ASSERT_EQUAL(2, uuid.bytes[8] >> 6); // variant 10
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        const auto milliseconds =
            static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
        const std::uint64_t carried = millisecondsOf(source.next());
        CPPUNIT_ASSERT(carried >= milliseconds && carried < milliseconds + 60'000);
    }

    void increasesWhenTheClockStandsOrGoesBack() {
        Uuid7Source source;
        Uuid last = source.nextAt(2'000'000'000'000'000'000u);
        for (const std::uint64_t time :
             {2'000'000'000'000'000'000u, 2'000'000'000'000'000'000u, 1'000'000'000'000'000'000u}) {
            const Uuid next = source.nextAt(time);
            CPPUNIT_ASSERT(last < next);
            CPPUNIT_ASSERT_EQUAL(7u, next.version());
            last = next;
        }
    }

    void increasesAcrossAMillisecond() {
        Uuid7Source source;
        Uuid last = source.nextAt(1'000'000'000'999'999'999u);
        const std::uint64_t before = millisecondsOf(last);
        // 4096 fractions fill a millisecond: the counter must carry over into the next.
        for (int i = 0; i < 5000; ++i) {
            const Uuid next = source.nextAt(1'000'000'000'999'999'999u);
            CPPUNIT_ASSERT(last < next);
            CPPUNIT_ASSERT_EQUAL(7u, next.version());
            last = next;
        }
        CPPUNIT_ASSERT_EQUAL(before + 2, millisecondsOf(last));
    }

    void increasesInEveryThreadWithoutRepeating() {
        constexpr std::size_t threads = 4;
        constexpr std::size_t each = 20'000;
        Uuid7Source source;
        std::vector<std::vector<Uuid>> made(threads);
        std::vector<std::thread> running;
        for (auto& list : made) {
            running.emplace_back([&source, &list] {
                list.reserve(each);
                for (std::size_t i = 0; i < each; ++i) list.push_back(source.next());
            });
        }
        for (std::thread& thread : running) thread.join();
        std::set<std::array<std::uint8_t, 8>> stamps;
        for (const auto& list : made) {
            for (std::size_t i = 0; i < list.size(); ++i) {
                CPPUNIT_ASSERT(i == 0 || list[i - 1] < list[i]);
                std::array<std::uint8_t, 8> stamp;
                std::copy_n(list[i].bytes.begin(), stamp.size(), stamp.begin());
                stamps.insert(stamp);
            }
        }
        CPPUNIT_ASSERT_EQUAL(threads * each, stamps.size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UuidTest);

} // namespace mortise::base
