// SPDX-License-Identifier: Apache-2.0
#include "import_store.hpp"

#include <mortise/migrations.hpp>

#include <cstddef>

namespace users {
namespace {

constexpr std::int64_t mostImports = 100;
constexpr std::int64_t part = 500; ///< rows of one statement

} // namespace

void ImportStore::declareMigrations(mortise::Setup& setup) {
    setup
        .migration("0006-create-user-imports",
                   "CREATE TABLE user_imports ("
                   "id CHAR(36) NOT NULL PRIMARY KEY, "
                   "format VARCHAR(8) NOT NULL, "
                   "position BIGINT NOT NULL, "
                   "line BIGINT NOT NULL, "
                   "prefix_hash BIGINT NOT NULL, "
                   "imported BIGINT NOT NULL, "
                   "rejected BIGINT NOT NULL, "
                   "skipped BIGINT NOT NULL, "
                   "continued_at BIGINT NOT NULL, "
                   "finished_at BIGINT); "
                   "CREATE TABLE user_import_rejects ("
                   "import_id CHAR(36) NOT NULL, "
                   "line BIGINT NOT NULL, "
                   "reason VARCHAR(500) NOT NULL, "
                   "record MEDIUMTEXT, "
                   "PRIMARY KEY (import_id, line), "
                   "CONSTRAINT user_import_rejects_import FOREIGN KEY (import_id) REFERENCES user_imports (id) "
                   "ON DELETE CASCADE)")
        .down("DROP TABLE user_import_rejects; DROP TABLE user_imports",
              mortise::drops("how far imports of users have come, and what they rejected"))
        .on(mortise::SqlDialect::mariadb,
            "CREATE TABLE user_imports ("
            "id BINARY(16) NOT NULL PRIMARY KEY, "
            "format VARCHAR(8) NOT NULL, "
            "position BIGINT NOT NULL, "
            "line BIGINT NOT NULL, "
            "prefix_hash BIGINT NOT NULL, "
            "imported BIGINT NOT NULL, "
            "rejected BIGINT NOT NULL, "
            "skipped BIGINT NOT NULL, "
            "continued_at DATETIME(3) NOT NULL, "
            "finished_at DATETIME(3)) "
            "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin; "
            "CREATE TABLE user_import_rejects ("
            "import_id BINARY(16) NOT NULL, "
            "line BIGINT NOT NULL, "
            "reason VARCHAR(500) NOT NULL, "
            "record MEDIUMTEXT, "
            "PRIMARY KEY (import_id, line), "
            "CONSTRAINT user_import_rejects_import FOREIGN KEY (import_id) REFERENCES user_imports (id) "
            "ON DELETE CASCADE) "
            "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin")
        .down("DROP TABLE user_import_rejects; DROP TABLE user_imports",
              mortise::drops("how far imports of users have come, and what they rejected"));
}

std::vector<ImportRow> ImportStore::known(std::string_view format) const {
    return database_.select<ImportRow>(imports)
        .where(imports.format == format)
        .orderBy(mortise::sql::desc(imports.id))
        .limit(mostImports)
        .all();
}

void ImportStore::advance(const mortise::Transaction& transaction, std::int64_t position, const ImportRow& row) {
    if (position == 0 && !transaction.select(imports).where(imports.id == row.id).exists()) {
        transaction.insert(imports, row);
        return;
    }
    const auto changed =
        transaction.update(imports)
            .where(imports.id == row.id && imports.position == position)
            .set(imports.position = row.position, imports.line = row.line, imports.prefixHash = row.prefixHash,
                 imports.imported = row.imported, imports.rejected = row.rejected, imports.skipped = row.skipped,
                 imports.finishedAt = row.finishedAt);
    if (changed == 0)
        throw mortise::Error("another command imports the same file: nothing more is imported by this one");
}

void ImportStore::forget(std::string_view id) const {
    dropRejects(id);
    database_.remove(imports).where(imports.id == id);
}

void ImportStore::forgetBefore(mortise::DateTime finished, mortise::DateTime continued) const {
    const std::vector<std::string> old = database_.select(imports.id)
                                             .where(imports.finishedAt < finished || imports.continuedAt < continued)
                                             .limit(mostImports)
                                             .all();
    for (const std::string& id : old) forget(id);
}

bool ImportStore::insert(const mortise::Transaction& transaction, const std::vector<ImportedUser>& list) const {
    std::vector<NewStoredUser> rows;
    std::vector<NewProfileRow> ownProfiles;
    rows.reserve(list.size());
    for (const ImportedUser& one : list) {
        rows.push_back(one.user);
        if (one.profile) ownProfiles.push_back(*one.profile);
    }
    try {
        // Joined, so that it is undone as a whole: a list is several statements.
        database_.transact([&](mortise::Transaction& joined) { joined.insert(storedUsers, rows); });
    } catch (const mortise::UniqueConflict&) {
        return false;
    }
    if (!ownProfiles.empty()) transaction.insert(profiles, ownProfiles);
    return true;
}

ImportStore::Taken ImportStore::insert(const mortise::Transaction& transaction, const ImportedUser& user) {
    try {
        transaction.insert(storedUsers, user.user);
    } catch (const mortise::UniqueConflict&) {
        return transaction.select(users).where(users.emailLower == user.user.emailLower).exists() ? Taken::email
                                                                                                  : Taken::id;
    }
    if (user.profile) transaction.insert(profiles, *user.profile);
    return Taken::no;
}

void ImportStore::reject(const mortise::Transaction& transaction, const std::vector<NewReject>& list) {
    if (!list.empty()) transaction.insert(rejects, list);
}

std::vector<RejectedLine> ImportStore::rejectsBehind(std::string_view id, std::int64_t line) const {
    return database_.select<RejectedLine>(rejects)
        .where(rejects.importId == id && rejects.line > line)
        .orderBy(rejects.line)
        .limit(part)
        .all();
}

void ImportStore::dropRejects(std::string_view id) const {
    for (;;) {
        const std::vector<RejectedLine> some = rejectsBehind(id, 0);
        if (some.empty()) return;
        database_.remove(rejects).where(rejects.importId == id && rejects.line <= some.back().line);
    }
}

} // namespace users
