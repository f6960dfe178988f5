// SPDX-License-Identifier: Apache-2.0
#include "stream_output.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace mortise::logging {

namespace {

constexpr int wait_ms = 100;

} // namespace

StreamOutput::StreamOutput(int fd, std::string name)
    : name_(std::move(name)), stream_(::fcntl(fd, F_DUPFD_CLOEXEC, 3)) {
    struct stat status {};
    if (!stream_ || ::fstat(stream_.get(), &status) != 0) {
        throw std::system_error(errno, std::generic_category(), "cannot use " + name_);
    }
    if (S_ISREG(status.st_mode))
        kind_ = Kind::file;
    else if (S_ISSOCK(status.st_mode))
        kind_ = Kind::socket;
}

std::size_t StreamOutput::write(std::string_view block) noexcept {
    std::size_t count = block.size();
    if (kind_ != Kind::file) {
        pollfd ready{stream_.get(), POLLOUT, 0};
        if (::poll(&ready, 1, wait_ms) <= 0) {
            error_ = EAGAIN;
            return 0;
        }
        // A pipe that polls writable takes PIPE_BUF bytes without blocking.
        if (kind_ == Kind::other) count = std::min<std::size_t>(count, PIPE_BUF);
    }
    const ssize_t written = kind_ == Kind::socket
                                ? ::send(stream_.get(), block.data(), count, MSG_DONTWAIT | MSG_NOSIGNAL)
                                : ::write(stream_.get(), block.data(), count);
    if (written > 0) return static_cast<std::size_t>(written);
    error_ = written < 0 ? errno : ENOSPC;
    return 0;
}

std::string StreamOutput::trouble() const {
    if (error_ == EAGAIN) return "its reader does not keep up";
    return std::generic_category().message(error_);
}

} // namespace mortise::logging
