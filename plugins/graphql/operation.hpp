// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "field_call.hpp"
#include "field_failure.hpp"
#include "graphql_request.hpp"
#include "graphql_response.hpp"
#include "memory_budget.hpp"
#include "operation_pool.hpp"
#include "operation_services.hpp"
#include "request_tape.hpp"
#include "response_media_type.hpp"

#include "execution/engine.hpp"
#include "execution/execution.hpp"

#include <mortise/deferred.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace mortise::graphql {

class ContributedSchema;

// On whose behalf an operation runs. Views stay until the request's turn is over.
struct Caller {
    mortise_exchange turn = 0;
    const mortise_principal* principal = nullptr; // null: nobody
    std::string_view requestId;
    std::chrono::milliseconds timeLeft = std::chrono::milliseconds::max();
    bool hasKey = false; // Idempotency-Key
    bool isSafe = false; // GET: no mutation (RFC 9110 section 9.2.1)
    ResponseMediaType mediaType = ResponseMediaType::json;
    std::uint32_t maxAge = 0; // see GraphQlResponse; of what is executed without an error
};

// One operation on its way: prepared, placed, executed, responded to. It runs on one thread at a time; while a plugin's
// function is pending nobody runs it, and whoever completes the last that is awaited has a worker continue. Its turn
// stays open until every function that was called has come back, whatever becomes of the request.
//
// A mutation's fields that ask for a transaction, by `mode_`:
//
//   single   | one such field, under an Idempotency-Key: its `prepare`, then the whole execution anew within
//            | Database::respond, so that a plugin may keep the response; as often as the database has the body run
//   each     | others: `resolve` of one after the other within Database::transact, what is below it after the commit
//   failing  | the fields of the root are an error: that of the transaction
class Operation {
public:
    enum class Mode : std::uint8_t { plain, single, responding, each, failing };

    Operation(const ContributedSchema& schema, OperationServices& services, const ExecutionLimits& limits);
    Operation(const Operation&) = delete;
    Operation& operator=(const Operation&) = delete;
    ~Operation() { clear(); }

    static Operation& of(const Batch& batch) { return *static_cast<Operation*>(batch.context()); }

    // False: it is not to be executed, and response() says why.
    bool prepare(PlanCache& cache, const GraphQlRequest& wanted, const Caller& caller);
    bool needsWorker() const;
    // Of a mutation, for each of its fields: the route that does the same, or empty.
    std::vector<std::string_view> twins() const;
    bool isMutation() const { return prepared_.plan->kind() == OperationKind::mutation; }
    // As far as it can run on this thread; true: it is done, and takeReply() is there, or isBusy().
    bool run();
    // On a loop something is busy, and nothing has had an effect: all of it is to be done anew on a worker.
    bool isBusy() const { return isBusy_; }
    Reply takeReply();
    // It waits, and replies by itself. `lease` is its own.
    static void park(OperationLease lease, Deferred deferred);
    // Gives up what it holds for the request; it can be used for another one.
    void clear();

    // For variables that came in a URL: stays as long as the operation is on its way.
    RequestTape& tape() { return tape_; }

    // For resolvers and calls.
    const ContributedSchema& schema() const { return schema_; }
    OperationServices& services() const { return services_; }
    const Caller& caller() const { return caller_; }
    Mode mode() const { return mode_; }
    FieldCall& takeCall(const ContributedResolver& resolver);
    // One that is complete, and whose plugin does not know it any more.
    void giveBack(FieldCall& call);
    // That of the root's fields when the mode is failing.
    const FieldFailure& failure() const { return failure_; }
    // Of the single mutation's field, prepared before; null: it was not.
    FieldCall* preparedCall() const { return preparedCall_; }
    void awaitTransaction(FieldCall& call) { transaction_ = &call; }
    // A function is pending, or was seen to be complete.
    void addPromise() { ++promises_; }
    // Something on a loop is busy.
    void setBusy();
    // Past what its calls may keep together it ends.
    void checkBudget() {
        if (budget_.isExceeded()) exceed();
    }
    std::uint32_t keepFailure(const FieldFailure& failure);
    // What the client reads of it.
    std::string_view shownMessage(const FieldFailure& failure) const;
    const std::vector<FieldFailure>& failures() const { return failures_; }
    // [any] A call that was pending is complete.
    void takeBack(FieldCall& call);

private:
    class Continuation;

    bool runPlaced();
    bool runHere();
    void exceed();
    void start();
    bool step();
    bool isOver() const { return promises_ == 0 && (isGivenUp_ || execution_.state() == Execution::State::done); }
    bool takeCompleted();
    bool hasCompleted();
    void runTransaction();
    void respondOnce(FieldCall& call);
    void transactOnce(FieldCall& call);
    void failWith(FieldFailure failure);
    void chooseMode();
    bool mayHaveKey() const;
    void schedule();
    void continueRunning();
    void abandon();
    void giveUp(const char* why);
    void settle(bool isDone);
    void finishLater();
    Reply replyAnyway();
    void logEngineErrors() const;
    GraphQlResponse response();

    const ContributedSchema& schema_;
    OperationServices& services_;
    ExecutionLimits limits_;
    mortise::graphql::Clock clock_;
    Execution execution_;
    MemoryBudget budget_;
    Caller caller_;
    PreparedRequest prepared_;
    Values variables_;
    RequestTape tape_;
    std::vector<Error> errors_;          // of a request that is not executed
    std::uint32_t refusedStatus_ = 0;    // see GraphQlResponse::refused
    std::vector<FieldFailure> failures_; // Error::cause counts in them, from 1
    ResponseText text_;

    Mode mode_ = Mode::plain;
    FieldFailure failure_;
    FieldCall* preparedCall_ = nullptr;
    FieldCall* transaction_ = nullptr; // a call whose turn it is
    bool isStarted_ = false;
    bool isBusy_ = false;
    bool restarts_ = false; // once nothing is pending
    bool isGivenUp_ = false;
    std::uint32_t promises_ = 0;
    std::optional<Reply> reply_;

    std::vector<std::unique_ptr<FieldCall>> calls_;
    std::vector<FieldCall*> idleCalls_;

    Deferred deferred_;
    OperationLease self_; // while it waits

    std::mutex mutex_; // of what follows
    bool isRunning_ = false;
    std::vector<FieldCall*> completed_;
    std::vector<FieldCall*> taken_; // the runner's
};

} // namespace mortise::graphql
