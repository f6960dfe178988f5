// SPDX-License-Identifier: Apache-2.0
#include "sqlite_error.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace mortise::database {

namespace {

bool isFull(int code, int system) {
    return code == SQLITE_FULL || (code == SQLITE_IOERR && (system == ENOSPC || system == EFBIG || system == EDQUOT));
}

std::string reason(int system) {
    return system == 0 ? std::string() : " (" + std::generic_category().message(system) + ")";
}

} // namespace

DatabaseError sqliteError(sqlite3* database, int code, const std::filesystem::path& file) {
    // SQLite keeps no errno of what fails inside of COMMIT or open; the call was this thread's last one that failed.
    int system = errno;
    using Kind = DatabaseError::Kind;
    const int extended = database == nullptr ? code : sqlite3_extended_errcode(database);
    const int primary = code & 0xff;
    if (database != nullptr && sqlite3_system_errno(database) != 0) system = sqlite3_system_errno(database);
    const std::string message = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
    const std::string name = "'" + file.string() + "'";
    if (isFull(primary, system))
        return {Kind::failed,
                "no room to write database " + name + ": the disk, a quota or a file size limit is exhausted"};
    switch (primary) {
    case SQLITE_CONSTRAINT:
        if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
            extended == SQLITE_CONSTRAINT_ROWID)
            return {Kind::conflict, message};
        return {Kind::failed, message};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {Kind::busy, "database " + name + " stayed locked by another connection"};
    case SQLITE_READONLY:
        return {Kind::failed,
                "database " + name + " cannot be written: check the permissions of it and of its directory"};
    case SQLITE_CORRUPT:
        return {Kind::failed, "database " + name + " is damaged (" + message + "); restore it from a backup"};
    case SQLITE_NOTADB:
        return {Kind::failed, name + " is not an SQLite database"};
    case SQLITE_CANTOPEN:
        return {Kind::failed, "database " + name + " cannot be opened" + reason(system)};
    case SQLITE_IOERR:
        return {Kind::failed, "input or output error on database " + name + reason(system)};
    default:
        return {Kind::failed, message};
    }
}

} // namespace mortise::database
