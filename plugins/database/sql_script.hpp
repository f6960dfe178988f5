// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

// The statements of a text in SQLite's dialect, without what stands between them. They need not be valid; a trigger is
// one statement.
std::vector<std::string> statementsOf(std::string_view sql);

} // namespace mortise::database
