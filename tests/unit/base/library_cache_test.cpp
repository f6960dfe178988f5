// SPDX-License-Identifier: Apache-2.0
#include "base/library_cache.hpp"

#include "base/shared_library.hpp"

#include "tests/support/temporary_folder.hpp"

#include <cppunit/extensions/HelperMacros.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mortise::base {

namespace {

namespace fs = std::filesystem;

void fill(const fs::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
}

mode_t modeOf(const fs::path& path) {
    struct stat status {};
    CPPUNIT_ASSERT_EQUAL(0, stat(path.c_str(), &status));
    return status.st_mode & 07777;
}

std::string mapped(const std::string& name) {
    for (const std::string& path : SharedLibrary::mappedFiles()) {
        if (path.find("/" + name) != std::string::npos) return path;
    }
    return {};
}

} // namespace

class LibraryCacheTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(LibraryCacheTest);
    CPPUNIT_TEST(refusesUnsafeFolders);
    CPPUNIT_TEST(namesAMountThatForbidsExecuting);
    CPPUNIT_TEST(refusesAFolderOnSuchAMount);
    CPPUNIT_TEST(saysWhatCannotBeCopied);
    CPPUNIT_TEST(copiesByContent);
    CPPUNIT_TEST(repairsADamagedCopy);
    CPPUNIT_TEST(removesWhatNobodyNeeds);
    CPPUNIT_TEST(loadsFromTheCopy);
    CPPUNIT_TEST(reportsWhatCannotBeLoaded);
    CPPUNIT_TEST_SUITE_END();

public:
    void refusesUnsafeFolders() {
        CPPUNIT_ASSERT(contains(faultOf(folder_ / "missing" / "cache"), "cannot make this folder: No such file"));
        fill(folder_ / "file", "");
        CPPUNIT_ASSERT(contains(faultOf(folder_ / "file"), "is not a folder"));
        fs::create_directory(folder_ / "open");
        fs::permissions(folder_ / "open", fs::perms::all);
        CPPUNIT_ASSERT(contains(faultOf(folder_ / "open"), "other users may write here"));
        if (geteuid() == 0) {
            fs::create_directory(folder_ / "foreign");
            CPPUNIT_ASSERT_EQUAL(0, chown((folder_ / "foreign").c_str(), 12345, 12345));
            CPPUNIT_ASSERT(contains(faultOf(folder_ / "foreign"), "belongs to user 12345"));
        } else {
            CPPUNIT_ASSERT(contains(faultOf("/"), "belongs to user 0"));
        }
        const auto cache = LibraryCache::open((folder_ / "cache").string());
        CPPUNIT_ASSERT(cache);
        CPPUNIT_ASSERT_EQUAL(mode_t{0700}, modeOf(folder_ / "cache"));
        CPPUNIT_ASSERT(LibraryCache::open((folder_ / "cache").string()));
    }

    void namesAMountThatForbidsExecuting() {
        CPPUNIT_ASSERT(!noexecMountOf("/bin"));
        CPPUNIT_ASSERT(!noexecMountOf("/nonexistent/folder"));
        struct statvfs proc {};
        CPPUNIT_ASSERT_EQUAL(0, statvfs("/proc/self", &proc));
        if ((proc.f_flag & ST_NOEXEC) != 0) {
            CPPUNIT_ASSERT_EQUAL(std::string("/proc"), noexecMountOf("/proc/self").value());
            CPPUNIT_ASSERT_EQUAL(std::string("/proc"), noexecMountOf("/proc/self/nothing/of/this").value());
        } else {
            CPPUNIT_ASSERT(!noexecMountOf("/proc/self"));
        }
    }

    // Needs a mount of its own, in a namespace that only one thread enters: possible as root only.
    void refusesAFolderOnSuchAMount() {
        const fs::path point = folder_ / "no exec";
        fs::create_directory(point);
        std::string fault;
        bool mounted = false;
        std::thread([&] {
            mounted = unshare(CLONE_NEWNS) == 0 && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                      mount("none", point.c_str(), "tmpfs", MS_NOEXEC, "mode=0700") == 0;
            if (mounted) fault = faultOf(point / "cache");
        }).join();
        if (!mounted) return; // not allowed here
        CPPUNIT_ASSERT_MESSAGE(fault, contains(fault, "mounted noexec (" + point.string() + ")"));
    }

    void saysWhatCannotBeCopied() {
        const LibraryCache cache = newCache();
        CPPUNIT_ASSERT_EQUAL(std::string("/nonexistent.so: cannot open: No such file or directory"),
                             cache.copyOf("/nonexistent.so").fault());
        CPPUNIT_ASSERT_EQUAL(folder_.path().string() + ": is not a regular file",
                             cache.copyOf(folder_.path().string()).fault());
        CPPUNIT_ASSERT_EQUAL(0, mkfifo((folder_ / "fifo").c_str(), 0600));
        CPPUNIT_ASSERT(contains(cache.copyOf((folder_ / "fifo").string()).fault(), "is not a regular file"));
        fs::remove_all(cache.directory());
        fill(folder_ / "source.so", "x");
        const auto copy = cache.copyOf((folder_ / "source.so").string());
        CPPUNIT_ASSERT(!copy);
        CPPUNIT_ASSERT(contains(copy.fault(), cache.directory()));
    }

    void copiesByContent() {
        const LibraryCache cache = newCache();
        fill(folder_ / "a.so", "same content");
        fill(folder_ / "b.so", "same content");
        const auto a = cache.copyOf((folder_ / "a.so").string());
        const auto b = cache.copyOf((folder_ / "b.so").string());
        CPPUNIT_ASSERT(a && b);
        CPPUNIT_ASSERT_EQUAL(a->path, b->path);
        CPPUNIT_ASSERT(a->hash == sha256("same content"));
        CPPUNIT_ASSERT_EQUAL(cache.directory() + "/" + hexText(a->hash) + ".so", a->path);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{12}, a->sizeBytes);
        CPPUNIT_ASSERT_EQUAL(mode_t{0500}, modeOf(a->path));
        fill(folder_ / "a.so", "new content");
        const auto next = cache.copyOf((folder_ / "a.so").string());
        CPPUNIT_ASSERT(next->path != a->path);
        CPPUNIT_ASSERT_EQUAL(std::string("same content"), contentOf(a->path));
        CPPUNIT_ASSERT_EQUAL(std::string("new content"), contentOf(next->path));
    }

    void repairsADamagedCopy() {
        const LibraryCache cache = newCache();
        fill(folder_ / "a.so", "content");
        const auto before = cache.copyOf((folder_ / "a.so").string());
        fs::permissions(before->path, fs::perms::owner_all);
        fill(before->path, "CONTENT");
        const auto after = cache.copyOf((folder_ / "a.so").string());
        CPPUNIT_ASSERT_EQUAL(before->path, after->path);
        CPPUNIT_ASSERT_EQUAL(std::string("content"), contentOf(after->path));
        CPPUNIT_ASSERT_EQUAL(mode_t{0500}, modeOf(after->path));
    }

    void removesWhatNobodyNeeds() {
        const LibraryCache cache = newCache();
        const fs::path directory = cache.directory();
        fill(folder_ / "a.so", "a");
        fill(folder_ / "b.so", "b");
        const auto a = cache.copyOf((folder_ / "a.so").string());
        const auto b = cache.copyOf((folder_ / "b.so").string());
        fill(directory / ".0123.so.abcdef", "another process is writing");
        fill(directory / ".4567.so.abcdef", "left over");
        fs::last_write_time(directory / ".4567.so.abcdef", fs::file_time_type::clock::now() - std::chrono::hours(2));
        fill(directory / "verdicts", "not ours");
        fs::last_write_time(directory / "verdicts", fs::file_time_type::clock::now() - std::chrono::hours(2));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, cache.removeOthers({b->hash}));
        CPPUNIT_ASSERT(!fs::exists(a->path));
        CPPUNIT_ASSERT(fs::exists(b->path));
        CPPUNIT_ASSERT(fs::exists(directory / ".0123.so.abcdef"));
        CPPUNIT_ASSERT(fs::exists(directory / "verdicts"));
    }

    void loadsFromTheCopy() {
        const LibraryCache cache = newCache();
        const std::string original = mapped("libcrypt.so");
        const auto copy = cache.copyOf(original);
        const auto library = SharedLibrary::open(copy->path);
        CPPUNIT_ASSERT_MESSAGE(library ? "" : library.fault(), static_cast<bool>(library));
        CPPUNIT_ASSERT(!library->wasMapped());
        void* const entry = library->symbol("crypt_rn");
        CPPUNIT_ASSERT(entry != nullptr);
        CPPUNIT_ASSERT(library->symbol("malloc") == nullptr); // libc's, reachable through this file
        CPPUNIT_ASSERT(library->symbol("no_such_symbol") == nullptr);
        const auto again = SharedLibrary::open(copy->path);
        CPPUNIT_ASSERT(again->wasMapped());
        CPPUNIT_ASSERT(again->symbol("crypt_rn") == entry);
        const auto other = SharedLibrary::open(original);
        CPPUNIT_ASSERT(other->wasMapped());
        CPPUNIT_ASSERT(other->symbol("crypt_rn") != entry);
        // Code stays when its file and its object are gone.
        fs::remove(copy->path);
        CPPUNIT_ASSERT(!mapped(fs::path(copy->path).filename().string()).empty());
    }

    void reportsWhatCannotBeLoaded() {
        const LibraryCache cache = newCache();
        fill(folder_ / "broken.so", "\x7f"
                                    "ELF and nothing more");
        const auto copy = cache.copyOf((folder_ / "broken.so").string());
        const auto library = SharedLibrary::open(copy->path);
        CPPUNIT_ASSERT(!library);
        CPPUNIT_ASSERT(contains(library.fault(), copy->path));
        CPPUNIT_ASSERT(contains(SharedLibrary::open("libcrypt.so.1").fault(), "by path"));
        CPPUNIT_ASSERT(!SharedLibrary::open("/nonexistent.so"));
    }

private:
    static bool contains(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }
    static std::string contentOf(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    }
    static std::string faultOf(const fs::path& directory) {
        const auto cache = LibraryCache::open(directory.string());
        return cache ? "no fault" : cache.fault();
    }
    LibraryCache newCache() { return std::move(LibraryCache::open((folder_ / "cache").string()).value()); }

    tests::TemporaryFolder folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(LibraryCacheTest);

} // namespace mortise::base
