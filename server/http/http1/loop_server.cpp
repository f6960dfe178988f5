// SPDX-License-Identifier: Apache-2.0
#include "http/http1/loop_server.hpp"

#include "http/http1/acceptor.hpp"

#include <algorithm>
#include <utility>

#include <sys/socket.h>

namespace mortise::http::http1 {

namespace {

constexpr int max_looks = 32;            // for an idle connection: those before it have a request in their sockets
constexpr std::size_t max_rejected = 64; // at a time; further ones are closed without a response

} // namespace

LoopServer::LoopServer(base::EventLoop& loop, SharedState& shared, Handler& handler, base::Log& log,
                       std::shared_ptr<const Settings> settings)
    : loop_(loop), shared_(shared), handler_(handler), log_(log), resources_(std::move(settings)) {
    wheel_.begin(loop_.nowMs());
    index_ = shared_.join(*this);
}

LoopServer::~LoopServer() {
    draining_ = true;
    acceptors_.clear();
    closeNow();
    if (tick_timer_ != 0) loop_.cancel(tick_timer_);
    shared_.leave(index_);
}

bool LoopServer::addListener(std::shared_ptr<Listener> listener) {
    auto acceptor = std::make_unique<Acceptor>(*this, std::move(listener));
    if (!acceptor->start()) return false;
    acceptors_.push_back(std::move(acceptor));
    return true;
}

void LoopServer::removeListener(const Listener& listener) noexcept {
    const auto found = std::find_if(acceptors_.begin(), acceptors_.end(),
                                    [&](const auto& acceptor) { return &acceptor->listener() == &listener; });
    if (found == acceptors_.end()) return;
    (*found)->finish();
    acceptors_.erase(found);
}

void LoopServer::apply(std::shared_ptr<const Settings> settings) noexcept {
    resources_.settings = std::move(settings);
}

void LoopServer::adopt(base::UniqueFd socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::getpeername(socket.get(), generic, &size) != 0) return;
    accepted(std::move(socket), base::IpAddress::of(*generic));
}

void LoopServer::accepted(base::UniqueFd&& socket, const base::IpAddress& peer, std::uint32_t handed) {
    LoopServer* elsewhere = nullptr;
    const bool limited = limitsAddress(peer);
    Connection::Counted counted;
    counted.ipv6_prefix = static_cast<std::uint8_t>(resources_.settings->client_ipv6_prefix);
    const base::IpAddress client = base::clientNetwork(peer, counted.ipv6_prefix);
    counted.connections = acquirePlace(elsewhere);
    counted.addresses = counted.connections && limited && acquirePlaceOf(client, elsewhere);
    const bool welcome = counted.connections && (counted.addresses || !limited);
    if (!welcome && elsewhere != nullptr && handed < shared_.loops() && !draining_) {
        if (counted.connections) shared_.releaseConnection();
        handOver(*elsewhere, std::move(socket), peer, handed + 1);
        return;
    }
    auto made = std::make_unique<Connection>(*this, std::move(socket), peer, counted);
    Connection& connection = *made.release(); // connections_ has it until closed() hands it to dead_
    connections_.pushBack(connection);
    ++connection_count_;
    if (counted.addresses) clients_[client].pushBack(connection);
    if (!welcome && rejected_ >= max_rejected) {
        connection.end();
        return;
    }
    armTick();
    if (!connection.start()) {
        connection.end();
        return;
    }
    if (!welcome) {
        ++rejected_;
        connection.reject(fault::tooManyConnections);
    } else if (draining_) {
        touchLater(connection);
    }
}

// A loop whose queue is full closes it without a response.
void LoopServer::handOver(LoopServer& other, base::UniqueFd&& socket, const base::IpAddress& peer,
                          std::uint32_t handed) {
    static_cast<void>(other.loop_.post([&other, socket = std::move(socket), peer, handed]() mutable {
        other.accepted(std::move(socket), peer, handed);
    }));
}

// Counts one connection more, in the place of the oldest idle one when there are too many. False: no place here;
// `elsewhere` is then the loop that has the oldest idle one, if any has.
bool LoopServer::acquirePlace(LoopServer*& elsewhere) noexcept {
    const std::size_t limit = resources_.settings->limits.max_connections;
    if (shared_.acquireConnection(limit)) return true;
    elsewhere = shared_.withOldestIdle(*this);
    if (elsewhere != this) return false;
    elsewhere = nullptr;
    return closeOldestIdle() && shared_.acquireConnection(limit);
}

// The same for what one client has. Which other loop has an idle one of that client is not known: each is asked.
bool LoopServer::acquirePlaceOf(const base::IpAddress& client, LoopServer*& elsewhere) {
    const std::size_t limit = resources_.settings->limits.max_connections_per_address;
    if (shared_.acquireAddress(client, limit)) return true;
    if (closeOldestIdleOf(client)) return shared_.acquireAddress(client, limit);
    elsewhere = shared_.after(*this);
    return false;
}

bool LoopServer::limitsAddress(const base::IpAddress& peer) const noexcept {
    return resources_.settings->limits.max_connections_per_address != 0 &&
           peer.family() != base::IpAddress::Family::none && !resources_.settings->trusted_proxies.contains(peer);
}

bool LoopServer::closeOldestIdle() noexcept {
    auto* hook = idle_.front();
    for (int looks = max_looks; hook != nullptr && looks > 0; --looks, hook = idle_.after(*hook)) {
        Connection& connection = static_cast<Connection&>(*hook);
        if (connection.hasRequestWaiting()) continue;
        connection.end();
        return true;
    }
    return false;
}

bool LoopServer::closeOldestIdleOf(const base::IpAddress& client) noexcept {
    const auto found = clients_.find(client);
    if (found == clients_.end()) return false;
    Connection* oldest = nullptr;
    for (auto* hook = found->second.front(); hook != nullptr; hook = found->second.after(*hook)) {
        Connection& connection = static_cast<Connection&>(*hook);
        if (!connection.idle()) continue;
        const bool older = oldest == nullptr || connection.idleSinceMs() < oldest->idleSinceMs();
        if (older && !connection.hasRequestWaiting()) oldest = &connection;
    }
    if (oldest == nullptr) return false;
    oldest->end();
    return true;
}

void LoopServer::fileIdle(Connection& connection, bool idle) noexcept {
    const bool before = connection.idle();
    if (!idle && !before) return;
    connection.ListHook<IdleTag>::unlink();
    if (idle) idle_.pushBack(connection); // the latest, if it was there before, too
    if (idle != before) {
        const std::size_t count = idle_count_.load(std::memory_order_relaxed);
        idle_count_.store(idle ? count + 1 : count - 1, std::memory_order_relaxed);
    }
    auto* const oldest = idle_.front();
    oldest_idle_ms_.store(oldest == nullptr ? WheelEntry::never : static_cast<Connection&>(*oldest).idleSinceMs(),
                          std::memory_order_relaxed);
}

void LoopServer::closed(Connection& connection) noexcept {
    fileIdle(connection, false);
    connection.ListHook<AllTag>::unlink();
    connection.ListHook<WheelTag>::unlink();
    --connection_count_;
    if (connection.isRejected()) --rejected_;
    if (connection.counted().connections) shared_.releaseConnection();
    if (connection.counted().addresses) {
        connection.ListHook<PeerTag>::unlink();
        const base::IpAddress client = connection.countedFor();
        shared_.releaseAddress(client);
        const auto found = clients_.find(client);
        if (found != clients_.end() && found->second.empty()) clients_.erase(found);
    }
    dead_.emplace_back(&connection);
    atBatchEnd();
}

void LoopServer::touchLater(Connection& connection) noexcept {
    touched_.push_back(&connection);
    atBatchEnd();
}

void LoopServer::atBatchEnd() noexcept {
    if (batch_end_set_) return;
    batch_end_set_ = true;
    loop_.atBatchEnd([](void* self) { static_cast<LoopServer*>(self)->onBatchEnd(); }, this);
}

void LoopServer::onBatchEnd() noexcept {
    for (std::size_t i = 0; i < touched_.size(); ++i) touched_[i]->onBatchEnd();
    touched_.clear();
    dead_.clear();
    batch_end_set_ = false;
    if (draining_ && empty_ && connection_count_ == 0) {
        base::Task empty = std::move(empty_);
        empty();
    }
}

void LoopServer::armTick() {
    if (tick_timer_ != 0) return;
    if (connection_count_ == 1) wheel_.begin(loop_.nowMs()); // it stood still
    tick_timer_ = loop_.after(TimingWheel::tick_ms, [this] { tick(); });
}

void LoopServer::tick() noexcept {
    tick_timer_ = 0;
    wheel_.advance(loop_.nowMs(), [](WheelEntry& entry) { static_cast<Connection&>(entry).onDeadline(); });
    if (connection_count_ != 0) armTick();
}

void LoopServer::drain(base::Task&& empty) {
    draining_ = true;
    empty_ = std::move(empty);
    for (auto& acceptor : acceptors_) acceptor->finish();
    acceptors_.clear();
    auto* hook = connections_.front();
    while (hook != nullptr) {
        auto* const next = connections_.after(*hook);
        static_cast<Connection&>(*hook).drain();
        hook = next;
    }
    atBatchEnd();
}

void LoopServer::closeNow() noexcept {
    while (auto* const hook = connections_.front()) static_cast<Connection&>(*hook).end();
}

std::size_t LoopServer::copyBorrowed(const void* lender, std::size_t budget_bytes) noexcept {
    std::size_t copied = 0;
    auto* hook = resources_.borrowed.front();
    while (hook != nullptr) {
        auto* const next = resources_.borrowed.after(*hook);
        QueuedBody& body = static_cast<QueuedBody&>(*hook);
        if (body.borrowed.lender() == lender) {
            const std::size_t size = body.left();
            if (size <= budget_bytes - copied && body.copyBorrowed()) {
                copied += size;
            } else {
                body.connection->abort();
            }
        }
        hook = next;
    }
    return copied;
}

} // namespace mortise::http::http1
