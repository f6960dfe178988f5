// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/plugin.h>
#include <mortise/detail/view.hpp>

#include <cstdint>
#include <string_view>

namespace mortise {
inline namespace v1 {

// The instance of another plugin that is given a service. Views are borrowed for the call that shows it.
struct Consumer {
    std::string_view instanceName; // as in the configuration
    std::string_view moduleId;
    std::string_view version;
    std::uint64_t number = 0; // the instance's, never used again in this process

    static Consumer of(const mortise_consumer* peer) noexcept {
        const auto known = detail::adopt<mortise_consumer>(peer);
        return {text(known.instance_name), text(known.module_id), text(known.version), known.number};
    }
};

} // namespace v1
} // namespace mortise
