// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/instance.hpp"

#include <memory>
#include <utility>

namespace mortise::host {

// A plugin's call that is kept after the function that took it has returned: it runs at most once, and its context is
// released exactly once, after that. Keeps the instance's `stop` waiting. Thread: any, one at a time.
class KeptCall {
public:
    using Function = void (*)(void* context);

    KeptCall(std::shared_ptr<Instance> instance, Function call, void* context, Function release) noexcept
        : pin_(instance), instance_(std::move(instance)), call_(call), context_(context), release_(release) {}
    KeptCall(const KeptCall&) = delete;
    KeptCall& operator=(const KeptCall&) = delete;
    ~KeptCall() {
        instance_->uncountCall();
        if (release_ == nullptr || instance_->quarantined()) return;
        const base::RunningCode running(instance_->owner(), "release");
        release_(context_);
    }

    Instance& instance() const noexcept { return *instance_; }
    // False: the instance is being stopped, or is never called again.
    bool mayRun() const noexcept { return !instance_->quarantined() && instance_->stage() < Instance::Stage::stopping; }
    void run() noexcept { call_(context_); }
    // It was not taken: `context` is the caller's as before.
    void giveBack() noexcept { release_ = nullptr; }

private:
    const Instance::Pin pin_;
    const std::shared_ptr<Instance> instance_;
    Function call_;
    void* context_;
    Function release_;
};

} // namespace mortise::host
