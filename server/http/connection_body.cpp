// SPDX-License-Identifier: Apache-2.0
// The part of Connection that reads bodies. A body stays behind its head when it fits into the buffer that is there,
// and goes into a buffer of its own ("apart") when not, so that views into the head never move. A body in pieces is
// handed over from where it was received.
#include "http/connection.hpp"
#include "http/exchange.hpp"
#include "http/loop_server.hpp"

#include <algorithm>
#include <cstring>

namespace mortise::http {

namespace {

constexpr std::size_t first_apart_bytes = 2 * 1024; // few until they come: a slow client costs no more

std::size_t headEnd(std::size_t begin, const Parser& parser) noexcept {
    return begin + parser.headBytes();
}

} // namespace

void Connection::bodyAsked() noexcept {
    exchange_->stage_ = Exchange::Stage::body;
    touch();
}

void Connection::bodyPaused() noexcept {
    if (readsBody()) read_deadline_ms_ = never;
}

void Connection::bodyResumed() noexcept {
    if (!readsBody()) return;
    read_deadline_ms_ = bodyDeadline();
    touch();
}

bool Connection::readsBody() const noexcept {
    return state_ == State::exchange && exchange_ != nullptr && exchange_->stage_ == Exchange::Stage::body;
}

std::uint64_t Connection::bodyDeadline() const noexcept {
    const Limits& limits = exchange_->settings_->limits;
    std::uint64_t allowed_ms = limits.body_timeout_ms;
    if (limits.body_bytes_per_second != 0) {
        allowed_ms += exchange_->body_received_ * 1000 / limits.body_bytes_per_second;
    }
    return exchange_->body_begun_ms_ + std::min(allowed_ms, limits.body_timeout_max_ms);
}

void Connection::enterBody() noexcept {
    Exchange& exchange = *exchange_;
    const Limits& limits = exchange.settings_->limits;
    exchange.body_begun_ms_ = server_.loop_.nowMs();
    const std::size_t head_end = headEnd(begin_, exchange.parser_);
    exchange.body_raw_ = head_end;
    exchange.body_size_ = 0;
    if (!exchange.hasBody()) {
        next_begin_ = head_end;
        bodyComplete();
        return;
    }
    if (exchange.parser_.beginBody(exchange.body_limit_) == Parser::Result::fault) {
        malformed(exchange.parser_.fault());
        return;
    }
    read_deadline_ms_ = exchange.body_begun_ms_ + limits.body_timeout_ms;
    if (exchange.head_.expects_continue && in_.size == head_end) {
        if (out_.capacity() < 64) out_ = server_.takeOutput();
        out_.append("HTTP/1.1 100 Continue\r\n\r\n");
    }
    if (exchange.body_pieces_) return;
    if (!exchange.head_.chunked && exchange.head_.content_length > in_.capacity() - head_end) bodyApart();
}

bool Connection::bodyApart() noexcept {
    Exchange& exchange = *exchange_;
    const std::size_t head_end = headEnd(begin_, exchange.parser_);
    const std::size_t here = exchange.head_.chunked ? exchange.body_size_ : in_.size - head_end;
    std::size_t capacity = std::max(first_apart_bytes, here * 2);
    if (!exchange.head_.chunked) capacity = std::min<std::size_t>(capacity, exchange.head_.content_length);
    exchange.body_apart_ = true;
    if (!growBody(capacity)) return false;
    std::memcpy(exchange.body_buffer_.data(), in_.data() + head_end, here);
    exchange.body_buffer_.size = here;
    return true;
}

bool Connection::growBody(std::size_t capacity) noexcept {
    Exchange& exchange = *exchange_;
    const std::uint64_t more = capacity - exchange.charged_;
    if (!server_.shared_.takeBodyBytes(more, limits().buffered_body_bytes)) {
        malformed(fault::bodyMemory);
        return false;
    }
    exchange.charged_ += more;
    if (exchange.body_buffer_.grow(capacity)) return true;
    malformed(fault::bodyMemory);
    return false;
}

void Connection::bodyComplete() noexcept {
    Exchange& exchange = *exchange_;
    const std::size_t head_end = headEnd(begin_, exchange.parser_);
    if (exchange.body_apart_) {
        exchange.body_ = {exchange.body_buffer_.data(), exchange.body_buffer_.size};
        next_begin_ = in_.size;
    } else if (!exchange.body_pieces_) {
        exchange.body_ = {in_.data() + head_end, exchange.body_size_};
    }
    exchange.body_complete_ = true;
    exchange.stage_ = Exchange::Stage::handler;
    read_deadline_ms_ = never;
    server_.handler_.onBody(exchange);
}

bool Connection::stepBody() noexcept {
    Exchange& exchange = *exchange_;
    if (exchange.body_begun_ms_ == 0) {
        enterBody();
        return true;
    }
    if (exchange.body_pieces_) return stepPieces();
    const std::size_t head_end = headEnd(begin_, exchange.parser_);
    if (!exchange.head_.chunked) {
        const std::uint64_t length = exchange.head_.content_length;
        const std::size_t here = exchange.body_apart_ ? exchange.body_buffer_.size : in_.size - head_end;
        if (here < length) return false;
        exchange.body_size_ = length;
        next_begin_ = head_end + length;
        bodyComplete();
        return true;
    }
    if (exchange.body_apart_) return false; // decoded where it is received
    std::size_t taken = 0;
    std::size_t made = 0;
    const Parser::Result result =
        exchange.parser_.parseBody(in_.data() + exchange.body_raw_, in_.size - exchange.body_raw_,
                                   in_.data() + head_end + exchange.body_size_, taken, made);
    exchange.body_raw_ += taken;
    exchange.body_size_ += made;
    if (result == Parser::Result::fault) {
        malformed(exchange.parser_.fault());
        return true;
    }
    if (result == Parser::Result::complete) {
        next_begin_ = exchange.body_raw_;
        bodyComplete();
        return true;
    }
    in_.size = head_end + exchange.body_size_;
    exchange.body_raw_ = in_.size;
    return false;
}

bool Connection::keepNext(std::string_view bytes) noexcept {
    if (bytes.empty()) return true;
    next_ = server_.buffers_.take();
    if (!next_.grow(bytes.size())) return false;
    std::memcpy(next_.data(), bytes.data(), bytes.size());
    next_.size = bytes.size();
    return true;
}

void Connection::receiveBody() noexcept {
    Exchange& exchange = *exchange_;
    InputBuffer& apart = exchange.body_buffer_;
    if (exchange.body_begun_ms_ == 0) return; // begins at the end of this batch
    if (exchange.body_pieces_) return receivePieces();
    if (exchange.head_.chunked && !exchange.body_apart_ && in_.room() < 256 && !bodyApart()) return;
    std::size_t received = 0;
    if (!exchange.body_apart_) {
        received = receiveInto(in_.data() + in_.size, in_.room());
        if (received == 0) return;
        in_.size += received;
    } else if (!exchange.head_.chunked) {
        const std::uint64_t length = exchange.head_.content_length;
        if (apart.room() == 0 && !growBody(std::min<std::size_t>(length, apart.capacity() * 2))) return;
        received = receiveInto(apart.data() + apart.size, std::min<std::size_t>(apart.room(), length - apart.size));
        if (received == 0) return;
        apart.size += received;
    } else {
        char* const scratch = server_.scratch_.data();
        received = receiveInto(scratch, server_.scratch_.size());
        if (received == 0) return;
        std::size_t taken = 0;
        std::size_t made = 0;
        const Parser::Result result = exchange.parser_.parseBody(scratch, received, scratch, taken, made);
        if (result == Parser::Result::fault) {
            malformed(exchange.parser_.fault());
            return;
        }
        if (made > apart.room() && !growBody(std::max(apart.capacity() * 2, apart.size + made))) return;
        std::memcpy(apart.data() + apart.size, scratch, made);
        apart.size += made;
        if (result == Parser::Result::complete) {
            if (!keepNext({scratch + taken, received - taken})) return end();
            in_.size = headEnd(begin_, exchange.parser_);
            bodyComplete();
            return;
        }
    }
    exchange.body_received_ += received;
    read_deadline_ms_ = bodyDeadline();
}

bool Connection::takePiece(const char* data, std::size_t made) noexcept {
    Exchange& exchange = *exchange_;
    if (made == 0) return true;
    exchange.body_size_ += made;
    server_.handler_.onBodyPiece(exchange, {data, made});
    return exchange_ == &exchange && exchange.stage_ == Exchange::Stage::body;
}

// What came behind the head, or all of it. The head stays where it is, what is behind it makes room.
bool Connection::stepPieces() noexcept {
    Exchange& exchange = *exchange_;
    const std::size_t head_end = headEnd(begin_, exchange.parser_);
    if (in_.size == head_end) return false;
    std::size_t taken = 0;
    std::size_t made = 0;
    char* const raw = in_.data() + head_end;
    const Parser::Result result = exchange.parser_.parseBody(raw, in_.size - head_end, raw, taken, made);
    if (result == Parser::Result::fault) {
        malformed(exchange.parser_.fault());
        return true;
    }
    if (result == Parser::Result::more) in_.size = head_end; // its bytes stay there until the next receive
    if (!takePiece(raw, made)) return true;
    if (result == Parser::Result::more) return false;
    next_begin_ = head_end + taken;
    bodyComplete();
    return true;
}

void Connection::receivePieces() noexcept {
    Exchange& exchange = *exchange_;
    char* const scratch = server_.scratch_.data();
    std::size_t most = server_.scratch_.size();
    if (!exchange.head_.chunked)
        most = static_cast<std::size_t>(
            std::min<std::uint64_t>(most, exchange.head_.content_length - exchange.body_size_));
    const std::size_t received = receiveInto(scratch, most);
    if (received == 0) return;
    std::size_t taken = 0;
    std::size_t made = 0;
    const Parser::Result result = exchange.parser_.parseBody(scratch, received, scratch, taken, made);
    if (result == Parser::Result::fault) {
        malformed(exchange.parser_.fault());
        return;
    }
    exchange.body_received_ += received;
    if (exchange.body_paused_ms_ == 0) read_deadline_ms_ = bodyDeadline();
    if (!takePiece(scratch, made) || result == Parser::Result::more) return;
    next_begin_ = in_.size;
    if (!keepNext({scratch + taken, received - taken})) return end();
    bodyComplete();
}

} // namespace mortise::http
