// SPDX-License-Identifier: Apache-2.0
#include "http/exchange.hpp"

#include "base/clock.hpp"
#include "http/character_class.hpp"
#include "http/connection.hpp"
#include "http/field_block.hpp"
#include "http/loop_server.hpp"

#include <cstring>

namespace mortise::http {

namespace {

// "::", which is nobody's address (RFC 4291 section 2.5.2).
base::IpAddress unknownClient() noexcept {
    return *base::IpAddress::parse("::");
}

// "203.0.113.7", "203.0.113.7:4711", "2001:db8::1", "[2001:db8::1]:4711": what proxies put into X-Forwarded-For.
std::optional<base::IpAddress> forwardedAddress(std::string_view item) noexcept {
    while (!item.empty() && isBlank(item.front())) item.remove_prefix(1);
    while (!item.empty() && isBlank(item.back())) item.remove_suffix(1);
    if (!item.empty() && item.front() == '[') {
        const std::size_t end = item.find(']');
        return end == item.npos ? std::nullopt : base::IpAddress::parse(item.substr(1, end - 1));
    }
    const std::size_t colon = item.find(':');
    if (colon != item.npos && item.find(':', colon + 1) == item.npos) item = item.substr(0, colon);
    return base::IpAddress::parse(item);
}

} // namespace

bool Exchange::claim(ExchangeId id) noexcept {
    std::uint64_t expected = word(id.generation(), Phase::open);
    return state_.compare_exchange_strong(expected, word(id.generation(), Phase::claimed), std::memory_order_acq_rel);
}

bool Exchange::isClaimed(ExchangeId id) const noexcept {
    return state_.load(std::memory_order_acquire) == word(id.generation(), Phase::claimed);
}

bool Exchange::isOpen(ExchangeId id) const noexcept {
    return state_.load(std::memory_order_acquire) == word(id.generation(), Phase::open);
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

void Exchange::open(const char* message, const base::IpAddress& peer, std::string_view peer_text) {
    message_ = message;
    received_ns_ = base::monotonicNs();
    received_ms_ = server_->loop_.wallMs();
    malformed_ = false;
    close_after_ = false;
    secure_ = false;
    body_asked_ = false;
    body_pieces_ = false;
    body_apart_ = false;
    body_complete_ = false;
    wants_writable_ = false;
    body_begun_ms_ = 0;
    body_paused_ms_ = 0;
    body_received_ = 0;
    body_ = {};
    reply_fields_.clear();
    peer_ = peer;
    client_ = peer;
    std::memcpy(client_text_, peer_text.data(), peer_text.size());
    client_text_size_ = static_cast<std::uint8_t>(peer_text.size());
    if (head_.forwarded_for.present() || head_.forwarded_proto.present()) findClient();
    if (head_.request_id.present()) {
        request_id_ = head_.request_id.in(message_);
    } else {
        server_->makeRequestId(made_request_id_);
        request_id_ = {made_request_id_, sizeof made_request_id_};
    }
    if (attachment_ == nullptr) attachment_ = server_->handler_.makeAttachment();
    cancelled_.store(false, std::memory_order_relaxed);
    constexpr std::uint64_t last_generation = (1ULL << ExchangeId::generation_bits) - 1;
    const std::uint64_t before = state_.load(std::memory_order_relaxed) >> 8;
    const std::uint64_t generation = before == last_generation ? 1 : before + 1;
    id_ = ExchangeId::of(server_->index(), slot_, generation);
    state_.store(word(generation, Phase::open), std::memory_order_release);
}

// X-Forwarded-For from the right: as long as an address is a trusted proxy's, the one that it wrote down counts. When
// that is none ("unknown", "_hidden"), nobody knows who it is: not the proxy, which may be trusted with much more.
void Exchange::findClient() {
    const base::IpNetworkList& trusted = settings_->trusted_proxies;
    if (!trusted.contains(peer_)) return;
    if (head_.forwarded_proto.present()) {
        const std::string_view list = head_.forwarded_proto.in(message_);
        std::string_view last = list.substr(list.rfind(',') + 1); // npos + 1 is 0
        while (!last.empty() && isBlank(last.front())) last.remove_prefix(1);
        secure_ = equalsIgnoreCase(last, "https");
    }
    bool goes_on = true;
    for (std::size_t i = head_.fields.size(); i > 0 && goes_on; --i) {
        const Field each = field(i - 1);
        if (!equalsIgnoreCase(each.name, "x-forwarded-for")) continue;
        std::string_view list = each.value;
        for (bool more = true; more && goes_on;) {
            const std::size_t comma = list.rfind(',');
            const auto address = forwardedAddress(list.substr(comma + 1));
            more = comma != list.npos;
            list = list.substr(0, more ? comma : 0);
            client_ = address ? *address : unknownClient();
            goes_on = address.has_value() && trusted.contains(*address);
        }
    }
    client_text_size_ = static_cast<std::uint8_t>(client_.format(client_text_));
}

bool Exchange::readBody(std::optional<std::uint64_t> limit) noexcept {
    if (connection_ == nullptr || stage_ != Stage::handler || malformed_ || body_asked_) return false;
    body_asked_ = true;
    body_limit_ = limit.value_or(settings_->limits.body_bytes);
    connection_->bodyAsked();
    return true;
}

bool Exchange::readBodyInPieces(std::uint64_t limit) noexcept {
    if (!readBody(limit)) return false;
    body_pieces_ = true;
    body_size_ = 0;
    return true;
}

void Exchange::pauseBody() noexcept {
    if (body_paused_ms_ == 0) body_paused_ms_ = server_->loop_.nowMs();
    if (connection_ != nullptr) connection_->bodyPaused();
}

void Exchange::resumeBody() noexcept {
    const std::uint64_t since = std::exchange(body_paused_ms_, 0);
    if (since == 0) return;
    body_begun_ms_ += server_->loop_.nowMs() - since;
    if (connection_ != nullptr) connection_->bodyResumed();
}

bool Exchange::chargeBody(std::uint64_t bytes) noexcept {
    if (!server_->shared_.takeBodyBytes(bytes, settings_->limits.buffered_body_bytes)) return false;
    charged_ += bytes;
    return true;
}

bool Exchange::appendReplyField(std::string_view name, std::string_view value) {
    return appendField(reply_fields_, name, value);
}

bool Exchange::mayAnswer(Stage stage) const noexcept {
    return state_.load(std::memory_order_relaxed) == word(id_.generation(), Phase::claimed) && stage_ == stage;
}

// Also while the body is still being read.
bool Exchange::mayBegin() const noexcept {
    return mayAnswer(Stage::handler) || mayAnswer(Stage::body);
}

namespace {

bool isLegal(const ReplyHead& head) noexcept {
    return head.status >= 200 && head.status <= 999;
}

} // namespace

bool Exchange::respond(const ReplyHead& head, std::string_view body) {
    if (!mayBegin() || !isLegal(head)) return false;
    if (connection_ == nullptr) {
        finish(head.status, 0, true);
    } else {
        connection_->answer(*this, head, body, nullptr);
    }
    return true;
}

bool Exchange::respondOwned(const ReplyHead& head, std::string&& body) {
    if (!mayBegin() || !isLegal(head)) return false;
    if (connection_ == nullptr) {
        finish(head.status, 0, true);
    } else {
        connection_->answer(*this, head, body, &body);
    }
    return true;
}

bool Exchange::respond(const ReplyHead& head, FileRange&& range) {
    if (!mayBegin() || !isLegal(head)) return false;
    FileRange body = std::move(range);
    if (connection_ == nullptr) {
        finish(head.status, 0, true);
    } else {
        connection_->answerFile(*this, head, std::move(body));
    }
    return true;
}

bool Exchange::respondAndKeep(const ReplyHead& head, std::string_view body) {
    if (!mayBegin() || !isLegal(head)) return false;
    if (connection_ != nullptr) connection_->answerAndLeave(*this, head, body);
    if (!std::exchange(left_, true)) ++server_->left_exchanges_;
    return true;
}

bool Exchange::beginStream(const ReplyHead& head) {
    if (!mayBegin() || !isLegal(head)) return false;
    stage_ = Stage::streaming;
    stream_status_ = head.status;
    stream_bytes_ = 0;
    if (connection_ != nullptr) connection_->beginStream(*this, head);
    return true;
}

std::optional<std::size_t> Exchange::write(std::string_view data) {
    if (!mayAnswer(Stage::streaming) || connection_ == nullptr) return 0;
    return connection_->writeStream(*this, data);
}

bool Exchange::endStream() {
    if (!mayAnswer(Stage::streaming)) return false;
    if (connection_ == nullptr) {
        finish(stream_status_, stream_bytes_, true);
    } else {
        connection_->endStream(*this);
    }
    return true;
}

bool Exchange::abortStream() {
    if (!mayAnswer(Stage::streaming)) return false;
    if (connection_ == nullptr) {
        finish(stream_status_, stream_bytes_, true);
    } else {
        connection_->abortStream(*this);
    }
    return true;
}

void Exchange::finish(int status, std::uint64_t bytes, bool cut) noexcept {
    Outcome outcome;
    outcome.status = status;
    outcome.bytes = bytes;
    outcome.duration_ns = base::monotonicNs() - received_ns_;
    outcome.cancelled = cut;
    server_->handler_.onFinished(*this, outcome);
    state_.store(word(id_.generation(), Phase::free), std::memory_order_release);
    server_->shared_.giveBodyBytes(charged_);
    charged_ = 0;
    body_ = {};
    body_buffer_.reset();
    server_->buffers_.give(std::move(kept_head_));
    server_->giveExchange(*this);
}

} // namespace mortise::http
