// SPDX-License-Identifier: Apache-2.0
#include "base/worker_lane.hpp"

#include "base/worker_pool.hpp"

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace mortise::base {

namespace {
// Tasks run before the worker goes back to the pool's queue, so that a busy lane does not keep it from others.
constexpr int turnTasks = 16;
} // namespace

// Lock order: the lane's, then the pool's. The pool never holds its own while it runs or destroys a task.
struct WorkerLane::State {
    State(WorkerPool& runner, std::size_t limit, std::size_t most)
        : pool(runner), width(std::max<std::size_t>(1, most)), ring(limit) {}

    static bool schedule(const std::shared_ptr<State>& self) noexcept {
        return self->pool.trySubmit(Task([self] { run(self); }));
    }

    static void run(const std::shared_ptr<State>& self) noexcept {
        State& lane = *self;
        std::unique_lock lock(lane.mutex);
        for (int turn = 1;; ++turn) {
            if (lane.queued == 0 || lane.scheduled > lane.width) break; // others had it, or go on with it
            Task task = std::move(lane.ring[lane.head]);
            lane.head = (lane.head + 1) % lane.ring.size();
            --lane.queued;
            lock.unlock();
            task();
            task.reset();
            lock.lock();
            // A full or draining pool takes nothing; what the lane accepted is then run here.
            if (lane.queued != 0 && turn % turnTasks == 0 && schedule(self)) return;
        }
        --lane.scheduled;
    }

    WorkerPool& pool;
    std::mutex mutex;
    std::size_t width;
    std::vector<Task> ring; // fixed size
    std::size_t head = 0;
    std::size_t queued = 0;
    std::size_t scheduled = 0; // how many run() are in the pool's queue or on workers
};

WorkerLane::WorkerLane(WorkerPool& pool, std::size_t queueLimit, std::size_t width) {
    if (queueLimit == 0) throw std::invalid_argument("a lane needs at least one place in its queue");
    state_ = std::make_shared<State>(pool, queueLimit, width);
}

bool WorkerLane::trySubmit(Task&& task) noexcept {
    State& lane = *state_;
    const std::lock_guard lock(lane.mutex);
    if (lane.queued == lane.ring.size()) return false;
    Task& slot = lane.ring[(lane.head + lane.queued) % lane.ring.size()];
    slot = std::move(task);
    ++lane.queued;
    if (lane.scheduled >= lane.width) return true;
    if (State::schedule(state_)) {
        ++lane.scheduled;
        return true;
    }
    if (lane.scheduled != 0) return true; // they come to it
    --lane.queued;
    task = std::move(slot);
    return false;
}

void WorkerLane::setWidth(std::size_t width) noexcept {
    State& lane = *state_;
    const std::lock_guard lock(lane.mutex);
    lane.width = std::max<std::size_t>(1, width);
}

std::size_t WorkerLane::queued() const {
    const std::lock_guard lock(state_->mutex);
    return state_->queued;
}

} // namespace mortise::base
