// SPDX-License-Identifier: Apache-2.0
#include "sqlite_migrator.hpp"

#include "confined.hpp"
#include "sqlite_connection.hpp"

#include <Poco/Data/TypeHandler.h>
#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/SHA2Engine.h>
#include <Poco/Timestamp.h>
#include <Poco/Tuple.h>
#include <sqlite3.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::database {

namespace {

using Kind = DatabaseError::Kind;
using namespace Poco::Data::Keywords;
using Key = std::pair<std::string, std::string>; // owner, name

std::string label(std::string_view owner, std::string_view name) {
    return "migration '" + std::string(name) + "' of '" + std::string(owner) + "'";
}

std::string checksum(std::string_view sql) {
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    engine.update(sql.data(), sql.size());
    return Poco::DigestEngine::digestToHex(engine.digest());
}

void requireDistinct(std::span<const Migration> migrations) {
    std::set<Key> seen;
    for (const Migration& migration : migrations) {
        if (migration.owner.empty() || migration.name.empty())
            throw DatabaseError(Kind::invalid, label(migration.owner, migration.name) + " needs an owner and a name");
        if (!seen.emplace(migration.owner, migration.name).second)
            throw DatabaseError(Kind::invalid, label(migration.owner, migration.name) + " is listed twice");
    }
}

class Migrator {
public:
    explicit Migrator(const SqliteOptions& options)
        : options_(options),
          registry_(0),
          connection_(
              options, registry_,
              {SqliteConnection::Access::write, options.migrationWait, std::chrono::milliseconds{0}, Kind::failed}) {}

    void run(std::span<const Migration> migrations) {
        requireDistinct(migrations);
        // Without the lock first: a start that finds nothing to do writes nothing.
        readApplied();
        requireKnown(migrations);
        for (const Migration& migration : migrations)
            if (!isApplied(migration)) apply(migration);
    }

private:
    void readApplied() {
        applied_.clear();
        int exists = 0;
        std::vector<std::string> owners;
        std::vector<std::string> names;
        std::vector<std::string> checksums;
        Poco::Data::Session& session = connection_.session();
        session << "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'mortise_migrations'",
            into(exists), now;
        if (exists == 0) return;
        session << "SELECT owner, name, checksum FROM mortise_migrations", into(owners), into(names), into(checksums),
            now;
        for (std::size_t i = 0; i < owners.size(); ++i) applied_[{owners[i], names[i]}] = checksums[i];
    }

    void requireKnown(std::span<const Migration> migrations) const {
        std::map<std::string, std::set<std::string>, std::less<>> known;
        for (const Migration& migration : migrations) known[std::string(migration.owner)].emplace(migration.name);
        for (const auto& [key, sum] : applied_) {
            const auto owner = known.find(key.first);
            if (owner != known.end() && owner->second.count(key.second) == 0)
                throw DatabaseError(
                    Kind::failed, "database '" + options_.file.string() + "' has had " + label(key.first, key.second) +
                                      ", which this version of the plugin does not know: install the newer "
                                      "version again, or restore a backup from before it");
        }
    }

    bool isApplied(const Migration& migration) const {
        const auto found = applied_.find({std::string(migration.owner), std::string(migration.name)});
        if (found == applied_.end()) return false;
        if (found->second != checksum(migration.sql))
            throw DatabaseError(Kind::failed, label(migration.owner, migration.name) +
                                                  " was changed after it ran on database '" + options_.file.string() +
                                                  "': restore its text and put the change into a new migration");
        return true;
    }

    void apply(const Migration& migration) {
        begin(migration);
        try {
            // Another process may have been faster.
            readApplied();
            if (!isApplied(migration)) {
                execute(migration);
                record(migration);
            }
            connection_.require(connection_.prepare("COMMIT").run());
        } catch (...) {
            if (connection_.inTransaction()) static_cast<void>(connection_.prepare("ROLLBACK").run());
            throw;
        }
    }

    void begin(const Migration& migration) {
        const int code = connection_.prepare("BEGIN IMMEDIATE").run();
        if ((code & 0xff) == SQLITE_BUSY)
            throw DatabaseError(Kind::busy, label(migration.owner, migration.name) +
                                                " could not begin: another process kept database '" +
                                                options_.file.string() + "' locked for " +
                                                std::to_string(options_.migrationWait.count()) + " ms");
        connection_.require(code);
    }

    void execute(const Migration& migration) {
        const Confined confined(connection_.handle());
        const int code =
            sqlite3_exec(connection_.handle(), std::string(migration.sql).c_str(), nullptr, nullptr, nullptr);
        if (code != SQLITE_OK)
            throw DatabaseError(Kind::failed, label(migration.owner, migration.name) +
                                                  " failed, nothing of it was kept: " + connection_.error(code).what());
    }

    void record(const Migration& migration) {
        Poco::Data::Session& session = connection_.session();
        session << "CREATE TABLE IF NOT EXISTS mortise_migrations (owner VARCHAR(255) NOT NULL, name VARCHAR(255) NOT "
                   "NULL, "
                   "checksum CHAR(64) NOT NULL, applied_at VARCHAR(32) NOT NULL, PRIMARY KEY (owner, name))",
            now;
        std::string owner(migration.owner);
        std::string name(migration.name);
        std::string sum = checksum(migration.sql);
        std::string time = Poco::DateTimeFormatter::format(Poco::Timestamp(), "%Y-%m-%dT%H:%M:%S.%iZ");
        session << "INSERT INTO mortise_migrations (owner, name, checksum, applied_at) VALUES (?, ?, ?, ?)", use(owner),
            use(name), use(sum), use(time), now;
    }

    const SqliteOptions& options_;
    StatementRegistry registry_;
    SqliteConnection connection_;
    std::map<Key, std::string> applied_; // checksums

public:
    const SqliteConnection& connection() const noexcept { return connection_; }
};

} // namespace

void migrateSqlite(const SqliteOptions& options, std::span<const Migration> migrations) {
    Migrator migrator(options);
    try {
        migrator.run(migrations);
    } catch (const Poco::Exception&) {
        throw migrator.connection().error(sqlite3_errcode(migrator.connection().handle()));
    }
}

} // namespace mortise::database
