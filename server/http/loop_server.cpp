// SPDX-License-Identifier: Apache-2.0
#include "http/loop_server.hpp"

#include "http/acceptor.hpp"
#include "http/connection.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <sys/random.h>
#include <sys/socket.h>

namespace mortise::http {

namespace {

constexpr std::uint32_t no_slot = ~0U;
constexpr std::size_t kept_outputs = 64;
constexpr std::size_t kept_output_bytes = 64 * 1024;
constexpr int most_looks = 32;               // for an idle connection: those before it have a request in their sockets
constexpr std::size_t most_turned_away = 64; // at a time; further ones are closed without an answer

std::uint64_t randomSeed() noexcept {
    std::uint64_t seed = 0;
    if (::getrandom(&seed, sizeof seed, 0) != sizeof seed) seed = base::monotonicNs();
    return seed;
}

} // namespace

LoopServer::LoopServer(base::EventLoop& loop, SharedState& shared, Handler& handler, base::Log& log,
                       std::shared_ptr<const Settings> settings)
    : loop_(loop),
      shared_(shared),
      handler_(handler),
      log_(log),
      settings_(std::move(settings)),
      table_(std::make_unique<std::array<std::atomic<Chunk*>, max_chunks>>()),
      free_slot_(no_slot) {
    wheel_.begin(loop_.nowMs());
    index_ = shared_.join(*this);
}

LoopServer::~LoopServer() {
    draining_ = true;
    acceptors_.clear();
    closeNow();
    for (std::uint32_t slot = 0; slot < slots_.load(std::memory_order_relaxed); ++slot) {
        Exchange& exchange = *at(slot);
        if (exchange.stage_ == Exchange::Stage::none) continue;
        static_cast<void>(exchange.claim(exchange.id_));
        exchange.finish(0, 0, true);
    }
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
    settings_ = std::move(settings);
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
    const bool counted = takePlace(elsewhere);
    const bool counted_peer = counted && limited && takePlaceOf(peer, elsewhere);
    const bool welcome = counted && (counted_peer || !limited);
    if (!welcome && elsewhere != nullptr && handed < shared_.loops() && !draining_) {
        if (counted) shared_.giveConnection();
        handOver(*elsewhere, std::move(socket), peer, handed + 1);
        return;
    }
    auto made = std::make_unique<Connection>(*this, std::move(socket), peer);
    Connection& connection = *made.release(); // connections_ has it until closed() hands it to dead_
    connections_.pushBack(connection);
    ++connection_count_;
    connection.counted_ = counted;
    connection.counted_peer_ = counted_peer;
    if (counted_peer) peers_[peer].pushBack(connection);
    if (!welcome && turned_away_ >= most_turned_away) {
        connection.end();
        return;
    }
    armTick();
    if (!connection.start()) {
        connection.end();
        return;
    }
    if (!welcome) {
        ++turned_away_;
        connection.turnAway(fault::tooManyConnections);
    } else if (draining_) {
        touchLater(connection);
    }
}

// A loop whose queue is full closes it without an answer.
void LoopServer::handOver(LoopServer& other, base::UniqueFd&& socket, const base::IpAddress& peer,
                          std::uint32_t handed) {
    static_cast<void>(other.loop_.post([&other, socket = std::move(socket), peer, handed]() mutable {
        other.accepted(std::move(socket), peer, handed);
    }));
}

// Counts one connection more, in the place of the oldest idle one when there are too many. False: no place here;
// `elsewhere` is then the loop that has the oldest idle one, if any has.
bool LoopServer::takePlace(LoopServer*& elsewhere) noexcept {
    const std::size_t most = settings_->limits.max_connections;
    if (shared_.takeConnection(most)) return true;
    elsewhere = shared_.withOldestIdle(*this);
    if (elsewhere != this) return false;
    elsewhere = nullptr;
    return closeOldestIdle() && shared_.takeConnection(most);
}

// The same for what one address has. Which other loop has an idle one of that address is not known: each is asked.
bool LoopServer::takePlaceOf(const base::IpAddress& peer, LoopServer*& elsewhere) {
    const std::size_t most = settings_->limits.max_connections_per_address;
    if (shared_.takeAddress(peer, most)) return true;
    if (closeOldestIdleOf(peer)) return shared_.takeAddress(peer, most);
    elsewhere = shared_.after(*this);
    return false;
}

bool LoopServer::limitsAddress(const base::IpAddress& peer) const noexcept {
    return settings_->limits.max_connections_per_address != 0 && peer.family() != base::IpAddress::Family::none &&
           !settings_->trusted_proxies.contains(peer);
}

bool LoopServer::closeOldestIdle() noexcept {
    auto* hook = idle_.front();
    for (int looks = most_looks; hook != nullptr && looks > 0; --looks, hook = idle_.after(*hook)) {
        Connection& connection = static_cast<Connection&>(*hook);
        if (connection.hasRequestWaiting()) continue;
        connection.end();
        return true;
    }
    return false;
}

bool LoopServer::closeOldestIdleOf(const base::IpAddress& peer) noexcept {
    const auto found = peers_.find(peer);
    if (found == peers_.end()) return false;
    Connection* oldest = nullptr;
    for (auto* hook = found->second.front(); hook != nullptr; hook = found->second.after(*hook)) {
        Connection& connection = static_cast<Connection&>(*hook);
        if (!connection.idle()) continue;
        const bool older = oldest == nullptr || connection.idle_since_ms_ < oldest->idle_since_ms_;
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
    oldest_idle_ms_.store(oldest == nullptr ? WheelEntry::never : static_cast<Connection&>(*oldest).idle_since_ms_,
                          std::memory_order_relaxed);
}

void LoopServer::closed(Connection& connection) noexcept {
    fileIdle(connection, false);
    connection.ListHook<AllTag>::unlink();
    connection.ListHook<WheelTag>::unlink();
    --connection_count_;
    if (connection.turned_away_) --turned_away_;
    if (connection.counted_) shared_.giveConnection();
    if (connection.counted_peer_) {
        connection.ListHook<PeerTag>::unlink();
        shared_.giveAddress(connection.peer());
        const auto found = peers_.find(connection.peer());
        if (found != peers_.end() && found->second.empty()) peers_.erase(found);
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
    loop_.atBatchEnd([](void* self) { static_cast<LoopServer*>(self)->seeToTouched(); }, this);
}

void LoopServer::seeToTouched() noexcept {
    for (std::size_t i = 0; i < touched_.size(); ++i) touched_[i]->onBatchEnd();
    touched_.clear();
    dead_.clear();
    batch_end_set_ = false;
    if (draining_ && empty_ && connection_count_ == 0 && exchanges_ == left_exchanges_) {
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

Exchange* LoopServer::at(std::uint32_t slot) const noexcept {
    if (slot >= slots_.load(std::memory_order_acquire)) return nullptr;
    return &(*table_)[slot / chunk_slots].load(std::memory_order_relaxed)->slots[slot % chunk_slots];
}

Exchange* LoopServer::takeExchange() noexcept {
    if (free_slot_ == no_slot) {
        const std::uint32_t first = slots_.load(std::memory_order_relaxed);
        if (first / chunk_slots >= max_chunks) return nullptr;
        chunks_.push_back(std::make_unique<Chunk>());
        Chunk* const chunk = chunks_.back().get();
        for (std::uint32_t i = chunk_slots; i > 0; --i) {
            Exchange& exchange = chunk->slots[i - 1];
            exchange.server_ = this;
            exchange.slot_ = first + i - 1;
            exchange.next_free_ = free_slot_;
            free_slot_ = exchange.slot_;
        }
        (*table_)[first / chunk_slots].store(chunk, std::memory_order_relaxed);
        slots_.store(first + chunk_slots, std::memory_order_release);
    }
    Exchange& exchange = *at(free_slot_);
    free_slot_ = exchange.next_free_;
    ++exchanges_;
    if (exchange.settings_ != settings_) exchange.settings_ = settings_;
    return &exchange;
}

void LoopServer::giveExchange(Exchange& exchange) noexcept {
    exchange.stage_ = Exchange::Stage::none;
    exchange.connection_ = nullptr;
    exchange.next_free_ = free_slot_;
    free_slot_ = exchange.slot_;
    --exchanges_;
    if (std::exchange(exchange.left_, false)) --left_exchanges_;
    if (draining_) atBatchEnd();
}

std::string_view LoopServer::dateLine() noexcept {
    const std::int64_t second = loop_.wallMs() / 1000;
    if (second != date_second_) {
        date_second_ = second;
        std::memcpy(date_line_.data(), "Date: ", 6);
        base::formatHttpDate(second, date_line_.data() + 6);
        std::memcpy(date_line_.data() + 6 + base::httpDateSize, "\r\n", 2);
    }
    return {date_line_.data(), date_line_.size()};
}

std::string LoopServer::takeOutput() noexcept {
    if (outputs_.empty()) return {};
    std::string output = std::move(outputs_.back());
    outputs_.pop_back();
    return output;
}

void LoopServer::giveOutput(std::string&& output) noexcept {
    if (output.capacity() < 64 || output.capacity() > kept_output_bytes || outputs_.size() >= kept_outputs) {
        output = std::string();
        return;
    }
    output.clear();
    outputs_.push_back(std::move(output));
}

void LoopServer::makeRequestId(char* out) noexcept {
    static constexpr char digits[] = "0123456789abcdef";
    if (request_counter_ == 0) { // the first of 2^32 requests with one prefix
        std::uint64_t seed = randomSeed();
        for (int i = 15; i >= 0; --i, seed >>= 4) last_request_id_[i] = digits[seed & 15];
        std::memset(last_request_id_ + 16, '0', 8);
    }
    ++request_counter_;
    // Counts in the text itself: mostly one digit changes.
    for (int i = 23; i >= 16; --i) {
        char& digit = last_request_id_[i];
        digit = digit == 'f' ? '0' : digit == '9' ? 'a' : static_cast<char>(digit + 1);
        if (digit != '0') break;
    }
    std::memcpy(out, last_request_id_, sizeof last_request_id_);
}

} // namespace mortise::http
