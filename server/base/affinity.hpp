// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace mortise::base {

// Cores this process may run on (sched_getaffinity), at least 1: what taskset or a cpuset leaves, not what the machine
// has.
std::size_t usableCores() noexcept;

} // namespace mortise::base
