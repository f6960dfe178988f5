// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace mortise::database {

// The event loops of the process, as far as a connector cares. Thread-safe.
class Loops {
public:
    virtual ~Loops() = default;
    virtual std::uint32_t count() const = 0;
    // 1 to count(): the loop of the calling thread; 0 on any other thread.
    virtual std::uint32_t current() const = 0;
    // On a loop: calls `call` once, on this thread, when the present batch of events is handled. False: cannot.
    virtual bool atBatchEnd(void (*call)(void* context), void* context) = 0;
};

} // namespace mortise::database
