// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace mortise::host {

// Told while something waits for code of plugins, and until when at most.
class Waits {
public:
    using Time = std::chrono::steady_clock::time_point;

    // Thread: any; waits may overlap. Each begin has one end, with the same time.
    virtual void begin(Time until) = 0;
    virtual void end(Time until) noexcept = 0;

protected:
    ~Waits() = default;
};

// One wait, as long as this lives.
class Waiting {
public:
    // `waits` lives longer; null: nobody is told.
    Waiting(Waits* waits, Waits::Time until) : waits_(waits), until_(until) {
        if (waits_ != nullptr) waits_->begin(until_);
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() {
        if (waits_ != nullptr) waits_->end(until_);
    }

private:
    Waits* const waits_;
    const Waits::Time until_;
};

} // namespace mortise::host
