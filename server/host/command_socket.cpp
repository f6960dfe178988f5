// SPDX-License-Identifier: Apache-2.0
#include "host/command_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace mortise::host {
namespace {

constexpr int backlog = 16;
constexpr mode_t socketMode = 0600;

[[noreturn]] void failOn(const std::filesystem::path& path, const char* what) {
    throw std::system_error(errno, std::generic_category(), std::string(what) + " '" + path.string() + "'");
}

base::UniqueFd newSocket() {
    base::UniqueFd fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) throw std::system_error(errno, std::generic_category(), "socket");
    return fd;
}

// The address of a socket in a folder; of one whose path is too long by way of a descriptor of the folder.
struct CommandAddress {
    explicit CommandAddress(const std::filesystem::path& folder) {
        std::string path = folder / CommandSocket::fileName;
        if (path.size() >= sizeof address.sun_path) {
            opened.reset(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
            if (!opened) failOn(folder, "cannot open");
            path = "/proc/self/fd/" + std::to_string(opened.get()) + "/" + CommandSocket::fileName;
        }
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    }
    const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&address); }

    base::UniqueFd opened;
    sockaddr_un address{};
};

int waitMs(CommandSocket::Clock::time_point deadline) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - CommandSocket::Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

// False: the deadline came first.
bool awaitReady(int fd, short events, CommandSocket::Clock::time_point deadline) {
    for (;;) {
        if (CommandSocket::Clock::now() >= deadline) return false;
        pollfd ready{fd, events, 0};
        if (::poll(&ready, 1, waitMs(deadline)) > 0) return true;
    }
}

// The first of the descriptors that came along; the others are closed.
base::UniqueFd firstDescriptor(msghdr& message) {
    base::UniqueFd first;
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(part) + i * sizeof number, sizeof number);
            base::UniqueFd one(number);
            if (!first) first = std::move(one);
        }
    }
    return first;
}

} // namespace

std::pair<CommandSocket, CommandSocket> CommandSocket::pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    return {CommandSocket(base::UniqueFd(ends[0])), CommandSocket(base::UniqueFd(ends[1]))};
}

CommandSocket CommandSocket::connect(const std::filesystem::path& stateDirectory) {
    base::UniqueFd fd = newSocket();
    const CommandAddress address(stateDirectory);
    // Does not wait for room in the backlog: EAGAIN.
    if (::connect(fd.get(), address.get(), sizeof address.address) != 0)
        failOn(stateDirectory / fileName, "cannot connect to");
    return CommandSocket(std::move(fd));
}

base::UniqueFd CommandSocket::listen(const std::filesystem::path& stateDirectory) {
    const std::filesystem::path path = stateDirectory / fileName;
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) {
        errno = EEXIST;
        if (!S_ISSOCK(status.st_mode) || ::unlink(path.c_str()) != 0) failOn(path, "cannot replace");
    }
    base::UniqueFd fd = newSocket();
    const CommandAddress address(stateDirectory);
    // The mode is set on the socket before it has a name, so that nobody gets in meanwhile.
    if (::fchmod(fd.get(), socketMode) != 0 || ::bind(fd.get(), address.get(), sizeof address.address) != 0 ||
        ::chmod(path.c_str(), socketMode) != 0 || ::listen(fd.get(), backlog) != 0)
        failOn(path, "cannot listen on");
    return fd;
}

CommandSocket::Sent CommandSocket::send(const CommandFrame& frame, Clock::time_point deadline, int descriptor) {
    std::string packet = frame.encode();
    iovec bytes{packet.data(), packet.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* const part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
    }
    for (;;) {
        if (::sendmsg(fd_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return Sent::yes;
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != ENOBUFS) return Sent::gone;
        if (!awaitReady(fd_.get(), POLLOUT, deadline)) return Sent::late;
    }
}

CommandSocket::Received CommandSocket::receive(CommandFrame& frame, base::UniqueFd& descriptor,
                                               Clock::time_point deadline) {
    std::string packet(CommandFrame::maximumSize, '\0');
    for (;;) {
        iovec bytes{packet.data(), packet.size()};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
        msghdr message{};
        message.msg_iov = &bytes;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const ssize_t got = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (got < 0) {
            if (errno == EINTR) continue;
            if (errno != EAGAIN) return Received::gone;
            if (!awaitReady(fd_.get(), POLLIN, deadline)) return Received::late;
            continue;
        }
        descriptor = firstDescriptor(message);
        if (got == 0) return Received::gone;
        if ((message.msg_flags & MSG_TRUNC) != 0) return Received::malformed;
        auto decoded = CommandFrame::decode({packet.data(), static_cast<std::size_t>(got)});
        if (!decoded) return Received::malformed;
        frame = *std::move(decoded);
        return Received::frame;
    }
}

uid_t CommandSocket::peer() const noexcept {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    return ::getsockopt(fd_.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 ? credentials.uid
                                                                                      : static_cast<uid_t>(-1);
}

void CommandSocket::shutdown() noexcept {
    ::shutdown(fd_.get(), SHUT_RDWR);
}

} // namespace mortise::host
