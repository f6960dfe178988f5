// SPDX-License-Identifier: Apache-2.0
#include "dispatch/exchange_table.hpp"

#include "dispatch/dispatcher.hpp"
#include "dispatch/environment.hpp"
#include "dispatch/exchange_service.hpp"
#include "dispatch/inside.hpp"
#include "dispatch/request_state.hpp"
#include "host/kept_call.hpp"

#include <exception>
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

std::shared_ptr<const Generation> ExchangeTable::hold(const http::Exchange& exchange,
                                                      http::Handle handle) const noexcept {
    const auto& state = static_cast<const RequestState&>(*exchange.attachment());
    auto held = generations_.find(state.generationNumber.load(std::memory_order_acquire));
    // It may have ended meanwhile: then this may be that of the next request.
    return exchange.belongs(handle) ? held : nullptr;
}

mortise_status ExchangeTable::copyTrace(mortise_exchange id, mortise_trace& out) const noexcept {
    const http::Handle handle{id};
    const http::Exchange* const exchange = find(handle);
    if (exchange == nullptr || !exchange->belongs(handle)) return MORTISE_STALE;
    const std::uint64_t first = exchange->turn().first();
    mortise_trace trace{};
    try {
        traceIds_.make(exchange->handle(first).value, trace);
    } catch (const std::exception&) {
        return MORTISE_BUSY;
    }
    static_cast<const RequestState&>(*exchange->attachment()).statedTrace.copy(first, trace);
    // As with the request's id.
    if (!exchange->belongs(handle)) return MORTISE_STALE;
    writeTraceParent(trace);
    out = trace;
    return MORTISE_OK;
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
    // The visitor may end the turn, and with it the last request of its generation.
    const auto generation = hold(*exchange, handle);
    if (generation == nullptr) return MORTISE_STALE;
    for (const Route* const route : generation->routes()) route->show(visitor, context);
    return MORTISE_OK;
}

bool ExchangeTable::post(mortise_exchange id, std::unique_ptr<host::KeptCall>& call) noexcept {
    const http::Handle handle{id};
    const http::Exchange* const exchange = find(handle);
    if (exchange == nullptr || !exchange->belongs(handle)) return false;
    Dispatcher& dispatcher = static_cast<const RequestState&>(*exchange->attachment()).dispatcher;
    host::KeptCall* const plain = call.get();
    base::Task task([&dispatcher, kept = std::move(call)] {
        if (!kept->mayRun()) return;
        const Inside inside(dispatcher.pulse(), kept->instance(), "a posted call");
        kept->run();
    });
    if (dispatcher.environment().post(std::move(task))) return true;
    plain->giveBack(); // the loop has ended, and `task` has it still NOLINT(bugprone-use-after-move)
    return false;
}

std::shared_ptr<const Generation> ExchangeTable::generationOf(mortise_exchange id) const noexcept {
    const http::Handle handle{id};
    const http::Exchange* const exchange = find(handle);
    if (exchange == nullptr || !exchange->belongs(handle)) return nullptr;
    const auto& state = static_cast<const RequestState&>(*exchange->attachment());
    const http::Turn& turn = exchange->turnOf(handle.serial());
    const bool isTurn = turn.serial() == handle.serial() && turn.isOpen();
    if (!isTurn && !state.dispatcher.environment().isLoop()) return nullptr;
    return hold(*exchange, handle);
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
