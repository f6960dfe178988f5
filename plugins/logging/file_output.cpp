// SPDX-License-Identifier: Apache-2.0
#include "file_output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace mortise::logging {

namespace {

constexpr mode_t file_mode = 0640;

} // namespace

FileOutput::FileOutput(Settings settings) : settings_(std::move(settings)) {
    if (!open()) throw std::system_error(error_, std::generic_category(), "cannot open " + name());
}

bool FileOutput::open() noexcept {
    // Non-blocking for the sake of a pipe without a reader; it means nothing for a file.
    Descriptor file(
        ::open(settings_.path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, file_mode));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) {
        error_ = errno;
        return false;
    }
    regular_ = S_ISREG(status.st_mode);
    size_ = regular_ ? static_cast<std::uint64_t>(status.st_size) : 0;
    // An earlier process may have died in the middle of a line.
    torn_ = false;
    if (size_ > 0) {
        const Descriptor reader(::open(settings_.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
        char last = '\n';
        if (reader && ::pread(reader.get(), &last, 1, status.st_size - 1) == 1) torn_ = last != '\n';
    }
    file_ = std::move(file);
    no_rotation_below_ = 0;
    return true;
}

// Looks at what became of the open file meanwhile.
bool FileOutput::refresh() noexcept {
    if (!file_) return open();
    struct stat status {};
    if (::fstat(file_.get(), &status) != 0) {
        error_ = errno;
        file_.reset();
        return open();
    }
    if (!regular_) return true;
    if (status.st_nlink == 0) {
        file_.reset();
        return open();
    }
    size_ = static_cast<std::uint64_t>(status.st_size); // somebody may have truncated it
    if (size_ == 0) torn_ = false;
    return true;
}

std::size_t FileOutput::fitting(std::string_view block) const noexcept {
    if (!regular_ || settings_.rotate_size == 0 || size_ + block.size() <= settings_.rotate_size ||
        size_ < no_rotation_below_) {
        return block.size();
    }
    const std::uint64_t room = settings_.rotate_size > size_ ? settings_.rotate_size - size_ : 0;
    const std::size_t newline =
        room == 0 ? std::string_view::npos : block.rfind('\n', static_cast<std::size_t>(room) - 1);
    if (newline != std::string_view::npos) return newline + 1;
    if (size_ != 0) return 0;
    return std::min(block.find('\n'), block.size() - 1) + 1; // a single line larger than a file may be
}

std::size_t FileOutput::write(std::string_view block) noexcept {
    if (!refresh()) return 0;
    std::size_t count = fitting(block);
    // Twice where somebody else rotated first and his file is full as well.
    for (int i = 0; i < 2 && count == 0; ++i) {
        if (!rotate()) return 0;
        count = fitting(block);
    }
    if (count == 0) {
        error_ = EAGAIN;
        return 0;
    }
    const std::size_t extra = torn_ ? 1 : 0;
    char newline = '\n';
    const std::array<iovec, 2> parts{{{&newline, extra}, {const_cast<char*>(block.data()), count}}};
    const ssize_t written = ::writev(file_.get(), parts.data(), static_cast<int>(parts.size()));
    if (written <= 0) {
        error_ = written < 0 ? errno : ENOSPC;
        if (error_ == EINTR) error_ = EAGAIN;
        if (error_ == EBADF || error_ == EIO || error_ == ESTALE || error_ == ENXIO) file_.reset();
        return 0;
    }
    const auto taken = static_cast<std::size_t>(written) - std::min(extra, static_cast<std::size_t>(written));
    if (taken == count) {
        size_ += static_cast<std::uint64_t>(written);
        torn_ = false;
        return count;
    }
    // A full disk, or a limit on the file's size: keep whole lines only.
    error_ = ENOSPC;
    const std::size_t end = taken == 0 ? 0 : block.rfind('\n', taken - 1) + 1; // npos + 1 is 0
    if (regular_ && ::ftruncate(file_.get(), static_cast<off_t>(size_ + (end == 0 ? 0 : extra + end))) == 0) {
        if (end != 0) torn_ = false;
        return end;
    }
    torn_ = false;
    return taken; // the line goes on where it stopped
}

bool FileOutput::rotate() noexcept {
    struct stat ours {};
    struct stat named {};
    if (::fstat(file_.get(), &ours) != 0 || ::stat(settings_.path.c_str(), &named) != 0 ||
        ours.st_dev != named.st_dev || ours.st_ino != named.st_ino) {
        return open(); // somebody else rotated it, or an earlier rotation stopped before its end
    }
    if (makeWay()) return open();
    error_ = errno;
    // Goes on in the same file; the next try comes after as much again.
    no_rotation_below_ = size_ + settings_.rotate_size;
    return true;
}

// Gives the name free, oldest file first, so that nothing is overwritten but what is past its time.
bool FileOutput::makeWay() const noexcept {
    if (settings_.rotate_keep == 0) return ::unlink(settings_.path.c_str()) == 0;
    for (std::uint32_t number = settings_.rotate_keep; number > 1; --number) {
        if (::rename(numbered(number - 1).c_str(), numbered(number).c_str()) != 0 && errno != ENOENT) return false;
    }
    return ::rename(settings_.path.c_str(), numbered(1).c_str()) == 0;
}

bool FileOutput::reopen() noexcept {
    return open();
}

std::string FileOutput::numbered(std::uint32_t number) const {
    return settings_.path + "." + std::to_string(number);
}

std::string FileOutput::trouble() const {
    return std::generic_category().message(error_);
}

} // namespace mortise::logging
