// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command_work.hpp"
#include "declared_schema.hpp"

#include <string>
#include <vector>

struct sqlite3;

namespace mortise::database {

// What is wrong with the content of a database: every page, index and foreign key is looked at, which takes as long as
// reading the file. At most 100 of each kind. Throws DatabaseError, Cancelled. `goOn` is called on this thread.
std::vector<std::string> contentFaults(sqlite3* database, const Progress& goOn);

// What of the schema is not as the plugins declare it: migrations that were changed, left out, cut off, or are of a
// later version that this one cannot run on; missing keys and indexes. `name` is for messages. Throws DatabaseError.
std::vector<std::string> schemaFaults(sqlite3* database, const std::string& name, const DeclaredSchema& schema);

// Only what a database must not have that is to take the place of this one.
std::vector<std::string> migrationFaults(sqlite3* database, const std::string& name, const DeclaredSchema& schema);

} // namespace mortise::database
