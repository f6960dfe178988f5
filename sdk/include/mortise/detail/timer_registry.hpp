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
    std::uint64_t serial = 0; // set by the registry, constant while it is there
};

// The calls that wait for a timer. The host forgets cancelled timers without a word, so they are owned here: until they
// run, are cancelled, or the instance ends. Known by a number that is never used again: an address may be.
class TimerRegistry {
public:
    std::uint64_t add(std::unique_ptr<PendingCall> call) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const std::uint64_t serial = ++last_;
        call->serial = serial;
        pending_.emplace(serial, Entry{std::move(call), 0});
        return serial;
    }
    // The host's id of the timer; nothing when it has run meanwhile.
    void name(std::uint64_t serial, std::uint64_t id) {
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto found = pending_.find(serial);
        if (found != pending_.end()) found->second.id = id;
    }
    std::unique_ptr<PendingCall> take(std::uint64_t serial) {
        const std::lock_guard<std::mutex> lock(mutex_);
        return remove(pending_.find(serial));
    }
    std::unique_ptr<PendingCall> takeNamed(std::uint64_t id) {
        const std::lock_guard<std::mutex> lock(mutex_);
        auto at = pending_.begin();
        while (at != pending_.end() && at->second.id != id) ++at;
        return remove(at);
    }

private:
    struct Entry {
        std::unique_ptr<PendingCall> call;
        std::uint64_t id;
    };
    using Pending = std::unordered_map<std::uint64_t, Entry>;

    std::unique_ptr<PendingCall> remove(Pending::iterator at) {
        if (at == pending_.end()) return nullptr;
        std::unique_ptr<PendingCall> call = std::move(at->second.call);
        pending_.erase(at);
        return call;
    }

    std::mutex mutex_;
    Pending pending_; // at most 1024, the host's bound
    std::uint64_t last_ = 0;
};

} // namespace detail
} // namespace v1
} // namespace mortise
