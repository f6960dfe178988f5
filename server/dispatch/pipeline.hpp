// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/host_names.hpp"
#include "dispatch/phase.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace mortise::dispatch {

class Dispatcher;
struct RequestState;

// Where the host's own code runs at this moment.
enum class Place : std::uint8_t { loop, worker };

// How a request goes on after a step; whoever gets it drives on `next`.
enum class [[nodiscard]] Flow : std::uint8_t{
    next, // to the step behind
    stop, // the request waits, was handed over, or is over: it is not to be touched any more
};

// One step of every request: a function, its phase and, of a filter's, who is called.
struct Step {
    using Run = Flow (*)(Dispatcher& dispatcher, RequestState& state, const Step& step, Place place);

    Phase phase = Phase::accept;
    bool loopOnly = true; // on a worker the request goes back to its loop first
    Run run = nullptr;
    const FilterLink* filter = nullptr; // the generation's; null: the host's own step
};

// What a generation does to every request, in one flat array: the steps up to the response, those of the response,
// those behind it. Whoever adds a step adds an entry. Immutable.
class Pipeline {
public:
    explicit Pipeline(const Generation& generation);
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    const Step* begin() const noexcept { return steps_.data(); }
    const Step* respond() const noexcept { return respond_; }            // the first step of a response
    std::span<const Step> finish() const noexcept { return finish_; }    // of what is over
    bool finishesOnWorker() const noexcept { return finishesOnWorker_; } // one of them, at least

private:
    std::vector<Step> steps_;
    const Step* respond_ = nullptr;
    std::span<const Step> finish_;
    bool finishesOnWorker_ = false;
};

// A generation that is published. `lease` holds back the end of its plugins; `data` only what its requests look at.
struct Plan {
    Plan(std::shared_ptr<Generation> theLease, std::shared_ptr<const Generation> theData)
        : lease(std::move(theLease)), data(std::move(theData)), pipeline(*data) {}

    std::shared_ptr<Generation> lease;
    std::shared_ptr<const Generation> data;
    Pipeline pipeline;
};

} // namespace mortise::dispatch
