// SPDX-License-Identifier: Apache-2.0
#include "opened_files.hpp"

#include "sqlite_error.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;

} // namespace

// SQLite puts the log beside the file itself where `path` is a symbolic link.
OpenedFiles::OpenedFiles(sqlite3* database, const std::string& path, std::function<void(const std::string&)> report)
    : places_{{{path}, {}, {}}}, report_(std::move(report)) {
    // SQLite makes the log and its index with the first transaction, and keeps them as long as a connection is open.
    if (const int code = sqlite3_exec(database, "SELECT 1 FROM sqlite_master LIMIT 1", nullptr, nullptr, nullptr);
        code != SQLITE_OK)
        throw sqliteError(database, code, path);
    const std::string file = sqlite3_db_filename(database, "main");
    places_[1].path = file + "-wal";
    places_[2].path = file + "-shm";
    for (Place& place : places_) {
        struct stat status {};
        if (::stat(place.path.c_str(), &status) != 0)
            throw DatabaseError(Kind::failed,
                                "cannot look at '" + place.path + "': " + std::generic_category().message(errno));
        place.device = status.st_dev;
        place.number = status.st_ino;
    }
}

std::optional<DatabaseError> OpenedFiles::missing() const {
    const auto gone = std::find_if(places_.begin(), places_.end(), [](const Place& place) {
        struct stat status {};
        // Any other failure says nothing of the file.
        if (::stat(place.path.c_str(), &status) != 0) return errno == ENOENT || errno == ENOTDIR;
        return status.st_ino != place.number || status.st_dev != place.device;
    });
    if (gone == places_.end()) {
        reported_.store(false, std::memory_order_relaxed);
        return std::nullopt;
    }
    DatabaseError reason(Kind::moved,
                         "database file '" + gone->path +
                             "' was moved or deleted: restart the server, or put it back; nothing is stored until "
                             "then");
    if (!reported_.exchange(true) && report_) report_(reason.what());
    return reason;
}

void OpenedFiles::require() const {
    if (const std::optional<DatabaseError> reason = missing()) throw DatabaseError(*reason);
}

} // namespace mortise::database
