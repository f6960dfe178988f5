// SPDX-License-Identifier: Apache-2.0
#include "operation.hpp"

#include "contributed_schema.hpp"
#include "placement_marks.hpp"
#include "tape_values.hpp"

#include <mortise/error.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::size_t idleCallsKept = 64;
constexpr std::size_t errorRoom = std::size_t{4} << 20; // bytes of errors beside the data

// Ends a transaction that is not to be kept, as an exception of its body.
class RolledBack : public mortise::Error {
public:
    RolledBack() : mortise::Error("a field of the mutation is an error") {}
};

// What runs within it waits, which a transaction must not.
class Suspended : public mortise::Error {
public:
    Suspended() : mortise::Error("a field below the mutation waits") {}
};

// Of a request whose response is not heard any more.
const FieldFailure ended{503, "Service unavailable", {}};

std::chrono::steady_clock::time_point deadlineIn(std::chrono::milliseconds left) {
    constexpr auto longest = std::chrono::hours(24);
    return std::chrono::steady_clock::now() + std::min<std::chrono::milliseconds>(left, longest);
}

Error requestError(ErrorKind kind, std::string message) {
    return {kind, std::move(message), {}, {}, 0};
}

} // namespace

Operation::Operation(const ContributedSchema& schema, OperationServices& services, const ExecutionLimits& limits)
    : schema_(schema),
      services_(services),
      limits_(limits),
      execution_(schema.resolvers(), limits, clock_),
      budget_(limits.bytes),
      text_(limits.responseBytes + errorRoom) {}

void Operation::clear() {
    if (execution_.state() == Execution::State::waiting) execution_.cancel({});
    preparedCall_ = nullptr;
    transaction_ = nullptr;
    idleCalls_.clear();
    for (const auto& call : calls_) call->release();
    for (auto& call : calls_)
        if (call->wasPending) schema_.operations().retire(std::move(call));
    std::erase(calls_, nullptr);
    if (calls_.size() > idleCallsKept) calls_.resize(idleCallsKept);
    for (const auto& call : calls_) idleCalls_.push_back(call.get());
    failures_.clear();
    errors_.clear();
    variables_.clear();
    prepared_.plan = nullptr;
    tape_.clear();
    refusedStatus_ = 0;
    reply_.reset();
    mode_ = Mode::plain;
    isStarted_ = isBusy_ = restarts_ = isGivenUp_ = isRunning_ = false;
    promises_ = 0;
    budget_.reset();
}

bool Operation::prepare(PlanCache& cache, const GraphQlRequest& wanted, const Caller& caller) {
    caller_ = caller;
    isRunning_ = true;
    const Engine& engine = schema_.engine();
    const std::uint32_t maximum = engine.settings().variables.values;
    if (wanted.variables != nullptr && !valuesOfTape(*wanted.tape, *wanted.variables, maximum, variables_)) {
        errors_.push_back(
            requestError(ErrorKind::limit, "The variables have more than " + std::to_string(maximum) + " values."));
        prepared_.document = nullptr;
        return false;
    }
    engine.prepare(cache, wanted.query, wanted.operationName, variables_, prepared_);
    errors_ = std::move(prepared_.errors);
    if (!errors_.empty()) return false;
    if (caller.isSafe && isMutation()) {
        errors_.push_back(requestError(ErrorKind::request, "Mutations are executed by POST only."));
        refusedStatus_ = 405;
        return false;
    }
    chooseMode();
    if (!caller.hasKey || mayHaveKey()) return true;
    refusedStatus_ = 400;
    errors_.push_back(requestError(
        ErrorKind::request,
        "An Idempotency-Key needs an operation with exactly one field of Mutation, which keeps its response."));
    return false;
}

bool Operation::needsWorker() const {
    const std::uint32_t forWorker =
        services_.database ? PlacementMarks::worker : PlacementMarks::worker | PlacementMarks::reads;
    return (prepared_.plan->mark() & forWorker) != 0;
}

std::vector<std::string_view> Operation::twins() const {
    std::vector<std::string_view> twins;
    for (const PlannedField& field : prepared_.plan->root().fields) {
        if (field.completion == Completion::typeName) continue;
        const ContributedResolver* const resolver = schema_.resolver(*field.field);
        twins.push_back(resolver != nullptr ? std::string_view(resolver->field().twin) : "");
    }
    return twins;
}

void Operation::chooseMode() {
    if (!isMutation()) return;
    std::size_t fields = 0;
    std::size_t transactions = 0;
    for (const PlannedField& field : prepared_.plan->root().fields) {
        if (field.completion == Completion::typeName) continue;
        ++fields;
        const ContributedResolver* const resolver = schema_.resolver(*field.field);
        if (resolver != nullptr && resolver->needsTransaction()) ++transactions;
    }
    // Where no response is kept the transaction ends with its field: what is below reads without its locks.
    mode_ = caller_.hasKey && fields == 1 && transactions == 1 ? Mode::single : Mode::each;
}

bool Operation::mayHaveKey() const {
    return mode_ == Mode::single && prepared_.plan->root().fields.size() == 1;
}

void Operation::start() {
    failures_.clear();
    isStarted_ = true;
    Execution::Input input;
    input.plan = prepared_.plan;
    input.variables = &prepared_.variables;
    input.context = this;
    if (caller_.timeLeft != std::chrono::milliseconds::max()) input.deadline = deadlineIn(caller_.timeLeft);
    execution_.start(std::move(input));
}

bool Operation::run() {
    try {
        return isGivenUp_ ? runHere() : runPlaced();
    } catch (const std::exception& failure) { // no memory
        giveUp(failure.what());
        return runHere();
    }
}

bool Operation::runPlaced() {
    const bool isOneState = (prepared_.plan->mark() & PlacementMarks::together) != 0 && !isMutation();
    if (!isOneState || !services_.database || services_.loops.current() != 0) return runHere();
    try {
        return services_.database(Turn(caller_.turn)).snapshot([this] { return runHere(); });
    } catch (...) { // before it began
        failWith(failureOfCaught());
        return runHere();
    }
}

bool Operation::runHere() {
    for (;;) {
        if (step()) return true;
        if (!hasCompleted() && !(restarts_ && promises_ == 0)) return false;
    }
}

// As far as it goes without looking whether something has completed meanwhile. True: it is done.
bool Operation::step() {
    const bool hasTaken = takeCompleted();
    if (isGivenUp_) return isOver();
    if (isBusy_ || restarts_) {
        if (promises_ != 0) return false;
        if (isBusy_ && services_.loops.current() != 0) return true;
        isBusy_ = restarts_ = false;
        start();
    } else if (!isStarted_) {
        start();
    } else if (hasTaken) {
        execution_.resume();
    }
    checkBudget();
    while (transaction_ != nullptr && execution_.state() == Execution::State::waiting) runTransaction();
    return isOver() && !isBusy_ && !restarts_ ? true : isBusy_ && promises_ == 0 && services_.loops.current() != 0;
}

bool Operation::takeCompleted() {
    {
        const std::lock_guard lock(mutex_);
        taken_.swap(completed_);
    }
    const bool hasTaken = !taken_.empty();
    while (!taken_.empty()) {
        FieldCall* const call = taken_.back();
        taken_.pop_back();
        --promises_;
        FieldCall& owner = call->owner != nullptr ? *call->owner : *call;
        const bool isWanted = owner.isSuspended && execution_.pending(owner.token) != nullptr;
        if (isWanted) call->resolver->take(*call);
        if (!isWanted || owner.loads != 0) continue;
        if (owner.resolver->proceed(owner)) execution_.complete(owner.token);
    }
    return hasTaken;
}

bool Operation::hasCompleted() {
    const std::lock_guard lock(mutex_);
    return !completed_.empty();
}

void Operation::runTransaction() {
    FieldCall& call = *std::exchange(transaction_, nullptr);
    if (mode_ == Mode::single)
        respondOnce(call);
    else
        transactOnce(call);
}

// The whole execution within a transaction whose response may be kept.
void Operation::respondOnce(FieldCall& call) {
    preparedCall_ = &call;
    execution_.cancel({}); // it waits for nothing but this
    mode_ = Mode::responding;
    try {
        reply_ = services_.database.respond(Turn(caller_.turn), [&](Transaction&) {
            start();
            if (!isOver()) throw Suspended();
            if (call.hasFailed()) throw RolledBack();
            // A declared block could not be kept with it.
            return response().reply({}).field("Vary", "Accept");
        });
    } catch (const Stale&) { // the host has responded
        failWith(ended);
    } catch (const RolledBack&) { // the execution says why
    } catch (const Suspended&) {
        failWith(
            {500, "a field below the mutation waits, so that its response cannot be kept for an Idempotency-Key", {}});
    } catch (...) {
        failWith(failureOfCaught());
    }
}

// One field in its own transaction; what is below it comes after the commit.
void Operation::transactOnce(FieldCall& call) {
    const ContributedResolver& resolver = *call.resolver;
    try {
        services_.database(Turn(caller_.turn)).transact([&](Transaction&) {
            if (!resolver.resolveInTransaction(call)) throw RolledBack();
        });
    } catch (const RolledBack&) { // the call says why
    } catch (const Stale&) {      // the host has responded
        call.begin(call.count);
        call.fail(FieldCall::none, ended);
    } catch (...) {
        FieldFailure failure = failureOfCaught();
        call.begin(call.count);
        call.fail(FieldCall::none, std::move(failure));
        resolver.report(call);
    }
    if (execution_.pending(call.token) == nullptr) return;
    call.stage = FieldCall::Stage::resolved;
    if (resolver.proceed(call)) execution_.complete(call.token);
    execution_.resume();
}

// The fields of the root are this error.
void Operation::failWith(FieldFailure failure) {
    failure_ = std::move(failure);
    if (failure_.status == 500)
        services_.log.of(caller_.turn).error("An operation of GraphQL failed", {{"error", failure_.message}});
    execution_.cancel({});
    mode_ = Mode::failing;
    reply_.reset();
    restarts_ = false;
    if (promises_ == 0)
        start();
    else
        restarts_ = true;
}

FieldCall& Operation::takeCall(const ContributedResolver& resolver) {
    if (idleCalls_.empty()) {
        calls_.push_back(std::make_unique<FieldCall>(*this, budget_));
        idleCalls_.push_back(calls_.back().get());
        // takeBack() finds room for each of them: whoever completes a call cannot do without.
        const std::lock_guard lock(mutex_);
        completed_.reserve(calls_.size());
        taken_.reserve(calls_.size());
    }
    FieldCall& call = *idleCalls_.back();
    idleCalls_.pop_back();
    call.resolver = &resolver;
    call.provider = &resolver.contribution();
    call.owner = nullptr;
    call.isSuspended = false;
    call.ownState = nullptr;
    call.stage = FieldCall::Stage::prepare;
    return call;
}

void Operation::giveBack(FieldCall& call) {
    if (!call.wasPending && &call != preparedCall_) idleCalls_.push_back(&call);
}

void Operation::setBusy() {
    isBusy_ = true;
    execution_.cancel({});
}

void Operation::exceed() {
    execution_.cancel("The operation's objects and values take more than " + std::to_string(budget_.maximum()) +
                      " bytes.");
}

std::uint32_t Operation::keepFailure(const FieldFailure& failure) {
    failures_.push_back(failure);
    return static_cast<std::uint32_t>(failures_.size());
}

std::string_view Operation::shownMessage(const FieldFailure& failure) const {
    if (failure.status == 500 && !services_.isDevelopment) return maskedMessage;
    return failure.status == 400 && !failure.details.empty() ? invalidMessage : std::string_view(failure.message);
}

Reply Operation::takeReply() {
    if (reply_) return *std::move(reply_);
    return response().reply(services_.vary);
}

GraphQlResponse Operation::response() {
    GraphQlResponse response;
    response.mediaType = caller_.mediaType;
    response.refused = refusedStatus_;
    if (prepared_.plan == nullptr || !errors_.empty()) {
        const std::string_view source = prepared_.document ? std::string_view(prepared_.document->text()) : "";
        response.body = text_.write(source, errors_, std::nullopt, {}, caller_.requestId, services_.isDevelopment);
        return response;
    }
    response.isExecuted = true;
    if (execution_.errors().empty()) {
        response.maxAge = caller_.maxAge;
        response.body = execution_.text();
        return response;
    }
    logEngineErrors();
    response.body = text_.write(prepared_.document->text(), execution_.errors(), execution_.data(), failures_,
                                caller_.requestId, services_.isDevelopment);
    const Error& first = execution_.errors().front();
    if (isMutation() && prepared_.plan->root().fields.size() == 1 && first.path.size() == 1 && first.cause != 0) {
        const FieldFailure& failure = failures_[first.cause - 1];
        response.failed = failure.status;
        response.retryAfter = failure.retryAfter;
    }
    return response;
}

// Those that no call has: a value that does not fit its type.
void Operation::logEngineErrors() const {
    for (const Error& error : execution_.errors())
        if (error.kind == ErrorKind::field && error.cause == 0)
            services_.log.of(caller_.turn)
                .error("A field of GraphQL has no value that fits", {{"error", error.message}});
}

} // namespace mortise::graphql
