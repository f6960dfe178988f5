// SPDX-License-Identifier: Apache-2.0
#include "declared_schema.hpp"

namespace mortise::database {

void DeclaredSchema::keep(std::string_view& text) {
    text = texts_.emplace_back(text);
}

DeclaredSchema::DeclaredSchema(std::span<const Migration> migrations, std::span<const RequiredConstraint> constraints,
                               std::span<const StatementText> statements)
    : migrations_(migrations.begin(), migrations.end()),
      constraints_(constraints.begin(), constraints.end()),
      statements_(statements.begin(), statements.end()) {
    for (Migration& one : migrations_)
        for (std::string_view* const text : {&one.owner, &one.name, &one.sql, &one.dialect, &one.down, &one.drops})
            keep(*text);
    for (RequiredConstraint& one : constraints_) {
        for (std::string_view* const text : {&one.table, &one.name, &one.foreignTable, &one.owner}) keep(*text);
        for (std::string_view& column : one.columns) keep(column);
        for (std::string_view& column : one.foreignColumns) keep(column);
    }
    for (StatementText& one : statements_)
        for (std::string_view* const text : {&one.name, &one.sql, &one.owner}) keep(*text);
}

} // namespace mortise::database
