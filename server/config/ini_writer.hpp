// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mortise::config {

// `value` as it stands behind "key = ": quoted and escaped where readIni() would otherwise read something else.
std::string iniValue(std::string_view value);

} // namespace mortise::config
