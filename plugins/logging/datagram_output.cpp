// SPDX-License-Identifier: Apache-2.0
#include "datagram_output.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace mortise::logging {

namespace {

constexpr int wait_ms = 100;

} // namespace

DatagramOutput::DatagramOutput(std::string socket_path, std::string name, std::string separator,
                               std::size_t sent_of_separator)
    : path_(std::move(socket_path)),
      name_(std::move(name)),
      separator_(std::move(separator)),
      sent_of_separator_(sent_of_separator) {}

bool DatagramOutput::connect() noexcept {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path_.size() >= sizeof address.sun_path) {
        error_ = ENAMETOOLONG;
        return false;
    }
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        error_ = errno;
        return false;
    }
    socket_ = std::move(socket);
    return true;
}

DatagramOutput::Sent DatagramOutput::send(std::string_view record) noexcept {
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (::send(socket_.get(), record.data(), record.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return Sent::yes;
        error_ = errno;
        if (error_ == EMSGSIZE) return Sent::yes; // will never fit: the records around it shall not wait for it
        if (error_ == ENOBUFS) return Sent::later;
        if (error_ != EAGAIN && error_ != EINTR) return Sent::broken;
        pollfd ready{socket_.get(), POLLOUT, 0};
        if (attempt == 0) ::poll(&ready, 1, wait_ms);
    }
    return Sent::later;
}

std::size_t DatagramOutput::write(std::string_view block) noexcept {
    if (!socket_ && !connect()) return 0;
    std::size_t taken = 0;
    while (taken < block.size()) {
        std::size_t end = block.find(separator_, taken);
        std::size_t next = block.size();
        if (end == std::string_view::npos)
            end = next;
        else
            next = end + separator_.size();
        const std::size_t shown = std::min(end + sent_of_separator_, next);
        const Sent sent = send(block.substr(taken, shown - taken));
        if (sent == Sent::broken) socket_.reset();
        if (sent != Sent::yes) break;
        taken = next;
    }
    return taken;
}

std::string DatagramOutput::trouble() const {
    if (error_ == EAGAIN) return "its reader does not keep up";
    return std::generic_category().message(error_);
}

} // namespace mortise::logging
