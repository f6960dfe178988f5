// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

struct sqlite3;

namespace mortise::database {

// Makes sure that there is a file which SQLite can open and write: creates a missing one (mode 0640, its directories
// 0750) and throws DatabaseError with a sentence when that cannot be. Never opens an existing one: closing it again
// would drop all locks that connections of this process have on it (POSIX advisory locks).
void prepareSqliteFile(const std::filesystem::path& file);

// Whether the file that `database` refused was written by an SQLite with a newer file format. Reads with the
// connection's own descriptor.
bool isNewerFormat(sqlite3* database);

} // namespace mortise::database
