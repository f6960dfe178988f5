// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"
#include "base/unique_fd.hpp"

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::base {

struct InheritedSocket {
    int descriptor = -1;
    std::string name; // from LISTEN_FDNAMES; empty when not given
};

// What a service manager told this process through its environment (sd_notify(3), sd_watchdog_enabled(3),
// sd_listen_fds(3)). Variables meant for another process (WATCHDOG_PID, LISTEN_PID) count as absent.
struct ServiceEnvironment {
    std::string notifySocket; // empty: nobody listens
    std::optional<std::chrono::microseconds> watchdog;
    std::vector<InheritedSocket> sockets; // starting at descriptor 3

    // `get` answers like getenv; `self` is getpid(). A fault names the variable and its value.
    static Outcome<ServiceEnvironment> read(const char* (*get)(const char* name), pid_t self);
    // As read(getenv, getpid()). Also sets close-on-exec on the sockets and removes the variables, so that no child
    // takes them for its own. Call once, before any thread exists.
    static Outcome<ServiceEnvironment> take();
};

// Tells the service manager about this process's state by datagrams to NOTIFY_SOCKET. Without a socket every call does
// nothing. Never throws; false means that the message did not get through within a second. Thread: any.
class ServiceNotifier {
public:
    // `address`: an absolute path, "@name" for an abstract socket, or empty.
    static Outcome<ServiceNotifier> connect(std::string_view address);

    bool ready(std::string_view status) const noexcept;
    // Followed by ready() when the reload is over. Carries MONOTONIC_USEC, as sd_notify(3) asks.
    bool reloading(std::string_view status) const noexcept;
    bool stopping(std::string_view status) const noexcept;
    bool status(std::string_view text) const noexcept;
    bool watchdog() const noexcept;
    bool mainPid(pid_t pid) const noexcept;
    // More time for a start, reload or stop that takes long.
    bool extendTimeout(std::chrono::microseconds more) const noexcept;

    bool connected() const noexcept { return static_cast<bool>(socket_); }

private:
    ServiceNotifier() noexcept = default;
    bool send(std::string_view assignments) const noexcept;
    bool sendWithStatus(std::string_view assignments, std::string_view status) const noexcept;

    UniqueFd socket_;
    sockaddr_un address_{};
    socklen_t addressBytes_ = 0;
};

} // namespace mortise::base
