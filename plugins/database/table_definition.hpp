// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

// A rule of a table as its CREATE TABLE says it.
struct DeclaredConstraint {
    enum class Kind { primaryKey, unique, check, foreignKey };

    Kind kind = Kind::unique;
    std::string name;                       // of CONSTRAINT; empty where there is none
    std::vector<std::string> columns;       // of a key; empty of a check
    std::string parent;                     // of a foreign key: the table, and what it refers to there
    std::vector<std::string> parentColumns; // empty: the parent's primary key
    bool restricts = false;                 // ON DELETE RESTRICT, or ON UPDATE
};

// What a text of sqlite_master of type "table" declares, in its order. SQLite has accepted the text, so what is no
// CREATE TABLE with columns (CREATE VIRTUAL TABLE, … AS SELECT is kept as columns) has none.
std::vector<DeclaredConstraint> declaredConstraints(std::string_view createTable);

// Whether both are the same name to SQLite: ASCII letters in any case.
bool isSameName(std::string_view left, std::string_view right) noexcept;

} // namespace mortise::database
