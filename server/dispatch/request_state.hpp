// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/finish_record.hpp"
#include "dispatch/host_names.hpp"
#include "dispatch/pipeline.hpp"
#include "dispatch/request_data.hpp"
#include "dispatch/request_trace.hpp"
#include "dispatch/response_head.hpp"
#include "dispatch/stream.hpp"
#include "dispatch/transformation.hpp"
#include "dispatch/turn_outcome.hpp"
#include "dispatch/watches.hpp"
#include "http/exchange.hpp"
#include "http/timing_wheel.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::dispatch {

class Dispatcher;

// A published generation as one loop uses it: counted without atomics, since only the loop's thread touches the count.
struct LoopGeneration {
    std::shared_ptr<const Plan> plan;
    std::size_t open = 0; // requests that began in it and hold its lease
};

// The caller, copied from what an authenticator said.
class Principal {
public:
    void assign(const mortise_principal& theirs);
    void clear() noexcept;
    bool isNone() const noexcept { return principal_.struct_size == 0; }
    const mortise_principal& get() const noexcept { return principal_; }
    bool hasRole(std::string_view role) const noexcept;

private:
    mortise_principal principal_{};
    std::string text_;
    std::vector<mortise_view> roles_; // into text_
};

// What an authenticator said.
struct Verdict {
    enum class Kind : std::uint8_t { none, accepted, rejected, missing };
    Kind kind = Kind::none;
    std::string message;
    std::string challenge;

    // Keeps memory.
    void clear() noexcept {
        kind = Kind::none;
        message.clear();
        challenge.clear();
    }
};

// The turn of a filter of `respond` that may wait or works on a worker; see Exchange::responseTurn.
struct ResponseTurn {
    const FilterLink* filter = nullptr; // [loop] it is or was last
    std::uint64_t deadlineMs = 0;       // [loop]
    Recorded recorded = Recorded::nothing;
    bool resumedOk = false;
    Returned returned = Returned::ok; // what its call returned
};

// Why the host ends a request.
enum class EndReason : std::uint8_t { none, lost, deadline, waited, reload, stop, upload, quarantine };

// What the dispatcher keeps with an exchange. Whoever has the turn has this (see http::Turn), but for what says [loop],
// which is the loop's whoever has the turn, and [any].
struct RequestState final : http::Attachment, http::WheelEntry, RequestData {
    static constexpr std::size_t requestIdBytes = 128; // the longest one that is taken over
    static constexpr std::size_t lentBytes = 2048;     // for the body of a reply

    RequestState(Dispatcher& owner, http::Exchange& of) noexcept
        : dispatcher(owner), exchange(of), head(*this, of.response()) {}

    Dispatcher& dispatcher;
    http::Exchange& exchange;
    ResponseHead head; // [loop]

    LoopGeneration* pinned = nullptr;       // [loop] null: it holds no lease (any more)
    std::shared_ptr<const Generation> data; // [loop] of an orphan, in the lease's place
    std::atomic<const Generation*> generation{nullptr};
    std::atomic<std::uint64_t> generationNumber{0}; // for who must look it up, see ExchangeTable::hold
    const Pipeline* pipeline = nullptr;
    const Step* cursor = nullptr; // the next one of the pipeline
    bool malformed = false;
    bool recovered = false;                 // an exception became a 500; the next one cuts the connection
    bool over = false;                      // [loop] the response is out, or the client is gone; on_finish was called
    bool responding = false;                // [loop] a response is on its way through the filters of `respond`
    bool streaming = false;                 // [loop] the head of a stream is out, and not its end
    bool headSettled = false;               // [loop] the filters of `respond` have all been at the response
    const FilterLink* owesFinish = nullptr; // [loop] this filter's turn is open: it gets its on_finish after it
    std::uint32_t finishing = 0;            // [loop] calls of on_finish on workers
    bool turnOrphaned = false;              // [loop] counted with the owner of the turn
    bool responseTurnOrphaned = false;      // [loop] likewise
    EndReason wanted = EndReason::none;     // [loop] why a worker is to give the request back
    bool mayWaitForDatabase = false;        // it is on a worker that may

    // The plugin's turn that is open or was last.
    TurnKind turnKind = TurnKind::handler;
    bool turnMayWait = false;
    const FilterLink* turnFilter = nullptr;
    Returned returned = Returned::ok; // what its call returned
    Recorded recorded = Recorded::nothing;
    bool resumedOk = false;
    Verdict verdict;
    bool calledOnWorker = false;

    ResponseTurn responseTurn;
    std::shared_ptr<DetachedResponse> detached; // the response while a filter works on it on a worker

    // Milliseconds of the loop's clock.
    std::atomic<std::uint64_t> deadlineMs{0};     // of the request; written by the loop
    bool deadlineLogged = false;                  // [loop]
    std::uint64_t bodyAskedMs = 0;                // [loop] since when its body is received
    std::atomic<std::uint64_t> turnDeadlineMs{0}; // of the turn, or of the wait for a worker
    // [loop] Null while a worker has it.
    std::unique_ptr<FinishRecord> finishRecord = std::make_unique<FinishRecord>();

    StatedTrace statedTrace; // [any]
    Watches watches;
    Principal principal;
    std::vector<std::uint64_t> slots; // [loop] of the filters
    std::unique_ptr<char[]> lent;     // for the body of a reply
    bool isLent = false;
    bool transformable = true;                      // by filters: false of what takes the place of another response
    std::shared_ptr<Transformation> transformation; // [loop] what the response waits for
    std::uint64_t streamBytes = 0;                  // [loop] sent of it

    const ServingSettings& serving() const noexcept { return generation.load(std::memory_order_relaxed)->serving(); }
    const Instance* turnOwner() const noexcept { return static_cast<const Instance*>(exchange.turn().owner()); }
    const Instance* responseTurnOwner() const noexcept {
        return static_cast<const Instance*>(exchange.responseTurn().owner());
    }
    // [loop] A filter has the response.
    bool responseWaits() const noexcept { return exchange.responseTurn().holder() != http::Turn::Holder::loop; }
    // [loop] Whether a turn of the filter in this slot is open, at the request or its response.
    bool isTurnOf(std::uint32_t slot) const noexcept {
        if (turnKind == TurnKind::filter && turnFilter != nullptr && turnFilter->slot == slot &&
            exchange.turn().holder() == http::Turn::Holder::plugin)
            return true;
        return responseWaits() && responseTurn.filter->slot == slot;
    }

    // [any] What log lines of plugins say of the request, valid as long as the handle is of it when this returns.
    std::size_t copyRequestId(char (&out)[requestIdBytes]) const noexcept;
    void keepRequestId(std::string_view id) noexcept;

    // [any] The response in pieces that the turn `serial` has open; null: none.
    std::shared_ptr<Stream> streamFor(std::uint64_t serial) const;
    // [loop]
    std::shared_ptr<Stream> stream() const;
    bool hasStream() const noexcept { return streamOf_.load(std::memory_order_acquire) != 0; }
    void openStream(std::uint64_t serial, std::shared_ptr<Stream> stream);
    void closeStream() noexcept;

    // [loop] Between two requests; keeps small buffers.
    void reset() noexcept;

private:
    mutable std::mutex streamMutex_;
    std::atomic<std::uint64_t> streamOf_{0}; // serial; set under streamMutex_
    std::shared_ptr<Stream> stream_;         // under streamMutex_
    std::atomic<std::uint64_t> requestIdSize_{0};
    std::array<std::atomic<std::uint64_t>, requestIdBytes / 8> requestId_{};
};

} // namespace mortise::dispatch
