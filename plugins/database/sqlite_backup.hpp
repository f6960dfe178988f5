// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command_work.hpp"
#include "sqlite_file.hpp"

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>

namespace mortise::database {

// Copies of a database while it is in use.
class SqliteBackup {
public:
    explicit SqliteBackup(std::filesystem::path file) : file_(std::move(file)) {}

    // Copies what is committed, on a connection of its own, checks the copy, and makes it durable beside the
    // file under the file's name, the time (UTC) and `label`: "mortise.db.20260131T235959Z-label.backup". It is a
    // database without a log, readable by whoever can read the file. Throws DatabaseError, and leaves nothing behind;
    // what a process leaves that was ended meanwhile, the next copy removes.
    std::filesystem::path make(std::string_view label) const;

private:
    std::filesystem::path freeName(std::string_view label) const;

    std::filesystem::path file_;
};

// A copy of a database that is in use, beside it, for as long as this lives: what is committed when it is begun.
// Writers do not wait for it, but that the log grows meanwhile, as for any reader. One at a time.
class SqliteCopy {
public:
    // Makes it and checks it whole. `progress` counts its bytes, twice: they are read on, too. Throws DatabaseError,
    // Cancelled.
    SqliteCopy(const std::filesystem::path& database, const Progress& progress);
    SqliteCopy(const SqliteCopy&) = delete;
    SqliteCopy& operator=(const SqliteCopy&) = delete;
    ~SqliteCopy();

    const std::filesystem::path& file() const noexcept { return file_; }
    std::uint64_t size() const noexcept { return size_; }

private:
    const std::filesystem::path file_;
    FileLock lock_;
    std::uint64_t size_ = 0;
};

} // namespace mortise::database
