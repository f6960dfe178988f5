// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace users {

/// What makes an address unique: its form with ASCII letters lowered. Other letters stay: folding them depends on a
/// locale and would join addresses that mail servers tell apart.
std::string emailKey(std::string_view email);

} // namespace users
