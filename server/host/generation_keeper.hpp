// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/generation.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <utility>
#include <vector>

namespace mortise::host {

class Runtime;
class Server;

// Owns the generation that serves, and ends the one it replaces. Loops and workers hold leases; when the last is gone,
// no request of that generation is left. Thread: one at a time, never a loop.
class GenerationKeeper {
public:
    using Clock = std::chrono::steady_clock;

    explicit GenerationKeeper(Runtime& runtime) : runtime_(runtime) {}

    // A lease of `generation`, which is the current one from here on. Returns the one before, for retire().
    struct Kept {
        std::shared_ptr<Generation> generation;
        std::shared_future<void> released; // ready when no lease is left
        explicit operator bool() const noexcept { return generation != nullptr; }
    };
    std::shared_ptr<Generation> adopt(std::shared_ptr<Generation> generation, Kept& replaced);
    const std::shared_ptr<Generation>& current() const noexcept { return current_.generation; }

    // Drains, stops and destroys, users before providers, the instances that `heir` (may be null) does not carry on.
    // Requests in flight have until `deadline`; what is open when a plugin has stopped is ended with 503. What does not
    // let go even then is kept for the rest of the process.
    void retire(Kept replaced, const Generation* heir, Server* server, Clock::time_point deadline) {
        retire(std::move(replaced), heir, server, deadline, deadline);
    }
    // The same with the current one, whose requests have had their time: the end of the process. `server` takes no
    // requests from here on; plugins have until `deadline` to drain.
    void retireCurrent(Server* server, Clock::time_point deadline);

private:
    void retire(Kept replaced, const Generation* heir, Server* server, Clock::time_point drain,
                Clock::time_point requests);

    Runtime& runtime_;
    Kept current_;
    std::vector<Kept> stuck_;
};

} // namespace mortise::host
