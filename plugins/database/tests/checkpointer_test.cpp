// SPDX-License-Identifier: Apache-2.0
#include "writer_fixture.hpp"

#include "tests/support/eventually.hpp"

#include <sqlite3.h>

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace mortise::database {

namespace {

// While it lives, databases that are opened write their own file, which none but a checkpoint does, as it says.
class DatabaseDisk {
public:
    DatabaseDisk() : before_(*sqlite3_vfs_find(nullptr)), mine_(before_) {
        instance() = this;
        mine_.zName = "tests";
        mine_.xOpen = &open;
        sqlite3_vfs_register(&mine_, 1);
    }
    ~DatabaseDisk() {
        release();
        sqlite3_vfs_register(sqlite3_vfs_find(before_.zName), 1);
        sqlite3_vfs_unregister(&mine_);
        instance() = nullptr;
    }
    DatabaseDisk(const DatabaseDisk&) = delete;
    DatabaseDisk& operator=(const DatabaseDisk&) = delete;

    // From now on a sync does not end before release().
    void hold() {
        const std::lock_guard lock(mutex_);
        held_ = true;
    }
    void release() {
        const std::lock_guard lock(mutex_);
        held_ = false;
        changed_.notify_all();
    }
    bool isSyncing() {
        const std::lock_guard lock(mutex_);
        return syncing_;
    }
    void setFull(bool full) { full_ = full; }
    int failures() const { return failures_; }
    int syncs() const { return syncs_; }

private:
    static DatabaseDisk*& instance() {
        static DatabaseDisk* one = nullptr;
        return one;
    }
    static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* given) {
        DatabaseDisk& self = *instance();
        const int code = self.before_.xOpen(vfs, name, file, flags, given);
        if (code != SQLITE_OK || (flags & SQLITE_OPEN_MAIN_DB) == 0) return code;
        const std::lock_guard lock(self.mutex_);
        if (self.real_ == nullptr) {
            self.real_ = file->pMethods; // those of all
            self.methods_ = *file->pMethods;
            self.methods_.xWrite = &write;
            self.methods_.xSync = &sync;
        }
        file->pMethods = &self.methods_;
        return code;
    }
    static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
        DatabaseDisk& self = *instance();
        if (!self.full_) return self.real_->xWrite(file, data, size, at);
        ++self.failures_;
        return SQLITE_FULL;
    }
    static int sync(sqlite3_file* file, int flags) {
        DatabaseDisk& self = *instance();
        {
            std::unique_lock lock(self.mutex_);
            self.syncing_ = true;
            self.changed_.wait_for(lock, tests::patience, [&self] { return !self.held_; });
            self.syncing_ = false;
        }
        const int code = self.real_->xSync(file, flags);
        ++self.syncs_;
        return code;
    }

    const sqlite3_vfs before_;
    sqlite3_vfs mine_;
    const sqlite3_io_methods* real_ = nullptr;
    sqlite3_io_methods methods_{};
    std::mutex mutex_;
    std::condition_variable changed_;
    bool held_ = false;
    bool syncing_ = false;
    std::atomic<bool> full_{false};
    std::atomic<int> failures_{0};
    std::atomic<int> syncs_{0};
};

} // namespace

class CheckpointerTest : public WriterFixture {
    CPPUNIT_TEST_SUITE(CheckpointerTest);
    CPPUNIT_TEST(keepsNobodyWaiting);
    CPPUNIT_TEST(startsTheLogOver);
    CPPUNIT_TEST(keepsBackgroundFromOutgrowingIt);
    CPPUNIT_TEST(reportsAFailureOnce);
    CPPUNIT_TEST(endsWithWhatIsUnderWay);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        disk_ = std::make_unique<DatabaseDisk>();
        WriterFixture::setUp();
        options_.walAutocheckpoint = 10;
    }
    void tearDown() override {
        disk_->release();
        WriterFixture::tearDown();
        disk_.reset();
    }

private:
    bool store(SqliteConnector& connector) {
        Body body([&](Transaction&) { return insert(connector, ++value_); });
        return connector.transact(body.ofRequest());
    }
    // No faster than a checkpoint begins: while the disk holds one, a log that is far too long would never be emptied.
    void storeUntil(SqliteConnector& connector, const std::function<bool()>& condition) {
        CPPUNIT_ASSERT(tests::eventually([&] {
            CPPUNIT_ASSERT(store(connector));
            const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
            while (!condition() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
            return condition();
        }));
    }
    std::uintmax_t logSize() const { return std::filesystem::file_size(*folder_ / "test.db-wal"); }

    void keepsNobodyWaiting() {
        SqliteConnector& connector = open();
        disk_->hold();
        storeUntil(connector, [&] { return disk_->isSyncing(); });
        for (int i = 0; i < 5; ++i) CPPUNIT_ASSERT(store(connector));
        CPPUNIT_ASSERT(disk_->isSyncing());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{value_}, readInteger(connector, count_));
        disk_->release();
    }

    // What is written during a checkpoint is carried over, too: no forced one is needed.
    void startsTheLogOver() {
        SqliteConnector& connector = open();
        disk_->hold();
        storeUntil(connector, [&] { return disk_->isSyncing(); });
        CPPUNIT_ASSERT(store(connector));
        const std::uintmax_t before = logSize();
        disk_->release();
        for (int i = 0; i < 10; ++i) {
            CPPUNIT_ASSERT(transact(connector, [&](Transaction&) { return insert(connector, ++value_); }));
            CPPUNIT_ASSERT_EQUAL(before, logSize());
        }
    }

    // It waits for the checkpoint, which others do not, and not for ever.
    void keepsBackgroundFromOutgrowingIt() {
        SqliteConnector& connector = open();
        disk_->hold();
        storeUntil(connector, [&] { return disk_->isSyncing(); });
        const auto begin = std::chrono::steady_clock::now();
        CPPUNIT_ASSERT(transact(connector, [&](Transaction&) { return insert(connector, ++value_); }));
        CPPUNIT_ASSERT(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(500));
        CPPUNIT_ASSERT(disk_->isSyncing());
        disk_->release();
    }

    void reportsAFailureOnce() {
        SqliteConnector& connector = open();
        for (int time = 1; time <= 2; ++time) {
            disk_->setFull(true);
            const int before = disk_->failures();
            storeUntil(connector, [&] { return disk_->failures() >= before + 2; });
            disk_->setFull(false);
            const int synced = disk_->syncs();
            storeUntil(connector, [&] { return disk_->syncs() > synced; });
            // One of this kind waits until it has ended.
            CPPUNIT_ASSERT(transact(connector, [&](Transaction&) { return insert(connector, ++value_); }));
        }
        connector.check();
        connector_.reset();
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, reported_.size());
        assertContains("test.db' cannot be carried over into it and grows until it can: ", reported_[0]);
        assertContains("is exhausted", reported_[0]);
    }

    // close() waits for a checkpoint as for a transaction, and empties the log.
    void endsWithWhatIsUnderWay() {
        SqliteConnector& connector = open();
        disk_->hold();
        storeUntil(connector, [&] { return disk_->isSyncing(); });
        CPPUNIT_ASSERT(!connector.close(std::chrono::milliseconds(20)));
        disk_->release();
        CPPUNIT_ASSERT(connector.close(std::chrono::seconds(30)));
        CPPUNIT_ASSERT_EQUAL(std::uintmax_t{0}, logSize());
    }

    std::unique_ptr<DatabaseDisk> disk_;
    std::int64_t value_ = 0;
};

CPPUNIT_TEST_SUITE_REGISTRATION(CheckpointerTest);

} // namespace mortise::database
