// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/task.h>

#include <cstddef>
#include <deque>

namespace mortise::test {

// Calls that wait for a worker.
class FakeTasks {
public:
    FakeTasks() {
        table_.struct_size = sizeof table_;
        table_.run = [](void* self, void (*call)(void*), void* context, void (*release)(void*)) -> mortise_status {
            auto& tasks = *static_cast<FakeTasks*>(self);
            if (tasks.status == MORTISE_OK) tasks.pending_.push_back({call, context, release});
            return tasks.status;
        };
    }
    const mortise_task_table* table() const { return &table_; }
    std::size_t pending() const { return pending_.size(); }
    void runOne() {
        const Call one = pending_.front();
        pending_.pop_front();
        one.call(one.context);
        one.release(one.context);
    }
    mortise_status status = MORTISE_OK; // of the next ones

private:
    struct Call {
        void (*call)(void*);
        void* context;
        void (*release)(void*);
    };
    mortise_task_table table_{};
    std::deque<Call> pending_;
};

} // namespace mortise::test
