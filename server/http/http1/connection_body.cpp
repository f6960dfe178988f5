// SPDX-License-Identifier: Apache-2.0
// The part of Connection that reads bodies. A body stays behind its head when it fits into the buffer that is there,
// and is spilled into a buffer of its own when not, so that views into the head never move. A body in pieces is handed
// over from where it was received.
#include "http/exchange.hpp"
#include "http/handler.hpp"
#include "http/http1/connection.hpp"
#include "http/http1/loop_server.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mortise::http::http1 {

namespace {

constexpr std::size_t first_spilled_bytes = 2 * 1024; // few until they come: a slow client costs no more

} // namespace

void Connection::readBody(Exchange&) noexcept {
    if (message_->stage != Message::Stage::handler) return; // a stream has begun
    message_->stage = Message::Stage::body;
    touch();
}

void Connection::pauseBody(Exchange&) noexcept {
    message_->body_paused_ms = loop_.nowMs();
    if (readsBody()) read_deadline_ms_ = never;
}

void Connection::resumeBody(Exchange&) noexcept {
    Message& message = *message_;
    const std::uint64_t since = std::exchange(message.body_paused_ms, 0);
    if (message.body_begun_ms == 0) return;
    message.body_begun_ms += loop_.nowMs() - since;
    if (!readsBody()) return;
    read_deadline_ms_ = bodyDeadline();
    touch();
}

bool Connection::readsBody() const noexcept {
    return message_ != nullptr && message_->stage == Message::Stage::body;
}

std::uint64_t Connection::bodyDeadline() const noexcept {
    const Limits& limits = exchange_->settings().limits;
    std::uint64_t allowed_ms = limits.body_timeout_ms;
    if (limits.body_bytes_per_second != 0) {
        allowed_ms += message_->body_received * 1000 / limits.body_bytes_per_second;
    }
    return message_->body_begun_ms + std::min(allowed_ms, limits.body_timeout_max_ms);
}

void Connection::enterBody() noexcept {
    Exchange& exchange = *exchange_;
    Message& message = *message_;
    const RequestHead& head = exchange.head();
    const std::size_t head_end = headEnd();
    message.body_begun_ms = loop_.nowMs();
    message.body_raw = head_end;
    if (!head.hasBody()) {
        message.next_begin = head_end;
        bodyComplete();
        return;
    }
    if (message.parser.beginBody(exchange.bodyLimit()) == Parser::Result::fault) {
        malformed(message.parser.fault());
        return;
    }
    if (message.body_paused_ms == 0) {
        read_deadline_ms_ = message.body_begun_ms + exchange.settings().limits.body_timeout_ms;
    } else {
        message.body_paused_ms = message.body_begun_ms;
    }
    if (head.expects_continue && in_.size == head_end) {
        if (out_.capacity() < 64) out_ = resources_.acquireOutput();
        out_.append("HTTP/1.1 100 Continue\r\n\r\n");
    }
    if (exchange.takesPieces()) return;
    if (!head.chunked && head.content_length > in_.capacity() - head_end) spillBody();
}

bool Connection::spillBody() noexcept {
    Exchange& exchange = *exchange_;
    const RequestHead& head = exchange.head();
    const std::size_t head_end = headEnd();
    const std::size_t here = head.chunked ? message_->body_size : in_.size - head_end;
    std::size_t capacity = std::max(first_spilled_bytes, here * 2);
    if (!head.chunked) capacity = std::min<std::size_t>(capacity, head.content_length);
    message_->body_spilled = true;
    if (!growBody(capacity)) return false;
    InputBuffer& spilled = exchange.bodyBuffer();
    std::memcpy(spilled.data(), in_.data() + head_end, here);
    spilled.size = here;
    return true;
}

bool Connection::growBody(std::size_t capacity) noexcept {
    InputBuffer& spilled = exchange_->bodyBuffer();
    if (exchange_->chargeBody(capacity - spilled.capacity()) && spilled.grow(capacity)) return true;
    malformed(fault::bodyMemory);
    return false;
}

void Connection::bodyComplete() noexcept {
    Exchange& exchange = *exchange_;
    Message& message = *message_;
    std::string_view body;
    if (message.body_spilled) {
        body = {exchange.bodyBuffer().data(), exchange.bodyBuffer().size};
        message.next_begin = in_.size;
    } else if (!exchange.takesPieces()) {
        body = {in_.data() + headEnd(), static_cast<std::size_t>(message.body_size)};
    }
    exchange.completeBody(body);
    message.stage = Message::Stage::handler;
    read_deadline_ms_ = never;
    handler_.onBody(exchange);
}

bool Connection::stepBody() noexcept {
    Exchange& exchange = *exchange_;
    Message& message = *message_;
    if (message.body_begun_ms == 0) {
        enterBody();
        return true;
    }
    if (exchange.takesPieces()) return stepPieces();
    const std::size_t head_end = headEnd();
    if (!exchange.head().chunked) {
        const std::uint64_t length = exchange.head().content_length;
        const std::size_t here = message.body_spilled ? exchange.bodyBuffer().size : in_.size - head_end;
        if (here < length) return false;
        message.body_size = length;
        message.next_begin = head_end + length;
        bodyComplete();
        return true;
    }
    if (message.body_spilled) return false; // decoded where it is received
    std::size_t taken = 0;
    std::size_t made = 0;
    const Parser::Result result = message.parser.parseBody(in_.data() + message.body_raw, in_.size - message.body_raw,
                                                           in_.data() + head_end + message.body_size, taken, made);
    message.body_raw += taken;
    message.body_size += made;
    if (result == Parser::Result::fault) {
        malformed(message.parser.fault());
        return true;
    }
    if (result == Parser::Result::complete) {
        message.next_begin = message.body_raw;
        bodyComplete();
        return true;
    }
    in_.size = head_end + message.body_size;
    message.body_raw = in_.size;
    return false;
}

bool Connection::keepNext(InputBuffer& next, std::string_view bytes) noexcept {
    if (bytes.empty()) return true;
    next = resources_.buffers.take();
    if (!next.grow(bytes.size())) return false;
    std::memcpy(next.data(), bytes.data(), bytes.size());
    next.size = bytes.size();
    return true;
}

void Connection::receiveBody() noexcept {
    Exchange& exchange = *exchange_;
    Message& message = *message_;
    InputBuffer& spilled = exchange.bodyBuffer();
    const RequestHead& head = exchange.head();
    if (message.body_begun_ms == 0) return; // begins at the end of this batch
    if (exchange.takesPieces()) return receivePieces();
    if (head.chunked && !message.body_spilled && in_.room() < 256 && !spillBody()) return;
    std::size_t received = 0;
    if (!message.body_spilled) {
        received = receiveInto(in_.data() + in_.size, in_.room());
        if (received == 0) return;
        in_.size += received;
    } else if (!head.chunked) {
        const std::uint64_t length = head.content_length;
        if (spilled.room() == 0 && !growBody(std::min<std::size_t>(length, spilled.capacity() * 2))) return;
        received =
            receiveInto(spilled.data() + spilled.size, std::min<std::size_t>(spilled.room(), length - spilled.size));
        if (received == 0) return;
        spilled.size += received;
    } else {
        char* const scratch = resources_.scratch.data();
        received = receiveInto(scratch, resources_.scratch.size());
        if (received == 0) return;
        std::size_t taken = 0;
        std::size_t made = 0;
        const Parser::Result result = message.parser.parseBody(scratch, received, scratch, taken, made);
        if (result == Parser::Result::fault) {
            malformed(message.parser.fault());
            return;
        }
        if (made > spilled.room() && !growBody(std::max(spilled.capacity() * 2, spilled.size + made))) return;
        std::memcpy(spilled.data() + spilled.size, scratch, made);
        spilled.size += made;
        if (result == Parser::Result::complete) {
            if (!keepNext(message.next, {scratch + taken, received - taken})) return end();
            in_.size = headEnd();
            bodyComplete();
            return;
        }
    }
    message.body_received += received;
    read_deadline_ms_ = bodyDeadline();
}

bool Connection::passPiece(const char* data, std::size_t made) noexcept {
    Exchange& exchange = *exchange_;
    if (made == 0) return true;
    message_->body_size += made;
    exchange.countBody(made);
    handler_.onBodyPiece(exchange, {data, made});
    return exchange_ == &exchange && readsBody();
}

// What came behind the head, or all of it. The head stays where it is, what is behind it makes room.
bool Connection::stepPieces() noexcept {
    Message& message = *message_;
    const std::size_t head_end = headEnd();
    if (in_.size == head_end) return false;
    std::size_t taken = 0;
    std::size_t made = 0;
    char* const raw = in_.data() + head_end;
    const Parser::Result result = message.parser.parseBody(raw, in_.size - head_end, raw, taken, made);
    if (result == Parser::Result::fault) {
        malformed(message.parser.fault());
        return true;
    }
    if (result == Parser::Result::more) in_.size = head_end; // its bytes stay there until the next receive
    if (!passPiece(raw, made)) return true;
    if (result == Parser::Result::more) return false;
    message.next_begin = head_end + taken;
    bodyComplete();
    return true;
}

void Connection::receivePieces() noexcept {
    Message& message = *message_;
    const RequestHead& head = exchange_->head();
    char* const scratch = resources_.scratch.data();
    std::size_t size = resources_.scratch.size();
    if (!head.chunked)
        size = static_cast<std::size_t>(std::min<std::uint64_t>(size, head.content_length - message.body_size));
    const std::size_t received = receiveInto(scratch, size);
    if (received == 0) return;
    std::size_t taken = 0;
    std::size_t made = 0;
    const Parser::Result result = message.parser.parseBody(scratch, received, scratch, taken, made);
    if (result == Parser::Result::fault) {
        malformed(message.parser.fault());
        return;
    }
    message.body_received += received;
    if (message.body_paused_ms == 0) read_deadline_ms_ = bodyDeadline();
    if (!passPiece(scratch, made) || result == Parser::Result::more) return;
    message.next_begin = in_.size;
    if (!keepNext(message.next, {scratch + taken, received - taken})) return end();
    bodyComplete();
}

} // namespace mortise::http::http1
