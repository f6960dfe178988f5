// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/running_code.hpp"
#include "base/watchdog.hpp"
#include "dispatch/host_names.hpp"

#include <cstdint>

namespace mortise::dispatch {

// Marks whose code the loop runs, for its watchdog and the report of a fatal signal: by the address of a text that is
// kept, since the watchdog looks at its own time. On a worker Runtime::OnWorker does that.
class Inside {
public:
    Inside(base::Pulse& pulse, const Instance& owner, const char* function) noexcept
        : running_(owner.owner(), function), pulse_(pulse) {
        pulse_.enter(reinterpret_cast<std::uintptr_t>(&owner.owner()));
    }
    ~Inside() { pulse_.leave(); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

private:
    const base::RunningCode running_;
    base::Pulse& pulse_;
};

} // namespace mortise::dispatch
