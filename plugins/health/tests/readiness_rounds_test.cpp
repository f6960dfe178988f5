// SPDX-License-Identifier: Apache-2.0
#include "plugins/health/readiness_rounds.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <atomic>
#include <thread>

namespace mortise::health {

using namespace std::chrono_literals;
using Step = ReadinessRounds::Step;

class ReadinessRoundsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ReadinessRoundsTest);
    CPPUNIT_TEST(oneRoundServesWhoAsksMeanwhile);
    CPPUNIT_TEST(resultServesForAWhile);
    CPPUNIT_TEST(withoutCacheEveryProbeAsks);
    CPPUNIT_TEST(overdueRoundFailsUntilItEnds);
    CPPUNIT_TEST(oldDeadlineMeansNothing);
    CPPUNIT_TEST(waitingIsBounded);
    CPPUNIT_TEST(closeAnswersEverybody);
    CPPUNIT_TEST(everyProbeIsAnsweredOnce);
    CPPUNIT_TEST(checks);
    CPPUNIT_TEST_SUITE_END();

public:
    void oneRoundServesWhoAsksMeanwhile() {
        ReadinessRounds rounds({1s, 1s});
        const auto first = ask(rounds, start_);
        CPPUNIT_ASSERT(first.step == Step::run);
        CPPUNIT_ASSERT(ask(rounds, start_).step == Step::wait);
        CPPUNIT_ASSERT_EQUAL(0, ready_ + failed_);
        rounds.finish(first.round, {true, {}}, start_);
        CPPUNIT_ASSERT_EQUAL(2, ready_);
    }

    void resultServesForAWhile() {
        ReadinessRounds rounds({100ms, 1s});
        rounds.finish(ask(rounds, start_).round, {true, {}}, start_ + 50ms);
        CPPUNIT_ASSERT(ask(rounds, start_ + 149ms).step == Step::answered);
        CPPUNIT_ASSERT_EQUAL(2, ready_);
        CPPUNIT_ASSERT(ask(rounds, start_ + 150ms).step == Step::run);
        CPPUNIT_ASSERT_EQUAL(2, ready_);
    }

    void withoutCacheEveryProbeAsks() {
        ReadinessRounds rounds({0ms, 1s});
        rounds.finish(ask(rounds, start_).round, {true, {}}, start_);
        CPPUNIT_ASSERT(ask(rounds, start_).step == Step::run);
    }

    void overdueRoundFailsUntilItEnds() {
        ReadinessRounds rounds({1s, 1s});
        const auto first = ask(rounds, start_);
        ask(rounds, start_);
        rounds.expire(first.round);
        CPPUNIT_ASSERT_EQUAL(2, failed_);
        CPPUNIT_ASSERT_EQUAL(std::string("deadline"), last_->checks.at(0).name);
        CPPUNIT_ASSERT(ask(rounds, start_).step == Step::answered);
        CPPUNIT_ASSERT_EQUAL(3, failed_);
        rounds.finish(first.round, {true, {}}, start_);
        CPPUNIT_ASSERT_EQUAL(3, failed_ + ready_); // nobody waits, nobody is told twice
        CPPUNIT_ASSERT(ask(rounds, start_).step == Step::answered);
        CPPUNIT_ASSERT_EQUAL(1, ready_);
    }

    void oldDeadlineMeansNothing() {
        ReadinessRounds rounds({0ms, 1s});
        const auto first = ask(rounds, start_);
        rounds.finish(first.round, {true, {}}, start_);
        rounds.expire(first.round);
        const auto second = ask(rounds, start_);
        rounds.expire(first.round);
        rounds.finish(first.round, {false, {}}, start_);
        CPPUNIT_ASSERT_EQUAL(0, failed_);
        rounds.finish(second.round, {true, {}}, start_);
        CPPUNIT_ASSERT_EQUAL(2, ready_);
    }

    void waitingIsBounded() {
        ReadinessRounds rounds({1s, 1s, 3});
        const auto first = ask(rounds, start_);
        for (int i = 0; i < 10; ++i) ask(rounds, start_);
        CPPUNIT_ASSERT_EQUAL(8, failed_);
        rounds.finish(first.round, {true, {}}, start_);
        CPPUNIT_ASSERT_EQUAL(3, ready_);
    }

    void closeAnswersEverybody() {
        ReadinessRounds rounds({0ms, 1s});
        const auto first = ask(rounds, start_);
        rounds.close({false, {}});
        CPPUNIT_ASSERT_EQUAL(1, failed_);
        CPPUNIT_ASSERT(ask(rounds, start_).step == Step::answered);
        rounds.finish(first.round, {true, {}}, start_);
        rounds.expire(first.round);
        CPPUNIT_ASSERT_EQUAL(2, failed_);
        CPPUNIT_ASSERT_EQUAL(0, ready_);
    }

    void everyProbeIsAnsweredOnce() {
        ReadinessRounds rounds({0ms, 1s});
        std::atomic<int> answers{0};
        std::atomic<int> rounds_run{0};
        std::vector<std::thread> probes;
        for (int t = 0; t < 4; ++t) {
            probes.emplace_back([&] {
                for (int i = 0; i < 2000; ++i) {
                    const auto asked = rounds.ask(ReadinessRounds::Clock::now(), [&](const auto&) { ++answers; });
                    if (asked.step != Step::run) continue;
                    ++rounds_run;
                    if (i % 3 == 0) rounds.expire(asked.round);
                    rounds.finish(asked.round, {true, {}}, ReadinessRounds::Clock::now());
                }
            });
        }
        for (std::thread& probe : probes) probe.join();
        CPPUNIT_ASSERT_EQUAL(8000, answers.load());
        CPPUNIT_ASSERT(rounds_run.load() > 0);
    }

    void checks() {
        const ReadinessResult result{false, {{"database", false, "secret reason"}, {"a", true, ""}}};
        CPPUNIT_ASSERT(!checksOf(result, false));
        CPPUNIT_ASSERT((checksOf(result, true) == Checks{{"a", "ok"}, {"database", "failed"}}));
        CPPUNIT_ASSERT(checksOf({true, {}}, true)->empty());
    }

private:
    ReadinessRounds::Asked ask(ReadinessRounds& rounds, ReadinessRounds::Clock::time_point now) {
        return rounds.ask(now, [this](const ReadinessRounds::Result& result) {
            (result->ready ? ready_ : failed_) += 1;
            last_ = result;
        });
    }

    const ReadinessRounds::Clock::time_point start_{1h};
    int ready_ = 0;
    int failed_ = 0;
    ReadinessRounds::Result last_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ReadinessRoundsTest);

} // namespace mortise::health
