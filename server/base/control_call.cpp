// SPDX-License-Identifier: Apache-2.0
#include "base/control_call.hpp"

#include "base/thread.hpp"

#include <algorithm>
#include <condition_variable>
#include <iterator>

namespace mortise::base {

struct ControlCalls::Call {
    const std::string name;
    const Clock::time_point started = Clock::now();
    std::mutex mutex;
    std::condition_variable ended;
    bool done = false;
    std::exception_ptr error;

    explicit Call(std::string_view text) : name(text) {}
    bool isDone() {
        const std::lock_guard lock(mutex);
        return done;
    }
};

ControlCalls::~ControlCalls() {
    for (Grave& grave : graves_) grave.thread.join();
}

std::list<ControlCalls::Grave> ControlCalls::start(std::string_view name, std::function<void()> body) {
    // Reports the end when the thread's locals go. Made before the callable runs, so it goes after every thread-local
    // of the callable's: one whose destructor hangs counts against the deadline too, instead of hanging join().
    struct Farewell {
        std::shared_ptr<Call> call;
        ~Farewell() {
            if (call == nullptr) return;
            const std::lock_guard lock(call->mutex);
            call->done = true;
            call->ended.notify_all();
        }
    };

    reap();
    auto call = std::make_shared<Call>(name);
    std::list<Grave> grave; // dug beforehand: nothing may fail between starting the thread and keeping it
    grave.push_back({call, std::thread()});
    grave.front().thread = startThread(name, [call, work = std::move(body)]() mutable {
        static thread_local Farewell farewell; // declared in the thread that is to run its destructor
        farewell.call = call;
        try {
            work();
        } catch (...) {
            call->error = std::current_exception();
        }
        work = nullptr;
    });
    return grave;
}

void ControlCalls::begin(std::string_view name, std::function<void()> body) {
    auto grave = start(name, std::move(body));
    const std::lock_guard keep(mutex_);
    graves_.splice(graves_.end(), grave);
}

bool ControlCalls::run(std::string_view name, Clock::time_point deadline, std::function<void()> body) {
    auto grave = start(name, std::move(body));
    const auto call = grave.front().call;
    std::unique_lock lock(call->mutex);
    const bool inTime = call->ended.wait_until(lock, deadline, [&call] { return call->done; });
    lock.unlock();
    if (!inTime) {
        const std::lock_guard keep(mutex_);
        graves_.splice(graves_.end(), grave);
        return false;
    }
    grave.front().thread.join();
    if (call->error) std::rethrow_exception(std::exchange(call->error, nullptr));
    return true;
}

void ControlCalls::reap() {
    std::list<Grave> ended;
    {
        const std::lock_guard lock(mutex_);
        for (auto grave = graves_.begin(); grave != graves_.end();) {
            const auto next = std::next(grave);
            if (grave->call->isDone()) ended.splice(ended.end(), graves_, grave);
            grave = next;
        }
    }
    for (Grave& grave : ended) grave.thread.join();
}

std::size_t ControlCalls::unfinished() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::count_if(graves_.begin(), graves_.end(), [](const Grave& grave) { return !grave.call->isDone(); }));
}

std::vector<ControlCalls::Abandoned> ControlCalls::abandoned() const {
    const std::lock_guard lock(mutex_);
    std::vector<Abandoned> list;
    for (const Grave& grave : graves_) {
        if (!grave.call->isDone()) list.push_back({grave.call->name, grave.call->started});
    }
    return list;
}

} // namespace mortise::base
