// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/environment.hpp"
#include "dispatch/transformer.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace mortise::dispatch {

// The bytes of an answer in pieces, between the plugin's thread that writes and the loop that sends. Bounded.
// With a transformer, whoever writes transforms too, one at a time; what others write meanwhile is that one's to do.
class Stream {
public:
    static constexpr std::size_t limitBytes = 256 * 1024; // waiting to be transformed or taken by the loop

    enum class Put { taken, full, broken, worked, inside };

    // `environment`: of the loop that sends it, and outlives it; its clock is that of the deadlines.
    explicit Stream(const Environment& environment) noexcept
        : environment_(environment), touchedMs_(environment.clockMs()) {}

    // Waits until there is room, and nobody transforms, or the deadline. The first piece is taken whatever its size.
    // With a deadline that has passed nothing long is done here. `worked`: nothing was taken, but what waited for the
    // transformer was transformed here, since the worker that was asked to may never be free while this one waits; the
    // loop is to send that, and the piece to be put again. `inside`: the caller is the transformer, at work on it.
    Put put(std::string_view data, std::chrono::steady_clock::time_point deadline);
    // Everything that waits; the writer goes on. `ended` tells whether end() was called and nothing more comes.
    std::string take(bool& ended, bool& complete);
    void end(bool complete);
    // The client is gone: writers get `broken`.
    void breakOff();
    // The host ends it, incomplete: writers get `broken`, what waits is dropped.
    void abort();
    // Puts back what could not be sent.
    void putBack(std::string_view data);
    // True for the first caller since the last beginPump(): one task on the loop takes everything there is.
    bool askPump() noexcept { return !pump_asked_.exchange(true); }
    void beginPump() noexcept { pump_asked_.store(false); }
    // When put() or end() was last called, by clockMs(); nothing while bytes wait for the client.
    std::optional<std::uint64_t> quietSinceMs();

    // Before the first take(): all of the answer goes through it. Returns how much waits for that; then transform()
    // must be called once, on any thread, or detach().
    std::size_t attach(std::unique_ptr<Transformer> transformer);
    // Transforms what waits.
    void transform();
    // Takes attach() back. Null when a writer has begun to transform, or the client is gone: then all is done.
    std::unique_ptr<Transformer> detach();

private:
    // The caller transforms until nothing is left. `lock` is open during the calls.
    void work(std::unique_lock<std::mutex>& lock);
    // Under the lock: nothing more comes. The transformer goes to `gone`, or with the call that it is in.
    void cut(std::unique_ptr<Transformer>& gone);

    const Environment& environment_;
    std::mutex mutex_;
    std::condition_variable room_;
    std::string raw_;     // waits for the transformer
    std::string waiting_; // for the loop
    bool ended_ = false;
    bool complete_ = false;
    bool broken_ = false;
    bool expected_ = false;  // transform() will be called
    bool working_ = false;   // somebody is in work()
    std::thread::id worker_; // who, while it is in the transformer
    std::unique_ptr<Transformer> transformer_;
    std::uint64_t touchedMs_;
    std::atomic<bool> pump_asked_{false};
};

} // namespace mortise::dispatch
