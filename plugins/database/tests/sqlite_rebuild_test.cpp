// SPDX-License-Identifier: Apache-2.0
// What migrations do to a database that holds data: rebuilds, backups, the way back, and processes that are killed.
#include "child.hpp"
#include "connector_fixture.hpp"
#include "sqlite_backup.hpp"
#include "sqlite_memory.hpp"
#include "sqlite_migrator.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <set>

namespace mortise::database {

namespace {

// Calls of the system that change files are counted in a child, which ends itself at one of them.
std::atomic<int> callsLeft{0};

void countCall() {
    if (callsLeft.fetch_sub(1) == 1) ::raise(SIGKILL);
}
ssize_t countedWrite(int file, const void* data, std::size_t size, off_t offset) {
    countCall();
    return ::pwrite(file, data, size, offset);
}
int countedTruncate(int file, off_t size) {
    countCall();
    return ::ftruncate(file, size);
}
int countedUnlink(const char* name) {
    countCall();
    return ::unlink(name);
}

template<class Function>
void replace(const char* name, Function* function) {
    sqlite3_vfs* const files = sqlite3_vfs_find(nullptr);
    files->xSetSystemCall(files, name, reinterpret_cast<sqlite3_syscall_ptr>(function));
}

int noFolderIsWritable(const char* name, int mode) {
    if ((mode & W_OK) == 0) return ::access(name, mode);
    errno = EROFS;
    return -1;
}

void killAtCall(int number) {
    callsLeft = number;
    replace("pwrite", &countedWrite);
    replace("pwrite64", &countedWrite);
    replace("ftruncate", &countedTruncate);
    replace("unlink", &countedUnlink);
}

} // namespace

class SqliteRebuildTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(SqliteRebuildTest);
    CPPUNIT_TEST(rebuildsStatementByStatement);
    CPPUNIT_TEST(makesABackupFirst);
    CPPUNIT_TEST(keepsRowsThatReferToIt);
    CPPUNIT_TEST(writesPastTheLog);
    CPPUNIT_TEST(rebuildsBesideOtherConnections);
    CPPUNIT_TEST(sortsWithoutTemporaryFiles);
    CPPUNIT_TEST(goesOnAfterAFailure);
    CPPUNIT_TEST(refusesOldVersionsWhileItRuns);
    CPPUNIT_TEST(refusesToLeaveOrphans);
    CPPUNIT_TEST(doesNotBeginWithoutItsBackup);
    CPPUNIT_TEST(doesNotBeginOnADamagedDatabase);
    CPPUNIT_TEST(goesOnAfterAKillAtEachWrite);
    CPPUNIT_TEST(undoesAfterABackup);
    CPPUNIT_TEST(undoesAllOrNothing);
    CPPUNIT_TEST(undoesNothingThatOthersReferTo);
    CPPUNIT_TEST(namesBackups);
    CPPUNIT_TEST_SUITE_END();

    static constexpr Migration create_{
        "users", "1-create",         "CREATE TABLE users (id TEXT NOT NULL PRIMARY KEY, name TEXT UNIQUE)",
        "",      "DROP TABLE users", "all users"};
    static constexpr Migration rebuild_{
        "users",
        "2-cluster",
        "CREATE TABLE users_next (id TEXT NOT NULL PRIMARY KEY, name TEXT UNIQUE) WITHOUT ROWID; "
        "INSERT INTO users_next SELECT id, name FROM users ORDER BY id; DROP TABLE users; "
        "ALTER TABLE users_next RENAME TO users",
        "",
        "CREATE TABLE users_before (id TEXT NOT NULL PRIMARY KEY, name TEXT UNIQUE); "
        "INSERT INTO users_before SELECT id, name FROM users; DROP TABLE users; ALTER TABLE users_before RENAME TO "
        "users",
        "",
        true};
    static constexpr Migration families_{"auth", "1-create",
                                         "CREATE TABLE families (id TEXT NOT NULL PRIMARY KEY, user_id TEXT NOT NULL)"};
    static constexpr Migration reference_{
        "auth",
        "2-reference",
        "DELETE FROM families WHERE user_id NOT IN (SELECT id FROM users); "
        "CREATE TABLE families_next (id TEXT NOT NULL PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id) ON "
        "DELETE "
        "CASCADE) WITHOUT ROWID; INSERT INTO families_next SELECT id, user_id FROM families ORDER BY id; "
        "DROP TABLE families; ALTER TABLE families_next RENAME TO families; "
        "CREATE INDEX families_user ON families (user_id)",
        "",
        "",
        "",
        true};

    void run(const std::vector<Migration>& list) {
        log_ = {};
        SqliteConnector(options_, loops_).migrate(list, MigrationRun::restart, log_);
    }
    std::string refusal(const std::vector<Migration>& list) {
        return failure([&] { run(list); }).what();
    }
    std::string query(const std::string& sql, const std::filesystem::path& file) {
        sqlite3* raw = nullptr;
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr));
        const std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle(raw, &sqlite3_close_v2);
        std::string all;
        for (const auto& row : sqliteRows(raw, sql)) all += (all.empty() ? "" : "|") + row.at(0);
        return all;
    }
    std::string query(const std::string& sql) { return query(sql, options_.file); }

    // As it was left by a version that knew one migration of each: two families of users that are there, one that is
    // not.
    void makeOld() {
        run({create_, families_});
        query("INSERT INTO users (id, name) VALUES ('u1', 'Ada'), ('u2', 'Bob'), ('u3', 'Cyd')");
        query("INSERT INTO families VALUES ('f1', 'u1'), ('f2', 'gone'), ('f3', 'u3')");
    }
    void assertNew() {
        CPPUNIT_ASSERT_EQUAL(std::string("u1Ada|u2Bob|u3Cyd"), query("SELECT id || name FROM users ORDER BY id"));
        CPPUNIT_ASSERT_EQUAL(std::string("f1u1|f3u3"), query("SELECT id || user_id FROM families ORDER BY id"));
        CPPUNIT_ASSERT_EQUAL(std::string("2"), query("SELECT count(*) FROM pragma_table_list WHERE wr = 1 AND name IN "
                                                     "('users', 'families')"));
        CPPUNIT_ASSERT_EQUAL(std::string("users"), query("SELECT \"table\" FROM pragma_foreign_key_list('families')"));
        CPPUNIT_ASSERT_EQUAL(
            std::string("families families_user mortise_migrations users"),
            query("SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master WHERE name NOT LIKE "
                  "'sqlite_%' ORDER BY name)"));
        CPPUNIT_ASSERT_EQUAL(std::string("done"), query("SELECT DISTINCT state FROM mortise_migrations"));
        CPPUNIT_ASSERT_EQUAL(std::string("ok"), query("PRAGMA integrity_check"));
    }
    std::vector<std::filesystem::path> backups() const {
        std::vector<std::filesystem::path> found;
        for (const auto& entry : std::filesystem::directory_iterator(folder_->path()))
            if (entry.path().string().find(".backup") != std::string::npos) found.push_back(entry.path());
        return found;
    }

    const std::vector<Migration> old_{create_, families_};
    const std::vector<Migration> new_{create_, rebuild_, families_, reference_};
    KeptMigrationLog log_;

    void rebuildsStatementByStatement() {
        makeOld();
        run(new_);
        assertNew();
        const std::vector<std::string> expected{
            "users/2-cluster 1/4 0",  "users/2-cluster 2/4 3",  "users/2-cluster 3/4 0",  "users/2-cluster 4/4 0",
            "auth/2-reference 1/6 1", "auth/2-reference 2/6 0", "auth/2-reference 3/6 2", "auth/2-reference 4/6 0",
            "auth/2-reference 5/6 0", "auth/2-reference 6/6 0"};
        CPPUNIT_ASSERT(expected == log_.steps);
        CPPUNIT_ASSERT_EQUAL(std::string("0 0"),
                             query("SELECT group_concat(compatible, ' ') FROM mortise_migrations WHERE "
                                   "name LIKE '2-%'"));
        run(new_);
        CPPUNIT_ASSERT(log_.steps.empty() && log_.backups.empty());
    }

    void makesABackupFirst() {
        makeOld();
        std::filesystem::permissions(options_.file, std::filesystem::perms(0600));
        run(new_);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, log_.backups.size());
        CPPUNIT_ASSERT(log_.backups == backups());
        const std::filesystem::path& backup = log_.backups[0];
        CPPUNIT_ASSERT(backup.string().starts_with(options_.file.string() + ".20"));
        CPPUNIT_ASSERT(backup.string().ends_with("Z-before-users-2.backup"));
        CPPUNIT_ASSERT(std::filesystem::status(backup).permissions() == std::filesystem::perms(0600));
        CPPUNIT_ASSERT_EQUAL(std::string("delete"), query("PRAGMA journal_mode", backup)); // one file
        CPPUNIT_ASSERT_EQUAL(std::string("f1|f2|f3"), query("SELECT id FROM families ORDER BY id", backup));
        CPPUNIT_ASSERT_EQUAL(std::string("2"), query("SELECT count(*) FROM mortise_migrations", backup));
        // It is what an old version goes on with, and the same way can be gone again.
        options_.file = backup;
        run(old_);
        run(new_);
        assertNew();
    }

    // Dropping the table would take them along, were foreign keys on.
    void keepsRowsThatReferToIt() {
        makeOld();
        const Migration posts{
            "posts", "1-create",
            "CREATE TABLE posts (id TEXT PRIMARY KEY, author TEXT REFERENCES users (id) ON DELETE CASCADE)"};
        run({create_, families_, posts});
        query("INSERT INTO posts VALUES ('p1', 'u1'), ('p2', 'u3')");
        run({create_, rebuild_, families_, posts});
        CPPUNIT_ASSERT_EQUAL(std::string("p1|p2"), query("SELECT id FROM posts ORDER BY id"));
        CPPUNIT_ASSERT_EQUAL(std::string("users"), query("SELECT \"table\" FROM pragma_foreign_key_list('posts')"));
    }

    // Whether there is a write-ahead log after each statement.
    struct LogSeen final : KeptMigrationLog {
        explicit LogSeen(const std::filesystem::path& database) : file(database.string() + "-wal") {}
        void ran(const Step& step) override {
            KeptMigrationLog::ran(step);
            seen.push_back(std::filesystem::exists(file));
        }
        const std::filesystem::path file;
        std::vector<bool> seen;
    };

    // What it copies is written once, not into the log and then into the file.
    void writesPastTheLog() {
        makeOld();
        LogSeen log(options_.file);
        SqliteConnector(options_, loops_).migrate(new_, MigrationRun::restart, log);
        CPPUNIT_ASSERT_EQUAL(std::size_t{10}, log.seen.size());
        CPPUNIT_ASSERT(std::count(log.seen.begin(), log.seen.end(), true) == 0);
        CPPUNIT_ASSERT_EQUAL(std::string("wal"), query("PRAGMA journal_mode"));
        CPPUNIT_ASSERT(!std::filesystem::exists(options_.file.string() + "-journal"));
        assertNew();
    }

    void rebuildsBesideOtherConnections() {
        makeOld();
        sqlite3* raw = nullptr;
        CPPUNIT_ASSERT_EQUAL(SQLITE_OK, sqlite3_open_v2(options_.file.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr));
        const std::unique_ptr<sqlite3, int (*)(sqlite3*)> other(raw, &sqlite3_close_v2);
        CPPUNIT_ASSERT_EQUAL(std::string("3"), sqliteRows(raw, "SELECT count(*) FROM users").at(0).at(0));
        LogSeen log(options_.file);
        SqliteConnector(options_, loops_).migrate(new_, MigrationRun::restart, log);
        CPPUNIT_ASSERT(std::count(log.seen.begin(), log.seen.end(), false) == 0);
        CPPUNIT_ASSERT_EQUAL(std::string("2"), sqliteRows(raw, "SELECT count(*) FROM families").at(0).at(0));
        assertNew();
    }

    // Where nothing can be written but the database: more than the sorter keeps by itself.
    void sortsWithoutTemporaryFiles() {
        options_.cacheBytes = 64 * 1024;
        makeOld();
        query("INSERT INTO users SELECT 'x' || value, printf('%0100d', (value * 7919) % 30011) FROM (WITH RECURSIVE "
              "n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 30000) SELECT value FROM n)");
        const Migration index{"users", "2-index", "CREATE INDEX users_name ON users (name); SELECT 1", "", "",
                              "",      true};
        Child child([&] {
            replace("access", &noFolderIsWritable);
            run({create_, index, families_});
            return 0;
        });
        CPPUNIT_ASSERT_EQUAL(0, child.wait());
        CPPUNIT_ASSERT_EQUAL(std::string("1"), query("SELECT count(*) FROM sqlite_master WHERE name = 'users_name'"));
    }

    void goesOnAfterAFailure() {
        makeOld();
        const Migration narrow{
            "users",
            "2-narrow",
            "CREATE TABLE short (id TEXT PRIMARY KEY, name TEXT CHECK (name <> 'Bob')) WITHOUT ROWID; "
            "INSERT INTO short SELECT id, name FROM users; DROP TABLE users; "
            "ALTER TABLE short RENAME TO users",
            "",
            "",
            "",
            true};
        for (int attempt = 0; attempt < 2; ++attempt)
            assertContains(
                "migration '2-narrow' of 'users' failed in statement 2 of 4, those before it are kept and the "
                "next start goes on here: ",
                refusal({create_, narrow}));
        CPPUNIT_ASSERT_EQUAL(
            std::string("running 1 4"),
            query("SELECT state || ' ' || statement || ' ' || statements FROM mortise_migrations WHERE name = "
                  "'2-narrow'"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, backups().size()); // the state before, not one half-way
        query("DELETE FROM users WHERE name = 'Bob'");
        run({create_, narrow});
        CPPUNIT_ASSERT_EQUAL(std::string("users/2-narrow 2/4 2"), log_.steps.at(0));
        CPPUNIT_ASSERT_EQUAL(std::string("Ada|Cyd"), query("SELECT name FROM users"));
    }

    void refusesOldVersionsWhileItRuns() {
        makeOld();
        run(new_);
        query("UPDATE mortise_migrations SET state = 'running', statement = 3 WHERE name = '2-cluster'");
        assertContains("neither knows nor can run with", refusal(old_));
        KeptMigrationLog log;
        SqliteConnector connector(options_, loops_);
        assertContains("it is flagged as incompatible",
                       failure([&] { connector.migrate(new_, MigrationRun::live, log); }).what());
    }

    void refusesToLeaveOrphans() {
        makeOld();
        const Migration careless{
            "auth",
            "2-careless",
            "CREATE TABLE n (id TEXT PRIMARY KEY, user_id TEXT REFERENCES users (id)); "
            "INSERT INTO n SELECT * FROM families; DROP TABLE families; ALTER TABLE n RENAME TO families",
            "",
            "",
            "",
            true};
        assertContains(
            "migration '2-careless' of 'auth' would leave 1 rows of table 'families' that refer to no row of table "
            "'users'",
            refusal({create_, families_, careless}));
        CPPUNIT_ASSERT_EQUAL(std::string("3"),
                             query("SELECT statement FROM mortise_migrations WHERE name = '2-careless'"));
        query("DELETE FROM n WHERE user_id = 'gone'");
        run({create_, families_, careless});
        // One that runs as a whole, since its owner is new: foreign keys are off in it, too.
        const Migration posts{"posts",
                              "1-create",
                              "CREATE TABLE posts (id TEXT PRIMARY KEY, author TEXT REFERENCES users (id)); "
                              "INSERT INTO posts VALUES ('p1', 'nobody')",
                              "",
                              "",
                              "",
                              true};
        assertContains("migration '1-create' of 'posts' would leave 1 rows of table 'posts'",
                       refusal({create_, families_, careless, posts}));
        CPPUNIT_ASSERT_EQUAL(std::string("0"), query("SELECT count(*) FROM sqlite_master WHERE name = 'posts'"));
    }

    void doesNotBeginWithoutItsBackup() {
        makeOld();
        const std::filesystem::path taken = options_.file.string() + ".backup-partial";
        std::filesystem::create_directories(taken / "full");
        assertContains("cannot create '" + taken.string() + "'", refusal(new_));
        CPPUNIT_ASSERT_EQUAL(std::string("2"), query("SELECT count(*) FROM mortise_migrations"));
        std::filesystem::remove_all(taken);
        std::ofstream(taken) << "of a process that was ended";
        run(new_);
        assertNew();
        CPPUNIT_ASSERT(log_.backups == backups());
    }

    void doesNotBeginOnADamagedDatabase() {
        makeOld();
        query("INSERT INTO users SELECT 'x' || value, printf('%0500d', value) FROM (WITH RECURSIVE n(value) AS (SELECT "
              "1 UNION "
              "ALL SELECT value + 1 FROM n WHERE value < 200) SELECT value FROM n)");
        query("PRAGMA wal_checkpoint(TRUNCATE)");
        const std::string page = query("SELECT max(pageno) FROM dbstat WHERE name = 'users' AND pagetype = 'leaf'");
        std::fstream file(options_.file, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp((std::stol(page) - 1) * 4096);
        file << std::string(4096, '\x55');
        file.close();
        assertContains("is damaged, so its copy is of no use", refusal(new_));
        CPPUNIT_ASSERT_EQUAL(std::string("2"), query("SELECT count(*) FROM mortise_migrations"));
        CPPUNIT_ASSERT(backups().empty());
    }

    void goesOnAfterAKillAtEachWrite() {
        makeOld();
        query("PRAGMA wal_checkpoint(TRUNCATE)");
        const std::filesystem::path original = *folder_ / "original.db";
        std::filesystem::copy_file(options_.file, original);
        constexpr int end = 5000; // far more calls than there are
        std::set<std::string> states;
        int kills = 0;
        for (int number = 1; number < end; ++number) {
            for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(options_.file.string() + suffix);
            for (const std::filesystem::path& backup : backups()) std::filesystem::remove(backup);
            std::filesystem::copy_file(original, options_.file);
            Child child([&] {
                killAtCall(number);
                run(new_);
                return 0;
            });
            const int code = child.wait();
            if (code == 0) break;
            CPPUNIT_ASSERT_EQUAL(128 + SIGKILL, code);
            ++kills;
            // As `mortised migrate status` does, with a right to read only and with a statement that was cut off.
            CPPUNIT_ASSERT(readSqliteMigrations(options_.file, std::chrono::milliseconds(0)).size() >= 2);
            states.insert(query("SELECT coalesce((SELECT group_concat(name || state || statement) FROM (SELECT * FROM "
                                "mortise_migrations WHERE name LIKE '2-%' ORDER BY owner DESC)), '')",
                                options_.file)
                              .substr(0, 100));
            run(new_);
            assertNew();
            for (const std::filesystem::path& backup : backups())
                CPPUNIT_ASSERT_EQUAL_MESSAGE(backup.string(), std::string("ok"),
                                             query("PRAGMA integrity_check", backup));
        }
        CPPUNIT_ASSERT(kills > 50);
        CPPUNIT_ASSERT_MESSAGE(std::to_string(states.size()), states.size() >= 4);
    }

    void undoesAfterABackup() {
        makeOld();
        run({create_, rebuild_, families_});
        KeptMigrationLog log;
        SqliteConnector(options_, loops_).undo({{create_, rebuild_, families_}}, "users", 2, log);
        CPPUNIT_ASSERT_EQUAL(std::string("users/2-cluster undone"), log.steps.at(0));
        CPPUNIT_ASSERT(log.backups.at(0).string().ends_with("-before-undo-users-2.backup"));
        CPPUNIT_ASSERT_EQUAL(std::string("Ada|Bob|Cyd"), query("SELECT name FROM users ORDER BY name"));
        CPPUNIT_ASSERT_EQUAL(std::string("0"), query("SELECT wr FROM pragma_table_list WHERE name = 'users'"));
        run(old_);
        run(new_);
        assertNew();
    }

    void undoesAllOrNothing() {
        const Migration wrong{"users", "2-x", "CREATE TABLE x (id TEXT PRIMARY KEY)", "", "DROP TABLE x"};
        const Migration right{"users", "3-y", "CREATE TABLE y (id TEXT PRIMARY KEY)", "", "DROP TABLE y"};
        run({create_, wrong, right});
        query("DROP TABLE x");
        KeptMigrationLog log;
        SqliteConnector connector(options_, loops_);
        const auto refused = [&](const std::vector<Migration>& list, std::uint32_t number) {
            return std::string(failure([&] { connector.undo(list, "users", number, log); }).what());
        };
        assertContains("migration '2-x' of 'users' could not be undone, nothing was changed: ",
                       refused({create_, wrong, right}, 1));
        CPPUNIT_ASSERT_EQUAL(std::string("1-create|2-x|3-y"), query("SELECT name FROM mortise_migrations ORDER BY 1"));
        CPPUNIT_ASSERT_EQUAL(std::string("1"), query("SELECT count(*) FROM sqlite_master WHERE name = 'y'"));
        // By a version whose texts are others nothing is undone.
        Migration changed = right;
        changed.sql = "CREATE TABLE y (id INTEGER PRIMARY KEY)";
        assertContains("'3-y' of 'users' was changed after it ran", refused({create_, wrong, changed}, 3));
        CPPUNIT_ASSERT(log.steps.empty());
        connector.undo({{create_, wrong, right}}, "users", 3, log);
        CPPUNIT_ASSERT_EQUAL(std::string("0"), query("SELECT count(*) FROM sqlite_master WHERE name = 'y'"));
    }

    void undoesNothingThatOthersReferTo() {
        makeOld();
        run(new_);
        KeptMigrationLog log;
        SqliteConnector connector(options_, loops_);
        const std::string text = failure([&] { connector.undo(new_, "users", 1, log); }).what();
        assertContains("would leave 2 rows of table 'families' that refer to no row of table 'users'", text);
        CPPUNIT_ASSERT_EQUAL(std::string("1"), query("SELECT wr FROM pragma_table_list WHERE name = 'users'"));
        CPPUNIT_ASSERT_EQUAL(std::string("u1Ada|u2Bob|u3Cyd"), query("SELECT id || name FROM users ORDER BY id"));
    }

    void namesBackups() {
        makeOld();
        const SqliteBackup backup(options_.file);
        std::set<std::filesystem::path> names;
        for (int i = 0; i < 3; ++i) names.insert(backup.make("label"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, names.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, backups().size());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqliteRebuildTest);

} // namespace mortise::database
