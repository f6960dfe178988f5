// SPDX-License-Identifier: Apache-2.0
#include "base/serial_lane.hpp"

#include "base/worker_pool.hpp"

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
struct SerialLane::State {
    State(WorkerPool& runner, std::size_t limit) : pool(runner), ring(limit) {}

    static bool schedule(const std::shared_ptr<State>& self) noexcept {
        return self->pool.trySubmit(Task([self] { run(self); }));
    }

    static void run(const std::shared_ptr<State>& self) noexcept {
        State& lane = *self;
        std::unique_lock lock(lane.mutex);
        for (int turn = 1;; ++turn) {
            Task task = std::move(lane.ring[lane.head]);
            lane.head = (lane.head + 1) % lane.ring.size();
            --lane.queued;
            lock.unlock();
            task();
            task.reset();
            lock.lock();
            if (lane.queued == 0) {
                lane.scheduled = false;
                return;
            }
            // A full or draining pool takes nothing; what the lane accepted is then run here.
            if (turn % turnTasks == 0 && schedule(self)) return;
        }
    }

    WorkerPool& pool;
    std::mutex mutex;
    std::vector<Task> ring; // fixed size
    std::size_t head = 0;
    std::size_t queued = 0;
    bool scheduled = false; // run() is in the pool's queue or on a worker
};

SerialLane::SerialLane(WorkerPool& pool, std::size_t queueLimit) {
    if (queueLimit == 0) throw std::invalid_argument("a serial lane needs at least one place in its queue");
    state_ = std::make_shared<State>(pool, queueLimit);
}

bool SerialLane::trySubmit(Task&& task) noexcept {
    State& lane = *state_;
    const std::lock_guard lock(lane.mutex);
    if (lane.queued == lane.ring.size()) return false;
    Task& slot = lane.ring[(lane.head + lane.queued) % lane.ring.size()];
    slot = std::move(task);
    ++lane.queued;
    if (lane.scheduled) return true;
    lane.scheduled = State::schedule(state_);
    if (!lane.scheduled) {
        --lane.queued;
        task = std::move(slot);
    }
    return lane.scheduled;
}

std::size_t SerialLane::queued() const {
    const std::lock_guard lock(state_->mutex);
    return state_->queued;
}

} // namespace mortise::base
