// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/arena.hpp"
#include "execution/batch.hpp"
#include "execution/json_output.hpp"
#include "execution/plan.hpp"
#include "execution/resolver_table.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql {

class ResponseWriter;

struct ExecutionLimits {
    // Rows, cells, texts kept, arguments made of variables; 4 GiB at the highest.
    std::size_t bytes = std::size_t{32} << 20;
    std::uint32_t rows = 100'000; // objects below one field of one group
    // Of `data`; as many may be dropped by nulls. 4 GiB at the highest.
    std::size_t responseBytes = std::size_t{16} << 20;
    std::uint32_t errors = 50; // kept, 1 to 1,000; further ones are counted
};

// Where an execution takes the time from.
class Clock {
public:
    virtual ~Clock() = default;
    virtual std::chrono::steady_clock::time_point now() const { return std::chrono::steady_clock::now(); }
};

// Executes plans, one after the other; memory is kept from one to the next. It never blocks: start and resume run every
// resolver that can run, and come back when there is nothing left to do but to wait for suspended batches. Fields of a
// query proceed independently of each other; a mutation's root fields one after the other, each with all that is below
// it. One thread.
class Execution {
public:
    enum class State : std::uint8_t { idle, waiting, done };

    struct Input {
        std::shared_ptr<const Plan> plan;
        const Values* variables = nullptr; // coerced; null or empty when there are none; outlives the execution
        void* context = nullptr;           // what Batch::context gives
        std::uint64_t root = 0;            // the handle of the root object
        std::optional<std::chrono::steady_clock::time_point> deadline;
    };

    // What is passed outlives the execution.
    Execution(const ResolverTable& resolvers, const ExecutionLimits& limits, const Clock& clock);
    ~Execution();
    Execution(const Execution&) = delete;
    Execution& operator=(const Execution&) = delete;

    // Not while waiting, nor from within a resolver. What the last one gave is gone.
    State start(Input input);
    // Goes on after batches were completed, or to have the deadline looked at. Not from within a resolver.
    State resume();
    // The suspended batch; null when the token is no longer of use.
    Batch* pending(BatchToken token);
    // Its values are all there; resume() continues with them. False when the token is no longer of use.
    bool complete(BatchToken token);
    // Ends a waiting execution with `data: null` and this error. Its suspended batches are abandoned.
    void cancel(std::string message);

    State state() const { return state_; }
    std::size_t outstanding() const { return outstanding_; }
    void* context() const { return input_.context; }
    const Plan& plan() const { return *input_.plan; }

    // Of one that is done, good until the next start: the JSON of `data` (an object or null), …
    std::string_view data() const;
    // … and its errors in the order in which graphql-js reports those of resolvers that give their values at once.
    const std::vector<Error>& errors() const { return errors_; }
    // The whole response of one without errors: `{"data":…}`.
    std::string_view text() const { return output_.view(); }
    // Errors that were not kept.
    std::uint64_t droppedErrors() const { return droppedErrors_; }
    // What ExecutionLimits::bytes bounds, of the last one.
    std::size_t bytes() const { return arena_.bytes() + argumentBytes_; }

private:
    friend class Batch;

    struct Slot {
        Batch* batch = nullptr;
        std::uint32_t serial = 0;
    };
    struct VariableArguments {
        bool known = false;
        Values values;
        std::optional<Error> error;
    };

    void prepareArguments();
    BatchToken suspend(Batch& batch);
    BatchToken tokenOf(std::uint32_t slot) const;
    void release(Batch& batch);
    bool openGroup(Group& group, const ObjectPlan& plan, const std::uint64_t* handles, std::uint32_t rows);
    void startAll(Group& group);
    State run();
    bool drain();
    bool nextMutation();
    void begin(Batch& batch);
    bool takeArguments(Batch& batch);
    void finish(Batch& batch);
    void spread(Batch& batch);
    void spreadOne(Batch& batch);
    const ObjectPlan* planOf(Batch& batch, Cell& cell);
    ResponseWriter writer();
    State end(bool hasData);
    void fail(std::string message);
    void abandonPending();
    bool failIfExhausted() {
        if (arena_.exhausted()) failExhausted();
        return arena_.exhausted();
    }
    void failExhausted();
    bool isLate();

    const ResolverTable& resolvers_;
    const Values noArguments_;
    ExecutionLimits limits_;
    const Clock& clock_;
    Input input_;
    State state_ = State::idle;
    Arena arena_;
    JsonOutput output_;
    std::vector<Error> errors_;
    std::uint64_t droppedErrors_ = 0;
    Group root_;
    std::uint32_t nextRoot_ = 0; // of a mutation
    std::vector<Batch*> queue_;
    std::size_t queueHead_ = 0;
    std::vector<Batch*> ready_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> freeSlots_;
    std::uint32_t serial_ = 0;
    std::size_t outstanding_ = 0;
    std::vector<VariableArguments> variableArguments_; // by Plan::arguments
    std::size_t argumentBytes_ = 0;                    // of those made of variables
    std::uint32_t untilClock_ = 0;
};

} // namespace mortise::graphql
