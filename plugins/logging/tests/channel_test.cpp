// SPDX-License-Identifier: Apache-2.0
#include "plugins/logging/channel.hpp"
#include "plugins/logging/line_queue.hpp"
#include "plugins/logging/log_outputs.hpp"
#include "plugins/logging/request_line.hpp"

#include "json_object.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <condition_variable>
#include <sstream>
#include <vector>

namespace mortise::logging {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto patience = 20s;

// What an output got, and a gate that makes it fail.
struct Recorder {
    std::mutex mutex;
    std::condition_variable changed;
    std::string text;
    std::size_t writes = 0;
    std::size_t reopens = 0;
    bool open = true;
    std::vector<std::string> reports;

    void set(bool gate) {
        const std::lock_guard<std::mutex> guard(mutex);
        open = gate;
    }
    template<class Condition>
    bool await(Condition condition) {
        std::unique_lock<std::mutex> guard(mutex);
        return changed.wait_for(guard, patience, condition);
    }
    std::string all() {
        const std::lock_guard<std::mutex> guard(mutex);
        return text;
    }
};

class RecordingOutput final : public Output {
public:
    explicit RecordingOutput(Recorder& recorder, std::size_t most = 1'000'000) : recorder_(recorder), most_(most) {}
    std::size_t write(std::string_view block) noexcept override {
        const std::lock_guard<std::mutex> guard(recorder_.mutex);
        ++recorder_.writes;
        recorder_.changed.notify_all();
        if (!recorder_.open) return 0;
        const std::string_view part = block.substr(0, most_);
        recorder_.text += part;
        return part.size();
    }
    bool reopen() noexcept override {
        const std::lock_guard<std::mutex> guard(recorder_.mutex);
        ++recorder_.reopens;
        recorder_.changed.notify_all();
        return recorder_.reopens != 2;
    }
    std::string trouble() const override { return "gate is shut"; }
    std::string name() const override { return "recorder"; }

private:
    Recorder& recorder_;
    const std::size_t most_;
};

Channel::Hooks hooksOf(Recorder& recorder) {
    Channel::Hooks hooks;
    hooks.dropped_line = [](std::uint64_t dropped) { return "dropped " + std::to_string(dropped) + "\n"; };
    hooks.report = [&recorder](const std::string& sentence) {
        const std::lock_guard<std::mutex> guard(recorder.mutex);
        recorder.reports.push_back(sentence);
        recorder.changed.notify_all();
    };
    return hooks;
}

LineQueue::Settings small() {
    LineQueue::Settings settings;
    settings.capacity = 1000;
    settings.block = 500;
    settings.interval = 2ms;
    settings.linger = 6ms;
    return settings;
}

} // namespace

class ChannelTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ChannelTest);
    CPPUNIT_TEST(dropsAndCountsPastTheBound);
    CPPUNIT_TEST(reportsAfterDroppedLines);
    CPPUNIT_TEST(givesUpAtTheDeadline);
    CPPUNIT_TEST(slowOutputGivesUpAtTheDeadline);
    CPPUNIT_TEST(queueGathersAndHurries);
    CPPUNIT_TEST(sleeperIsWoken);
    CPPUNIT_TEST(flushWaitsForWhatCameBefore);
    CPPUNIT_TEST(flushGivesUp);
    CPPUNIT_TEST(partialWritesLoseNothing);
    CPPUNIT_TEST(reopensAndSaysWhenItCannot);
    CPPUNIT_TEST(stopWritesEverything);
    CPPUNIT_TEST(oneLinePerRecordFromManyThreads);
    CPPUNIT_TEST(formatsOncePerStyle);
    CPPUNIT_TEST_SUITE_END();

public:
    void dropsAndCountsPastTheBound() {
        LineQueue queue(small());
        const std::string line(300, 'x');
        CPPUNIT_ASSERT(queue.push(line, false));
        CPPUNIT_ASSERT(queue.push(line, false));
        CPPUNIT_ASSERT(queue.push(line, false));
        CPPUNIT_ASSERT(!queue.push(line, false));
        CPPUNIT_ASSERT(!queue.push(std::string(2000, 'y'), true));
        CPPUNIT_ASSERT(queue.push(std::string(100, 'z'), false)); // fits exactly
        const LineQueue::Block block = queue.take();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1000}, block.text.size());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, block.dropped);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, queue.droppedInAll());
        queue.stop();
        CPPUNIT_ASSERT(!queue.push("late", true));
        CPPUNIT_ASSERT(queue.take().stopped);
    }

    void reportsAfterDroppedLines() {
        Recorder recorder;
        recorder.open = false;
        Channel channel(std::make_unique<RecordingOutput>(recorder), small(), hooksOf(recorder), "test");
        channel.push("first\n", false);
        CPPUNIT_ASSERT(recorder.await([&] { return recorder.reports.size() == 1; }));
        std::size_t kept = 0;
        for (int i = 0; i < 100; ++i) kept += channel.push(std::string(99, 'a') + "\n", false) ? 1 : 0;
        CPPUNIT_ASSERT_EQUAL(std::size_t{10}, kept);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{90}, channel.dropped());
        recorder.set(true);
        CPPUNIT_ASSERT(channel.flush(Clock::now() + patience));
        const std::string text = recorder.all();
        CPPUNIT_ASSERT_EQUAL(std::string("first\n"), text.substr(0, 6));
        CPPUNIT_ASSERT_EQUAL(std::string("dropped 90\n"), text.substr(6 + 10 * 100));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, recorder.reports.size());
        CPPUNIT_ASSERT(recorder.reports[0].find("cannot be written: gate is shut") != std::string::npos);
        CPPUNIT_ASSERT(recorder.reports[1].find("is written again") != std::string::npos);
    }

    void givesUpAtTheDeadline() {
        Recorder recorder;
        recorder.open = false;
        Channel channel(std::make_unique<RecordingOutput>(recorder), small(), hooksOf(recorder), "test");
        for (int i = 0; i < 3; ++i) channel.push("lost\n", false);
        const auto begin = Clock::now();
        channel.stop(begin + 100ms);
        CPPUNIT_ASSERT(Clock::now() - begin >= 100ms);
        CPPUNIT_ASSERT(Clock::now() - begin < 10s);
        CPPUNIT_ASSERT(recorder.reports.back().find("3 lines could not be written") != std::string::npos);
        CPPUNIT_ASSERT(recorder.writes < 30); // no spin
    }

    void slowOutputGivesUpAtTheDeadline() {
        Recorder recorder;
        LineQueue::Settings settings = small();
        settings.capacity = 1'000'000;
        Channel channel(std::make_unique<RecordingOutput>(recorder, 1), settings, hooksOf(recorder), "test");
        channel.push(std::string(900'000, 'x') + "\n", false);
        channel.stop(Clock::now() - 1ms);
        CPPUNIT_ASSERT(recorder.text.size() < 900'000);
        CPPUNIT_ASSERT(recorder.reports.back().find("1 lines could not") != std::string::npos);
    }

    void queueGathersAndHurries() {
        LineQueue::Settings settings = small();
        settings.interval = 10s;
        LineQueue queue(settings);
        const auto begin = Clock::now();
        queue.push("urgent\n", true);
        CPPUNIT_ASSERT_EQUAL(std::string("urgent\n"), std::string(queue.take().text));
        queue.push(std::string(499, 'a'), false);
        queue.push("b", false); // a block is together
        CPPUNIT_ASSERT_EQUAL(std::size_t{500}, queue.take().text.size());
        queue.hurry();
        CPPUNIT_ASSERT(queue.take().text.empty());
        CPPUNIT_ASSERT(Clock::now() - begin < 5s);
    }

    void sleeperIsWoken() {
        Recorder recorder;
        Channel channel(std::make_unique<RecordingOutput>(recorder), small(), hooksOf(recorder), "test");
        for (int i = 0; i < 20; ++i) {
            std::unique_lock<std::mutex> guard(recorder.mutex);
            recorder.changed.wait_for(guard, std::chrono::milliseconds(i), [] { return false; });
            guard.unlock();
            channel.push("x\n", false);
            CPPUNIT_ASSERT(recorder.await([&] { return recorder.text.size() == static_cast<std::size_t>(i + 1) * 2; }));
        }
    }

    void flushWaitsForWhatCameBefore() {
        Recorder recorder;
        LineQueue::Settings settings = small();
        settings.interval = 60s;
        Channel channel(std::make_unique<RecordingOutput>(recorder), settings, hooksOf(recorder), "test");
        CPPUNIT_ASSERT(channel.flush(Clock::now() + patience)); // nothing there
        std::string expected;
        for (int i = 0; i < 50; ++i) {
            channel.push("x\n", false);
            expected += "x\n";
            CPPUNIT_ASSERT(channel.flush(Clock::now() + patience));
            CPPUNIT_ASSERT_EQUAL(expected, recorder.all());
        }
    }

    void flushGivesUp() {
        Recorder recorder;
        recorder.open = false;
        Channel channel(std::make_unique<RecordingOutput>(recorder), small(), hooksOf(recorder), "test");
        channel.push("x\n", false);
        CPPUNIT_ASSERT(!channel.flush(Clock::now() + 30ms));
        recorder.set(true);
        CPPUNIT_ASSERT(channel.flush(Clock::now() + patience));
    }

    void partialWritesLoseNothing() {
        Recorder recorder;
        std::string expected;
        {
            Channel channel(std::make_unique<RecordingOutput>(recorder, 7), LineQueue::Settings{}, hooksOf(recorder),
                            "test");
            for (int i = 0; i < 1000; ++i) {
                const std::string line = "line " + std::to_string(i) + "\n";
                CPPUNIT_ASSERT(channel.push(line, i % 100 == 0));
                expected += line;
            }
            channel.stop(Clock::now() + patience);
        }
        CPPUNIT_ASSERT_EQUAL(expected, recorder.text);
    }

    void reopensAndSaysWhenItCannot() {
        Recorder recorder;
        Channel channel(std::make_unique<RecordingOutput>(recorder), small(), hooksOf(recorder), "test");
        channel.reopen();
        CPPUNIT_ASSERT(recorder.await([&] { return recorder.reopens == 1; }));
        channel.reopen();
        CPPUNIT_ASSERT(recorder.await([&] { return recorder.reports.size() == 1; }));
        CPPUNIT_ASSERT(recorder.reports[0].find("cannot be reopened") != std::string::npos);
    }

    void stopWritesEverything() {
        Recorder recorder;
        LineQueue::Settings settings = small();
        settings.interval = 60s;
        Channel channel(std::make_unique<RecordingOutput>(recorder), settings, hooksOf(recorder), "test");
        channel.push("last words\n", false);
        channel.stop(Clock::now() + patience);
        channel.stop(Clock::now());
        CPPUNIT_ASSERT_EQUAL(std::string("last words\n"), recorder.text);
        CPPUNIT_ASSERT(recorder.reports.empty());
    }

    void oneLinePerRecordFromManyThreads() {
        constexpr int threads = 4;
        constexpr int each = 5000;
        Recorder recorder;
        LogOutputs outputs({1, "h", 3});
        LineQueue::Settings settings;
        settings.capacity = 64 * 1024 * 1024;
        outputs.add(Style::json, std::make_unique<RecordingOutput>(recorder), settings);
        std::vector<std::thread> writers;
        for (int t = 0; t < threads; ++t) {
            writers.emplace_back([&, t] {
                for (int i = 0; i < each; ++i) {
                    const std::string id = std::to_string(t) + "-" + std::to_string(i);
                    const FinishedRequest request{"GET", "/x", 200, 1000, "agent", "::1", id, ""};
                    outputs.write(level_info, i, "", request_message, [&](auto& line) { fillRequest(line, request); });
                }
            });
        }
        for (std::thread& writer : writers) writer.join();
        outputs.stop(Clock::now() + patience);
        std::vector<int> next(threads, 0);
        std::istringstream lines(recorder.text);
        std::string line;
        int count = 0;
        while (std::getline(lines, line)) {
            const std::string id = tests::JsonObject(line)["requestId"].substr(1);
            const auto thread = static_cast<std::size_t>(id[0] - '0');
            CPPUNIT_ASSERT_EQUAL(std::to_string(next[thread]++), id.substr(2)); // a thread's lines keep their order
            ++count;
        }
        CPPUNIT_ASSERT_EQUAL(threads * each, count);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, outputs.dropped());
    }

    void formatsOncePerStyle() {
        Recorder first;
        Recorder second;
        Recorder syslog;
        int filled = 0;
        LogOutputs outputs({9, "h", 3});
        outputs.add(Style::json, std::make_unique<RecordingOutput>(first), small());
        outputs.add(Style::syslog, std::make_unique<RecordingOutput>(syslog), small());
        outputs.add(Style::json, std::make_unique<RecordingOutput>(second), small());
        outputs.write(level_error, 1, "users", "m", [&](auto& line) {
            ++filled;
            line.integer("n", 1);
        });
        CPPUNIT_ASSERT(outputs.flush(Clock::now() + patience));
        CPPUNIT_ASSERT_EQUAL(2, filled);
        CPPUNIT_ASSERT_EQUAL(first.all(), second.all());
        CPPUNIT_ASSERT_EQUAL("<27>mortised[9]: " + first.all(), syslog.all());
        outputs.stop(Clock::now() + patience);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ChannelTest);

} // namespace mortise::logging
