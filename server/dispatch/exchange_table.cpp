// SPDX-License-Identifier: Apache-2.0
#include "dispatch/exchange_table.hpp"

#include "dispatch/dispatcher.hpp"
#include "dispatch/environment.hpp"
#include "dispatch/exchange_service.hpp"
#include "dispatch/inside.hpp"
#include "dispatch/request_state.hpp"
#include "host/kept_call.hpp"

#include <new>
#include <stdexcept>

namespace mortise::dispatch {

LoopExchanges::LoopExchanges(ExchangeTable& table, http::BodyBudget& budget, MakeAttachment makeAttachment)
    : table_(table),
      budget_(budget),
      makeAttachment_(std::move(makeAttachment)),
      index_(table.join(*this)),
      directory_(std::make_unique<std::array<std::atomic<Chunk*>, maxChunks>>()) {}

LoopExchanges::~LoopExchanges() {
    table_.leave(index_);
}

bool LoopExchanges::grow() noexcept {
    const std::uint32_t first = slots_.load(std::memory_order_relaxed);
    if (first / chunkSlots >= maxChunks) return false;
    try {
        auto chunk = std::make_unique<Chunk>();
        free_.reserve(first + chunkSlots); // so that release() never allocates
        for (std::uint32_t i = 0; i < chunkSlots; ++i) (*chunk)[i].place(index_, first + i, budget_, nullptr);
        Chunk* const plain = chunk.get();
        chunks_.push_back(std::move(chunk));
        (*directory_)[first / chunkSlots].store(plain, std::memory_order_relaxed);
        slots_.store(first + chunkSlots, std::memory_order_release);
        for (std::uint32_t i = chunkSlots; i > 0; --i) free_.push_back(first + i - 1);
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

bool LoopExchanges::attach(http::Exchange& exchange) noexcept {
    try {
        exchange.attach(makeAttachment_(exchange));
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

std::uint32_t ExchangeTable::join(LoopExchanges& loop) {
    for (std::uint32_t index = 0; index < maxLoops; ++index) {
        LoopExchanges* nobody = nullptr;
        if (loops_[index].compare_exchange_strong(nobody, &loop, std::memory_order_acq_rel)) return index;
    }
    throw std::length_error("too many event loops");
}

const mortise_exchange_table& ExchangeTable::exchangeService() const noexcept {
    return dispatch::exchangeService();
}

std::size_t ExchangeTable::copyRequestId(mortise_exchange id, char (&out)[requestIdBytes]) const noexcept {
    const http::Handle handle{id};
    const http::Exchange* const exchange = find(handle);
    if (exchange == nullptr || !exchange->belongs(handle)) return 0;
    const std::size_t size = static_cast<const RequestState&>(*exchange->attachment()).copyRequestId(out);
    // It may have ended meanwhile: then this may be the id of the next request.
    return exchange->belongs(handle) ? size : 0;
}

mortise_status ExchangeTable::visitRoutes(const host::Instance& caller, mortise_exchange id,
                                          mortise_route_visitor visitor, void* context) const {
    const http::Handle handle{id};
    const http::Exchange* const exchange = find(handle);
    if (exchange == nullptr || !exchange->belongs(handle)) return MORTISE_STALE;
    const auto& state = static_cast<const RequestState&>(*exchange->attachment());
    // Only who has the turn, or is on the loop, knows that the request is not over the next moment.
    const http::Turn& turn = exchange->turnOf(handle.serial());
    const bool holds = turn.serial() == handle.serial() && turn.owner() == &caller && turn.isOpen();
    if (!holds && !state.dispatcher.environment().isLoop()) return MORTISE_STALE;
    const Generation* const generation = state.generation.load(std::memory_order_acquire);
    if (generation == nullptr) return MORTISE_STALE;
    for (const Route* const route : generation->routes()) route->show(visitor, context);
    return MORTISE_OK;
}

bool ExchangeTable::post(mortise_exchange id, std::unique_ptr<host::KeptCall>& call) noexcept {
    const http::Handle handle{id};
    const http::Exchange* const exchange = find(handle);
    if (exchange == nullptr || !exchange->belongs(handle)) return false;
    Dispatcher& dispatcher = static_cast<const RequestState&>(*exchange->attachment()).dispatcher;
    // A loop that has ended runs nothing any more, and releases it.
    static_cast<void>(dispatcher.environment().post([&dispatcher, kept = std::move(call)] {
        if (!kept->mayRun()) return;
        const Inside inside(dispatcher.pulse(), kept->instance(), "a posted call");
        kept->run();
    }));
    return true;
}

const host::Generation* ExchangeTable::generationOf(mortise_exchange id) const noexcept {
    const http::Handle handle{id};
    const http::Exchange* const exchange = find(handle);
    if (exchange == nullptr || !exchange->belongs(handle)) return nullptr;
    const auto& state = static_cast<const RequestState&>(*exchange->attachment());
    const bool isTurn = exchange->turn().serial() == handle.serial() && exchange->turn().isOpen();
    if (!isTurn && !state.dispatcher.environment().isLoop()) return nullptr;
    return state.generation.load(std::memory_order_acquire);
}

void ExchangeTable::join(Dispatcher& dispatcher) {
    const std::lock_guard lock(mutex_);
    dispatchers_.push_back(&dispatcher);
}

void ExchangeTable::leave(const Dispatcher& dispatcher) noexcept {
    const std::lock_guard lock(mutex_);
    std::erase(dispatchers_, &dispatcher);
}

void ExchangeTable::endTurnsInQuarantine(std::shared_ptr<const host::Instance> instance) noexcept {
    const std::lock_guard lock(mutex_);
    for (Dispatcher* const dispatcher : dispatchers_) dispatcher->postQuarantine(instance);
}

} // namespace mortise::dispatch
