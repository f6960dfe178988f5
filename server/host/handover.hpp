// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/instance.hpp"

#include <memory>
#include <vector>

namespace mortise::host {

class Generation;

// After publishing: each of the `fresh` instances takes over the state of the instance that it replaces, the one of its
// name and module id in `replaced` (null: none). What takes too long or is too large is logged and left.
void handOver(const Generation* replaced, const std::vector<std::shared_ptr<Instance>>& fresh);

} // namespace mortise::host
