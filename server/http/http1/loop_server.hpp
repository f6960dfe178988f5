// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "http/handler.hpp"
#include "http/http1/connection.hpp"
#include "http/http1/loop_resources.hpp"
#include "http/http1/shared_state.hpp"
#include "http/intrusive_list.hpp"
#include "http/limits.hpp"
#include "http/listener.hpp"
#include "http/timing_wheel.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace mortise::http::http1 {

class Acceptor;

// The HTTP/1 server of one loop: accepts, and owns its connections. [loop]: the loop's thread, or before its run() has
// begun or after it has returned. Everything is [loop] unless it says [any].
class LoopServer {
public:
    // All references must outlive the server, which is destroyed when run() has returned. `handler` is this loop's own.
    LoopServer(base::EventLoop& loop, SharedState& shared, Handler& handler, base::Log& log,
               std::shared_ptr<const Settings> settings);
    // Ends every connection.
    ~LoopServer();
    LoopServer(const LoopServer&) = delete;
    LoopServer& operator=(const LoopServer&) = delete;

    base::EventLoop& loop() noexcept { return loop_; } // [any] post() is
    SharedState& shared() noexcept { return shared_; } // [any]
    Handler& handler() noexcept { return handler_; }
    base::Log& log() noexcept { return log_; } // [any]
    std::uint32_t index() const noexcept { return index_; }

    // Accepts from it, with EPOLLEXCLUSIVE, until it is removed. False when epoll refuses.
    bool addListener(std::shared_ptr<Listener> listener);
    void removeListener(const Listener& listener) noexcept;

    // For what comes from now on; a request that is being received keeps the limits it began with.
    void apply(std::shared_ptr<const Settings> settings) noexcept;
    const Settings& settings() const noexcept { return *resources_.settings; }

    // Serves a connected socket that somebody else accepted (tests, socketpairs). Closes it when there is no room.
    void adopt(base::UniqueFd socket);

    // Stops accepting. Idle connections get our FIN; a request that crosses it still gets its response where the socket
    // allows. Others finish what they have and close. `empty` is called once, when no connection is left (soon, if
    // there is none). The caller sets the deadline: closeNow().
    void drain(base::Task&& empty);
    bool draining() const noexcept { return draining_; }
    // Ends every connection now. Exchanges that are open hear onLost.
    void closeNow() noexcept;

    // Whoever lent bytes to responses (BorrowedBytes::lender) has to get them back now. What is unsent of them becomes
    // the connection's own as long as that is at most `budget_bytes` together; connections that want more are reset.
    // Returns the bytes copied.
    std::size_t copyBorrowed(const void* lender, std::size_t budget_bytes) noexcept;

    std::size_t connections() const noexcept { return connection_count_; }
    std::size_t idleConnections() const noexcept { return idle_count_.load(std::memory_order_relaxed); } // [any]
    // [any] Since when the oldest idle connection is; WheelEntry::never when none is.
    std::uint64_t oldestIdleMs() const noexcept { return oldest_idle_ms_.load(std::memory_order_relaxed); }

    // For its acceptors. Serves it here, hands it to a loop that can make room for it, or rejects it. `handed`: loops
    // it came from.
    void accepted(base::UniqueFd&& socket, const base::IpAddress& peer, std::uint32_t handed = 0);
    // False: none is idle.
    bool closeOldestIdle() noexcept;

    // For its connections.
    LoopResources& resources() noexcept { return resources_; }
    void schedule(Connection& connection) noexcept { wheel_.schedule(connection, connection.deadline()); }
    void fileIdle(Connection& connection, bool idle) noexcept;
    void touchLater(Connection& connection) noexcept; // onBatchEnd()
    void closed(Connection& connection) noexcept;

private:
    void handOver(LoopServer& other, base::UniqueFd&& socket, const base::IpAddress& peer, std::uint32_t handed);
    bool acquirePlace(LoopServer*& elsewhere) noexcept;
    bool acquirePlaceOf(const base::IpAddress& client, LoopServer*& elsewhere);
    bool limitsAddress(const base::IpAddress& peer) const noexcept;
    bool closeOldestIdleOf(const base::IpAddress& client) noexcept;
    void atBatchEnd() noexcept;
    void onBatchEnd() noexcept;
    void armTick();
    void tick() noexcept;

    base::EventLoop& loop_;
    SharedState& shared_;
    Handler& handler_;
    base::Log& log_;
    LoopResources resources_;
    std::uint32_t index_ = 0;

    std::vector<std::unique_ptr<Acceptor>> acceptors_;
    IntrusiveList<AllTag> connections_;
    std::size_t connection_count_ = 0;
    IntrusiveList<IdleTag> idle_; // oldest first
    std::atomic<std::size_t> idle_count_{0};
    std::atomic<std::uint64_t> oldest_idle_ms_{WheelEntry::never};
    std::unordered_map<base::IpAddress, IntrusiveList<PeerTag>, base::IpAddressHash> clients_; // while they are limited
    std::vector<Connection*> touched_;              // to be called at batch end
    std::vector<std::unique_ptr<Connection>> dead_; // to be freed at batch end
    TimingWheel wheel_;
    base::EventLoop::TimerId tick_timer_ = 0;
    std::size_t rejected_ = 0; // connections above a limit that get their 503
    bool batch_end_set_ = false;
    bool draining_ = false;
    base::Task empty_;
};

} // namespace mortise::http::http1
