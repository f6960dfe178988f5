// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace mortise::base {

// Calls that may never return (a plugin's start, stop, ...), each on a thread of its own with a deadline.
//
// A call that misses its deadline is abandoned: nobody waits for it any more, its result is dropped, and its thread
// stays in this object's graveyard, neither detached nor killed, because no thread can be killed safely. It may end
// later; then it is joined at the next call or by reap(). Therefore
// - the callable must own, or share ownership of, everything it touches: the caller's stack may be gone;
// - whoever abandons a call must never use again what the call had been given (quarantine);
// - a process with unfinished() > 0 leaves by _exit while this object lives: the destructor joins, however long it
// takes.
//
// Thread: any; one call does not delay another.
class ControlCalls {
public:
    using Clock = std::chrono::steady_clock;
    struct Abandoned {
        std::string name;
        Clock::time_point started;
    };

    ControlCalls() = default;
    ~ControlCalls();
    ControlCalls(const ControlCalls&) = delete;
    ControlCalls& operator=(const ControlCalls&) = delete;

    // The callable's value, or nothing when `deadline` came first. What the callable throws in time is thrown here.
    // `name` becomes the thread's name (15 bytes are kept). Throws std::system_error when no thread can be made; the
    // callable has not been called then.
    template<class Callable>
    std::optional<std::invoke_result_t<std::decay_t<Callable>&>> call(std::string_view name, Clock::time_point deadline,
                                                                      Callable&& callable) {
        using Result = std::invoke_result_t<std::decay_t<Callable>&>;
        static_assert(!std::is_void_v<Result>, "return something, so that a missed deadline can be told apart");
        struct Shared {
            std::decay_t<Callable> callable;
            std::optional<Result> result;
        };
        auto shared = std::make_shared<Shared>(Shared{std::forward<Callable>(callable), std::nullopt});
        if (!run(name, deadline, [shared] { shared->result.emplace(shared->callable()); })) return std::nullopt;
        return std::move(shared->result);
    }

    // A call that nobody waits for: abandoned from the start. What it throws is dropped. Throws as call() does.
    void begin(std::string_view name, std::function<void()> body);

    // Joins abandoned calls that have ended since.
    void reap();
    // Abandoned calls that are still running.
    std::size_t unfinished() const;
    std::vector<Abandoned> abandoned() const;

private:
    struct Call;
    struct Grave {
        std::shared_ptr<Call> call;
        std::thread thread;
    };

    // The list has the one call that was started. Reaps.
    std::list<Grave> start(std::string_view name, std::function<void()> body);
    bool run(std::string_view name, Clock::time_point deadline, std::function<void()> body);

    mutable std::mutex mutex_;
    std::list<Grave> graves_;
};

} // namespace mortise::base
