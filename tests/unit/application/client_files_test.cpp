// SPDX-License-Identifier: Apache-2.0
#include "application/client_files.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using mortise::application::ClientFiles;
using mortise::host::CommandFileMode;
using namespace std::string_literals;
namespace fs = std::filesystem;

class ClientFilesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ClientFilesTest);
    CPPUNIT_TEST(opensWhatIsNamed);
    CPPUNIT_TEST(refusesWhatIsNot);
    CPPUNIT_TEST(givesANameAtTheEnd);
    CPPUNIT_TEST(neverReplacesUnasked);
    CPPUNIT_TEST(removesWhatIsNotCommitted);
    CPPUNIT_TEST(opensPipesOnlyWhereItMayWait);
    CPPUNIT_TEST(leavesSignalsPendingWhereNothingWaits);
    CPPUNIT_TEST_SUITE_END();

    static constexpr auto reading = CommandFileMode::read;
    static constexpr auto creating = CommandFileMode::create;
    static constexpr auto replacing = CommandFileMode::replace;

    mortise::tests::TemporaryFolder folder_;

    std::string path(const char* name) const { return (folder_.path() / name).string(); }
    void put(const char* name, const std::string& content) const { std::ofstream(path(name)) << content; }
    std::string get(const char* name) const {
        std::ifstream file(path(name));
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::size_t entries() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
    }
    static void write(int descriptor, const std::string& text) {
        CPPUNIT_ASSERT_EQUAL(static_cast<ssize_t>(text.size()), ::write(descriptor, text.data(), text.size()));
    }

    void opensWhatIsNamed() {
        put("a", "content");
        const std::vector<std::string> arguments{path("a"), "--from=" + path("a"), "-"};
        ClientFiles files(arguments);
        const auto opened = files.open(1, path("a"), reading, true);
        CPPUNIT_ASSERT(opened);
        char text[8]{};
        CPPUNIT_ASSERT_EQUAL(ssize_t{7}, ::read(opened.value(), text, sizeof text));
        CPPUNIT_ASSERT(files.open(2, "-", reading, true) && files.open(3, "-", replacing, true));
        CPPUNIT_ASSERT(files.commit(3));
    }

    void refusesWhatIsNot() {
        put("a", "content");
        put("a.rejects", "content");
        const std::vector<std::string> arguments{path("a"), "--to=" + path("b"), ""};
        ClientFiles files(arguments);
        const auto refused = [&](const std::string& name, CommandFileMode mode) {
            return files.open(1, name, mode, true).fault().find("which its arguments do not name") != std::string::npos;
        };
        for (const CommandFileMode mode : {reading, creating, replacing})
            for (const std::string& name : {"/etc/passwd"s, path("c"), path("a") + "x", ""s, folder_.path().string(),
                                            path("a") + "\0/etc"s, path("a") + "/../c", "--to"s, "-"s})
                CPPUNIT_ASSERT_MESSAGE(name, refused(name, mode));
        CPPUNIT_ASSERT(refused(path("a.rejects"), reading) && refused(path("a.rejects"), replacing));
        for (const char* ending :
             {"a.", "a./x", "a.x/y", "a..", "a.X", "a.rejects.more", "a.aaaaaaaaaabbbbbbbbbbccccccccccddd"})
            CPPUNIT_ASSERT_MESSAGE(ending, refused(path(ending), creating));
        CPPUNIT_ASSERT(files.open(1, path("b"), creating, true));
        CPPUNIT_ASSERT(files.open(2, path("b.rejects-2"), creating, true));
    }

    void givesANameAtTheEnd() {
        const std::vector<std::string> arguments{path("a"), path("b")};
        put("b", "before");
        ClientFiles files(arguments);
        const auto one = files.open(1, path("a"), creating, true);
        const auto other = files.open(2, path("b"), replacing, true);
        CPPUNIT_ASSERT(one && other);
        write(one.value(), "new");
        write(other.value(), "after");
        CPPUNIT_ASSERT(!fs::exists(path("a")) && get("b") == "before");
        CPPUNIT_ASSERT(files.commit(1) && files.commit(2));
        CPPUNIT_ASSERT_EQUAL("new"s, get("a"));
        CPPUNIT_ASSERT_EQUAL("after"s, get("b"));
        CPPUNIT_ASSERT(fs::status(path("a")).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, entries());
        CPPUNIT_ASSERT(!files.commit(3));
    }

    void neverReplacesUnasked() {
        const std::vector<std::string> arguments{path("a")};
        ClientFiles files(arguments);
        CPPUNIT_ASSERT(files.open(1, path("a"), creating, true));
        put("a", "somebody else's"); // meanwhile
        CPPUNIT_ASSERT_EQUAL("cannot create '" + path("a") + "': File exists", files.commit(1).fault());
        CPPUNIT_ASSERT_EQUAL("cannot create '" + path("a") + "': File exists",
                             files.open(2, path("a"), creating, true).fault());
        CPPUNIT_ASSERT_EQUAL("somebody else's"s, get("a"));
        fs::remove(path("a"));
        fs::create_symlink("nowhere", path("a"));
        CPPUNIT_ASSERT(!files.commit(1));
    }

    void removesWhatIsNotCommitted() {
        const std::vector<std::string> arguments{path("a")};
        {
            ClientFiles files(arguments);
            CPPUNIT_ASSERT(files.open(1, path("a"), creating, true) && files.open(2, path("a"), replacing, true));
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, entries());
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, entries());
    }

    void opensPipesOnlyWhereItMayWait() {
        CPPUNIT_ASSERT_EQUAL(0, ::mkfifo(path("pipe").c_str(), 0600));
        const std::vector<std::string> arguments{path("pipe")};
        ClientFiles files(arguments);
        for (const CommandFileMode mode : {reading, creating, replacing})
            CPPUNIT_ASSERT_EQUAL("cannot open '" + path("pipe") + "': Interrupted system call",
                                 files.open(1, path("pipe"), mode, false).fault());
    }

    // Which would end the process.
    void leavesSignalsPendingWhereNothingWaits() {
        put("a", "content");
        const std::vector<std::string> arguments{path("a"), path("b"), "-"};
        const sigset_t set = ClientFiles::cancellingSignals();
        sigset_t before;
        sigset_t pending;
        pthread_sigmask(SIG_BLOCK, &set, &before);
        ::raise(SIGINT);
        {
            ClientFiles files(arguments);
            CPPUNIT_ASSERT(files.open(1, "-", reading, true) && files.open(2, path("a"), reading, true));
            CPPUNIT_ASSERT(files.open(3, path("b"), creating, true) && files.commit(3));
        }
        ::sigpending(&pending);
        CPPUNIT_ASSERT_EQUAL(1, ::sigismember(&pending, SIGINT));
        const timespec atOnce{};
        ::sigtimedwait(&set, nullptr, &atOnce);
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(ClientFilesTest);
