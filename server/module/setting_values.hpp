// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/settings.hpp"

#include <mortise/abi/plugin.h>

#include <deque>
#include <span>
#include <vector>

namespace mortise::module {

// The settings of a plugin as `configure` gets them. `section` must live as long.
class SettingValues {
public:
    SettingValues(std::span<const config::SettingSpec> specs, const config::Section& section);

    const std::vector<mortise_setting_value>& values() const noexcept { return values_; }

private:
    std::vector<mortise_setting_value> values_;
    std::deque<std::vector<mortise_view>> items_;
};

} // namespace mortise::module
