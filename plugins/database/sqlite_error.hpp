// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_error.hpp"

#include <filesystem>

struct sqlite3;

namespace mortise::database {

// The failure that a call on `database` has just returned as `code`, as a sentence with the file's path. `database` may
// be null. Called before anything else fails on this thread.
DatabaseError sqliteError(sqlite3* database, int code, const std::filesystem::path& file);

} // namespace mortise::database
