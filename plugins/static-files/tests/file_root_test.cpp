// SPDX-License-Identifier: Apache-2.0
#include "file_root.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mortise::static_files {
namespace {

// A process that runs `body` until it is killed: by the end of this scope, whatever ends it, or with this thread.
class Child {
public:
    template<class Body>
    explicit Child(Body body) : id_(::fork()) {
        if (id_ != 0) return;
        if (::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent_) body();
        ::_exit(1);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() { kill(); }

    bool runs() {
        if (id_ > 0 && ::waitpid(id_, nullptr, WNOHANG) != 0) id_ = -1; // its number is nobody's now
        return id_ > 0;
    }
    void kill() {
        if (id_ <= 0) return;
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
        id_ = -1;
    }

private:
    const pid_t parent_ = ::getpid();
    pid_t id_;
};

} // namespace

class FileRootTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FileRootTest);
    CPPUNIT_TEST(opensFiles);
    CPPUNIT_TEST(staysBeneath);
    CPPUNIT_TEST(followsLinksThatStayBeneath);
    CPPUNIT_TEST(tellsWhatIsNoFile);
    CPPUNIT_TEST(knowsNamesThatNobodyMayAskFor);
    CPPUNIT_TEST(refusesARootThatIsNone);
    CPPUNIT_TEST(findsTheSameByKernelAndByWalk);
    CPPUNIT_TEST(staysBeneathWhileNamesChange);
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

    void findsTheSameByKernelAndByWalk() {
        makeTree();
        const FileRoot byKernel(root().string());
        const FileRoot byWalk(root().string(), Resolution::byWalk);
        CPPUNIT_ASSERT(byWalk.resolution() == Resolution::byWalk);
        const std::string deep = "sub/deep/";
        const std::vector<std::string> names{"a.txt",
                                             "sub/b.txt",
                                             "sub",
                                             "sub/",
                                             ".",
                                             "./a.txt",
                                             "sub/.",
                                             "sub/./b.txt",
                                             "sub//b.txt",
                                             "a.txt/",
                                             "a.txt/b",
                                             "a.txt/.",
                                             "a.txt/..",
                                             "",
                                             "/",
                                             "/a.txt",
                                             "..",
                                             "../secret",
                                             "../root/a.txt",
                                             "sub/..",
                                             "sub/../a.txt",
                                             "sub/../../secret",
                                             "sub/../../root/a.txt",
                                             "none",
                                             "none/..",
                                             "none/../a.txt",
                                             std::string(255, 'x'),
                                             std::string(256, 'x'),
                                             std::string(5000, 'x'),
                                             std::string(2000, '/') + "a.txt",
                                             "in",
                                             "in/",
                                             "in/deep/c.txt",
                                             "file",
                                             "file/",
                                             "absolute",
                                             "absolute-in",
                                             "out",
                                             "out/secret",
                                             "up",
                                             "up/secret",
                                             "up/root/a.txt",
                                             "climbs",
                                             "climbs-out",
                                             "slash",
                                             "slash-file",
                                             "loop",
                                             "loop/x",
                                             "loop-a",
                                             "chain-40",
                                             "chain-41",
                                             "dangling",
                                             "dangling/x",
                                             "dot",
                                             "dotdot",
                                             deep + "c.txt",
                                             deep + "back",
                                             deep + "back/a.txt",
                                             deep + "far",
                                             deep + "../../a.txt",
                                             "pipe",
                                             "pipe/x",
                                             "socket",
                                             "closed",
                                             "closed/d.txt",
                                             "closed/..",
                                             "closed/../a.txt",
                                             "unreadable",
                                             "shared/of-another",
                                             "proc",
                                             std::string("a.txt\0b", 7)};
        for (const std::string& name : names) {
            const FoundFile first = byKernel.open(name);
            const FoundFile second = byWalk.open(name);
            const std::string about = name.substr(0, 60) + ": " + shown(first) + ", by walk " + shown(second);
            CPPUNIT_ASSERT_MESSAGE(about, first.kind == second.kind && first.error == second.error);
            CPPUNIT_ASSERT_MESSAGE(about, first.size == second.size && first.modifiedNs == second.modifiedNs);
            if (first.kind == Kind::file) CPPUNIT_ASSERT_EQUAL_MESSAGE(about, numberOf(first), numberOf(second));
        }
        std::filesystem::permissions(root() / "closed", std::filesystem::perms::owner_all); // to be removed
        for (const char* name : {"in/deep/c.txt", "file", "climbs", "chain-40", "sub/deep/back/a.txt", "sub/../a.txt"})
            CPPUNIT_ASSERT_MESSAGE(name, byWalk.open(name).kind == Kind::file);
        for (const char* name : {"out/secret", "absolute", "absolute-in", "climbs-out", "up/secret", "sub/deep/far"})
            CPPUNIT_ASSERT_MESSAGE(name, byWalk.open(name).kind == Kind::missing);
    }
    // Another process exchanges a folder and a link that leads outside, and moves a folder out and back.
    void staysBeneathWhileNamesChange() {
        const std::filesystem::path outside = folder_ / "outside";
        std::filesystem::create_directories(outside / "inner");
        std::ofstream(outside / "b.txt") << "outside";
        std::ofstream(outside / "inner" / "b.txt") << "outside";
        std::filesystem::create_directories(root() / "sub" / "inner");
        std::ofstream(root() / "sub" / "inner" / "b.txt") << "below";
        std::filesystem::create_symlink("../outside", root() / "trap");
        std::filesystem::create_symlink("sub/inner/../b.txt", root() / "climbs");
        const std::string sub = root() / "sub", trap = root() / "trap", inner = root() / "sub" / "inner";
        const std::string moved = folder_ / "outside" / "moved";
        Child child([&] {
            while (true) {
                ::renameat2(AT_FDCWD, sub.c_str(), AT_FDCWD, trap.c_str(), RENAME_EXCHANGE);
                ::rename(inner.c_str(), moved.c_str());
                ::rename(moved.c_str(), inner.c_str());
            }
        });
        const FileRoot byKernel(root().string());
        const FileRoot byWalk(root().string(), Resolution::byWalk);
        unsigned found = 0;
        unsigned escaped = 0;
        for (int round = 0; round < 20'000; ++round) {
            const FileRoot& files = round % 2 == 0 ? byWalk : byKernel;
            for (const char* name : {"sub/b.txt", "climbs", "sub/inner/b.txt"}) {
                const FoundFile one = files.open(name);
                found += one.kind == Kind::file ? 1 : 0;
                escaped += one.kind == Kind::file && one.size != 5 ? 1 : 0;
            }
        }
        CPPUNIT_ASSERT(child.runs());
        child.kill(); // before its folder is removed
        CPPUNIT_ASSERT_EQUAL(0U, escaped);
        CPPUNIT_ASSERT(found > 0);
    }

private:
    void makeTree() const {
        namespace fs = std::filesystem;
        fs::create_directories(root() / "sub" / "deep");
        std::ofstream(root() / "sub" / "deep" / "c.txt") << "deeper";
        const std::vector<std::pair<std::string, fs::path>> links{{"in", "sub"},
                                                                  {"file", "sub/b.txt"},
                                                                  {"absolute", folder_ / "secret"},
                                                                  {"absolute-in", root() / "a.txt"},
                                                                  {"out", ".."},
                                                                  {"up", "sub/../.."},
                                                                  {"climbs", "sub/deep/../../a.txt"},
                                                                  {"climbs-out", "sub/../../secret"},
                                                                  {"slash", "sub/"},
                                                                  {"slash-file", "a.txt/"},
                                                                  {"loop", "loop"},
                                                                  {"loop-a", "loop-b"},
                                                                  {"loop-b", "loop-a"},
                                                                  {"dangling", "none"},
                                                                  {"dot", "."},
                                                                  {"dotdot", ".."},
                                                                  {"sub/deep/back", "../.."},
                                                                  {"sub/deep/far", "../../../secret"},
                                                                  {"chain-1", "a.txt"},
                                                                  {"proc", "/proc/self/cwd"}};
        for (const auto& [name, target] : links) fs::create_symlink(target, root() / name);
        for (int i = 2; i <= 41; ++i)
            fs::create_symlink("chain-" + std::to_string(i - 1), root() / ("chain-" + std::to_string(i)));
        CPPUNIT_ASSERT_EQUAL(0, ::mkfifo((root() / "pipe").c_str(), 0600));
        CPPUNIT_ASSERT_EQUAL(0, ::mknod((root() / "socket").c_str(), S_IFSOCK | 0600, 0));
        fs::create_directories(root() / "closed");
        std::ofstream(root() / "closed" / "d.txt") << "closed";
        fs::permissions(root() / "closed", fs::perms::none); // root passes all the same, by both
        std::ofstream(root() / "unreadable") << "closed";
        fs::permissions(root() / "unreadable", fs::perms::none);
        fs::create_directories(root() / "shared");
        fs::permissions(root() / "shared", fs::perms::all | fs::perms::sticky_bit);
        fs::create_symlink("../a.txt", root() / "shared" / "of-another");
        if (::geteuid() == 0 && followsProtectLinks())
            CPPUNIT_ASSERT_EQUAL(0, ::lchown((root() / "shared" / "of-another").c_str(), 65534, 65534));
    }
    static bool followsProtectLinks() {
        int on = 0;
        std::ifstream("/proc/sys/fs/protected_symlinks") >> on;
        return on != 0;
    }
    static ino_t numberOf(const FoundFile& file) {
        struct stat status {};
        CPPUNIT_ASSERT_EQUAL(0, ::fstat(file.descriptor.get(), &status));
        return status.st_ino;
    }
    static std::string shown(const FoundFile& file) {
        return "kind " + std::to_string(static_cast<int>(file.kind)) + ", error " + std::to_string(file.error);
    }
    std::filesystem::path root() const { return folder_ / "root"; }

    tests::TemporaryFolder folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(FileRootTest);

} // namespace mortise::static_files
