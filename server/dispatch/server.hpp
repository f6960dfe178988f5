// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/event_loop.hpp"
#include "base/watchdog.hpp"
#include "dispatch/dispatcher.hpp"
#include "host/serving.hpp"
#include "http/http1/loop_server.hpp"
#include "http/listener.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace mortise::dispatch {

// The loops with their threads, and the listeners they share. Thread: one at a time (the one that starts, reloads and
// stops), never a loop; exchanges are ended by the keeper's meanwhile.
class Server final : public host::Serving {
public:
    using Clock = std::chrono::steady_clock;

    // `healthy` is called by the watchdog about every watchdog.period while no loop is past the fatal limit; a loop
    // that is ends the process.
    Server(Runtime& runtime, ExchangeTable& table, std::size_t loops,
           const std::shared_ptr<const http::Settings>& settings, const base::WatchdogSettings& watchdog,
           std::function<void()> healthy);
    // Ends every connection and joins the loops.
    ~Server() override;
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Opens what is not open yet and keeps the rest, without serving from it. Throws with a sentence that names the
    // address; the listeners then stay as they were.
    void bind(const std::vector<http::ListenAddress>& addresses, const http::ListenOptions& options);
    // Serves from the addresses of the last bind(), and from no others.
    void listen();
    // Addresses served from: "127.0.0.1:8080".
    std::vector<std::string> addresses() const;

    // First call: starts the threads. Every later request begins in `plan`; returns when all loops have it.
    void publish(const std::shared_ptr<const Plan>& plan, const std::shared_ptr<const http::Settings>& settings);
    void endRequests(const Generation& generation, bool commits) override;
    void returnBorrowed(const Instance& instance) override;
    void endTurns(const Instance& instance) override;
    // After drain().
    void close(std::shared_ptr<Generation> empty) override;

    // Stops accepting and lets every connection finish. True when all were gone before the deadline.
    bool drain(Clock::time_point deadline);

private:
    struct Loop;
    struct Bound {
        std::string address; // as configured
        std::shared_ptr<http::Listener> listener;
    };

    // Runs `work` on every loop's thread and returns when all have done it.
    void onEveryLoop(const std::function<void(Loop& loop)>& work);

    base::WatchdogEvents watchdogEvents(std::function<void()> healthy);

    Runtime& runtime_;
    http::http1::SharedState shared_;
    base::Watchdog watchdog_;
    std::vector<std::unique_ptr<Loop>> loops_;
    std::vector<Bound> bound_;     // of the last bind()
    std::vector<Bound> listening_; // served from
    bool started_ = false;
};

} // namespace mortise::dispatch
