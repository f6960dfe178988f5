// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace mortise::base {

struct DescriptorLimit {
    std::uint64_t before = 0; // soft limit found
    std::uint64_t now = 0;    // soft limit in force; equals `before` when it could not be raised
};

// Raises the soft limit of open descriptors to the hard one. We use epoll, never select, so numbers past 1023 do no
// harm.
DescriptorLimit raiseDescriptorLimit() noexcept;

} // namespace mortise::base
