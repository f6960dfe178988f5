// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/task.hpp"

#include <cstddef>
#include <memory>

namespace mortise::base {

class WorkerPool;

// A bounded queue before a pool, of whose tasks at most `width` are in the pool at a time: for tasks that wait for what
// there is only so much of, so that all others find a worker. They begin in order; of width 1 they run one at a time.
// The lane may be destroyed before its tasks ran (they still run); the pool must outlive the lane and its tasks.
// Thread: any.
class WorkerLane {
public:
    // `queueLimit`: tasks that may wait in this lane, at least 1. Throws std::invalid_argument for 0.
    WorkerLane(WorkerPool& pool, std::size_t queueLimit, std::size_t width);

    // False when the lane is full, or when the lane is idle and the pool takes nothing; `task` is then untouched.
    [[nodiscard]] bool trySubmit(Task&& task) noexcept;
    // At least 1. One that is narrower holds once those that run have ended.
    void setWidth(std::size_t width) noexcept;

    // Waiting, without those that run.
    std::size_t queued() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace mortise::base
