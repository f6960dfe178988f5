// SPDX-License-Identifier: Apache-2.0
#include "dispatch/server.hpp"

#include "base/clock.hpp"
#include "base/thread.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <latch>
#include <mutex>
#include <optional>
#include <utility>

namespace mortise::dispatch {
namespace {

// Of a plugin that is about to be stopped, what clients have not taken yet, per loop; the connections past it are cut.
constexpr std::size_t copiedBytes = 64ULL << 20;

// Whose code a loop runs, by what Inside puts into its pulse; null for the host's own.
const base::CodeOwner* ownerAt(std::uint64_t inside) noexcept {
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    return reinterpret_cast<const base::CodeOwner*>(static_cast<std::uintptr_t>(inside));
}

// Tasks that other threads may have waiting on a loop: one an open exchange, and a little for ourselves.
std::size_t queueCapacity(const http::Settings& settings) {
    return settings.limits.max_connections * 2 + 4096;
}

} // namespace

// A loop, its thread and what a dispatcher wants of them.
struct Server::Loop final : Environment {
    Loop(Runtime& theRuntime, ExchangeTable& table, http::http1::SharedState& shared, base::Pulse& thePulse,
         const std::shared_ptr<const http::Settings>& settings)
        : runtime(theRuntime),
          itsPulse(thePulse),
          events(queueCapacity(*settings)),
          dispatcher(theRuntime, table, shared.bodies(), *this),
          server(events, shared, dispatcher, theRuntime.log(), settings) {
        events.setPulse(&thePulse);
    }

    bool isLoop() const noexcept override { return events.inLoopThread(); }
    std::uint64_t clockMs() const noexcept override { return base::monotonicNs() / 1'000'000; }
    bool post(base::Task&& task) noexcept override { return events.postAlways(std::move(task)); }
    std::uint64_t nowMs() const noexcept override { return events.nowMs(); }
    std::int64_t wallMs() const noexcept override { return events.wallMs(); }
    void after(std::uint64_t delayMs, base::Task&& task) override { events.after(delayMs, std::move(task)); }
    base::Pulse& pulse() noexcept override { return itsPulse; }
    bool submit(base::Task&& task, bool waitsForDatabase) noexcept override {
        return runtime.submit(std::move(task), waitsForDatabase);
    }
    bool submitUpload(base::Task&& task) noexcept override {
        return runtime.uploadWorkers().trySubmit(std::move(task));
    }
    // Forgotten files of uploads, about once a second.
    void sweep() {
        runtime.uploads().sweep();
        events.after(1000, [this] { sweep(); });
    }

    Runtime& runtime;
    base::Pulse& itsPulse;
    base::EventLoop events;
    Dispatcher dispatcher;
    http::http1::LoopServer server;
    std::thread thread;
};

base::WatchdogEvents Server::watchdogEvents(std::function<void()> healthy) {
    const auto tell = [this](base::Level level, std::string_view message, std::size_t loop,
                             base::Pulse::Clock::duration heldUp, std::uint64_t inside) {
        const base::CodeOwner* const plugin = ownerAt(inside);
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(heldUp).count();
        runtime_.log().log(level, "host.loop", message,
                           {{"loop", static_cast<std::int64_t>(loop)},
                            {"heldUpMs", static_cast<std::int64_t>(ms)},
                            {"plugin", plugin == nullptr ? std::string_view("none") : std::string_view(plugin->name)}});
    };
    base::WatchdogEvents events;
    events.late = [this, tell](std::size_t loop, base::Pulse::Clock::duration heldUp, std::uint64_t inside) {
        runtime_.lateLoops().fetch_add(1, std::memory_order_relaxed);
        tell(base::Level::warn, "An event loop is held up", loop, heldUp, inside);
    };
    events.recovered = [this](std::size_t) { runtime_.lateLoops().fetch_sub(1, std::memory_order_relaxed); };
    events.fatal = [tell](std::size_t loop, base::Pulse::Clock::duration heldUp, std::uint64_t inside) {
        tell(base::Level::fatal, "An event loop is stuck; the process ends", loop, heldUp, inside);
        std::optional<base::RunningCode> blamed; // by the report of the signal
        if (const auto* const owner = ownerAt(inside)) blamed.emplace(*owner, "a call that holds up an event loop");
        std::abort();
    };
    events.healthy = std::move(healthy);
    return events;
}

Server::Server(Runtime& runtime, ExchangeTable& table, std::size_t loops,
               const std::shared_ptr<const http::Settings>& settings, const base::WatchdogSettings& watchdog,
               std::function<void()> healthy)
    : runtime_(runtime), watchdog_(watchdog, loops, watchdogEvents(std::move(healthy))) {
    std::vector<base::EventLoop*> all;
    for (std::size_t i = 0; i < loops; ++i) {
        loops_.push_back(std::make_unique<Loop>(runtime, table, shared_, watchdog_.pulse(i), settings));
        all.push_back(&loops_.back()->events);
    }
    runtime_.setLoops(std::move(all));
}

Server::~Server() {
    for (const auto& loop : loops_) {
        loop->events.post([&server = loop->server] { server.closeNow(); });
        loop->events.stop();
    }
    for (const auto& loop : loops_)
        if (loop->thread.joinable()) loop->thread.join();
    runtime_.setLoops({});
}

void Server::onEveryLoop(const std::function<void(Loop& loop)>& work) {
    if (!started_) {
        for (const auto& loop : loops_) work(*loop);
        return;
    }
    std::latch done(static_cast<std::ptrdiff_t>(loops_.size()));
    for (const auto& loop : loops_) {
        const bool posted = loop->events.postAlways([&work, &done, &target = *loop] {
            work(target);
            done.count_down();
        });
        if (!posted) done.count_down();
    }
    done.wait();
}

void Server::bind(const std::vector<http::ListenAddress>& addresses, const http::ListenOptions& options) {
    std::vector<Bound> bound;
    for (const http::ListenAddress& address : addresses) {
        const auto open = std::find_if(listening_.begin(), listening_.end(),
                                       [&](const Bound& one) { return one.address == address.text; });
        if (open != listening_.end())
            bound.push_back(*open);
        else
            bound.push_back({address.text, std::make_shared<http::Listener>(http::Listener::open(address, options))});
    }
    bound_ = std::move(bound);
}

void Server::listen() {
    const auto holds = [](const std::vector<Bound>& all, const Bound& one) {
        return std::any_of(all.begin(), all.end(), [&](const Bound& other) { return other.listener == one.listener; });
    };
    onEveryLoop([&](Loop& loop) {
        for (const Bound& one : bound_)
            if (!holds(listening_, one)) loop.server.addListener(one.listener);
        for (const Bound& one : listening_)
            if (!holds(bound_, one)) loop.server.removeListener(*one.listener);
    });
    listening_ = bound_;
}

std::vector<std::string> Server::addresses() const {
    std::vector<std::string> texts;
    for (const Bound& one : listening_) texts.push_back(one.listener->text());
    return texts;
}

void Server::publish(const std::shared_ptr<const Plan>& plan, const std::shared_ptr<const http::Settings>& settings) {
    onEveryLoop([&](Loop& loop) {
        loop.server.apply(settings);
        loop.dispatcher.publish(plan);
    });
    shared_.proxyFaults().forget();
    if (started_) return;
    for (const auto& loop : loops_) loop->sweep();
    for (std::size_t i = 0; i < loops_.size(); ++i)
        loops_[i]->thread =
            base::startThread("loop-" + std::to_string(i), [&events = loops_[i]->events] { events.run(); });
    started_ = true;
}

void Server::endRequests(const Generation& generation, bool commits) {
    onEveryLoop([&](Loop& loop) { loop.dispatcher.endRequests(generation, commits); });
}

void Server::returnBorrowed(const Instance& instance) {
    onEveryLoop([&](Loop& loop) { loop.server.copyBorrowed(&instance, copiedBytes); });
}

void Server::endTurns(const Instance& instance) {
    onEveryLoop([&](Loop& loop) { loop.dispatcher.endTurns(instance); });
}

void Server::close(std::shared_ptr<Generation> empty) {
    const auto plan = std::make_shared<const Plan>(empty, empty);
    onEveryLoop([&](Loop& loop) { loop.dispatcher.close(plan); });
}

bool Server::drain(Clock::time_point deadline) {
    struct Progress {
        std::mutex mutex;
        std::condition_variable changed;
        std::size_t left = 0;
    };
    const auto progress = std::make_shared<Progress>();
    progress->left = loops_.size();
    onEveryLoop([&progress](Loop& loop) {
        // No connection, and then no request of a client that is gone: its plugin may be about to commit.
        loop.server.drain([progress, &dispatcher = loop.dispatcher] {
            dispatcher.whenIdle([progress] {
                const std::lock_guard lock(progress->mutex);
                --progress->left;
                progress->changed.notify_all();
            });
        });
    });
    listening_.clear();
    bound_.clear();
    std::unique_lock lock(progress->mutex);
    return progress->changed.wait_until(lock, deadline, [&] { return progress->left == 0; });
}

} // namespace mortise::dispatch
