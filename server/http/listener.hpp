// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/unique_fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace mortise::http {

// One entry of server.listen: "127.0.0.1:8080", "[::1]:8080", ":8080" and "*:8080" (both families), "unix:/path",
// "fd:3" (an inherited listening socket).
struct ListenAddress {
    enum class Kind : std::uint8_t { tcp, local, inherited };

    // Nothing when it is none of these; `why` then tells the operator.
    static std::optional<ListenAddress> parse(std::string_view text, std::string& why);

    Kind kind = Kind::tcp;
    std::string host; // empty: every address
    std::uint16_t port = 0;
    std::string path; // Unix socket
    int fd = -1;      // inherited
    std::string text; // as given
};

struct ListenOptions {
    int backlog = 4096;
    bool reuse_port = false; // SO_REUSEPORT: a second process can then take half of the traffic
    mode_t unix_mode = 0660;
};

// A listening socket, shared by all loops. Thread: any, when not changed.
class Listener {
public:
    // Throws std::system_error or std::runtime_error with a sentence that names the address. A Unix socket file that
    // nobody answers on is replaced; one that somebody answers on, or a file that is no socket, is an error. An
    // inherited descriptor is owned from here on: a reload keeps its Listener instead of opening "fd:N" again.
    static Listener open(const ListenAddress& address, const ListenOptions& options);
    Listener(Listener&&) noexcept;
    Listener& operator=(Listener&&) noexcept;
    // A Unix socket file is removed, when it is still the one that was made here.
    ~Listener();

    int fd() const noexcept { return fd_.get(); }
    bool isLocal() const noexcept { return local_; }      // a Unix socket
    std::uint16_t port() const noexcept { return port_; } // the actual one; 0 for Unix sockets
    // The actual address: "127.0.0.1:40123", "[::]:8080", "unix:/run/x.sock".
    const std::string& text() const noexcept { return text_; }

private:
    Listener() = default;
    void removeFile() noexcept;

    base::UniqueFd fd_;
    bool local_ = false;
    std::uint16_t port_ = 0;
    std::string text_;
    std::string path_; // of the file to remove
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

// Descriptors handed over by the service manager (LISTEN_PID, LISTEN_FDS; sd_listen_fds(3)), marked close-on-exec, as
// "fd:N" addresses. Clears the variables. Call once, before threads exist.
std::vector<ListenAddress> inheritedAddresses();

} // namespace mortise::http
