// SPDX-License-Identifier: Apache-2.0
#include "dispatch/exchange_table.hpp"

#include "dispatch/pipeline.hpp"
#include "dispatch_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <memory>
#include <set>
#include <stdexcept>
#include <vector>

namespace mortise::dispatch {

class ExchangeTableTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ExchangeTableTest);
    CPPUNIT_TEST(slotsAreReusedAndStayWhereTheyAre);
    CPPUNIT_TEST(serialsNeverRestart);
    CPPUNIT_TEST(aSlotWithoutSerialsRetires);
    CPPUNIT_TEST(findsByHandleWhileTheLoopLives);
    CPPUNIT_TEST(loopsAreBounded);
    CPPUNIT_TEST(stepsStandInOrder);
    CPPUNIT_TEST_SUITE_END();

    static LoopExchanges::MakeAttachment nothing() {
        return [](http::Exchange&) { return std::make_unique<http::Attachment>(); };
    }

public:
    void slotsAreReusedAndStayWhereTheyAre() {
        ExchangeTable table;
        http::BodyBudget budget;
        LoopExchanges loop(table, budget, nothing());
        std::vector<http::Exchange*> all;
        for (int i = 0; i < 200; ++i) all.push_back(loop.acquire());
        CPPUNIT_ASSERT_EQUAL(std::size_t{200}, std::set<http::Exchange*>(all.begin(), all.end()).size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{200}, loop.used());
        for (http::Exchange* const one : all) {
            CPPUNIT_ASSERT(loop.at(one->slot()) == one && one->attachment() != nullptr);
            loop.release(*one);
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, loop.used());
        for (int i = 0; i < 200; ++i) CPPUNIT_ASSERT(std::count(all.begin(), all.end(), loop.acquire()) == 1);
        CPPUNIT_ASSERT(loop.at(256) == nullptr);
    }
    void serialsNeverRestart() {
        tests::DispatchFixture f;
        std::set<mortise_exchange> seen;
        mortise_exchange last = 0;
        f.app.handler = [&](mortise_exchange handle, const mortise_request&) {
            CPPUNIT_ASSERT(seen.insert(handle).second && handle > last); // one slot is used all the time
            last = handle;
            f.app.reply(handle);
            return MORTISE_REPLIED;
        };
        f.serve();
        for (int i = 0; i < 100; ++i) CPPUNIT_ASSERT_EQUAL(209, f.get("/loop"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{100}, seen.size());
    }
    void aSlotWithoutSerialsRetires() {
        ExchangeTable table;
        http::BodyBudget budget;
        LoopExchanges loop(table, budget, nothing());
        http::Exchange& exchange = *loop.acquire();
        http::Turn turn;
        CPPUNIT_ASSERT(turn.hasSerials(1U << 20, http::Handle::serial_mask));
        CPPUNIT_ASSERT(!turn.hasSerials(http::Handle::serial_mask, http::Handle::serial_mask));
        loop.release(exchange);
        CPPUNIT_ASSERT(loop.acquire() == &exchange);
    }
    void findsByHandleWhileTheLoopLives() {
        ExchangeTable table;
        http::BodyBudget budget;
        http::Handle handle;
        {
            LoopExchanges first(table, budget, nothing());
            LoopExchanges second(table, budget, nothing());
            http::Exchange& exchange = *second.acquire();
            handle = exchange.handle(7);
            CPPUNIT_ASSERT_EQUAL(1u, handle.loop());
            CPPUNIT_ASSERT(table.find(handle) == &exchange);
            CPPUNIT_ASSERT(table.find({}) == nullptr);
            CPPUNIT_ASSERT(table.find(http::Handle::of(2, 0, 7)) == nullptr);
            CPPUNIT_ASSERT(table.find(http::Handle::of(1, 64, 7)) == nullptr);
        }
        CPPUNIT_ASSERT(table.find(handle) == nullptr);
    }
    void loopsAreBounded() {
        ExchangeTable table;
        http::BodyBudget budget;
        std::vector<std::unique_ptr<LoopExchanges>> loops;
        for (std::size_t i = 0; i < ExchangeTable::maxLoops; ++i)
            loops.push_back(std::make_unique<LoopExchanges>(table, budget, nothing()));
        CPPUNIT_ASSERT_THROW(LoopExchanges(table, budget, nothing()), std::length_error);
        loops.pop_back();
        loops.push_back(std::make_unique<LoopExchanges>(table, budget, nothing()));
    }

    void stepsStandInOrder() {
        tests::DispatchFixture f;
        f.app.addFilter("late", 0).phases = MORTISE_PHASE_HANDLE | MORTISE_PHASE_FINISH;
        f.serve();
        const Pipeline pipeline(*f.first);
        std::size_t filters = 0;
        std::size_t own = 0;
        const std::span<const Step> steps(pipeline.begin(), pipeline.finish().data() + pipeline.finish().size());
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const Step& step = steps[i];
            if (i != 0) CPPUNIT_ASSERT(steps[i - 1].phase <= step.phase);
            CPPUNIT_ASSERT_EQUAL(&step >= pipeline.respond(), step.phase >= Phase::respond);
            CPPUNIT_ASSERT_EQUAL(&step >= pipeline.finish().data(), step.phase == Phase::finish);
            // In each phase of a request the filters stand before the host's own step.
            if (i != 0 && &step < pipeline.respond() && step.filter != nullptr && steps[i - 1].filter == nullptr)
                CPPUNIT_ASSERT(steps[i - 1].phase < step.phase);
            ++(step.filter != nullptr ? filters : own);
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{6 + 2 + 2 + 2}, filters); // turn: all of eight; watch: two; late: two
        CPPUNIT_ASSERT_EQUAL(std::size_t{5 + 2}, own);
        CPPUNIT_ASSERT_EQUAL(209, f.get("/loop"));
        CPPUNIT_ASSERT(f.turn->called == std::vector<std::uint32_t>({1, 2, 4, 8, 16, 32}));
        // Another generation has steps of its own.
        const host::Generation empty(9, config::Settings{}, f.serving);
        const Pipeline other(empty);
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{5}, other.respond() - other.begin());
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{2}, other.finish().data() - other.respond());
        CPPUNIT_ASSERT(other.finish().empty());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ExchangeTableTest);

} // namespace mortise::dispatch
