// SPDX-License-Identifier: Apache-2.0
#include "base/affinity.hpp"

#include <sched.h>

#include <cerrno>
#include <memory>

namespace mortise::base {

std::size_t usableCores() noexcept {
    const auto release = [](cpu_set_t* set) { CPU_FREE(set); };
    // The kernel refuses a mask shorter than its own (EINVAL), and does not say how long that is.
    for (std::size_t cores = 1024; cores <= 1024 * 1024; cores *= 2) {
        const std::unique_ptr<cpu_set_t, decltype(release)> set(CPU_ALLOC(cores), release);
        if (set == nullptr) return 1;
        const std::size_t sizeBytes = CPU_ALLOC_SIZE(cores);
        if (sched_getaffinity(0, sizeBytes, set.get()) == 0) {
            const int count = CPU_COUNT_S(sizeBytes, set.get());
            return count < 1 ? 1 : static_cast<std::size_t>(count);
        }
        if (errno != EINVAL) return 1;
    }
    return 1;
}

} // namespace mortise::base
