// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/task.hpp"
#include "base/watchdog.hpp"

#include <cstdint>

namespace mortise::dispatch {

// What a dispatcher needs around it: its loop, its clocks and the worker pools. Tests stand in for it.
class Environment {
public:
    // [any]
    virtual bool isLoop() const noexcept = 0;
    virtual std::uint64_t clockMs() const noexcept = 0; // monotonic, of the same origin as nowMs()
    // [any] Runs on the loop, in order of posting. False when the loop has ended, and every request with it.
    virtual bool post(base::Task&& task) noexcept = 0;

    // [loop]
    virtual std::uint64_t nowMs() const noexcept = 0; // monotonic, read once per batch
    virtual std::int64_t wallMs() const noexcept = 0; // Unix epoch
    virtual void after(std::uint64_t delayMs, base::Task&& task) = 0;
    virtual base::Pulse& pulse() noexcept = 0;
    // False, and the task is the caller's still: the queue of the workers is full, or that of those that wait for the
    // database.
    virtual bool submit(base::Task&& task, bool waitsForDatabase) noexcept = 0;
    virtual bool submitUpload(base::Task&& task) noexcept = 0;

protected:
    ~Environment() = default;
};

} // namespace mortise::dispatch
