// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/watchdog.hpp"
#include "dispatch/host_names.hpp"
#include "dispatch/pipeline.hpp"

#include <cstdint>
#include <optional>

namespace mortise::dispatch {

// Marks whose code a thread runs: on the loop for its watchdog, by the address of the plugin's name, which is kept,
// since the watchdog looks at its own time; on a worker for readiness.
class Inside {
public:
    Inside(base::Pulse& pulse, const Instance& owner) noexcept : pulse_(&pulse) {
        pulse.enter(reinterpret_cast<std::uintptr_t>(&owner.name()));
    }
    Inside(Runtime& runtime, base::Pulse& pulse, const Instance& owner, Place place) noexcept {
        if (place == Place::worker) {
            worker_.emplace(runtime, owner.name());
            return;
        }
        pulse_ = &pulse;
        pulse.enter(reinterpret_cast<std::uintptr_t>(&owner.name()));
    }
    ~Inside() {
        if (pulse_ != nullptr) pulse_->leave();
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

private:
    base::Pulse* pulse_ = nullptr;
    std::optional<Runtime::OnWorker> worker_;
};

} // namespace mortise::dispatch
