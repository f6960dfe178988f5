// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <utility>

struct sqlite3;

namespace mortise::database {

// Makes sure that there is a file which SQLite can open and write: creates a missing one (mode 0640, its directories
// 0750) and throws DatabaseError with a sentence when that cannot be. Never opens an existing one: closing it again
// would drop all locks that connections of this process have on it (POSIX advisory locks).
void prepareSqliteFile(const std::filesystem::path& file);

// Makes an empty file with the mode of `like`; throws DatabaseError when there is one already.
void createFileLike(const std::filesystem::path& file, const std::filesystem::path& like);

// Keeps a file for one user of it, in this process or another, while it lives.
class FileLock {
public:
    // Makes the file, with the mode of `like`, or empties one that a process left that was ended. Throws DatabaseError,
    // `busy` while another has it.
    static FileLock create(const std::filesystem::path& file, const std::filesystem::path& like);
    FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;
    ~FileLock();

private:
    explicit FileLock(int descriptor) noexcept : descriptor_(descriptor) {}
    int descriptor_;
};

// Gives a file that no connection of this process has open its final name, durably.
void publishFile(const std::filesystem::path& file, const std::filesystem::path& name);

// Makes the entries of the file's folder durable.
void syncFolderOf(const std::filesystem::path& file);

// A connection to a file; `access` has the flags of sqlite3_open_v2(). Throws DatabaseError.
struct CloseConnection {
    void operator()(sqlite3* connection) const noexcept;
};
std::unique_ptr<sqlite3, CloseConnection> openConnection(const std::filesystem::path& file, int access);

// Whether the file that `database` refused was written by an SQLite with a newer file format. Reads with the
// connection's own descriptor.
bool isNewerFormat(sqlite3* database);

} // namespace mortise::database
