// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::host {

// The bytes of an answer in pieces, between the plugin's thread that writes and the loop that sends. Bounded.
class Stream {
public:
    static constexpr std::size_t limitBytes = 256 * 1024; // waiting to be taken by the loop

    enum class Put { taken, full, broken };

    // Waits until there is room or the deadline. The first piece is taken whatever its size.
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
    // When put() or end() was last called, monotonic; nothing while bytes wait for the client.
    std::optional<std::chrono::steady_clock::time_point> quietSince();

private:
    std::mutex mutex_;
    std::condition_variable room_;
    std::string waiting_;
    bool ended_ = false;
    bool complete_ = false;
    bool broken_ = false;
    std::chrono::steady_clock::time_point touched_ = std::chrono::steady_clock::now();
    std::atomic<bool> pump_asked_{false};
};

} // namespace mortise::host
