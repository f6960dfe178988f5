// SPDX-License-Identifier: Apache-2.0
#include "sqlite_backup.hpp"

#include "database_error.hpp"
#include "sqlite_check.hpp"
#include "sqlite_error.hpp"
#include "sqlite_memory.hpp"

#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>
#include <sqlite3.h>

#include <memory>
#include <string>
#include <utility>

namespace mortise::database {
namespace {

// The check reads every page once: no need to copy them. A part of the file that is longer is read as usual.
constexpr std::string_view mapped = "PRAGMA mmap_size = 1073741824";

constexpr int pagesAtOnce = 1024; // between two looks at whether it is still wanted

struct CloseBackup {
    void operator()(sqlite3_backup* backup) const noexcept { sqlite3_backup_finish(backup); }
};

// All that is committed now, into a file that nobody else has and that is made durable as a whole. Returns its bytes.
std::uint64_t copyDatabase(sqlite3* source, sqlite3* copy, const std::filesystem::path& target,
                           const Progress& progress) {
    sqliteRows(copy, "PRAGMA journal_mode = OFF");
    sqliteRows(copy, "PRAGMA synchronous = OFF");
    // One snapshot from the first page to the last: else it would begin again with each commit.
    sqliteRows(source, "BEGIN");
    sqliteRows(source, "SELECT 1 FROM sqlite_master LIMIT 1");
    const std::uint64_t pageSize = std::stoull(sqliteRows(source, "PRAGMA page_size").at(0).at(0));
    std::uint64_t pages = 0;
    {
        const std::unique_ptr<sqlite3_backup, CloseBackup> backup(sqlite3_backup_init(copy, "main", source, "main"));
        if (backup == nullptr) throw sqliteError(copy, sqlite3_errcode(copy), target);
        int code = SQLITE_OK;
        while ((code = sqlite3_backup_step(backup.get(), pagesAtOnce)) == SQLITE_OK) {
            pages = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup.get()));
            const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(backup.get()));
            if (!progress((pages - left) * pageSize, 2 * pages * pageSize)) throw Cancelled();
        }
        pages = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup.get()));
        if (code != SQLITE_DONE) throw sqliteError(copy, code, target);
    }
    sqliteRows(source, "COMMIT");
    sqliteRows(copy, "PRAGMA journal_mode = DELETE"); // the mode is a part of the file
    return pages * pageSize;
}

DatabaseError damaged(const std::filesystem::path& file, const std::string& found) {
    return {DatabaseError::Kind::failed, "database '" + file.string() + "' is damaged, so its copy is of no use (" +
                                             found + "); restore it from a backup"};
}

} // namespace

std::filesystem::path SqliteBackup::make(std::string_view label) const {
    std::filesystem::path partial = file_;
    partial += ".backup-partial";
    std::error_code ignored;
    std::filesystem::remove(partial, ignored); // what is still in its place, the next line says
    createFileLike(partial, file_);
    try {
        {
            const auto source = openConnection(file_, SQLITE_OPEN_READONLY);
            const auto copy = openConnection(partial, SQLITE_OPEN_READWRITE);
            copyDatabase(source.get(), copy.get(), partial, [](std::uint64_t, std::uint64_t) { return true; });
            sqliteRows(copy.get(), mapped);
            const auto found = sqliteRows(copy.get(), "PRAGMA quick_check(1)");
            if (found.size() != 1 || found[0][0] != "ok")
                throw damaged(file_, found.empty() ? std::string("it cannot be checked") : found[0][0]);
        }
        std::filesystem::path name = freeName(label);
        publishFile(partial, name);
        return name;
    } catch (...) {
        std::filesystem::remove(partial, ignored);
        throw;
    }
}

std::filesystem::path SqliteBackup::freeName(std::string_view label) const {
    const std::string time = Poco::DateTimeFormatter::format(Poco::Timestamp(), "%Y%m%dT%H%M%SZ");
    for (int attempt = 1;; ++attempt) {
        std::filesystem::path name = file_;
        name += '.' + time + '-' + std::string(label) + (attempt == 1 ? "" : '-' + std::to_string(attempt)) + ".backup";
        if (!std::filesystem::exists(name)) return name;
    }
}

SqliteCopy::SqliteCopy(const std::filesystem::path& database, const Progress& progress)
    : file_(database.string() + ".copy-partial"), lock_(FileLock::create(file_, database)) {
    const auto source = openConnection(database, SQLITE_OPEN_READONLY);
    sqlite3_busy_timeout(source.get(), 5000);
    const auto copy = openConnection(file_, SQLITE_OPEN_READWRITE);
    try {
        size_ = copyDatabase(source.get(), copy.get(), file_, progress);
        const auto faults =
            contentFaults(copy.get(), [&](std::uint64_t, std::uint64_t) { return progress(size_, 2 * size_); });
        if (!faults.empty()) throw damaged(database, faults.front());
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(file_, ignored);
        throw;
    }
}

SqliteCopy::~SqliteCopy() {
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
}

} // namespace mortise::database
