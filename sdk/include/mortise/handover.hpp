// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/handover.h>

#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {

// For a plugin to derive from whose state outlives its instance at a reload: mortise.plugin.handover/1. Both instances
// serve while it happens.
class Handover {
public:
    virtual ~Handover() = default;
    // [control] Of the old instance, before its drain: at most MORTISE_HANDOVER_BYTES; empty when there is nothing.
    virtual std::string give() = 0;
    // [control] Of the new instance, before its activate. Adds to what is there; ignores what it cannot read, which may
    // come from another version of the plugin.
    virtual void take(std::string_view state) = 0;
};

} // namespace v1
} // namespace mortise
