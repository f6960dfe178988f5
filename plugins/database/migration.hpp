// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mortise::database {

// One step of an owner's schema; borrowed.
struct Migration {
    std::string_view owner;
    std::string_view name;
    std::string_view sql;
};

} // namespace mortise::database
