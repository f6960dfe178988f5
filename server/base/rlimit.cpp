// SPDX-License-Identifier: Apache-2.0
#include "base/rlimit.hpp"

#include <sys/resource.h>

namespace mortise::base {

DescriptorLimit raiseDescriptorLimit() noexcept {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
    const DescriptorLimit unchanged{limit.rlim_cur, limit.rlim_cur};
    if (limit.rlim_cur == limit.rlim_max) return unchanged;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return unchanged;
    return {unchanged.before, limit.rlim_cur};
}

} // namespace mortise::base
