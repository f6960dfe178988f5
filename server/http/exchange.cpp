// SPDX-License-Identifier: Apache-2.0
#include "http/exchange.hpp"

#include "base/given_back.hpp"
#include "http/character_class.hpp"
#include "http/field_block.hpp"

#include <cstring>
#include <utility>

namespace mortise::http {

void Exchange::place(std::uint32_t loop, std::uint32_t slot, BodyBudget& budget,
                     std::unique_ptr<Attachment> attachment) noexcept {
    loop_ = loop;
    slot_ = slot;
    budget_ = &budget;
    attachment_ = std::move(attachment);
}

void Exchange::reserve(Transport& transport, const std::shared_ptr<const Settings>& settings) noexcept {
    stage_ = Stage::head;
    transport_ = &transport;
    if (settings_ != settings) settings_ = settings;
}

void Exchange::cancelReservation() noexcept {
    stage_ = Stage::free;
    transport_ = nullptr;
}

void Exchange::open(const char* message, const base::IpAddress& peer, std::string_view peer_text,
                    std::uint64_t received_ns, std::int64_t received_ms, RequestIds& ids) noexcept {
    stage_ = Stage::open;
    message_ = message;
    received_ns_ = received_ns;
    received_ms_ = received_ms;
    malformed_ = secure_ = false;
    body_asked_ = body_in_pieces_ = body_paused_ = body_complete_ = false;
    body_size_ = 0;
    body_ = {};
    peer_ = peer;
    client_ = peer;
    std::memcpy(client_text_, peer_text.data(), peer_text.size());
    client_text_size_ = static_cast<std::uint8_t>(peer_text.size());
    client_known_ = true;
    proxy_fault_ = ProxyFault::none;
    if (head_.forwarding != 0) findClient();
    if (head_.request_id.present()) {
        request_id_ = head_.request_id.in(message_);
    } else {
        ids.make(made_request_id_);
        request_id_ = {made_request_id_, sizeof made_request_id_};
    }
    lost_.store(false, std::memory_order_relaxed);
    turn_.open();
}

Field Exchange::field(std::size_t index) const noexcept {
    const RequestHead::FieldSpan& span = head_.fields[index];
    return Field{span.name.in(message_), span.value.in(message_)};
}

std::string_view Exchange::field(std::string_view name) const noexcept {
    for (const RequestHead::FieldSpan& span : head_.fields) {
        if (span.name.size == name.size() && equalsIgnoreCase(span.name.in(message_), name))
            return span.value.in(message_);
    }
    return {};
}

std::optional<std::uint64_t> Exchange::contentLength() const noexcept {
    return head_.has_length ? std::optional(head_.content_length) : std::nullopt;
}

void Exchange::findClient() noexcept {
    const ClientIdentity client = http::findClient(peer_, head_, message_, *settings_);
    secure_ = client.secure;
    client_known_ = client.known;
    proxy_fault_ = client.fault;
    if (client.address == peer_) return;
    client_ = client.address;
    client_text_size_ = static_cast<std::uint8_t>(client_.format(client_text_));
}

bool Exchange::readBody(std::optional<std::uint64_t> limit) noexcept {
    if (transport_ == nullptr || malformed_ || body_asked_) return false;
    body_asked_ = true;
    body_limit_ = limit.value_or(settings_->limits.body_bytes);
    transport_->readBody(*this);
    return true;
}

bool Exchange::readBodyInPieces(std::uint64_t limit) noexcept {
    if (transport_ == nullptr || malformed_ || body_asked_) return false;
    body_in_pieces_ = true;
    return readBody(limit);
}

void Exchange::pauseBody() noexcept {
    if (std::exchange(body_paused_, true)) return;
    if (transport_ != nullptr) transport_->pauseBody(*this);
}

void Exchange::resumeBody() noexcept {
    if (!std::exchange(body_paused_, false)) return;
    if (transport_ != nullptr) transport_->resumeBody(*this);
}

bool Exchange::chargeBody(std::uint64_t bytes) noexcept {
    if (!budget_->take(bytes, settings_->limits.buffered_body_bytes)) return false;
    charged_ += bytes;
    return true;
}

void Exchange::completeBody(std::string_view body) noexcept {
    body_ = body;
    body_complete_ = true;
}

// Calls `send(Transport&)`, of which `detaches` says whether it is the last call. A part of a response may have been
// appended when it throws (no memory): then the connection is cut.
template<class Send>
auto Exchange::sending(bool detaches, Send&& send) -> decltype(send(*static_cast<Transport*>(nullptr))) {
    Transport* const transport = transport_;
    if (transport == nullptr) return 0;
    if (detaches) transport_ = nullptr;
    try {
        return send(*transport);
    } catch (...) {
        transport_ = nullptr;
        transport->cut(*this);
        throw;
    }
}

std::uint64_t Exchange::respond() {
    return sending(true, [this](Transport& transport) { return transport.respond(*this, response_); });
}

std::uint64_t Exchange::beginStream() {
    return sending(false, [this](Transport& transport) { return transport.beginStream(*this, response_); });
}

std::optional<std::uint64_t> Exchange::write(std::string_view data) {
    return sending(false, [this, data](Transport& transport) { return transport.write(*this, data); });
}

std::uint64_t Exchange::endStream() {
    return sending(true, [this](Transport& transport) { return transport.endStream(*this); });
}

void Exchange::cut() noexcept {
    if (Transport* const transport = std::exchange(transport_, nullptr)) transport->cut(*this);
}

void Exchange::lose() noexcept {
    transport_ = nullptr;
    lost_.store(true, std::memory_order_release);
}

void Exchange::close() noexcept {
    turn_.close();
    if (response_turn_.isOpened()) response_turn_.close();
    views_asked_ = false;
    stage_ = Stage::free;
    budget_->give(std::exchange(charged_, 0));
    body_ = {};
    response_.clear(base::keptBytes(64 * 1024));
    body_buffer_.reset();
    kept_.reset();
}

} // namespace mortise::http
