// SPDX-License-Identifier: Apache-2.0
#include "base/service_notify.hpp"

#include <fcntl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace mortise::base {

namespace {

constexpr int firstInherited = 3; // SD_LISTEN_FDS_START
constexpr std::uint64_t mostInherited = 1024;
constexpr const char* variables[] = {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
                                     "LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES"};

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

Fault unusable(const char* name, const char* value, const char* wanted) {
    return Fault{std::string(name) + "=" + value + " in the environment is not " + wanted};
}

std::vector<std::string> splitNames(std::string_view text) {
    std::vector<std::string> names;
    for (;;) {
        const std::size_t colon = text.find(':');
        names.emplace_back(text.substr(0, colon));
        if (colon == std::string_view::npos) return names;
        text.remove_prefix(colon + 1);
    }
}

bool isFor(const char* process, pid_t self) {
    const auto named = number(process);
    return named && *named == static_cast<std::uint64_t>(self);
}

// One assignment a line: a newline in a text would begin another.
std::string oneLine(std::string_view text) {
    std::string line(text);
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
}

} // namespace

Outcome<ServiceEnvironment> ServiceEnvironment::read(const char* (*get)(const char* name), pid_t self) {
    ServiceEnvironment environment;
    if (const char* const socket = get("NOTIFY_SOCKET")) environment.notifySocket = socket;

    const char* const interval = get("WATCHDOG_USEC");
    const char* const watched = get("WATCHDOG_PID");
    if (interval != nullptr && (watched == nullptr || isFor(watched, self))) {
        const auto microseconds = number(interval);
        if (!microseconds || *microseconds == 0 || *microseconds > INT64_MAX) {
            return unusable("WATCHDOG_USEC", interval, "a number of microseconds");
        }
        environment.watchdog = std::chrono::microseconds(*microseconds);
    }

    const char* const count = get("LISTEN_FDS");
    const char* const receiver = get("LISTEN_PID");
    if (count == nullptr || receiver == nullptr || !isFor(receiver, self)) return environment;
    const auto sockets = number(count);
    if (!sockets || *sockets > mostInherited)
        return unusable("LISTEN_FDS", count, "a number of sockets (at most 1024)");
    environment.sockets.resize(*sockets);
    for (std::size_t i = 0; i < environment.sockets.size(); ++i) {
        environment.sockets[i].descriptor = firstInherited + static_cast<int>(i);
    }
    if (const char* const list = get("LISTEN_FDNAMES"); list != nullptr && *sockets > 0) {
        auto names = splitNames(list);
        if (names.size() != environment.sockets.size()) {
            return unusable("LISTEN_FDNAMES", list, "a list of as many names as LISTEN_FDS says");
        }
        for (std::size_t i = 0; i < names.size(); ++i) environment.sockets[i].name = std::move(names[i]);
    }
    return environment;
}

Outcome<ServiceEnvironment> ServiceEnvironment::take() {
    auto environment = read([](const char* name) -> const char* { return std::getenv(name); }, getpid());
    for (const char* name : variables) unsetenv(name);
    if (!environment) return environment;
    for (const InheritedSocket& socket : environment->sockets) {
        const int flags = fcntl(socket.descriptor, F_GETFD);
        if (flags < 0 || fcntl(socket.descriptor, F_SETFD, flags | FD_CLOEXEC) < 0) {
            return Fault{"LISTEN_FDS in the environment promises descriptor " + std::to_string(socket.descriptor) +
                         ", which is not open"};
        }
    }
    return environment;
}

Outcome<ServiceNotifier> ServiceNotifier::connect(std::string_view address) {
    ServiceNotifier notifier;
    if (address.empty()) return notifier;
    const bool abstract = address.front() == '@';
    const std::size_t longest = sizeof notifier.address_.sun_path - (abstract ? 0 : 1);
    if ((!abstract && address.front() != '/') || address.size() < 2 || address.size() > longest) {
        return Fault{"NOTIFY_SOCKET=" + std::string(address) +
                     " is neither an absolute path nor an abstract socket, or is too long"};
    }
    notifier.address_.sun_family = AF_UNIX;
    std::copy(address.begin(), address.end(), notifier.address_.sun_path);
    if (abstract) notifier.address_.sun_path[0] = '\0';
    notifier.addressBytes_ =
        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size() + (abstract ? 0 : 1));

    notifier.socket_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!notifier.socket_) {
        return Fault{"cannot make a socket for NOTIFY_SOCKET: " + std::generic_category().message(errno)};
    }
    const timeval patience{1, 0};
    setsockopt(notifier.socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return notifier;
}

bool ServiceNotifier::ready(std::string_view status) const noexcept {
    return sendWithStatus("READY=1", status);
}

bool ServiceNotifier::reloading(std::string_view status) const noexcept {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const std::int64_t microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
    return sendWithStatus("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds), status);
}

bool ServiceNotifier::stopping(std::string_view status) const noexcept {
    return sendWithStatus("STOPPING=1", status);
}
bool ServiceNotifier::status(std::string_view text) const noexcept {
    return send("STATUS=" + oneLine(text));
}
bool ServiceNotifier::watchdog() const noexcept {
    return send("WATCHDOG=1");
}
bool ServiceNotifier::mainPid(pid_t pid) const noexcept {
    return send("MAINPID=" + std::to_string(pid));
}
bool ServiceNotifier::extendTimeout(std::chrono::microseconds more) const noexcept {
    return send("EXTEND_TIMEOUT_USEC=" + std::to_string(more.count()));
}

bool ServiceNotifier::sendWithStatus(std::string_view assignments, std::string_view status) const noexcept {
    std::string text(assignments);
    if (!status.empty()) text += "\nSTATUS=" + oneLine(status);
    return send(text);
}

bool ServiceNotifier::send(std::string_view assignments) const noexcept {
    if (!socket_) return true;
    // sockaddr is the name sendto knows every address by.
    const auto* const to = reinterpret_cast<const sockaddr*>(&address_);
    ssize_t sent = -1;
    do {
        sent = sendto(socket_.get(), assignments.data(), assignments.size(), MSG_NOSIGNAL, to, addressBytes_);
    } while (sent < 0 && errno == EINTR);
    return sent == static_cast<ssize_t>(assignments.size());
}

} // namespace mortise::base
