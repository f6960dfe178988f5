// SPDX-License-Identifier: Apache-2.0
#include "base/file_access.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace mortise::base {

namespace fs = std::filesystem;

class FileAccessTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FileAccessTest);
    CPPUNIT_TEST(findsWhatOthersMayChange);
    CPPUNIT_TEST(looksAtEveryFolderAndLinkOnTheWay);
    CPPUNIT_TEST(saysNothingOfWhatIsNotThere);
    CPPUNIT_TEST(findsOwnersAndGroups);
    CPPUNIT_TEST(seesWhoMayRead);
    CPPUNIT_TEST(namesUsers);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        folder_.write("a/b/file", "content");
        for (const char* name : {"a", "a/b"}) fs::permissions(folder_ / name, fs::perms(0755));
        fs::permissions(folder_ / "a/b/file", fs::perms(0644));
    }

    void findsWhatOthersMayChange() {
        CPPUNIT_ASSERT(!changeableByOthers(folder_ / "a/b/file"));
        for (const unsigned mode : {0646u, 0666u, 0777u, 0602u}) {
            fs::permissions(folder_ / "a/b/file", fs::perms(mode));
            const auto found = changeableByOthers(folder_ / "a/b/file");
            CPPUNIT_ASSERT(found && found->path == (folder_ / "a/b/file").string());
            CPPUNIT_ASSERT(found->message.find("every user of this machine") != std::string::npos);
        }
    }
    void looksAtEveryFolderAndLinkOnTheWay() {
        fs::create_directory_symlink("a/b", folder_ / "link");
        fs::create_symlink("../link/file", folder_ / "a" / "again");
        const std::vector<std::string> ways{"a/b/file", "link/file", "a/again", "a/../link/./file", "a//b/file"};
        for (const char* open : {"a", "a/b"}) {
            fs::permissions(folder_ / open, fs::perms(0777));
            for (const std::string& way : ways) {
                const auto found = changeableByOthers(folder_ / way);
                CPPUNIT_ASSERT_MESSAGE(way, found && found->path == (folder_ / open).string());
            }
            fs::permissions(folder_ / open, fs::perms(01777)); // others add to it and replace nothing
            for (const std::string& way : ways) CPPUNIT_ASSERT_MESSAGE(way, !changeableByOthers(folder_ / way));
            CPPUNIT_ASSERT(changeableByOthers(folder_ / open));
            fs::permissions(folder_ / open, fs::perms(0755));
        }
        for (const std::string& way : ways) CPPUNIT_ASSERT_MESSAGE(way, !changeableByOthers(folder_ / way));
    }
    void saysNothingOfWhatIsNotThere() {
        fs::create_symlink("loop", folder_ / "loop");
        for (const char* name : {"none", "none/below", "a/b/file/below", "loop", "a/b/.."})
            CPPUNIT_ASSERT_MESSAGE(name, !changeableByOthers(folder_ / name));
    }
    void findsOwnersAndGroups() {
        if (::geteuid() != 0) return; // cannot give files away
        const std::string file = folder_ / "a/b/file";
        CPPUNIT_ASSERT_EQUAL(0, ::chown(file.c_str(), 4711, 0));
        CPPUNIT_ASSERT(changeableByOthers(file)->message.find("belongs to the user '4711'") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(0, ::chown(file.c_str(), 0, 4711));
        CPPUNIT_ASSERT(!changeableByOthers(file));
        fs::permissions(file, fs::perms(0664));
        CPPUNIT_ASSERT(changeableByOthers(file)->message.find("the group '4711'") != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(0, ::chown(file.c_str(), 0, 0));
        CPPUNIT_ASSERT(!changeableByOthers(file));
        // In a folder for everybody a link is its owner's.
        fs::permissions(folder_ / "a", fs::perms(01777));
        fs::create_symlink("b/file", folder_ / "a" / "link");
        CPPUNIT_ASSERT(!changeableByOthers(folder_ / "a/link"));
        CPPUNIT_ASSERT_EQUAL(0, ::lchown((folder_ / "a/link").c_str(), 4711, 4711));
        CPPUNIT_ASSERT(changeableByOthers(folder_ / "a/link"));
    }
    void seesWhoMayRead() {
        const std::vector<std::pair<unsigned, bool>> modes{{0600, false}, {0640, false}, {0660, false},
                                                           {0644, true},  {0604, true},  {0602, true}};
        for (const auto& [mode, open] : modes) {
            fs::permissions(folder_ / "a/b/file", fs::perms(mode));
            CPPUNIT_ASSERT_EQUAL(open, isOpenToOthers(folder_ / "a/b/file"));
        }
        CPPUNIT_ASSERT(!isOpenToOthers(folder_ / "none"));
    }
    void namesUsers() {
        CPPUNIT_ASSERT_EQUAL(std::string("root"), userName(0));
        CPPUNIT_ASSERT_EQUAL(std::string("root"), groupName(0));
        CPPUNIT_ASSERT_EQUAL(std::string("3999999"), userName(3'999'999));
        CPPUNIT_ASSERT(accessRefusal(folder_ / "a/b/file").empty());
    }

private:
    tests::TemporaryFolder folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FileAccessTest);

} // namespace mortise::base
