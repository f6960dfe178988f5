// SPDX-License-Identifier: Apache-2.0
#include "file_root.hpp"

#include "beneath_walk.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mortise::static_files {
namespace {

int openBeneath(int directory, const char* name, std::uint64_t flags) noexcept {
    open_how how{};
    how.flags = flags | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    // EAGAIN: a rename raced the look-up (openat2(2)).
    for (int tries = 0;; ++tries) {
        const auto opened = static_cast<int>(::syscall(SYS_openat2, directory, name, &how, sizeof how));
        if (opened >= 0 || errno != EAGAIN || tries == 8) return opened;
    }
}

} // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

int Descriptor::release() noexcept {
    return std::exchange(number_, -1);
}

FileRoot::FileRoot(const std::string& directory, Resolution resolution)
    : directory_(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), resolution_(resolution) {
    if (directory_.get() < 0)
        throw std::system_error(errno, std::generic_category(), "root '" + directory + "' cannot be opened");
    // The call may be unknown to the kernel (ENOSYS), or refused by a filter of system calls: RestrictSUIDSGID= of
    // systemd.exec(5) answers ENOSYS, containers answer EPERM.
    if (resolution_ == Resolution::byKernel && Descriptor(openBeneath(directory_.get(), ".", O_PATH)).get() < 0)
        resolution_ = Resolution::byWalk;
    if (Descriptor(openIn(".", O_PATH)).get() < 0)
        throw std::system_error(errno, std::generic_category(), "root '" + directory + "' cannot be searched");
}

int FileRoot::openIn(const std::string& name, int flags) const noexcept {
    return resolution_ == Resolution::byKernel
               ? openBeneath(directory_.get(), name.c_str(), static_cast<std::uint64_t>(flags))
               : openByWalk(directory_.get(), name, flags);
}

FoundFile FileRoot::open(const std::string& name) const {
    FoundFile found;
    if (name.find('\0') != name.npos) return found; // no name of a file has one
    Descriptor opened(openIn(name, O_RDONLY | O_NONBLOCK | O_NOCTTY));
    if (opened.get() < 0) {
        found.error = errno;
        const bool none = found.error == ENOENT || found.error == ENOTDIR || found.error == ENAMETOOLONG ||
                          found.error == ELOOP || found.error == EXDEV || found.error == ENXIO;
        found.kind = none ? FoundFile::Kind::missing : FoundFile::Kind::refused;
        return found;
    }
    struct stat status {};
    if (::fstat(opened.get(), &status) != 0) {
        found.kind = FoundFile::Kind::refused;
        found.error = errno;
    } else if (S_ISDIR(status.st_mode)) {
        found.kind = FoundFile::Kind::directory;
    } else if (S_ISREG(status.st_mode)) {
        found.kind = FoundFile::Kind::file;
        found.descriptor = std::move(opened);
        found.size = static_cast<std::uint64_t>(status.st_size);
        found.modifiedNs = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
    }
    return found;
}

bool FileRoot::isServable(std::string_view name, bool hidden) noexcept {
    if (name.find('\0') != name.npos) return false;
    while (true) {
        const std::size_t end = name.find('/');
        const std::string_view segment = name.substr(0, end);
        if (segment.empty() || segment == "." || segment == "..") return false;
        if (segment.front() == '.' && !hidden) return false;
        if (end == name.npos) return true;
        name.remove_prefix(end + 1);
    }
}

} // namespace mortise::static_files
