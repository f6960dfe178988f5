// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/watchdog.hpp"
#include "host/instance.hpp"

#include <cstdint>

namespace mortise::host {

// Marks whose code the loop runs, by the address of the plugin's name: the watchdog looks at its own time, when the
// instance may be gone.
class Inside {
public:
    Inside(base::Pulse& pulse, const Instance* owner) noexcept : pulse_(pulse) {
        pulse_.enter(reinterpret_cast<std::uintptr_t>(&owner->name()));
    }
    ~Inside() { pulse_.leave(); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

private:
    base::Pulse& pulse_;
};

} // namespace mortise::host
