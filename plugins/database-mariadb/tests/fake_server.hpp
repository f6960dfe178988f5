// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cppunit/TestAssert.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>

namespace mortise::mariadb {

// A socket that listens.
class Listener {
public:
    explicit Listener(int family = AF_INET) : socket_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() { ::close(socket_); }

    unsigned listenOnPort(int backlog) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        CPPUNIT_ASSERT(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        CPPUNIT_ASSERT(::listen(socket_, backlog) == 0);
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }
    void listenOnPath(const std::string& path, int backlog) {
        sockaddr_un address = addressOf(path);
        CPPUNIT_ASSERT(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        CPPUNIT_ASSERT(::listen(socket_, backlog) == 0);
    }
    static sockaddr_un addressOf(const std::string& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        return address;
    }
    int accept() { return ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC); }

private:
    int socket_;
};

// Of the protocol: https://mariadb.com/kb/en/0-packet/
inline std::string packet(unsigned number, const std::string& body) {
    const std::size_t size = body.size();
    return std::string{static_cast<char>(size), static_cast<char>(size >> 8), static_cast<char>(size >> 16),
                       static_cast<char>(number)} +
           body;
}

// A server's greeting, which says that it has TLS.
inline std::string greeting() {
    std::string body = "\x0a";
    body += "10.11.6-MariaDB";
    body += std::string("\0\x01\0\0\0abcdefgh\0", 14);
    body +=
        std::string("\xfe\xff\x21\x02\x00\xff\x81\x15", 8); // capabilities, character set, status, capabilities, length
    body += std::string(6, '\0') + std::string(4, '\0');
    body += std::string("ijklmnopqrst\0mysql_native_password\0", 35);
    return packet(0, body);
}

} // namespace mortise::mariadb
