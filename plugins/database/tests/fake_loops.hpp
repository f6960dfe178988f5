// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "loops.hpp"

#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace mortise::database {

// Loops played by threads that say so.
class FakeLoops final : public Loops {
public:
    explicit FakeLoops(std::uint32_t count) : count_(count) {}

    std::uint32_t count() const override { return count_; }
    std::uint32_t current() const override {
        const std::lock_guard lock(mutex_);
        const auto found = threads_.find(std::this_thread::get_id());
        return found == threads_.end() ? 0 : found->second.number;
    }
    bool atBatchEnd(void (*call)(void* context), void* context) override {
        const std::lock_guard lock(mutex_);
        const auto found = threads_.find(std::this_thread::get_id());
        if (found == threads_.end()) return false;
        found->second.calls.emplace_back(call, context);
        return true;
    }

    // The calling thread is loop `number` from now on; 0: no loop.
    void become(std::uint32_t number) {
        const std::lock_guard lock(mutex_);
        if (number == 0)
            threads_.erase(std::this_thread::get_id());
        else
            threads_[std::this_thread::get_id()].number = number;
    }
    // Returns how many calls were waiting.
    std::size_t endBatch() {
        std::vector<std::pair<void (*)(void*), void*>> calls;
        {
            const std::lock_guard lock(mutex_);
            calls.swap(threads_.at(std::this_thread::get_id()).calls);
        }
        for (const auto& [call, context] : calls) call(context);
        return calls.size();
    }

private:
    struct Thread {
        std::uint32_t number = 0;
        std::vector<std::pair<void (*)(void*), void*>> calls;
    };
    const std::uint32_t count_;
    mutable std::mutex mutex_;
    std::map<std::thread::id, Thread> threads_;
};

} // namespace mortise::database
