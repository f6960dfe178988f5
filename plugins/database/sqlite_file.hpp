// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace mortise::database {

// Makes sure that there is a file SQLite can open and write: creates a missing one (mode 0640, its directories 0750)
// and throws DatabaseError with a sentence when what is there is no database of a version this build of SQLite writes.
void prepareSqliteFile(const std::filesystem::path& file);

} // namespace mortise::database
