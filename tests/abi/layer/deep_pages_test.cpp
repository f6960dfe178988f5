// SPDX-License-Identifier: Apache-2.0
// Who waits for a deep page without a request of his own; requests are in the tests of the plugin `posts`.
#include "tests/support/fake_host.hpp"
#include "tests/support/fake_tasks.hpp"

#include <mortise/deep_pages.hpp>
#include <mortise/plugin.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>
#include <string>
#include <vector>

using namespace mortise::test;

namespace {

class Plugin : public mortise::Plugin<> {
public:
    using PluginBase::loops, PluginBase::tasks;
};

} // namespace

class DeepPagesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DeepPagesTest);
    CPPUNIT_TEST(oneIsReadAtOnce);
    CPPUNIT_TEST(othersAreReadInTheirOrder);
    CPPUNIT_TEST(whatNobodyWaitsForIsNotRead);
    CPPUNIT_TEST(withoutAWorkerTheyAreRefused);
    CPPUNIT_TEST(whatThrowsLaterIsRefused);
    CPPUNIT_TEST(theQueueIsBounded);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        host_ = std::make_unique<FakeHost>();
        host_->give(MORTISE_TASK_SERVICE, tasks_.table(), &tasks_);
        instance_ =
            std::make_unique<FakeInstance>(*host_, *mortise::moduleOf<Plugin>(0, nullptr, "test.deep-pages", "1.0.0"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, instance_->configure());
        auto& plugin = *static_cast<Plugin*>(instance_->self());
        pages_.open(plugin.tasks(), plugin.loops(), 1);
        seen_.clear();
    }

    void oneIsReadAtOnce() {
        CPPUNIT_ASSERT(run(1));
        CPPUNIT_ASSERT(run(2));
        CPPUNIT_ASSERT((seen_ == std::vector<std::string>{"read 1", "read 2"}));
        CPPUNIT_ASSERT_THROW(pages_.run(
                                 mortise::Turn(3), [](mortise::Turn) { throw std::logic_error("from the read"); },
                                 [](std::exception_ptr) {}, [] { return false; }),
                             std::logic_error);
        CPPUNIT_ASSERT(run(4)); // its place is free
    }
    void othersAreReadInTheirOrder() {
        during([&] {
            for (mortise_exchange turn = 2; turn < 5; ++turn) CPPUNIT_ASSERT(!run(turn));
        });
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, tasks_.pending());
        runAll();
        CPPUNIT_ASSERT((seen_ == std::vector<std::string>{"read 2", "read 3", "read 4"}));
        CPPUNIT_ASSERT(run(5));
    }
    void whatNobodyWaitsForIsNotRead() {
        during([&] {
            CPPUNIT_ASSERT(!run(2, true));
            CPPUNIT_ASSERT(!run(3));
        });
        runAll();
        CPPUNIT_ASSERT((seen_ == std::vector<std::string>{"refused 2", "read 3"}));
    }
    void withoutAWorkerTheyAreRefused() {
        during([&] {
            CPPUNIT_ASSERT(!run(2));
            tasks_.status = MORTISE_BUSY;
        });
        CPPUNIT_ASSERT((seen_ == std::vector<std::string>{"refused 2"}));
        CPPUNIT_ASSERT(run(3));
    }
    void whatThrowsLaterIsRefused() {
        during([&] {
            CPPUNIT_ASSERT(!pages_.run(
                mortise::Turn(2), [](mortise::Turn) { throw mortise::Busy(); },
                [&](std::exception_ptr) { seen_.push_back("refused 2"); }, [] { return false; }));
        });
        runAll();
        CPPUNIT_ASSERT((seen_ == std::vector<std::string>{"refused 2"}));
        CPPUNIT_ASSERT(run(3));
    }
    void theQueueIsBounded() {
        during([&] {
            for (std::size_t i = 0; i < mortise::DeepPages::maxWaiting; ++i) CPPUNIT_ASSERT(!run(2));
            CPPUNIT_ASSERT_THROW(run(3), mortise::Busy);
        });
        runAll();
        CPPUNIT_ASSERT_EQUAL(mortise::DeepPages::maxWaiting, seen_.size());
    }

private:
    bool run(mortise_exchange turn, bool isOver = false) {
        const std::string name = std::to_string(turn);
        return pages_.run(
            mortise::Turn(turn), [this](mortise::Turn of) { seen_.push_back("read " + std::to_string(of.handle())); },
            [this, name](std::exception_ptr why) {
                CPPUNIT_ASSERT_THROW(std::rethrow_exception(why), mortise::Busy);
                seen_.push_back("refused " + name);
            },
            [isOver] { return isOver; });
    }
    // While another one is read.
    template<class Call>
    void during(Call call) {
        CPPUNIT_ASSERT(pages_.run(
            mortise::Turn(1), [&](mortise::Turn) { call(); }, [](std::exception_ptr) {}, [] { return false; }));
    }
    void runAll() {
        while (tasks_.pending() != 0) tasks_.runOne();
    }

    FakeTasks tasks_;
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> instance_;
    mortise::DeepPages pages_;
    std::vector<std::string> seen_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(DeepPagesTest);
