// SPDX-License-Identifier: Apache-2.0
// A client on a real socket, for the tests of this folder.
#pragma once

#include "base/clock.hpp"
#include "base/unique_fd.hpp"
#include "http/listener.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace mortise::http {

constexpr int patience_ms = 30'000; // only a test that fails waits this long

// Fails the test when `ready` does not become true in time.
inline void eventually(const std::string& what, const std::function<bool()>& ready) {
    const std::uint64_t end = base::monotonicNs() + patience_ms * 1'000'000ULL;
    while (!ready()) {
        CPPUNIT_ASSERT_MESSAGE("never: " + what, base::monotonicNs() < end);
        ::poll(nullptr, 0, 1);
    }
}

class Client {
public:
    explicit Client(const Listener& listener) {
        if (listener.isLocal()) {
            fd_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            const std::string path = listener.text().substr(5);
            std::memcpy(address.sun_path, path.data(), path.size());
            CPPUNIT_ASSERT_EQUAL(0, ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
            return;
        }
        fd_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(listener.port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        CPPUNIT_ASSERT_EQUAL(0, ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
    }

    int fd() const { return fd_.get(); }
    Client& send(std::string_view data) {
        while (!data.empty()) {
            const ssize_t sent = ::send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL);
            CPPUNIT_ASSERT_MESSAGE(std::strerror(errno), sent > 0);
            data.remove_prefix(static_cast<std::size_t>(sent));
        }
        return *this;
    }
    // Like send, but a peer that has closed is fine.
    void trySend(std::string_view data) {
        static_cast<void>(!::send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL));
    }
    Client& get(const std::string& target, const std::string& fields = {}) {
        return send("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    }
    void shutdownWrite() { ::shutdown(fd_.get(), SHUT_WR); }
    void close() { fd_.reset(); }
    void reset() {
        const linger at_once{1, 0};
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        fd_.reset();
    }

    // One response, by its own framing. `head_only` for responses to HEAD.
    std::string response(bool head_only = false) {
        while (buffer_.find("\r\n\r\n") == std::string::npos) CPPUNIT_ASSERT_MESSAGE("no response: " + buffer_, more());
        const std::size_t head = buffer_.find("\r\n\r\n") + 4;
        std::size_t size = head;
        const std::size_t length = buffer_.substr(0, head).find("Content-Length: ");
        if (!head_only && length != std::string::npos) size += std::stoul(buffer_.substr(length + 16));
        if (!head_only && buffer_.substr(0, head).find("Transfer-Encoding: chunked") != std::string::npos) {
            while (buffer_.find("0\r\n\r\n", head) == std::string::npos) CPPUNIT_ASSERT(more());
            size = buffer_.find("0\r\n\r\n", head) + 5;
        }
        while (buffer_.size() < size) CPPUNIT_ASSERT(more());
        std::string result = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return result;
    }
    std::string body(bool head_only = false) {
        const std::string text = response(head_only);
        return text.substr(text.find("\r\n\r\n") + 4);
    }
    int status() { return std::stoi(response().substr(9, 3)); }
    // Everything until the server's FIN. A reset, or no FIN in time, fails.
    std::string untilClosed() {
        while (more()) {
        }
        return std::exchange(buffer_, {});
    }
    bool more() {
        pollfd poll{fd_.get(), POLLIN, 0};
        CPPUNIT_ASSERT_MESSAGE("the server is silent after: " + buffer_.substr(0, 200),
                               ::poll(&poll, 1, patience_ms) == 1);
        char data[65536];
        const ssize_t size = ::recv(fd_.get(), data, sizeof data, 0);
        CPPUNIT_ASSERT_MESSAGE(std::string("receive: ") + std::strerror(errno), size >= 0);
        buffer_.append(data, static_cast<std::size_t>(size));
        return size > 0;
    }
    bool wasReset() {
        pollfd poll{fd_.get(), POLLIN, 0};
        CPPUNIT_ASSERT(::poll(&poll, 1, patience_ms) == 1);
        char data[65536];
        ssize_t size = 0;
        while ((size = ::recv(fd_.get(), data, sizeof data, 0)) > 0) {
        }
        return size < 0 && errno == ECONNRESET;
    }

private:
    base::UniqueFd fd_;
    std::string buffer_;
};

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace mortise::http
