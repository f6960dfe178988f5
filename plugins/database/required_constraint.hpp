// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sql_value.hpp"

#include <string_view>
#include <vector>

namespace mortise::database {

// What a plugin relies on in the schema, as it declares it; borrowed.
struct RequiredConstraint {
    enum class Kind { primaryKey = 1, unique, index, foreignKey, onlyUnique, values };

    Kind kind = Kind::primaryKey;
    std::string_view table;
    std::string_view name; // of a unique key; empty: whatever it is called
    std::vector<std::string_view> columns;
    std::string_view foreignTable = {};
    std::vector<std::string_view> foreignColumns = {}; // as many as columns
    SqlKind valueKind = SqlKind::null;                 // of values: what the columns are to keep as it is
    std::string_view owner = {};                       // the plugin that declares it, where that is known
};

} // namespace mortise::database
