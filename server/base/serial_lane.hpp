// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/task.hpp"

#include <cstddef>
#include <memory>

namespace mortise::base {

class WorkerPool;

// Runs its tasks on a pool one at a time and in order, whichever worker is free: for a plugin that asked to be called
// serially. A lane occupies at most one worker and one place in the pool's queue.
// The lane may be destroyed before its tasks ran (they still run); the pool must outlive the lane and its tasks.
// Thread: any.
class SerialLane {
public:
    // `queueLimit`: tasks that may wait in this lane, at least 1. Throws std::invalid_argument for 0.
    SerialLane(WorkerPool& pool, std::size_t queueLimit);

    // False when the lane is full, or when the lane is idle and the pool takes nothing; `task` is then untouched.
    [[nodiscard]] bool trySubmit(Task&& task) noexcept;

    // Waiting, without the one that runs.
    std::size_t queued() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace mortise::base
