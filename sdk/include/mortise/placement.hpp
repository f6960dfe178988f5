// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mortise {
inline namespace v1 {

// For the provider of mortise.database/1 to derive from: mortise.plugin.placement/1.
class Placement {
public:
    virtual ~Placement() = default;
    // [control] After configure: may handlers that only read run on an event loop?
    virtual bool readsOnLoop() = 0;
};

} // namespace v1
} // namespace mortise
