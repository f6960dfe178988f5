// SPDX-License-Identifier: Apache-2.0
#include "http/http1/acceptor.hpp"

#include "base/ip_address.hpp"
#include "http/http1/loop_server.hpp"

#include <cerrno>
#include <utility>

#include <sys/socket.h>

namespace mortise::http::http1 {

namespace {

constexpr int accepts_per_event = 16; // then the connections that are there come next
constexpr std::uint64_t pause_ms = 100;

} // namespace

Acceptor::Acceptor(LoopServer& server, std::shared_ptr<Listener> listener)
    : server_(server), listener_(std::move(listener)) {}

Acceptor::~Acceptor() {
    stop();
}

bool Acceptor::start() noexcept {
    watching_ = server_.loop().add(listener_->fd(), EPOLLIN | EPOLLEXCLUSIVE, *this);
    return watching_;
}

void Acceptor::stop() noexcept {
    if (watching_) server_.loop().remove(listener_->fd(), *this);
    watching_ = false;
    if (pause_ != 0) server_.loop().cancel(pause_);
    pause_ = 0;
}

void Acceptor::finish() noexcept {
    stop();
    while (takeOne() == Taken::one) {
    }
}

void Acceptor::onReady(std::uint32_t) noexcept {
    for (int i = 0; i < accepts_per_event; ++i) {
        switch (takeOne()) {
        case Taken::one:
            break;
        case Taken::none:
            return;
        case Taken::exhausted:
            pause();
            return;
        }
    }
}

Acceptor::Taken Acceptor::takeOne() noexcept {
    for (;;) {
        sockaddr_storage address{};
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        base::UniqueFd socket(::accept4(listener_->fd(), generic, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket) {
            exhausted_ = false;
            const auto peer = listener_->isLocal() ? base::IpAddress() : base::IpAddress::of(*generic);
            server_.accepted(std::move(socket), peer);
            return Taken::one;
        }
        switch (errno) {
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            if (!server_.closeOldestIdle()) return Taken::exhausted;
            break;
        case EINTR:
        case ECONNABORTED:
        case EPROTO:
        case EPERM:
            break; // that one is gone; the next
        default:
            return Taken::none;
        }
    }
}

void Acceptor::pause() noexcept {
    stop();
    if (!std::exchange(exhausted_, true)) report();
    pause_ = server_.loop().after(pause_ms, [this] {
        pause_ = 0;
        if (!start()) pause();
    });
}

void Acceptor::report() noexcept {
    server_.log().log(base::Level::warn, "http", "No descriptor is left for new connections; accepting pauses",
                      {{"code", std::string_view("http_descriptors_exhausted")},
                       {"listen", std::string_view(listener_->text())},
                       {"pause_ms", static_cast<std::int64_t>(pause_ms)}});
}

} // namespace mortise::http::http1
