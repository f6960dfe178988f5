// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/deadlines.hpp"
#include "dispatch/environment.hpp"
#include "dispatch/error_response.hpp"
#include "dispatch/exchange_table.hpp"
#include "dispatch/inside.hpp"
#include "dispatch/outstanding.hpp"
#include "dispatch/pipeline.hpp"
#include "dispatch/request_state.hpp"
#include "http/handler.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::dispatch {

// Takes the requests of one loop through the pipeline of the generation that each began in. README.md has the life of a
// request and the table of who may end it. Thread: the loop's, unless tagged: [holder] whoever has the request's turn,
// loop or worker; [any].
class Dispatcher final : public http::Handler {
public:
    // All references live longer; the pools of workers, too: the destructor waits for the tasks that are there.
    Dispatcher(Runtime& runtime, ExchangeTable& table, http::BodyBudget& bodies, Environment& environment);
    ~Dispatcher() override;

    // For requests from now on. The one before is let go with its last request.
    void publish(std::shared_ptr<const Plan> plan);
    // The end: requests from now on get 503. `empty` has no plugins; it takes the place of the last generation, which
    // is let go with its last request.
    void close(std::shared_ptr<const Plan> empty);
    // The time of a generation's requests is over: those that are open are ended, so that none holds its lease any
    // more, but for those whose commit was claimed and, for a moment, those that a worker gives back. With `commits`
    // those, too: they are cut without a response.
    void endRequests(const Generation& generation, bool commits);
    // The instance's `stop` has returned: its turns are over.
    void endTurns(const Instance& instance);
    // The instance is in quarantine: the requests whose turn it has get 503, or are cut. [any]
    void postQuarantine(std::shared_ptr<const Instance> instance) noexcept;
    // Calls `idle` once no request holds a lease; at once if so.
    void whenIdle(base::Task&& idle);

    // Slots in use: those of open requests, and of turns that outlive theirs.
    std::size_t open() const noexcept { return exchanges_.used(); }

    Environment& environment() const noexcept { return environment_; } // [any]
    base::Pulse& pulse() const noexcept { return pulse_; }             // [loop]
    Runtime& runtime() const noexcept { return runtime_; }             // [any]
    const ExchangeTable& table() const noexcept { return table_; }     // [any]
    static RequestState& stateOf(http::Exchange& exchange) noexcept {
        return static_cast<RequestState&>(*exchange.attachment());
    }

    // What plugins' calls report from other threads. [any]
    void postComplete(RequestState& state, std::uint64_t serial) noexcept; // recorded after its call had returned
    void postOver(RequestState& state, std::uint64_t serial) noexcept;     // a turn that was ended is over
    void postStream(RequestState& state, std::uint64_t serial) noexcept;   // a stream was begun, or has more

    // For the steps. [holder] Sets the cursor to the steps of `respond`; on a worker it hands the request back to the
    // loop for them.
    Flow respond(RequestState& state, Place place) noexcept; // with exchange.response()
    Flow refuse(RequestState& state, Place place, const ErrorResponse& error, std::string_view field = {},
                std::string_view value = {});
    // The same on the loop for who is no step: these drive, and afterwards nothing of the request may be touched.
    void respondNow(RequestState& state) noexcept;
    void refuseNow(RequestState& state, const ErrorResponse& error) noexcept;
    void toWorkerNow(RequestState& state) noexcept;
    // [holder] 500, and the log names the plugin.
    Flow fail(RequestState& state, Place place, const Instance& owner, std::string_view reason);
    // [holder] The one function that begins a plugin's turn, calls it, and sees how it goes on. `call` gets the turn's
    // handle.
    template<class Call>
    Flow callPlugin(RequestState& state, Place place, const Instance& owner, TurnKind kind, bool mayWait,
                    const FilterLink* filter, Call&& call);
    // Continues from the cursor on a worker, or responds with 503. `waits`: whether the next step waits for the
    // database; whoever may come to one that does is treated so, too.
    Flow toWorker(RequestState& state, bool waits = false);
    // [worker] Goes on from the cursor on the loop.
    Flow toLoop(RequestState& state) noexcept {
        handBack(state, HandBack::drive);
        return Flow::stop;
    }
    // Calls a filter of `respond` that may wait or works on a worker, in a turn of its own (response_turn_steps.cpp).
    Flow respondInTurn(RequestState& state, const FilterLink& link);
    // A filter failed at the response: it becomes a 500, and the log names the plugin.
    Flow failResponse(RequestState& state, const Instance& owner, std::string_view reason);
    // Looks again at `dueMs`.
    void arm(RequestState& state, std::uint64_t dueMs) { deadlines_.arm(state, dueMs); }
    // Sends exchange.response(), the last step of a response, now or when it has been transformed.
    void send(RequestState& state);
    void sendWhenMade(RequestState& state) noexcept;
    // Goes on from the cursor. [holder]
    void drive(RequestState& state, Place place) noexcept;
    // [holder] Fills exchange.response().
    void makeError(RequestState& state, const ErrorResponse& error) const;
    // Uploads (upload_steps.cpp).
    void beginUpload(RequestState& state, std::uint64_t limit);
    void readBody(RequestState& state, std::uint64_t limit);
    // Transformation, as mortise_response.transform says (transform_steps.cpp).
    mortise_status transform(RequestState& state, const mortise_transformer& theirs, const Instance& owner) noexcept;
    void pumpStream(RequestState& state) noexcept;

    http::Exchange* acquire() noexcept override;
    void release(http::Exchange& exchange) noexcept override;
    void onHead(http::Exchange& exchange) noexcept override;
    void onBody(http::Exchange& exchange) noexcept override;
    void onBodyPiece(http::Exchange& exchange, std::string_view piece) noexcept override;
    void onMalformed(http::Exchange& exchange, const http::Fault& fault) noexcept override;
    void onLost(http::Exchange& exchange) noexcept override;
    void onWritable(http::Exchange& exchange) noexcept override;

private:
    static constexpr std::size_t parsedOnLoopBytes = 64 * 1024; // larger bodies are parsed on a worker

    // Calls of on_finish that are owed to filters on workers, what they show, and what holds those filters.
    struct FinishCalls {
        std::vector<const FilterLink*> filters;
        std::unique_ptr<FinishRecord> record; // the request's: it has it back when the calls have returned
        std::shared_ptr<const void> keeper;
    };
    enum class HandBack : std::uint8_t { drive, respond, cut };

    // From onHead or onMalformed on the request is of the newest generation.
    void begin(RequestState& state);
    void unpin(RequestState& state) noexcept;
    void reportIdle() noexcept; // to whenIdle(), once
    // [worker] The loop gets the request, in a task of its own.
    void handBack(RequestState& state, HandBack next) noexcept;
    void takeBack(RequestState& state, HandBack next) noexcept;
    void work(RequestState& state, std::uint64_t serial) noexcept; // [worker]
    // [holder] After an exception of the host's own: 500, and when that fails, too, the connection is cut.
    Flow recover(RequestState& state, Place place, std::string_view reason) noexcept;
    // [holder] A plugin's turn is over, and was not ended.
    Flow conclude(RequestState& state, Place place, TurnOutcome outcome, bool second);
    Flow applyVerdict(RequestState& state, Place place);
    // `fault` is of its stream; empty: none. Where the promise is open, the request may be over at any moment.
    Flow left(RequestState& state, Place place, std::uint64_t serial, const http::Turn::Left& left,
              const Instance& owner, std::string_view fault);
    void complete(RequestState& state, std::uint64_t serial) noexcept;
    void turnOver(RequestState& state, std::uint64_t serial) noexcept;
    static bool mayWaitForDatabase(const RequestState& state) noexcept;
    bool isTurn(const RequestState& state, std::uint64_t serial) const noexcept;

    static std::uint64_t responseDue(const RequestState& state) noexcept;
    Flow respondOnWorker(RequestState& state, const FilterLink& link);
    void respondAtWork(RequestState& state, const FilterLink& link, std::uint64_t serial) noexcept; // [worker]
    static void attach(RequestState& state) noexcept; // what a worker has done to the response
    void completeResponse(RequestState& state, std::uint64_t serial) noexcept;
    Flow concludeResponse(RequestState& state, bool recorded, bool second);
    // False: the request is not to be ended now.
    bool endResponseTurn(RequestState& state, EndReason reason, bool commits) noexcept;
    void sendTransformed(RequestState& state);

    // The one function that ends a request, whoever wants it to.
    void end(RequestState& state, EndReason reason, bool commits = false) noexcept;
    void endNow(RequestState& state, EndReason reason) noexcept;
    void respondFor(RequestState& state, EndReason reason);
    ErrorResponse errorFor(EndReason reason) const;
    void orphan(RequestState& state) noexcept;
    void countOrphan(const RequestState& state, Instance& owner) noexcept;
    // The response is out, or the client is gone: calls on_finish.
    void finish(RequestState& state, std::uint64_t status, std::uint64_t bytes) noexcept;
    void finishFilters(RequestState& state, std::span<const Step> steps, std::uint64_t status,
                       std::uint64_t bytes) noexcept;
    // [holder of the record]
    void callFinish(RequestState& state, FinishRecord& record, const FilterLink& filter, Place place) noexcept;
    // Calls them one after the other on a worker, as soon as one is free.
    void finishOnWorker(RequestState& state, std::shared_ptr<FinishCalls> calls);
    // Gives the slot back when nothing is open any more.
    void settle(RequestState& state) noexcept;
    // The on_finish of whose turn was open at the end. False: a worker calls it, and settles.
    bool payFinish(RequestState& state) noexcept;

    void startStream(RequestState& state) noexcept;
    void sendPieces(RequestState& state, Stream& stream);

    void onDeadline(RequestState& state) noexcept;
    std::uint64_t dueOf(const RequestState& state, EndReason& reason) const;
    void logDeadline(const RequestState& state, EndReason reason);

    void endUpload(RequestState& state);
    bool chargeUpload(RequestState& state, std::uint64_t before);
    void driveUpload(RequestState& state);
    void endWriting(RequestState& state, std::uint64_t serial, int failure) noexcept; // an errno, or 0

    mortise_status transformOnWorker(RequestState& state, std::unique_ptr<Transformer>& transformer);
    mortise_status transformStream(RequestState& state, std::unique_ptr<Transformer>& transformer,
                                   const Instance& owner);
    void endTransformation(RequestState& state, const std::shared_ptr<Transformation>& made) noexcept;

    Runtime& runtime_;
    ExchangeTable& table_;
    Environment& environment_;
    base::Pulse& pulse_; // of the environment
    Deadlines deadlines_;
    LoopExchanges exchanges_;
    Outstanding tasks_;                     // in the pools of workers
    std::list<LoopGeneration> generations_; // the last one serves
    std::size_t leased_ = 0;                // requests that hold a lease
    base::Task idle_;
    bool closed_ = false;
};

inline Flow Dispatcher::respond(RequestState& state, Place place) noexcept {
    if (place == Place::worker) {
        handBack(state, HandBack::respond);
        return Flow::stop;
    }
    state.responding = true;
    state.cursor = state.pipeline->respond();
    return Flow::next;
}

template<class Call>
Flow Dispatcher::callPlugin(RequestState& state, Place place, const Instance& owner, TurnKind kind, bool mayWait,
                            const FilterLink* filter, Call&& call) {
    if (owner.quarantined()) return refuse(state, place, {error::unavailable});
    state.turnKind = kind;
    state.turnMayWait = mayWait;
    state.turnFilter = filter;
    state.recorded = Recorded::nothing;
    state.isLent = false;
    state.calledOnWorker = place == Place::worker;
    if (place == Place::worker) {
        const auto timeout = static_cast<std::uint64_t>(state.serving().handlerTimeout.count());
        state.turnDeadlineMs.store(environment_.clockMs() + timeout, std::memory_order_relaxed);
    }
    http::Turn& turn = state.exchange.turn();
    const std::uint64_t serial = turn.begin(&owner);
    if (serial == 0) return toLoop(state); // which ends it
    const mortise_exchange handle = state.exchange.handle(serial).value;
    mortise_status status;
    if (place == Place::loop) {
        const Inside inside(pulse_, owner, functionOf(kind));
        status = call(handle);
    } else {
        const Runtime::OnWorker inside(runtime_, owner.owner(), functionOf(kind));
        status = call(handle);
    }
    const Returned returned = returnedAs(status);
    state.returned = returned;
    const http::Turn::Left leaving = turn.leave(
        mayWait && status == MORTISE_PENDING,
        place == Place::loop ? http::Turn::Holder::loop : http::Turn::Holder::worker, status == MORTISE_REPLIED);
    if (!leaving.isOver()) {
        const bool cuts = leaving.stream() &&
                          outcomeOf(kind, Recorded::stream, returned, mayWait, leaving.second()) == TurnOutcome::cut;
        return left(state, place, serial, leaving, owner,
                    cuts ? faultOf(kind, Recorded::stream, returned, leaving.second()) : std::string_view());
    }
    const Recorded recorded = leaving.recorded() ? state.recorded : Recorded::nothing;
    const TurnOutcome outcome = outcomeOf(kind, recorded, returned, mayWait, leaving.second());
    if (outcome == TurnOutcome::respond) return respond(state, place);
    if (outcome == TurnOutcome::pass && recorded == Recorded::nothing) return Flow::next;
    return conclude(state, place, outcome, leaving.second());
}

} // namespace mortise::dispatch
