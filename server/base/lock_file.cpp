// SPDX-License-Identifier: Apache-2.0
#include "base/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string>
#include <system_error>

namespace mortise::base {

namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& path) {
    throw std::system_error(errno, std::generic_category(), std::string(what) + " '" + path.string() + "'");
}

pid_t readHolder(int fd) noexcept {
    std::array<char, 32> buffer{};
    const ssize_t size = ::pread(fd, buffer.data(), buffer.size(), 0);
    if (size <= 0) return 0;
    pid_t holder = 0;
    std::from_chars(buffer.data(), buffer.data() + size, holder);
    return holder;
}

} // namespace

LockFile::Attempt LockFile::tryAcquire(const std::filesystem::path& path) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!fd) fail("cannot open lock file", path);
    while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK) fail("cannot lock", path);
        return {std::nullopt, readHolder(fd.get())};
    }
    const std::string pid = std::to_string(::getpid()) + '\n';
    if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), pid.data(), pid.size(), 0) < 0) {
        fail("cannot write lock file", path);
    }
    return {LockFile(std::move(fd)), 0};
}

} // namespace mortise::base
