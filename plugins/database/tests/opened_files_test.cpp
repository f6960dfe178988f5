// SPDX-License-Identifier: Apache-2.0
#include "connector_fixture.hpp"

#include <future>

namespace mortise::database {

// Somebody moves, deletes or replaces the files of a database that is open.
class OpenedFilesTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(OpenedFilesTest);
    CPPUNIT_TEST(knowsFilesThatNobodyHasUsed);
    CPPUNIT_TEST(storesNothingWhileOneIsMoved);
    CPPUNIT_TEST(storesNothingOnceOneIsDeleted);
    CPPUNIT_TEST(tellsACopyFromTheFile);
    CPPUNIT_TEST(storesNothingWhileTheDirectoryIsMoved);
    CPPUNIT_TEST(followsALink);
    CPPUNIT_TEST(opensNoOtherFile);
    CPPUNIT_TEST(refusesAllOfAGroup);
    CPPUNIT_TEST_SUITE_END();

    static constexpr const char* names[] = {"test.db", "test.db-wal", "test.db-shm"};

    void assertMoved(SqliteConnector& connector, const std::string& name) {
        assertKind(Kind::moved, failure([&] { connector.check(); })); // before anybody writes
        for (int i = 0; i < 2; ++i) {
            const DatabaseError written = failure([&] { insert(connector, 7); });
            assertKind(Kind::moved, written);
            assertContains("database file '" + name + "' was moved or deleted: restart", written.what());
            assertKind(Kind::moved, failure([&] { connector.check(); }));
        }
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, readInteger(connector, count_)); // reads go on
    }

    // There are no migrations, as where plugins are yet to come.
    void knowsFilesThatNobodyHasUsed() {
        SqliteConnector connector(options_, loops_);
        migrate(connector, {});
        connector.open();
        CPPUNIT_ASSERT_NO_THROW(connector.check());
        for (const char* const name : names) CPPUNIT_ASSERT(std::filesystem::exists(*folder_ / name));
    }

    void storesNothingWhileOneIsMoved() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, 1));
        std::size_t told = 0;
        for (const char* const name : names) {
            CPPUNIT_ASSERT_NO_THROW(connector.check());
            std::filesystem::rename(*folder_ / name, *folder_ / "away");
            assertMoved(connector, (*folder_ / name).string());
            CPPUNIT_ASSERT_EQUAL(++told, reported_.size());
            assertContains(name, reported_.back());
            std::filesystem::rename(*folder_ / "away", *folder_ / name);
        }
        CPPUNIT_ASSERT_NO_THROW(connector.check());
        CPPUNIT_ASSERT(insert(connector, 2));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, readInteger(connector, count_));
    }

    void storesNothingOnceOneIsDeleted() {
        for (const char* const name : names) {
            SqliteConnector& connector = open();
            CPPUNIT_ASSERT(insert(connector, 1));
            std::filesystem::remove(*folder_ / name);
            assertMoved(connector, (*folder_ / name).string());
            tearDown();
            setUp();
        }
    }

    void tellsACopyFromTheFile() {
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, 1));
        std::filesystem::copy_file(options_.file, *folder_ / "copy");
        std::filesystem::rename(*folder_ / "copy", options_.file);
        assertMoved(connector, options_.file.string());
    }

    void storesNothingWhileTheDirectoryIsMoved() {
        options_.file = *folder_ / "one/test.db";
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, 1));
        std::filesystem::rename(*folder_ / "one", *folder_ / "two");
        assertMoved(connector, options_.file.string());
        folder_->write("one", "no directory");
        assertMoved(connector, options_.file.string());
        std::filesystem::remove(*folder_ / "one");
        std::filesystem::rename(*folder_ / "two", *folder_ / "one");
        CPPUNIT_ASSERT(insert(connector, 2));
    }

    void followsALink() {
        folder_->write("real.db", "");
        folder_->write("other.db", "");
        options_.file = *folder_ / "link.db";
        std::filesystem::create_symlink(*folder_ / "real.db", options_.file);
        SqliteConnector& connector = open();
        CPPUNIT_ASSERT(insert(connector, 1));
        std::filesystem::remove(options_.file);
        std::filesystem::create_symlink(*folder_ / "other.db", options_.file);
        assertMoved(connector, options_.file.string());
    }

    // By a further reader, and by migrations.
    void opensNoOtherFile() {
        options_.readers = 2;
        SqliteConnector& connector = open();
        std::filesystem::rename(options_.file, *folder_ / "away");
        bool back = false;
        Rows rows([&](std::span<const SqlValue>) {
            if (back) {
                std::async(std::launch::async, [&] { connector.read(count_, {}, nullptr); }).get();
                return true;
            }
            assertKind(Kind::moved, std::async(std::launch::async, [&] {
                                        return failure([&] { connector.read(count_, {}, nullptr); });
                                    }).get());
            return true;
        });
        connector.read(count_, {}, &rows);
        assertKind(Kind::moved, failure([&] { migrate(connector, std::span(&schema, 1)); }));
        CPPUNIT_ASSERT(!std::filesystem::exists(options_.file));
        std::filesystem::rename(*folder_ / "away", options_.file);
        back = true;
        connector.read(count_, {}, &rows); // the place of the one that was refused is free
    }

    void refusesAllOfAGroup() {
        SqliteConnector& connector = open();
        std::vector<std::future<DatabaseError>> others;
        assertKind(Kind::moved, failure([&] {
                       transact(connector, [&](Transaction&) {
                           for (int i = 0; i < 3; ++i)
                               others.push_back(std::async(
                                   std::launch::async, [&, i] { return failure([&] { insert(connector, i + 1); }); }));
                           std::filesystem::rename(options_.file, *folder_ / "away");
                           return insert(connector, 0);
                       });
                   }));
        for (auto& other : others) assertKind(Kind::moved, other.get());
        std::filesystem::rename(*folder_ / "away", options_.file);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, readInteger(connector, count_));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(OpenedFilesTest);

} // namespace mortise::database
