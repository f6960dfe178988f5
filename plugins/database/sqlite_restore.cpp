// SPDX-License-Identifier: Apache-2.0
#include "sqlite_restore.hpp"

#include "sqlite_check.hpp"
#include "sqlite_error.hpp"
#include "sqlite_file.hpp"
#include "sqlite_memory.hpp"

#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace mortise::database {
namespace {

namespace fs = std::filesystem;

// What SQLite keeps beside a database: the log with what is not carried over yet, its index, and a journal.
constexpr std::array<const char*, 3> besides{"-wal", "-shm", "-journal"};

fs::path beside(const fs::path& file, const char* ending) {
    return file.string() + ending;
}

[[noreturn]] void failRestore(const std::string& what, int error) {
    throw DatabaseError(DatabaseError::Kind::failed, what + ": " + std::generic_category().message(error));
}

// A second name for the file, if it is there.
void alsoCall(const fs::path& file, const fs::path& name) {
    if (::link(file.c_str(), name.c_str()) != 0 && errno != ENOENT)
        failRestore("cannot keep '" + file.string() + "' as '" + name.string() + "'", errno);
}

DatabaseError inUse(const fs::path& file) {
    return {DatabaseError::Kind::busy, "database '" + file.string() + "' is in use by another process; end that first"};
}

void drop(const fs::path& file) {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) failRestore("cannot remove '" + file.string() + "'", errno);
}

} // namespace

// Of a symbolic link the database is what it points to, where SQLite has what lies beside it.
SqliteRestore::SqliteRestore(const fs::path& file, std::chrono::milliseconds patience)
    : file_(fs::weakly_canonical(file)), patience_(patience), staged_(file_.string() + ".restore-partial") {}

SqliteRestore::~SqliteRestore() {
    std::error_code ignored;
    for (const char* ending : {"", "-wal", "-shm", "-journal"}) fs::remove(beside(staged_, ending), ignored);
}

const fs::path& SqliteRestore::stage() {
    for (const char* ending : {"", "-wal", "-shm", "-journal"}) drop(beside(staged_, ending));
    if (fs::exists(file_)) {
        createFileLike(staged_, file_);
    } else {
        prepareSqliteFile(staged_);
    }
    return staged_;
}

std::vector<std::string> SqliteRestore::faults(const DeclaredSchema& schema, const Progress& goOn) const {
    try {
        const auto database = openConnection(staged_, SQLITE_OPEN_READWRITE);
        // One whose log is not beside it is what was carried over; the mode is a part of the file.
        sqliteRows(database.get(), "PRAGMA journal_mode = DELETE");
        if (sqliteRows(database.get(), "SELECT 1 FROM sqlite_master WHERE name = 'mortise_migrations'").empty())
            return {"it is no database of this server: no migrations are recorded in it"};
        auto all = contentFaults(database.get(), goOn);
        if (all.empty()) all = migrationFaults(database.get(), "it", schema);
        return all;
    } catch (const DatabaseError& error) {
        return {error.what()};
    }
}

// What lies in the log of the one that is replaced goes into its file, and the log goes. Unless it is damaged, which
// may be why it is replaced: then it is kept with what is beside it.
void SqliteRestore::settle() const {
    const auto database = openConnection(file_, SQLITE_OPEN_READWRITE);
    sqlite3_busy_timeout(database.get(), static_cast<int>(patience_.count()));
    switch (const int code = sqlite3_exec(database.get(), "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
            code & 0xff) {
    case SQLITE_OK:
        // Where it cannot, it stays as it was.
        if (fs::exists(beside(file_, "-wal"))) throw inUse(file_);
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        throw inUse(file_);
    default:
        throw sqliteError(database.get(), code, file_);
    }
}

fs::path SqliteRestore::freeName() const {
    const std::string time = Poco::DateTimeFormatter::format(Poco::Timestamp(), "%Y%m%dT%H%M%SZ");
    for (int attempt = 1;; ++attempt) {
        fs::path name =
            file_.string() + ".before-restore-" + time + (attempt == 1 ? "" : '-' + std::to_string(attempt));
        if (!fs::exists(name)) return name;
    }
}

std::optional<fs::path> SqliteRestore::publish() {
    if (!fs::exists(file_)) {
        for (const char* ending : besides) drop(beside(file_, ending)); // of none
        publishFile(staged_, file_);
        return std::nullopt;
    }
    settle();
    const fs::path kept = freeName();
    for (const char* ending : {"-wal", "-journal"}) alsoCall(beside(file_, ending), beside(kept, ending));
    alsoCall(file_, kept);
    syncFolderOf(file_);
    // Not of the new one, which SQLite would read them into.
    for (const char* ending : besides) drop(beside(file_, ending));
    publishFile(staged_, file_);
    return kept;
}

} // namespace mortise::database
