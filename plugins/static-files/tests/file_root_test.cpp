// SPDX-License-Identifier: Apache-2.0
#include "file_root.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include <sys/stat.h>

namespace mortise::static_files {

class FileRootTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FileRootTest);
    CPPUNIT_TEST(opensFiles);
    CPPUNIT_TEST(staysBeneath);
    CPPUNIT_TEST(followsLinksThatStayBeneath);
    CPPUNIT_TEST(tellsWhatIsNoFile);
    CPPUNIT_TEST(knowsNamesThatNobodyMayAskFor);
    CPPUNIT_TEST(refusesARootThatIsNone);
    CPPUNIT_TEST_SUITE_END();

    using Kind = FoundFile::Kind;

public:
    void setUp() override {
        std::filesystem::create_directories(root() / "sub");
        std::ofstream(root() / "a.txt") << "hello";
        std::ofstream(root() / "sub" / "b.txt") << "below";
        std::ofstream(folder_ / "secret") << "secret";
    }

    void opensFiles() {
        const FileRoot files(root().string());
        const FoundFile found = files.open("a.txt");
        CPPUNIT_ASSERT(found.kind == Kind::file && found.size == 5 && found.descriptor.get() >= 0 &&
                       found.modifiedNs > 0);
        CPPUNIT_ASSERT(files.open("sub/b.txt").kind == Kind::file);
    }
    void staysBeneath() {
        const FileRoot files(root().string());
        std::filesystem::create_symlink(folder_ / "secret", root() / "absolute");
        std::filesystem::create_symlink("../secret", root() / "relative");
        std::filesystem::create_directory_symlink("..", root() / "up");
        for (const char* name : {"../secret", "absolute", "relative", "up/secret", "/etc/passwd", "sub/../../secret"})
            CPPUNIT_ASSERT_MESSAGE(name, files.open(name).kind == Kind::missing);
        CPPUNIT_ASSERT(files.open("/proc/self/root/etc/passwd").kind == Kind::missing);
    }
    void followsLinksThatStayBeneath() {
        const FileRoot files(root().string());
        std::filesystem::create_symlink("sub/b.txt", root() / "link");
        CPPUNIT_ASSERT(files.open("link").kind == Kind::file);
        std::filesystem::create_symlink("loop", root() / "loop");
        CPPUNIT_ASSERT(files.open("loop").kind == Kind::missing);
    }
    void tellsWhatIsNoFile() {
        const FileRoot files(root().string());
        CPPUNIT_ASSERT(files.open("sub").kind == Kind::directory);
        CPPUNIT_ASSERT(files.open("absent").kind == Kind::missing);
        CPPUNIT_ASSERT(files.open("a.txt/b").kind == Kind::missing);
        CPPUNIT_ASSERT(files.open(std::string(300, 'x')).kind == Kind::missing);
        // Opening it for reading would wait for a writer.
        CPPUNIT_ASSERT_EQUAL(0, ::mkfifo((root() / "pipe").c_str(), 0600));
        CPPUNIT_ASSERT(files.open("pipe").kind == Kind::missing);
    }
    void knowsNamesThatNobodyMayAskFor() {
        for (const std::string_view name : {"", "/a", "a/", "a//b", ".", "..", "a/..", "./a", ".git/config", "a/.env"})
            CPPUNIT_ASSERT_MESSAGE(std::string(name), !FileRoot::isServable(name, false));
        CPPUNIT_ASSERT(!FileRoot::isServable(std::string_view("a\0b", 3), true));
        CPPUNIT_ASSERT(FileRoot::isServable("a/b.c", false));
        CPPUNIT_ASSERT(FileRoot::isServable(".well-known/x", true));
        CPPUNIT_ASSERT(!FileRoot::isServable("../x", true));
    }
    void refusesARootThatIsNone() {
        CPPUNIT_ASSERT_THROW(FileRoot((root() / "absent").string()), std::system_error);
        CPPUNIT_ASSERT_THROW(FileRoot((root() / "a.txt").string()), std::system_error);
    }

private:
    std::filesystem::path root() const { return folder_ / "root"; }

    tests::TemporaryFolder folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FileRootTest);

} // namespace mortise::static_files
