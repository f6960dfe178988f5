// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/extensions.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/guard.hpp>
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

namespace detail {

template<class T>
struct InterfaceId<Handover, T> {
    static constexpr std::string_view value = MORTISE_HANDOVER_EXTENSION;
};

// The C table behind it. T is the author's class; `self` is a T*.
template<class T>
const mortise_plugin_handover* handoverTable() noexcept {
    static constexpr mortise_plugin_handover table = {
        sizeof(mortise_plugin_handover),
        0,
        [](void* self, mortise_handover_receiver receive, void* context) {
            guardQuietly(
                [&] {
                    const std::string state = as<Handover, T>(self).give();
                    if (!state.empty()) receive(context, view(state));
                },
                [](std::string_view) {});
        },
        [](void* self, mortise_view state) {
            guardQuietly([&] { as<Handover, T>(self).take(text(state)); }, [](std::string_view) {});
        },
    };
    return &table;
}

} // namespace detail
} // namespace v1
} // namespace mortise
