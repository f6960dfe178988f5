// SPDX-License-Identifier: Apache-2.0
#include "sqlite_error.hpp"

#include "sqlite_constraints.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;

bool isFull(int code, int system) {
    return code == SQLITE_FULL || (code == SQLITE_IOERR && (system == ENOSPC || system == EFBIG || system == EDQUOT));
}

std::string reason(int system) {
    return system == 0 ? std::string() : " (" + std::generic_category().message(system) + ")";
}

constexpr std::string_view restricted = "FOREIGN KEY constraint failed";

DatabaseError constraintError(sqlite3* database, int extended, const std::string& message) {
    switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return {Kind::unique, message, uniqueConstraint(database, message)};
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return {Kind::foreignKey, message};
    case SQLITE_CONSTRAINT_NOTNULL:
        return {Kind::notNull, message, failedPart(message)};
    case SQLITE_CONSTRAINT_CHECK:
        return {Kind::check, message, checkConstraint(database, message)};
    case SQLITE_CONSTRAINT_TRIGGER: // ON DELETE RESTRICT, or a trigger's own
        return {message == restricted ? Kind::foreignKey : Kind::failed, message};
    default:
        return {Kind::failed, message};
    }
}

} // namespace

DatabaseError sqliteError(sqlite3* database, int code, const std::filesystem::path& file) {
    // SQLite keeps no errno of what fails inside of COMMIT or open; the call was this thread's last one that failed.
    int system = errno;
    const int extended = database == nullptr ? code : sqlite3_extended_errcode(database);
    const int primary = code & 0xff;
    if (database != nullptr && sqlite3_system_errno(database) != 0) system = sqlite3_system_errno(database);
    const std::string message = database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
    const std::string name = "'" + file.string() + "'";
    if (isFull(primary, system))
        return {Kind::full,
                "no room to write database " + name + ": the disk, a quota or a file size limit is exhausted"};
    switch (primary) {
    case SQLITE_CONSTRAINT:
        return constraintError(database, extended, message);
    case SQLITE_TOOBIG:
        return {Kind::tooLong, message};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        // What the transaction read was changed before it wrote: begun anew, it may work.
        if (extended == SQLITE_BUSY_SNAPSHOT)
            return {Kind::deadlock, "another connection changed database " + name + " under a transaction"};
        return {Kind::busy, "database " + name + " stayed locked by another connection"};
    case SQLITE_READONLY:
        return {Kind::readOnly,
                "database " + name + " cannot be written: check the permissions of it and of its directory"};
    case SQLITE_CORRUPT:
        return {Kind::corrupt, "database " + name + " is damaged (" + message + "); restore it from a backup"};
    case SQLITE_NOTADB:
        return {Kind::corrupt, name + " is not an SQLite database"};
    case SQLITE_CANTOPEN:
        return {Kind::failed, "database " + name + " cannot be opened" + reason(system)};
    case SQLITE_IOERR:
        if (system == EROFS) return {Kind::readOnly, "database " + name + " cannot be written" + reason(system)};
        return {Kind::io, "input or output error on database " + name + reason(system)};
    default:
        return {Kind::failed, message};
    }
}

} // namespace mortise::database
