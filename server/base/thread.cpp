// SPDX-License-Identifier: Apache-2.0
#include "base/thread.hpp"

#include "base/alternate_stack.hpp"

#include <pthread.h>
#include <signal.h>

#include <cstddef>
#include <string>
#include <utility>

namespace mortise::base {

namespace {

constexpr std::size_t kernelNameBytes = 15; // TASK_COMM_LEN without its NUL

// Blocks asynchronous signals for the calling thread, whose mask a new thread inherits.
class SignalsBlocked {
public:
    SignalsBlocked() noexcept {
        sigset_t blocked;
        sigfillset(&blocked);
        for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS}) sigdelset(&blocked, fault);
        pthread_sigmask(SIG_SETMASK, &blocked, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_{};
};

} // namespace

std::thread startThread(std::string_view name, std::function<void()> body) {
    const SignalsBlocked blocked;
    return std::thread([kept = std::string(name.substr(0, kernelNameBytes)), run = std::move(body),
                        stack = AlternateStack::allocate()]() mutable {
        pthread_setname_np(pthread_self(), kept.c_str());
        const AlternateStack handlers(std::move(stack));
        run();
    });
}

} // namespace mortise::base
