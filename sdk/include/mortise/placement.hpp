// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/types.h>
#include <mortise/detail/extensions.hpp>
#include <mortise/guard.hpp>
#include <mortise/service/loop.h>

namespace mortise {
inline namespace v1 {

// For the provider of mortise.database/1 to derive from: mortise.plugin.placement/1.
class Placement {
public:
    virtual ~Placement() = default;
    // [control] After configure: may handlers that only read run on an event loop?
    virtual bool readsOnLoop() = 0;
    // [control] After configure: how many calls of plugins that use it may be on workers at a time; 0: any number.
    virtual std::uint32_t width() { return 0; }
};

namespace detail {

template<class T>
struct InterfaceId<Placement, T> {
    static constexpr std::string_view value = MORTISE_PLACEMENT_EXTENSION;
};

// The C table behind it. T is the author's class; `self` is a T*.
template<class T>
const mortise_plugin_placement* placementTable() noexcept {
    static constexpr mortise_plugin_placement table = {
        sizeof(mortise_plugin_placement),
        0,
        [](void* self) -> std::uint32_t {
            bool allowed = false;
            guardQuietly([&] { allowed = as<Placement, T>(self).readsOnLoop(); }, [](std::string_view) {});
            return allowed ? 1 : 0;
        },
        [](void* self) -> std::uint32_t {
            std::uint32_t width = 0;
            guardQuietly([&] { width = as<Placement, T>(self).width(); }, [](std::string_view) {});
            return width;
        },
    };
    return &table;
}

} // namespace detail
} // namespace v1
} // namespace mortise
