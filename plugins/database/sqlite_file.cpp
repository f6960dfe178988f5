// SPDX-License-Identifier: Apache-2.0
#include "sqlite_file.hpp"

#include "database_error.hpp"
#include "sqlite_error.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

namespace mortise::database {

namespace {

// First 100 bytes of a database: https://www.sqlite.org/fileformat2.html#the_database_header
constexpr std::string_view magic("SQLite format 3\0", 16);
constexpr std::size_t headerSize = 100;
constexpr std::size_t writeVersion = 18;
constexpr std::size_t readVersion = 19;
constexpr off_t smallestPage = 512;
constexpr unsigned char newestVersion = 2; // write-ahead log

class Descriptor {
public:
    Descriptor(const std::filesystem::path& path, int flags, mode_t mode = 0)
        : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    int get() const noexcept { return descriptor_; }
    explicit operator bool() const noexcept { return descriptor_ >= 0; }

private:
    int descriptor_;
};

[[noreturn]] void fail(const std::string& sentence, int system) {
    throw DatabaseError(DatabaseError::Kind::failed, sentence + ": " + std::generic_category().message(system));
}

void syncDirectory(const std::filesystem::path& directory) {
    const Descriptor opened(directory, O_RDONLY | O_DIRECTORY);
    if (!opened || ::fsync(opened.get()) != 0)
        fail("cannot make directory '" + directory.string() + "' durable", errno);
}

void createDirectories(const std::filesystem::path& directory) {
    std::error_code error;
    if (directory.empty() || std::filesystem::is_directory(directory, error)) return;
    createDirectories(directory.parent_path());
    if (::mkdir(directory.c_str(), 0750) == 0)
        syncDirectory(directory.parent_path());
    else if (errno != EEXIST)
        fail("cannot create directory '" + directory.string() + "' for the database", errno);
}

void requireWritable(const std::filesystem::path& file) {
    const std::string name = "'" + file.string() + "'";
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) fail("cannot look at database " + name, errno);
    if (!S_ISREG(status.st_mode))
        throw DatabaseError(DatabaseError::Kind::failed, name + " is not a regular file, so it cannot be the database");
    // SQLite takes such a file for an empty one and writes over it.
    if (status.st_size != 0 && status.st_size < smallestPage)
        throw DatabaseError(DatabaseError::Kind::failed, name + " is not an SQLite database");
    if (::access(file.c_str(), R_OK | W_OK) != 0) fail("database " + name + " cannot be read and written", errno);
    if (::access(file.parent_path().c_str(), W_OK | X_OK) != 0)
        fail("directory '" + file.parent_path().string() + "' must be writable for the log of the database", errno);
}

} // namespace

void prepareSqliteFile(const std::filesystem::path& file) {
    createDirectories(file.parent_path());
    if (const Descriptor created(file, O_RDWR | O_CREAT | O_EXCL, 0640); created)
        syncDirectory(file.parent_path());
    else if (errno != EEXIST)
        fail("cannot create database '" + file.string() + "'", errno);
    requireWritable(file);
}

void createFileLike(const std::filesystem::path& file, const std::filesystem::path& like) {
    struct stat status {};
    if (::stat(like.c_str(), &status) != 0) fail("cannot look at '" + like.string() + "'", errno);
    const Descriptor created(file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
    if (!created) fail("cannot create '" + file.string() + "'", errno);
    if (::fchmod(created.get(), status.st_mode & 0777) != 0)
        fail("cannot set the mode of '" + file.string() + "'", errno);
}

FileLock FileLock::create(const std::filesystem::path& file, const std::filesystem::path& like) {
    struct stat status {};
    if (::stat(like.c_str(), &status) != 0) fail("cannot look at '" + like.string() + "'", errno);
    FileLock lock(::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (lock.descriptor_ < 0) fail("cannot create '" + file.string() + "'", errno);
    if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0)
        throw DatabaseError(DatabaseError::Kind::busy,
                            "'" + file.string() + "' is in use: another command like this one runs");
    if (::ftruncate(lock.descriptor_, 0) != 0 || ::fchmod(lock.descriptor_, status.st_mode & 0777) != 0)
        fail("cannot empty '" + file.string() + "'", errno);
    return lock;
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void publishFile(const std::filesystem::path& file, const std::filesystem::path& name) {
    {
        const Descriptor opened(file, O_RDWR);
        if (!opened || ::fsync(opened.get()) != 0) fail("cannot make '" + file.string() + "' durable", errno);
    }
    if (::rename(file.c_str(), name.c_str()) != 0) fail("cannot give '" + file.string() + "' its name", errno);
    syncDirectory(name.parent_path());
}

void syncFolderOf(const std::filesystem::path& file) {
    syncDirectory(file.parent_path());
}

void CloseConnection::operator()(sqlite3* connection) const noexcept {
    sqlite3_close_v2(connection);
}

std::unique_ptr<sqlite3, CloseConnection> openConnection(const std::filesystem::path& file, int access) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &raw, access, nullptr);
    std::unique_ptr<sqlite3, CloseConnection> connection(raw);
    if (code != SQLITE_OK) throw sqliteError(raw, code, file);
    return connection;
}

bool isNewerFormat(sqlite3* database) {
    sqlite3_file* file = nullptr;
    std::array<char, headerSize> header{};
    if (sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file)) != SQLITE_OK ||
        file == nullptr || file->pMethods == nullptr ||
        file->pMethods->xRead(file, header.data(), static_cast<int>(header.size()), 0) != SQLITE_OK)
        return false;
    const auto version = [&](std::size_t offset) { return static_cast<unsigned char>(header[offset]); };
    return std::string_view(header.data(), magic.size()) == magic &&
           (version(writeVersion) > newestVersion || version(readVersion) > newestVersion);
}

} // namespace mortise::database
