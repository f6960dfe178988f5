// SPDX-License-Identifier: Apache-2.0
#include "execution/tests/toy.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace mortise::graphql {

using toy::dataOf;
using toy::FunctionResolver;
using toy::Toy;

// Suspended batches, serial mutations, cancellation, deadline, limits.
class GraphqlWaitingTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(GraphqlWaitingTest);
    CPPUNIT_TEST(everyOrder);
    CPPUNIT_TEST(levelsProceedIndependently);
    CPPUNIT_TEST(completedWithinResolve);
    CPPUNIT_TEST(tokensAreUsedOnce);
    CPPUNIT_TEST(mutationsOneAfterTheOther);
    CPPUNIT_TEST(mutationStopsAtNullRoot);
    CPPUNIT_TEST(cancelAtEveryStep);
    CPPUNIT_TEST(destroyedWhileWaiting);
    CPPUNIT_TEST(deadline);
    CPPUNIT_TEST(limitOfRows);
    CPPUNIT_TEST(limitOfBytes);
    CPPUNIT_TEST(argumentsCountAsBytes);
    CPPUNIT_TEST(limitOfResponse);
    CPPUNIT_TEST_SUITE_END();

    static constexpr std::string_view sdl = R"(
        type Item { name: String items: [Item!] must: String! }
        type Query { a: Item b: Item c: Item items: [Item!] }
        type Mutation { a: Item b: Item must: Item! }
    )";

    // Keeps the tokens of suspended batches.
    struct Scheduler {
        std::vector<std::pair<BatchToken, std::string>> waiting;
        std::vector<std::string> log;

        void suspend(Batch& batch, const std::string& name) {
            log.push_back("start " + name);
            waiting.emplace_back(batch.suspend(), name);
        }
        // Completes the one at `index`: objects for composite fields, texts for leaves.
        void complete(Execution& execution, std::size_t index) {
            const auto [token, name] = waiting[index];
            waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(index));
            log.push_back("end " + name);
            Batch* batch = execution.pending(token);
            CPPUNIT_ASSERT(batch != nullptr);
            for (std::size_t row = 0; row < batch->parents().size(); ++row)
                if (batch->selection() == nullptr)
                    batch->cells()[row] = Cell::ofString(batch->keep(std::to_string(batch->parents()[row])));
                else if (batch->field().type.isList()) {
                    batch->beginList(row);
                    for (std::uint64_t i = 1; i <= 2; ++i) batch->add(Cell::ofObject(batch->parents()[row] * 10 + i));
                    batch->endList();
                } else
                    batch->cells()[row] = Cell::ofObject(static_cast<std::uint64_t>(name.back() - 'a' + 1));
            CPPUNIT_ASSERT(execution.complete(token));
        }
    };

    static Toy make(Scheduler& scheduler) {
        Toy toy(sdl);
        const auto pending = [&](std::string_view type, std::string_view field) {
            const std::string name(field);
            toy.on(type, field, [&scheduler, name](Batch& batch) {
                scheduler.suspend(batch, name);
                return Progress::pending;
            });
        };
        for (const std::string_view field : {"a", "b", "c"}) pending("Query", field);
        for (const std::string_view field : {"a", "b", "must"}) pending("Mutation", field);
        for (const std::string_view field : {"name", "items"}) pending("Item", field);
        toy.on("Query", "items", [](Batch& batch) {
            batch.beginList(0);
            for (std::uint64_t i = 0; i < 5; ++i) batch.add(Cell::ofObject(i));
            batch.endList();
            return Progress::done;
        });
        return toy;
    }

    // Completes by the choices (index among the waiting ones at each step); how many there were to choose from.
    static std::vector<std::size_t> play(Scheduler& scheduler, const Toy& toy, const std::shared_ptr<const Plan>& plan,
                                         const std::vector<std::size_t>& choices, const std::string& expected) {
        CPPUNIT_ASSERT(scheduler.waiting.empty());
        Execution execution(toy.table(), {}, toy.clock);
        execution.start({plan, nullptr, nullptr, 0, std::nullopt});
        std::vector<std::size_t> widths;
        while (execution.state() == Execution::State::waiting) {
            CPPUNIT_ASSERT(!scheduler.waiting.empty());
            const std::size_t step = widths.size();
            widths.push_back(scheduler.waiting.size());
            scheduler.complete(execution, step < choices.size() ? choices[step] : 0);
            execution.resume();
        }
        CPPUNIT_ASSERT_EQUAL(expected, Toy::response(execution));
        return widths;
    }

    void everyOrder() {
        const std::string query = "{ a { name items { name } } b { name } c { name items { name } } }";
        const std::string expected =
            dataOf(R"({"a":{"name":"1","items":[{"name":"11"},{"name":"12"}]},"b":{"name":"2"},)"
                   R"("c":{"name":"3","items":[{"name":"31"},{"name":"32"}]}})");
        Scheduler scheduler;
        const Toy toy = make(scheduler);
        const auto plan = toy.plan(query).plan;
        std::vector<std::size_t> choices;
        int orders = 0;
        for (;;) {
            const auto widths = play(scheduler, toy, plan, choices, expected);
            ++orders;
            choices.resize(widths.size());
            std::size_t at = widths.size();
            while (at != 0 && choices[at - 1] + 1 >= widths[at - 1]) --at;
            if (at == 0) break;
            choices.resize(at);
            ++choices.back();
        }
        CPPUNIT_ASSERT_EQUAL(3628800 / (4 * 2 * 2 * 4 * 2), orders);
    }

    void levelsProceedIndependently() {
        Scheduler scheduler;
        const Toy toy = make(scheduler);
        Execution execution(toy.table(), {}, toy.clock);
        execution.start({toy.plan("{ a { name } b { name } }").plan, nullptr, nullptr, 0, std::nullopt});
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, execution.outstanding());
        scheduler.complete(execution, 1);
        execution.resume();
        CPPUNIT_ASSERT_EQUAL(std::string("name"), scheduler.waiting.back().second); // of b, while a waits
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, execution.outstanding());
    }

    void completedWithinResolve() {
        Toy toy(sdl);
        toy.on("Query", "a", [](Batch& batch) {
            const BatchToken token = batch.suspend();
            batch.cells()[0] = Cell::ofObject(4);
            CPPUNIT_ASSERT(batch.execution().complete(token));
            return Progress::pending;
        });
        const auto& names = toy.on("Item", "name", [](Batch& batch) {
            batch.suspend(); // and yet it is done
            batch.cells()[0] = Cell::ofString("n");
            return Progress::done;
        });
        CPPUNIT_ASSERT_EQUAL(dataOf(R"({"a":{"name":"n"}})"), toy.run("{ a { name } }"));
        CPPUNIT_ASSERT_EQUAL(1, names.calls);
    }

    void tokensAreUsedOnce() {
        Scheduler scheduler;
        const Toy toy = make(scheduler);
        Execution execution(toy.table(), {}, toy.clock);
        const auto plan = toy.plan("{ a { name } }").plan;
        execution.start({plan, nullptr, nullptr, 0, std::nullopt});
        const BatchToken token = scheduler.waiting.front().first;
        scheduler.complete(execution, 0);
        CPPUNIT_ASSERT(!execution.complete(token));
        CPPUNIT_ASSERT(execution.pending(token) == nullptr);
        execution.resume();
        execution.cancel("enough");
        execution.start({plan, nullptr, nullptr, 0, std::nullopt});
        CPPUNIT_ASSERT(execution.pending(token) == nullptr); // of the execution before
        CPPUNIT_ASSERT(!execution.complete(token));
        CPPUNIT_ASSERT(execution.pending(0) == nullptr);
    }

    void mutationsOneAfterTheOther() {
        Scheduler scheduler;
        const Toy toy = make(scheduler);
        Execution execution(toy.table(), {}, toy.clock);
        execution.start({toy.plan("mutation { a { name items { name } } t: __typename b { name } }").plan, nullptr,
                         nullptr, 0, std::nullopt});
        while (execution.state() == Execution::State::waiting) {
            scheduler.complete(execution, scheduler.waiting.size() - 1);
            execution.resume();
        }
        CPPUNIT_ASSERT_EQUAL(
            dataOf(R"({"a":{"name":"1","items":[{"name":"11"},{"name":"12"}]},"t":"Mutation","b":{"name":"2"}})"),
            Toy::response(execution));
        const std::vector<std::string> expected{"start a",   "end a",      "start name", "start items",
                                                "end items", "start name", "end name",   "end name",
                                                "start b",   "end b",      "start name", "end name"};
        CPPUNIT_ASSERT(expected == scheduler.log);
    }

    void mutationStopsAtNullRoot() {
        Toy toy(sdl);
        toy.rows("Mutation", "must", [](Batch&, std::uint64_t) { return Cell(); });
        const auto& later = toy.rows("Mutation", "b", [](Batch&, std::uint64_t) { return Cell::ofObject(1); });
        const auto& before = toy.rows("Mutation", "a", [](Batch&, std::uint64_t) { return Cell::ofObject(1); });
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"errors":[{"message":"Cannot return null for non-nullable field Mutation.must.",)"
                        R"("locations":[{"line":1,"column":23}],"path":["must"]}],"data":null})"),
            toy.run("mutation { a { name } must { name } b { name } }"));
        CPPUNIT_ASSERT_EQUAL(1, before.calls);
        CPPUNIT_ASSERT_EQUAL(0, later.calls);
    }

    void cancelAtEveryStep() {
        for (const std::string query :
             {"{ a { name items { name } } b { name } }", "mutation { a { name } b { name } }"})
            for (std::size_t steps = 0;; ++steps) {
                Scheduler scheduler;
                const Toy toy = make(scheduler);
                Execution execution(toy.table(), {}, toy.clock);
                execution.start({toy.plan(query).plan, nullptr, nullptr, 0, std::nullopt});
                for (std::size_t i = 0; i < steps && execution.state() == Execution::State::waiting; ++i) {
                    scheduler.complete(execution, 0);
                    execution.resume();
                }
                if (execution.state() == Execution::State::done) break;
                execution.cancel("cancelled");
                CPPUNIT_ASSERT(execution.state() == Execution::State::done);
                CPPUNIT_ASSERT_EQUAL(std::size_t{0}, execution.outstanding());
                CPPUNIT_ASSERT_EQUAL(std::string(R"({"errors":[{"message":"cancelled"}],"data":null})"),
                                     Toy::response(execution));
                for (const auto& [token, name] : scheduler.waiting) CPPUNIT_ASSERT(!execution.complete(token));
                CPPUNIT_ASSERT(execution.resume() == Execution::State::done);
            }
    }

    void destroyedWhileWaiting() {
        Toy toy(sdl);
        const auto& waits = toy.on("Query", "a", [](Batch& batch) {
            batch.suspend();
            return Progress::pending;
        });
        {
            Execution execution(toy.table(), {}, toy.clock);
            execution.start({toy.plan("{ a { name } x: a { name } }").plan, nullptr, nullptr, 0, std::nullopt});
        }
        CPPUNIT_ASSERT_EQUAL(2, waits.abandoned);
    }

    struct SetClock final : Clock {
        std::chrono::steady_clock::time_point now() const override { return time; }
        std::chrono::steady_clock::time_point time{};
    };

    void deadline() {
        Scheduler scheduler;
        const Toy toy = make(scheduler);
        SetClock clock;
        Execution execution(toy.table(), {}, clock);
        const auto until = clock.time + std::chrono::seconds(1);
        execution.start({toy.plan("{ a { name } }").plan, nullptr, nullptr, 0, until});
        CPPUNIT_ASSERT(execution.state() == Execution::State::waiting);
        clock.time = until - std::chrono::nanoseconds(1);
        CPPUNIT_ASSERT(execution.resume() == Execution::State::waiting);
        clock.time = until;
        CPPUNIT_ASSERT(execution.resume() == Execution::State::done);
        CPPUNIT_ASSERT(execution.errors().front().kind == ErrorKind::limit);
        CPPUNIT_ASSERT_EQUAL(std::string("null"), std::string(execution.data()));
    }

    // Responds with so many items at every level.
    static Toy wide(std::uint64_t count) {
        Toy toy(sdl);
        for (const auto& [type, field] : {std::pair{"Query", "items"}, std::pair{"Item", "items"}})
            toy.on(type, field, [count](Batch& batch) {
                for (std::size_t row = 0; row < batch.parents().size(); ++row) {
                    batch.beginList(row);
                    for (std::uint64_t i = 0; i < count; ++i) batch.add(Cell::ofObject(i));
                    batch.endList();
                }
                return Progress::done;
            });
        toy.text("Item", "name", "a name of some length");
        return toy;
    }

    void limitOfRows() {
        const Toy toy = wide(10);
        ExecutionLimits limits;
        limits.rows = 100;
        CPPUNIT_ASSERT(toy.run("{ items { items { name } } }", {}, limits).starts_with("{\"data\":{"));
        CPPUNIT_ASSERT_EQUAL(
            std::string(R"({"errors":[{"message":"The field \"items\" has more than 100 objects at one )"
                        R"(level."}],"data":null})"),
            toy.run("{ items { items { items { name } } } }", {}, limits));
    }

    void limitOfBytes() {
        const Toy toy = wide(30);
        ExecutionLimits limits;
        std::size_t refused = 0;
        for (limits.bytes = 100; limits.bytes < 400'000; limits.bytes += limits.bytes / 2) {
            const std::string response = toy.run("{ items { name items { name } } }", {}, limits);
            if (response.starts_with("{\"data\":{")) continue;
            ++refused;
            CPPUNIT_ASSERT_EQUAL(R"({"errors":[{"message":"The operation's objects and values take more than )" +
                                     std::to_string(limits.bytes) + R"( bytes."}],"data":null})",
                                 response);
        }
        CPPUNIT_ASSERT(refused > 3);
        CPPUNIT_ASSERT(limits.bytes > 400'000 && toy.run("{ items { name } }", {}, limits).starts_with("{\"data\":{"));
        limits.bytes = 1 << 20;
        CPPUNIT_ASSERT(toy.run("{ items { items { items { items { items { name } } } } } }", {}, limits)
                           .find("take more than 1048576 bytes") != std::string::npos);
    }

    // A variable of some size is copied into each place where it is used.
    void argumentsCountAsBytes() {
        Toy toy("type Query { a(list: [Int]): Int }");
        toy.rows("Query", "a",
                 [](Batch& batch, std::uint64_t) { return Cell::ofInteger(batch.argument("list")->count); });
        Values variables;
        const std::uint32_t object = variables.begin(ValueKind::object);
        const std::uint32_t list = variables.begin(ValueKind::list, "l");
        Value item;
        item.kind = ValueKind::integer;
        for (int i = 0; i < 1000; ++i) variables.add(item);
        variables.end(list);
        variables.end(object);
        std::string text = "query ($l: [Int]) {";
        for (int i = 0; i < 20; ++i) text += " x" + std::to_string(i) + ": a(list: $l)";
        text += " }";
        ExecutionLimits limits;
        limits.bytes = 40 * variables.bytes();
        Execution execution(toy.table(), limits, toy.clock);
        const auto run = [&](const std::string& query) {
            execution.start({toy.plan(query).plan, &variables, nullptr, 0, std::nullopt});
            return execution.errors().empty();
        };
        for (int i = 0; i < 3; ++i) {
            CPPUNIT_ASSERT(run(text));
            CPPUNIT_ASSERT(execution.bytes() > 20 * 1000 * sizeof(Value));
        }
        CPPUNIT_ASSERT(run("{ a(list: [1]) }"));
        CPPUNIT_ASSERT(execution.bytes() < 100'000);
        limits.bytes = 10 * variables.bytes();
        CPPUNIT_ASSERT(toy.run(text, variables, limits).find("objects and values take more than") != std::string::npos);
    }

    void limitOfResponse() {
        const Toy toy = wide(30);
        ExecutionLimits limits;
        const std::string whole = toy.run("{ items { name } }");
        limits.responseBytes = whole.size();
        CPPUNIT_ASSERT_EQUAL(whole, toy.run("{ items { name } }", {}, limits));
        const std::string error = R"({"errors":[{"message":"The response's data take more than )";
        for (; limits.responseBytes > 64; limits.responseBytes -= 1 + limits.responseBytes / 10) {
            if (limits.responseBytes == whole.size()) continue;
            CPPUNIT_ASSERT_EQUAL(error + std::to_string(limits.responseBytes) + R"( bytes."}],"data":null})",
                                 toy.run("{ items { name } }", {}, limits));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(GraphqlWaitingTest);

} // namespace mortise::graphql
