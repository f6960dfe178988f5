// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/watchdog.hpp"
#include "dispatch/host_names.hpp"

#include <cstdint>

namespace mortise::dispatch {

// Marks whose code the loop runs, for its watchdog: by the address of the plugin's name, which is kept, since the
// watchdog looks at its own time. On a worker Runtime::OnWorker does that.
class Inside {
public:
    Inside(base::Pulse& pulse, const Instance& owner) noexcept : pulse_(pulse) {
        pulse_.enter(reinterpret_cast<std::uintptr_t>(&owner.name()));
    }
    ~Inside() { pulse_.leave(); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

private:
    base::Pulse& pulse_;
};

} // namespace mortise::dispatch
