// SPDX-License-Identifier: Apache-2.0
#include "http/listener.hpp"

#include "base/ip_address.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace mortise::http {

namespace {

template<class Number>
bool number(std::string_view text, Number& value) noexcept {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

bool localAddress(const std::string& path, sockaddr_un& address) noexcept {
    address = sockaddr_un{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, path.data(), path.size());
    return true;
}

const sockaddr* generic(const sockaddr_un& address) noexcept {
    return reinterpret_cast<const sockaddr*>(&address);
}

// Removes the socket file of a server that is no more.
void clearPath(const std::string& path, const sockaddr_un& address, const std::string& text) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) return;
        fail("cannot listen on " + text);
    }
    if (!S_ISSOCK(status.st_mode)) throw std::runtime_error("cannot listen on " + text + ": the file is no socket");
    const base::UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!probe) fail("cannot listen on " + text);
    const int result = ::connect(probe.get(), generic(address), sizeof address);
    if (result == 0 || errno != ECONNREFUSED) {
        throw std::runtime_error("cannot listen on " + text + ": another process answers on it");
    }
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("cannot replace " + text);
}

void setOption(int fd, int level, int option, int value, const std::string& text) {
    if (::setsockopt(fd, level, option, &value, sizeof value) != 0) fail("cannot listen on " + text);
}

base::UniqueFd openTcp(const ListenAddress& wanted, const ListenOptions& options) {
    const auto address = wanted.host.empty() ? std::nullopt : base::IpAddress::parse(wanted.host);
    const bool v4 = address && wanted.host.find(':') == std::string::npos;
    // No name look-up: the host is an address, or empty.
    Poco::Net::SocketAddress where =
        v4 ? Poco::Net::SocketAddress(Poco::Net::IPAddress(wanted.host, Poco::Net::IPAddress::IPv4), wanted.port)
           : Poco::Net::SocketAddress(
                 Poco::Net::IPAddress(wanted.host.empty() ? "::" : wanted.host, Poco::Net::IPAddress::IPv6),
                 wanted.port);
    base::UniqueFd fd(::socket(where.af(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd && errno == EAFNOSUPPORT && wanted.host.empty()) { // a kernel without IPv6
        where = Poco::Net::SocketAddress(Poco::Net::IPAddress("0.0.0.0"), wanted.port);
        fd.reset(::socket(where.af(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    }
    if (!fd) fail("cannot listen on " + wanted.text);
    setOption(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1, wanted.text);
    if (options.reuse_port) setOption(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1, wanted.text);
    if (where.af() == AF_INET6)
        setOption(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, wanted.host.empty() ? 0 : 1, wanted.text);
    if (::bind(fd.get(), where.addr(), where.length()) != 0) fail("cannot listen on " + wanted.text);
    return fd;
}

} // namespace

std::optional<ListenAddress> ListenAddress::parse(std::string_view text, std::string& why) {
    ListenAddress result;
    result.text = std::string(text);
    if (text.substr(0, 5) == "unix:") {
        result.kind = Kind::local;
        result.path = std::string(text.substr(5));
        sockaddr_un address{};
        if (result.path.empty() || result.path[0] != '/') {
            why = "a Unix socket needs an absolute path: unix:/run/mortise/http.sock";
        } else if (result.path.find('\0') != std::string::npos || !localAddress(result.path, address)) {
            why = "the path of a Unix socket has at most 107 bytes";
        } else {
            return result;
        }
        return std::nullopt;
    }
    if (text.substr(0, 3) == "fd:") {
        result.kind = Kind::inherited;
        if (number(text.substr(3), result.fd) && result.fd >= 3) return result;
        why = "an inherited socket is written fd:3 (3 or higher)";
        return std::nullopt;
    }
    if (text.substr(0, 7) == "http://" || text.substr(0, 8) == "https://") {
        why = "write the address alone, as in 127.0.0.1:8080";
        return std::nullopt;
    }
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos || !number(text.substr(colon + 1), result.port)) {
        why = "an address and a port are needed, as in 127.0.0.1:8080, [::1]:8080, :8080 or unix:/path";
        return std::nullopt;
    }
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (!bracketed && (host.empty() || host == "*")) return result;
    const auto address = base::IpAddress::parse(host);
    const bool has_colon = host.find(':') != host.npos;
    if (!address || has_colon != bracketed) {
        why = has_colon && !bracketed ? "an IPv6 address stands in brackets, as in [::1]:8080"
                                      : "names are not looked up: write an IPv4 address, [IPv6] or *";
        return std::nullopt;
    }
    result.host = std::string(host);
    return result;
}

Listener Listener::open(const ListenAddress& address, const ListenOptions& options) {
    Listener listener;
    if (address.kind == ListenAddress::Kind::local) {
        sockaddr_un where{};
        if (!localAddress(address.path, where)) throw std::runtime_error("cannot listen on " + address.text);
        clearPath(address.path, where, address.text);
        listener.fd_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!listener.fd_) fail("cannot listen on " + address.text);
        // The mode is set on the socket before it has a name, so that nobody gets in meanwhile.
        if (::fchmod(listener.fd_.get(), options.unix_mode) != 0) fail("cannot listen on " + address.text);
        if (::bind(listener.fd_.get(), generic(where), sizeof where) != 0) fail("cannot listen on " + address.text);
        struct stat status {};
        if (::chmod(address.path.c_str(), options.unix_mode) != 0 || ::lstat(address.path.c_str(), &status) != 0) {
            fail("cannot listen on " + address.text);
        }
        listener.path_ = address.path;
        listener.device_ = status.st_dev;
        listener.inode_ = status.st_ino;
    } else if (address.kind == ListenAddress::Kind::tcp) {
        listener.fd_ = openTcp(address, options);
    } else {
        int accepting = 0;
        socklen_t size = sizeof accepting;
        if (::getsockopt(address.fd, SOL_SOCKET, SO_ACCEPTCONN, &accepting, &size) != 0 || accepting == 0) {
            throw std::runtime_error("cannot listen on " + address.text + ": the descriptor is no listening socket");
        }
        listener.fd_.reset(address.fd);
        const int flags = ::fcntl(address.fd, F_GETFL);
        if (flags < 0 || ::fcntl(address.fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
            ::fcntl(address.fd, F_SETFD, FD_CLOEXEC) != 0) {
            fail("cannot listen on " + address.text);
        }
    }
    if (::listen(listener.fd_.get(), options.backlog) != 0) fail("cannot listen on " + address.text);

    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(listener.fd_.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
        fail("cannot listen on " + address.text);
    }
    if (bound.ss_family == AF_UNIX) {
        listener.local_ = true;
        sockaddr_un where{};
        std::memcpy(&where, &bound, sizeof where);
        listener.text_ = "unix:" + std::string(where.sun_path, ::strnlen(where.sun_path, sizeof where.sun_path));
        return listener;
    }
    // Accepted sockets inherit it.
    setOption(listener.fd_.get(), IPPROTO_TCP, TCP_NODELAY, 1, address.text);
    const Poco::Net::SocketAddress actual(reinterpret_cast<const sockaddr*>(&bound), size);
    listener.port_ = actual.port();
    listener.text_ = actual.toString();
    return listener;
}

Listener::Listener(Listener&& other) noexcept {
    *this = std::move(other);
}

Listener& Listener::operator=(Listener&& other) noexcept {
    if (this == &other) return *this;
    removeFile();
    fd_ = std::move(other.fd_);
    local_ = other.local_;
    port_ = other.port_;
    text_ = std::move(other.text_);
    path_ = std::move(other.path_);
    other.path_.clear();
    device_ = other.device_;
    inode_ = other.inode_;
    return *this;
}

Listener::~Listener() {
    removeFile();
}

void Listener::removeFile() noexcept {
    if (path_.empty()) return;
    struct stat status {};
    if (::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_) {
        ::unlink(path_.c_str());
    }
    path_.clear();
}

std::vector<ListenAddress> inheritedAddresses() {
    std::vector<ListenAddress> result;
    const char* const pid_text = std::getenv("LISTEN_PID");
    const char* const count_text = std::getenv("LISTEN_FDS");
    pid_t pid = 0;
    int count = 0;
    const bool ours = pid_text != nullptr && count_text != nullptr && number(std::string_view(pid_text), pid) &&
                      pid == ::getpid() && number(std::string_view(count_text), count) && count > 0 && count < 1024;
    for (int fd = 3; ours && fd < 3 + count; ++fd) {
        ListenAddress address;
        address.kind = ListenAddress::Kind::inherited;
        address.fd = fd;
        address.text = "fd:" + std::to_string(fd);
        if (::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0) result.push_back(std::move(address));
    }
    ::unsetenv("LISTEN_PID");
    ::unsetenv("LISTEN_FDS");
    ::unsetenv("LISTEN_FDNAMES");
    return result;
}

} // namespace mortise::http
