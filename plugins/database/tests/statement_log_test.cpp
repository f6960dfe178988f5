// SPDX-License-Identifier: Apache-2.0
#include "statement_log.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <vector>

namespace mortise::database {

namespace {

using std::chrono_literals::operator""ms;

struct Written final : StatementLog::Sink {
    void ran(const StatementRun& run) noexcept override { lines.push_back("ran " + std::string(run.statement)); }
    void slow(const StatementRun& run) noexcept override { lines.push_back("slow " + std::string(run.statement)); }
    void repeated(const StatementRun& run, std::uint32_t times) noexcept override {
        lines.push_back(std::to_string(times) + " times " + std::string(run.statement));
    }
    std::vector<std::string> lines;
};

StatementRun run(std::string_view statement, std::uint64_t turn = 0, std::chrono::nanoseconds duration = 0ms) {
    return {statement, "users", turn, duration, 1, false};
}

} // namespace

class StatementLogTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(StatementLogTest);
    CPPUNIT_TEST(saysEveryOneWhereThatIsOn);
    CPPUNIT_TEST(saysWhichAreSlow);
    CPPUNIT_TEST(saysOnceWhatARequestRepeats);
    CPPUNIT_TEST(countsByRequestAndStatement);
    CPPUNIT_TEST_SUITE_END();

public:
    void saysEveryOneWhereThatIsOn() {
        Written written;
        StatementLog quiet(written, {});
        quiet.note(run("a", 0, 10000ms), 1);
        CPPUNIT_ASSERT(written.lines.empty());
        StatementLog all(written, {true, {}});
        all.note(run("a"), 1);
        all.note(run("b", 0, 10000ms), 2);
        CPPUNIT_ASSERT((written.lines == std::vector<std::string>{"ran a", "ran b"}));
    }
    void saysWhichAreSlow() {
        Written written;
        StatementLog log(written, {false, 100ms});
        log.note(run("a", 0, 99ms), 1);
        log.note(run("b", 0, 100ms), 2);
        CPPUNIT_ASSERT((written.lines == std::vector<std::string>{"slow b"}));
    }
    void saysOnceWhatARequestRepeats() {
        Written written;
        StatementLog log(written, {});
        for (int i = 0; i < 10; ++i) log.note(run("a", 7), 1);
        CPPUNIT_ASSERT(written.lines.empty());
        log.note(run("a", 7), 1);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, written.lines.size());
        for (int i = 0; i < 100; ++i) log.note(run("a", 7), 1);
        CPPUNIT_ASSERT((written.lines == std::vector<std::string>{"11 times a"}));
        for (int i = 0; i < 100; ++i) log.note(run("a", 0), 1); // work in the background may
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, written.lines.size());
    }
    // Turns as the host makes them: loop 8 bits, slot 18, serial 38; statements of a few consumers.
    void countsByRequestAndStatement() {
        RepeatCounts counts;
        std::size_t forgotten = 0;
        for (std::uint64_t serial = 1; serial <= 1000; ++serial) {
            const std::uint64_t turn = (serial % 2 << 56) | (serial % 7 << 38) | serial;
            const std::uint32_t statement = static_cast<std::uint32_t>(serial % 3 << 16 | serial % 20);
            CPPUNIT_ASSERT_EQUAL(1u, counts.add(turn, statement));
            if (counts.add(turn, statement + 1) != 1u) ++forgotten;
            if (counts.add(turn, statement) != 2u) ++forgotten;
        }
        CPPUNIT_ASSERT_MESSAGE(std::to_string(forgotten), forgotten < 20); // two that came to one place
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(StatementLogTest);

} // namespace mortise::database
