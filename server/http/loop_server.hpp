// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.hpp"
#include "base/event_loop.hpp"
#include "base/log.hpp"
#include "http/exchange.hpp"
#include "http/handler.hpp"
#include "http/input_buffer.hpp"
#include "http/intrusive_list.hpp"
#include "http/limits.hpp"
#include "http/listener.hpp"
#include "http/shared_state.hpp"
#include "http/timing_wheel.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mortise::http {

class Acceptor;
class Connection;
struct AllTag;
struct IdleTag;
struct PeerTag;

// The HTTP server of one loop: accepts, owns its connections and the table of exchanges. [loop]: the loop's thread, or
// before its run() has begun or after it has returned. Everything is [loop] unless it says [any].
class LoopServer {
public:
    // All references must outlive the server, which is destroyed when run() has returned. `handler` is this loop's own.
    LoopServer(base::EventLoop& loop, SharedState& shared, Handler& handler, base::Log& log,
               std::shared_ptr<const Settings> settings);
    // Ends every connection and, with `cancelled`, every exchange that is left.
    ~LoopServer();
    LoopServer(const LoopServer&) = delete;
    LoopServer& operator=(const LoopServer&) = delete;

    base::EventLoop& loop() noexcept { return loop_; } // [any] post() is
    SharedState& shared() noexcept { return shared_; } // [any]
    std::uint32_t index() const noexcept { return index_; }

    // Accepts from it, with EPOLLEXCLUSIVE, until it is removed. False when epoll refuses.
    bool addListener(std::shared_ptr<Listener> listener);
    void removeListener(const Listener& listener) noexcept;

    // For what comes from now on; a request that is being read keeps the limits it began with.
    void apply(std::shared_ptr<const Settings> settings) noexcept;
    const Settings& settings() const noexcept { return *settings_; }

    // Serves a connected socket that somebody else accepted (tests, socketpairs). Closes it when there is no room.
    void adopt(base::UniqueFd socket);

    // Stops accepting. Idle connections get our FIN; a request that crosses it is still answered where the socket
    // allows. Others finish what they have and close. `empty` is called once, when no connection and no exchange is
    // left (at once if so). The caller sets the deadline: closeNow().
    void drain(base::Task&& empty);
    bool draining() const noexcept { return draining_; }
    // Ends every connection now. Exchanges that are open hear onCancelled and still owe their terminal call.
    void closeNow() noexcept;

    // Calls fn(Exchange&) for each exchange that nobody has claimed yet. fn may claim and answer it.
    template<class F>
    void forEachOpen(F&& fn) {
        for (std::uint32_t slot = 0; slot < slots_.load(std::memory_order_relaxed); ++slot) {
            Exchange& exchange = *at(slot);
            if (exchange.stage_ != Exchange::Stage::none && exchange.isOpen(exchange.id_)) fn(exchange);
        }
    }

    // Calls fn(Exchange&) for each exchange that the handler knows, claimed or not. fn may end it.
    template<class F>
    void forEachExchange(F&& fn) {
        for (std::uint32_t slot = 0; slot < slots_.load(std::memory_order_relaxed); ++slot) {
            Exchange& exchange = *at(slot);
            if (exchange.stage_ != Exchange::Stage::none && exchange.stage_ != Exchange::Stage::head) fn(exchange);
        }
    }

    std::size_t connections() const noexcept { return connection_count_; }
    std::size_t idleConnections() const noexcept { return idle_count_.load(std::memory_order_relaxed); } // [any]
    std::size_t exchanges() const noexcept { return exchanges_; }                                        // in use

private:
    friend class Acceptor;
    friend class Connection;
    friend class Exchange;
    friend class SharedState;

    static constexpr std::uint32_t chunk_slots = 64;
    static constexpr std::uint32_t max_chunks = 4096;
    struct Chunk {
        std::array<Exchange, chunk_slots> slots;
    };

    // [any] Null past the table's end.
    Exchange* at(std::uint32_t slot) const noexcept;
    Exchange* takeExchange() noexcept; // null when the table is full
    void giveExchange(Exchange& exchange) noexcept;
    // Serves it here, hands it to a loop that can make room for it, or turns it away. `handed`: loops it came from.
    void accepted(base::UniqueFd&& socket, const base::IpAddress& peer, std::uint32_t handed = 0);
    void handOver(LoopServer& other, base::UniqueFd&& socket, const base::IpAddress& peer, std::uint32_t handed);
    bool takePlace(LoopServer*& elsewhere) noexcept;
    bool takePlaceOf(const base::IpAddress& peer, LoopServer*& elsewhere);
    bool limitsAddress(const base::IpAddress& peer) const noexcept;
    bool closeOldestIdle() noexcept;
    bool closeOldestIdleOf(const base::IpAddress& peer) noexcept;
    void fileIdle(Connection& connection, bool idle) noexcept;
    void closed(Connection& connection) noexcept;
    void touchLater(Connection& connection) noexcept; // at batch end
    void atBatchEnd() noexcept;
    void seeToTouched() noexcept;
    void armTick();
    void tick() noexcept;
    std::string_view dateLine() noexcept; // "Date: ...\r\n"
    std::string takeOutput() noexcept;
    void giveOutput(std::string&& output) noexcept;
    void makeRequestId(char* out) noexcept;

    base::EventLoop& loop_;
    SharedState& shared_;
    Handler& handler_;
    base::Log& log_;
    std::shared_ptr<const Settings> settings_;
    std::uint32_t index_ = 0;

    std::vector<std::unique_ptr<Acceptor>> acceptors_;
    IntrusiveList<AllTag> connections_;
    std::size_t connection_count_ = 0;
    IntrusiveList<IdleTag> idle_; // oldest first
    std::atomic<std::size_t> idle_count_{0};
    std::atomic<std::uint64_t> oldest_idle_ms_{WheelEntry::never}; // since when the first of idle_ is idle
    std::unordered_map<base::IpAddress, IntrusiveList<PeerTag>, base::IpAddressHash> peers_; // while they are limited
    std::vector<Connection*> touched_;              // to be seen to at batch end
    std::vector<std::unique_ptr<Connection>> dead_; // to be freed at batch end
    TimingWheel wheel_;
    base::EventLoop::TimerId tick_timer_ = 0;
    std::size_t turned_away_ = 0; // connections past a limit that get their 503

    std::vector<std::unique_ptr<Chunk>> chunks_;
    std::unique_ptr<std::array<std::atomic<Chunk*>, max_chunks>> table_; // of chunks_, for other threads
    std::atomic<std::uint32_t> slots_{0};
    std::uint32_t free_slot_;
    std::size_t exchanges_ = 0;
    std::size_t left_exchanges_ = 0; // answered by respondAndKeep and not over: nobody waits for them

    InputBufferPool buffers_;
    std::array<char, 16384> scratch_; // for what is received and not kept where it lands
    std::vector<std::string> outputs_;
    std::int64_t date_second_ = -1;
    std::array<char, 6 + base::httpDateSize + 2> date_line_;
    std::uint32_t request_counter_ = 0; // wraps to a new prefix
    char last_request_id_[24];
    bool batch_end_set_ = false;
    bool draining_ = false;
    base::Task empty_;
};

} // namespace mortise::http
