// SPDX-License-Identifier: Apache-2.0
#include "child.hpp"
#include "connector_fixture.hpp"
#include "sqlite_file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

namespace mortise::database {

// What an operator meets: wrong files, wrong rights, no room.
class SqliteFileTest : public ConnectorFixture {
    CPPUNIT_TEST_SUITE(SqliteFileTest);
    CPPUNIT_TEST(createsFileAndDirectories);
    CPPUNIT_TEST(refusesOtherFiles);
    CPPUNIT_TEST(refusesWhatIsNoFile);
    CPPUNIT_TEST(refusesNewerFormats);
    CPPUNIT_TEST(namesADamagedDatabase);
    CPPUNIT_TEST(namesAReadOnlyDirectory);
    CPPUNIT_TEST(namesAReadOnlyFile);
    CPPUNIT_TEST(namesAFullDisk);
    CPPUNIT_TEST_SUITE_END();

    static constexpr uid_t nobody = 65534;

    static mode_t mode(const std::filesystem::path& path) {
        struct stat status {};
        CPPUNIT_ASSERT(::stat(path.c_str(), &status) == 0);
        return status.st_mode & 0777u;
    }

    // Runs as a user that permissions hold for.
    static int unprivileged(const std::function<int()>& call) {
        return Child([&] {
                   if (::geteuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0)) return 98;
                   return call();
               })
            .wait();
    }

    std::string refusal() {
        try {
            SqliteConnector connector(options_, loops_);
            migrate(connector, std::span(&schema, 1));
            connector.open();
        } catch (const DatabaseError& error) {
            return error.what();
        }
        return "accepted";
    }

    void createsFileAndDirectories() {
        const mode_t before = ::umask(022);
        options_.file = *folder_ / "one/two/test.db";
        open();
        ::umask(before);
        CPPUNIT_ASSERT_EQUAL(mode_t{0750}, mode(*folder_ / "one"));
        CPPUNIT_ASSERT_EQUAL(mode_t{0750}, mode(*folder_ / "one/two"));
        for (const char* name : {"test.db", "test.db-wal", "test.db-shm"})
            CPPUNIT_ASSERT_EQUAL(mode_t{0640}, mode(*folder_ / "one/two" / name));
    }

    void refusesOtherFiles() {
        for (const std::string& content : {std::string("x"), std::string(100, 'x'), std::string(5000, '\0')}) {
            folder_->write("test.db", content);
            assertContains("test.db' is not an SQLite database", refusal());
            CPPUNIT_ASSERT_EQUAL(content, folder_->read("test.db"));
        }
        assertKind(Kind::corrupt, failure([&] { another(); }));
    }

    void refusesWhatIsNoFile() {
        std::filesystem::create_directory(options_.file);
        assertContains("not a regular file", refusal());
        std::filesystem::remove(options_.file);
        folder_->write("file", "x");
        options_.file = *folder_ / "file/test.db";
        assertContains("cannot create", refusal());
        std::filesystem::create_symlink(*folder_ / "nowhere", *folder_ / "link.db");
        options_.file = *folder_ / "link.db";
        assertContains("link.db'", refusal());
    }

    void refusesNewerFormats() {
        open();
        connector_.reset();
        std::string content = folder_->read("test.db");
        for (const std::size_t offset : {18u, 19u}) {
            std::string newer = content;
            newer[offset] = 3;
            folder_->write("test.db", newer);
            assertContains("newer SQLite", refusal());
        }
        folder_->write("test.db", content);
        open();
    }

    void namesADamagedDatabase() {
        open();
        connector_.reset();
        std::string content = folder_->read("test.db");
        for (std::size_t i = 100; i < content.size(); ++i) content[i] = static_cast<char>(0xa5);
        folder_->write("test.db", content);
        assertContains("test.db' is damaged", refusal());
    }

    void namesAReadOnlyDirectory() {
        CPPUNIT_ASSERT(::chmod(folder_->path().c_str(), 0555) == 0);
        CPPUNIT_ASSERT_EQUAL(0, unprivileged([&] {
                                 const std::string text = refusal();
                                 return text.find("cannot create database") != std::string::npos ? 0 : 1;
                             }));
        CPPUNIT_ASSERT(::chmod(folder_->path().c_str(), 0755) == 0);
    }

    void namesAReadOnlyFile() {
        open();
        connector_.reset();
        CPPUNIT_ASSERT(::chmod(folder_->path().c_str(), 0777) == 0 && ::chmod(options_.file.c_str(), 0444) == 0);
        CPPUNIT_ASSERT_EQUAL(0, unprivileged([&] {
                                 const std::string text = refusal();
                                 return text.find("cannot be read and written") != std::string::npos ? 0 : 1;
                             }));
        CPPUNIT_ASSERT(::chmod(options_.file.c_str(), 0666) == 0 && ::chmod(folder_->path().c_str(), 0555) == 0);
        CPPUNIT_ASSERT_EQUAL(0, unprivileged([&] {
                                 const std::string text = refusal();
                                 return text.find("must be writable") != std::string::npos ? 0 : 1;
                             }));
        CPPUNIT_ASSERT(::chmod(folder_->path().c_str(), 0755) == 0);
    }

    // A limit on the size of files acts as a full disk does.
    void namesAFullDisk() {
        const int code =
            Child([&] {
                std::signal(SIGXFSZ, SIG_IGN);
                SqliteConnector& connector = open();
                const rlimit limit{200000, 200000};
                if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
                const std::string word(10000, 'x');
                std::int64_t acknowledged = 0;
                std::string text;
                for (; acknowledged < 1000 && text.empty(); ++acknowledged) {
                    try {
                        transact(connector, [&](Transaction& transaction) {
                            const std::vector<SqlValue> parameters{integer(acknowledged), {SqlKind::text, 0, 0, word}};
                            transaction.execute(insert_, parameters, nullptr);
                            return true;
                        });
                    } catch (const DatabaseError& error) {
                        text = error.what();
                    }
                }
                if (text.find("no room to write database '") == std::string::npos) {
                    std::cerr << text << std::endl;
                    return 2;
                }
                return readInteger(connector, count_) == acknowledged - 1 ? 0 : 3;
            }).wait();
        CPPUNIT_ASSERT_EQUAL(0, code);
        open();
        CPPUNIT_ASSERT(insert(*connector_, 100000));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SqliteFileTest);

} // namespace mortise::database
