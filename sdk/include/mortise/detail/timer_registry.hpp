// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace mortise {
inline namespace v1 {
namespace detail {

struct PendingCall {
    virtual ~PendingCall() = default;
    virtual void run() = 0;
};

// The calls that wait for a timer. The host forgets cancelled timers without a word, so they are owned here: until they
// run, are cancelled, or the instance ends.
class TimerRegistry {
public:
    PendingCall* add(std::unique_ptr<PendingCall> call) {
        PendingCall* const key = call.get();
        const std::lock_guard<std::mutex> lock(mutex_);
        pending_.emplace(key, Entry{std::move(call), 0});
        return key;
    }
    // Nothing when it has run meanwhile.
    void name(PendingCall* key, std::uint64_t id) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = pending_.find(key);
        if (found != pending_.end()) found->second.id = id;
    }
    std::unique_ptr<PendingCall> take(PendingCall* key) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = pending_.find(key);
        if (found == pending_.end()) return nullptr;
        std::unique_ptr<PendingCall> call = std::move(found->second.call);
        pending_.erase(found);
        return call;
    }
    std::unique_ptr<PendingCall> take(std::uint64_t id) {
        const std::lock_guard<std::mutex> lock(mutex_);
        for (auto at = pending_.begin(); at != pending_.end(); ++at) {
            if (at->second.id != id) continue;
            std::unique_ptr<PendingCall> call = std::move(at->second.call);
            pending_.erase(at);
            return call;
        }
        return nullptr;
    }

private:
    struct Entry {
        std::unique_ptr<PendingCall> call;
        std::uint64_t id;
    };
    std::mutex mutex_;
    std::unordered_map<PendingCall*, Entry> pending_; // at most 1024, the host's bound
};

} // namespace detail
} // namespace v1
} // namespace mortise
