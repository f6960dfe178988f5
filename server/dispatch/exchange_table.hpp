// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/known_generations.hpp"
#include "dispatch/request_trace.hpp"
#include "host/requests.hpp"
#include "http/exchange.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace mortise::dispatch {

class Dispatcher;
class ExchangeTable;

// The exchanges of one loop: slots that stay where they are, in chunks. Thread: the loop's, but for at().
class LoopExchanges {
public:
    using MakeAttachment = std::function<std::unique_ptr<http::Attachment>(http::Exchange& exchange)>;

    // Throws std::length_error past ExchangeTable::max_loops. `table` and `budget` live longer.
    LoopExchanges(ExchangeTable& table, http::BodyBudget& budget, MakeAttachment makeAttachment);
    ~LoopExchanges();
    LoopExchanges(const LoopExchanges&) = delete;
    LoopExchanges& operator=(const LoopExchanges&) = delete;

    // Null: the table is full, or no memory is left.
    http::Exchange* acquire() noexcept {
        if (free_.empty() && !grow()) return nullptr;
        http::Exchange* const exchange = at(free_.back());
        if (exchange->attachment() == nullptr && !attach(*exchange)) return nullptr;
        free_.pop_back();
        ++used_;
        return exchange;
    }
    // A closed exchange, or one that was never opened.
    void release(http::Exchange& exchange) noexcept {
        --used_;
        if (exchange.hasSerials(spareSerials)) free_.push_back(exchange.slot());
    }
    std::size_t used() const noexcept { return used_; }

    // Calls fn(Exchange&) for each that is open. fn may close it.
    template<class F>
    void forEachOpen(F&& fn) {
        for (std::uint32_t slot = 0; slot < slots_.load(std::memory_order_relaxed); ++slot)
            if (http::Exchange& exchange = *at(slot); exchange.stage() == http::Exchange::Stage::open) fn(exchange);
    }

    // [any] Null past the last one.
    http::Exchange* at(std::uint32_t slot) const noexcept {
        if (slot >= slots_.load(std::memory_order_acquire)) return nullptr;
        return &(*(*directory_)[slot / chunkSlots].load(std::memory_order_relaxed))[slot % chunkSlots];
    }

private:
    static constexpr std::uint32_t chunkSlots = 64;
    static constexpr std::uint32_t maxChunks = (1U << http::Handle::slot_bits) / chunkSlots;
    // A slot that could not number that many turns more is not used again.
    static constexpr std::uint64_t spareSerials = 1U << 20;
    using Chunk = std::array<http::Exchange, chunkSlots>;

    bool grow() noexcept;
    bool attach(http::Exchange& exchange) noexcept;

    ExchangeTable& table_;
    http::BodyBudget& budget_;
    const MakeAttachment makeAttachment_;
    std::uint32_t index_;
    std::vector<std::unique_ptr<Chunk>> chunks_;
    std::unique_ptr<std::array<std::atomic<Chunk*>, maxChunks>> directory_; // of chunks_, for other threads
    std::atomic<std::uint32_t> slots_{0};
    std::vector<std::uint32_t> free_;
    std::size_t used_ = 0;
};

// Finds exchanges by their handles, whatever loop they are of; made before the loops, destroyed after them. Thread:
// any.
class ExchangeTable final : public host::Requests {
public:
    static constexpr std::size_t maxLoops = 256;

    // The slot that `handle` names, whoever is in it now; null when there is none such. Valid as long as the loops
    // live.
    http::Exchange* find(http::Handle handle) const noexcept {
        const LoopExchanges* const loop = loops_[handle.loop()].load(std::memory_order_acquire);
        return loop == nullptr || handle.value == 0 ? nullptr : loop->at(handle.slot());
    }

    const mortise_exchange_table& exchangeService() const noexcept override;
    std::size_t copyRequestId(mortise_exchange handle, char (&out)[requestIdBytes]) const noexcept override;
    mortise_status copyTrace(mortise_exchange handle, mortise_trace& out) const noexcept override;
    std::shared_ptr<const Generation> generationOf(mortise_exchange handle) const noexcept override;
    mortise_status visitRoutes(const host::Instance& caller, mortise_exchange handle, mortise_route_visitor visitor,
                               void* context) const override;
    bool post(mortise_exchange handle, std::unique_ptr<host::KeptCall>& call) noexcept override;
    void endTurnsInQuarantine(std::shared_ptr<const host::Instance> instance) noexcept override;

    // Those whose turns endTurnsInQuarantine() ends, each until it has left. Throws std::bad_alloc.
    void join(Dispatcher& dispatcher);
    void leave(const Dispatcher& dispatcher) noexcept;
    // Of a generation that requests begin in from here on. Throws std::bad_alloc.
    void know(const std::shared_ptr<const Generation>& generation) { generations_.add(generation); }

private:
    friend class LoopExchanges;

    std::uint32_t join(LoopExchanges& loop);
    // Of the request that `handle` belongs to, for who knows that it is not over the next moment. Null: it is.
    std::shared_ptr<const Generation> hold(const http::Exchange& exchange, http::Handle handle) const noexcept;
    void leave(std::uint32_t index) noexcept { loops_[index].store(nullptr, std::memory_order_release); }

    std::array<std::atomic<LoopExchanges*>, maxLoops> loops_{};
    KnownGenerations generations_;
    TraceIds traceIds_;
    std::mutex mutex_;
    std::vector<Dispatcher*> dispatchers_; // under mutex_
};

} // namespace mortise::dispatch
