// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/setting_spec.hpp"

#include <mortise/abi/module.h>

#include <cstdint>
#include <vector>

namespace mortise::module {

// The settings that a plugin declares, in its order, `stride` bytes each. Leaves by ModuleRefusal: an impossible
// stride, unknown types and flags, ranges that are no numbers, keys that the host keeps for itself, and whatever
// config::checkDeclaration() finds.
std::vector<config::SettingSpec> moduleSettings(const mortise_setting* settings, std::uint32_t count,
                                                std::uint32_t stride);

} // namespace mortise::module
