// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "required_constraint.hpp"
#include "statement_text.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

// A table as a database has it. Indexes of a part of the rows are left out: they are of no use to a query, and bind no
// row that is not in them.
struct TableSchema {
    using Columns = std::vector<std::string>;

    struct Index {
        Columns columns;
        std::string name; // empty: declared without one
        bool isUnique = false;
    };
    struct ForeignKey {
        Columns columns;
        std::string table;
        Columns foreignColumns;
    };
    struct Column {
        std::string name;
        std::string type;
    };
    // The type that a column is to have to keep values of that kind as they are; empty: `type` does.
    using TypeInstead = std::string_view (*)(SqlKind kind, std::string_view type);

    bool exists = false;
    std::vector<Column> columns;
    TypeInstead typeInstead = nullptr; // where there are columns
    Columns primaryKey;
    std::vector<Index> indexes; // those of the constraints and the primary key, too
    std::vector<ForeignKey> foreignKeys;
};

// Those that the tables do not have, by their place in the list, each with what there is instead. `tableOf` is asked
// once for each table.
std::vector<SchemaFault> missingConstraints(const std::function<TableSchema(std::string_view table)>& tableOf,
                                            std::span<const RequiredConstraint> constraints);

} // namespace mortise::database
