// SPDX-License-Identifier: Apache-2.0
// Operations that wait: who runs them, and what becomes of their response.
#include "operation.hpp"

#include "contributed_schema.hpp"

#include <exception>
#include <utility>

namespace mortise::graphql {

// What a worker is to do; where it never comes to that, nobody runs the operation any more.
class Operation::Continuation {
public:
    explicit Continuation(Operation& operation) : operation_(&operation) {}
    Continuation(Continuation&& other) noexcept : operation_(std::exchange(other.operation_, nullptr)) {}
    Continuation& operator=(Continuation&&) = delete;
    ~Continuation() {
        if (operation_ != nullptr) operation_->abandon();
    }
    void operator()() { std::exchange(operation_, nullptr)->continueRunning(); }

private:
    Operation* operation_;
};

void Operation::takeBack(FieldCall& call) {
    bool isMine = false;
    {
        const std::lock_guard lock(mutex_);
        completed_.push_back(&call);
        isMine = !std::exchange(isRunning_, true);
    }
    // Else whoever runs it may have ended it already.
    if (isMine) schedule();
}

void Operation::schedule() {
    try {
        services_.tasks.run(Continuation(*this));
    } catch (const std::exception&) { // its end has abandoned it
    }
}

void Operation::park(OperationLease lease, Deferred deferred) {
    Operation& operation = *lease;
    lease.detach();
    operation.self_ = std::move(lease);
    operation.deferred_ = std::move(deferred);
    operation.services_.open.enter();
    operation.settle(false);
}

// The runner's last step: it leaves the operation to whoever completes the next call, or responds.
void Operation::settle(bool isDone) {
    for (;;) {
        if (isDone) return isBusy_ ? schedule() : finishLater();
        {
            const std::lock_guard lock(mutex_);
            if (completed_.empty()) {
                isRunning_ = false;
                return;
            }
        }
        isDone = run();
    }
}

void Operation::continueRunning() {
    if (!isMutation() && deferred_.cancelled() && execution_.state() == Execution::State::waiting)
        execution_.cancel("The client is gone.");
    settle(run());
}

// No worker continues it: what is awaited comes to nothing.
void Operation::abandon() {
    giveUp("no worker continues it");
    settle(run());
}

// What is pending is waited for all the same.
void Operation::giveUp(const char* why) {
    if (std::exchange(isGivenUp_, true)) return;
    transaction_ = nullptr;
    execution_.cancel({});
    reply_ = serviceUnavailable();
    services_.log.of(caller_.turn).warn("An operation of GraphQL was given up", {{"error", why}});
}

void Operation::finishLater() {
    Reply reply = replyAnyway();
    Deferred deferred = std::move(deferred_);
    OpenOperations& open = services_.open;
    OperationLease self = std::move(self_);
    self.reset(); // it is another request's from here on
    deferred.reply(std::move(reply));
    open.leave();
}

Reply Operation::replyAnyway() {
    try {
        return takeReply();
    } catch (const std::exception&) { // no memory
        return serviceUnavailable();
    }
}

} // namespace mortise::graphql
