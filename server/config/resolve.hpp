// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/diagnostic.hpp"
#include "config/layers.hpp"
#include "config/setting_spec.hpp"
#include "config/settings.hpp"

#include <span>

namespace mortise::config {

// Second stage: applies the layers to the declared settings, lowest first:
//   default < file < plugins.d < alias variables (PORT, and those that settings name) < MORTISE_ variables and
//   credentials < --set.
// Everything unknown, malformed, out of range or given twice is reported in one go. Sections of disabled plugins are
// checked like others; pass a section as opaque when its settings are not known. Reads the files that secrets name.
// A setting with a fault has its default in the result, which is to be used only when `diagnostics` has no errors.
Settings resolve(const Layers& layers, std::span<const SectionSpec> specs, base::Diagnostics& diagnostics);

} // namespace mortise::config
