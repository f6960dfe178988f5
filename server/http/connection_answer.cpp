// SPDX-License-Identifier: Apache-2.0
// The part of Connection that writes answers.
#include "http/connection.hpp"
#include "http/exchange.hpp"
#include "http/loop_server.hpp"
#include "http/status.hpp"

#include <Poco/Exception.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <sys/sendfile.h>
#include <sys/socket.h>

namespace mortise::http {

namespace {

constexpr std::size_t large_body_bytes = 64 * 1024;  // from here on a body is sent from where it is
constexpr std::size_t file_piece_bytes = 512 * 1024; // of a file in one turn of the loop

void appendNumber(std::string& out, std::uint64_t value, int base = 10) {
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value, base).ptr;
    out.append(digits, static_cast<std::size_t>(end - digits));
}

void appendStatusLine(std::string& out, int status) {
    if (status == 200) { // in one piece what most answers begin with
        out.append("HTTP/1.1 200 OK\r\n", 17);
        return;
    }
    out.append("HTTP/1.1 ", 9);
    appendNumber(out, static_cast<unsigned>(status));
    out.append(1, ' ').append(reasonPhrase(status)).append("\r\n", 2);
}

} // namespace

// Looks for the end of the current message, whose body may be unread: behind it (next_begin_, discard_left_) the next
// request begins. False: it cannot be found at a reasonable price, or the client may never send the body.
bool Connection::findNext(Exchange& exchange) noexcept {
    discard_left_ = 0;
    if (exchange.body_complete_) return true;
    if (exchange.malformed_ || exchange.body_begun_ms_ != 0) return false;
    const RequestHead& head = exchange.head_;
    const std::size_t head_end = begin_ + exchange.parser_.headBytes();
    next_begin_ = head_end;
    if (!head.hasBody()) return true;
    const std::size_t here = in_.size - head_end;
    const std::size_t bound = limits().drain_bytes;
    if (head.chunked) {
        if (here == 0 || exchange.parser_.beginBody(bound) == Parser::Result::fault) return false;
        std::size_t taken = 0;
        std::size_t made = 0;
        char* const raw = in_.data() + head_end;
        if (exchange.parser_.parseBody(raw, here, raw, taken, made) != Parser::Result::complete) return false;
        next_begin_ = head_end + taken;
        return true;
    }
    if (here >= head.content_length) {
        next_begin_ = head_end + head.content_length;
        return true;
    }
    if (head.expects_continue || head.content_length - here > bound) return false;
    next_begin_ = in_.size;
    discard_left_ = head.content_length - here;
    return true;
}

bool Connection::staysOpen(Exchange& exchange) noexcept {
    if (!findNext(exchange)) return false;
    if (!exchange.head_.keep_alive || exchange.close_after_ || server_.draining_ || state_ == State::closing)
        return false;
    if (limits().max_requests != 0 && requests_ >= limits().max_requests) return false;
    return !peer_finished_ || next_begin_ < in_.size || next_.size != 0;
}

std::uint64_t Connection::appendHead(Exchange& exchange, const ReplyHead& head, Framing framing, std::uint64_t size,
                                     bool stays) {
    if (out_.capacity() < 64) out_ = server_.takeOutput();
    const std::size_t before = out_.size();
    appendStatusLine(out_, head.status);
    out_.append(server_.dateLine());
    if (!head.content_type.empty()) out_.append("Content-Type: ", 14).append(head.content_type).append("\r\n", 2);
    if (framing == Framing::length) {
        out_.append("Content-Length: ", 16);
        appendNumber(out_, size);
        out_.append("\r\n", 2);
    } else if (framing == Framing::chunked) {
        out_.append("Transfer-Encoding: chunked\r\n", 28);
    }
    out_.append(head.constant_fields).append(exchange.reply_fields_);
    out_.append("X-Request-Id: ", 14).append(exchange.request_id_).append("\r\n", 2);
    if (!stays) {
        out_.append("Connection: close\r\n", 19);
    } else if (exchange.head_.minor_version == 0) {
        out_.append("Connection: keep-alive\r\n", 24);
    }
    out_.append("\r\n", 2);
    return out_.size() - before;
}

void Connection::answer(Exchange& exchange, const ReplyHead& head, std::string_view body, std::string* owned) {
    const bool stays = staysOpen(exchange);
    const bool none = hasNoBody(head.status);
    read_deadline_ms_ = never; // of a body that is not waited for any more
    const bool silent = none || exchange.head_.method == Method::head;
    const Framing framing = none || (silent && !head.sized) ? Framing::none : Framing::length;
    std::uint64_t bytes = appendHead(exchange, head, framing, body.size(), stays);
    if (!silent) {
        bytes += body.size();
        if (owned != nullptr && body.size() >= large_body_bytes) {
            large_ = std::move(*owned);
            large_sent_ = 0;
        } else {
            out_.append(body);
        }
    }
    exchange_ = nullptr;
    exchange.finish(head.status, bytes, false);
    afterAnswer(stays);
}

void Connection::answerFile(Exchange& exchange, const ReplyHead& head, FileRange&& range) {
    const bool stays = staysOpen(exchange);
    const bool none = hasNoBody(head.status);
    read_deadline_ms_ = never;
    std::uint64_t bytes = appendHead(exchange, head, none ? Framing::none : Framing::length, range.left, stays);
    if (!none && exchange.head_.method != Method::head) {
        bytes += range.left;
        if (range.left != 0) file_ = std::move(range);
    }
    exchange_ = nullptr;
    exchange.finish(head.status, bytes, false);
    afterAnswer(stays);
}

// The exchange keeps the buffer that its views point into.
void Connection::answerAndLeave(Exchange& exchange, const ReplyHead& head, std::string_view body) {
    const bool none = hasNoBody(head.status);
    read_deadline_ms_ = never;
    appendHead(exchange, head, none ? Framing::none : Framing::length, body.size(), false);
    if (!none && exchange.head_.method != Method::head) out_.append(body);
    exchange_ = nullptr;
    exchange.connection_ = nullptr;
    exchange.cancelled_.store(true, std::memory_order_release);
    exchange.kept_head_ = std::move(in_);
    begin_ = 0;
    afterAnswer(false);
}

void Connection::beginStream(Exchange& exchange, const ReplyHead& head) {
    read_deadline_ms_ = never;
    const bool chunked = exchange.head_.minor_version == 1;
    const bool none = hasNoBody(head.status);
    exchange.stream_stays_ = staysOpen(exchange) && (chunked || none);
    exchange.stream_chunked_ = chunked;
    exchange.stream_silent_ = none || exchange.head_.method == Method::head;
    const Framing framing = none ? Framing::none : chunked ? Framing::chunked : Framing::untilClose;
    exchange.stream_bytes_ = appendHead(exchange, head, framing, 0, exchange.stream_stays_);
    touch();
}

std::optional<std::size_t> Connection::writeStream(Exchange& exchange, std::string_view data) {
    if (backlog() >= limits().output_high_bytes) {
        exchange.wants_writable_ = true;
        return std::nullopt;
    }
    if (data.empty() || exchange.stream_silent_) return backlog();
    if (out_.capacity() < 64) out_ = server_.takeOutput();
    if (out_sent_ > out_.size() / 2) {
        out_.erase(0, out_sent_);
        out_sent_ = 0;
    }
    const std::size_t before = out_.size();
    if (exchange.stream_chunked_) {
        appendNumber(out_, data.size(), 16);
        out_.append("\r\n", 2).append(data).append("\r\n", 2);
    } else {
        out_.append(data);
    }
    exchange.stream_bytes_ += out_.size() - before;
    touch();
    return backlog();
}

void Connection::endStream(Exchange& exchange) {
    if (exchange.stream_chunked_ && !exchange.stream_silent_) {
        if (out_.capacity() < 64) out_ = server_.takeOutput();
        out_.append("0\r\n\r\n", 5);
        exchange.stream_bytes_ += 5;
    }
    const bool stays = exchange.stream_stays_;
    exchange_ = nullptr;
    exchange.finish(exchange.stream_status_, exchange.stream_bytes_, false);
    afterAnswer(stays);
}

void Connection::abortStream(Exchange& exchange) {
    exchange_ = nullptr;
    exchange.finish(exchange.stream_status_, exchange.stream_bytes_, true);
    aborting_ = true;
    afterAnswer(false);
}

void Connection::afterAnswer(bool stays) noexcept {
    if (state_ == State::ended) return;
    if (!stays) {
        state_ = State::closing;
    } else if (next_.size != 0) {
        server_.buffers_.give(std::move(in_));
        in_ = std::move(next_);
        begin_ = 0;
        state_ = State::reading;
    } else {
        begin_ = static_cast<std::uint32_t>(next_begin_);
        state_ = discard_left_ != 0 ? State::discarding : State::reading;
        if (discard_left_ != 0) read_deadline_ms_ = server_.loop_.nowMs() + limits().linger_timeout_ms;
    }
    touch();
}

bool Connection::sendFrom(std::string& data, std::size_t& sent, bool more) noexcept {
    while (sent < data.size()) {
        const std::size_t left = std::min<std::size_t>(data.size() - sent, 1 << 30);
        int taken = 0;
        try {
            taken = socket_.sendBytes(data.data() + sent, static_cast<int>(left), MSG_NOSIGNAL | (more ? MSG_MORE : 0));
        } catch (const Poco::Exception& failure) {
            // Poco throws for a full socket, too (but returns -1 for an empty one).
            if (failure.code() != EAGAIN) {
                end();
                return false;
            }
        }
        if (taken > 0) sent += static_cast<std::size_t>(taken);
        progressed(taken > 0);
        if (taken < static_cast<int>(left)) return false;
    }
    return true;
}

// A client has write_timeout for the next byte.
void Connection::progressed(bool any) noexcept {
    if (any || write_deadline_ms_ == never) write_deadline_ms_ = server_.loop_.nowMs() + limits().write_timeout_ms;
}

// One piece a turn, so that others get theirs.
bool Connection::sendFile() noexcept {
    if (file_.left == 0) return true;
    auto offset = static_cast<off_t>(file_.offset);
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(file_.left, file_piece_bytes));
    const ssize_t taken = ::sendfile(fd_, file_.file.get(), &offset, piece);
    if (taken == 0 || (taken < 0 && errno != EAGAIN && errno != EINTR)) {
        // The file is shorter than it was, or cannot be read: the client must not take this for the whole answer.
        abort();
        return false;
    }
    if (taken > 0) {
        file_.offset += static_cast<std::uint64_t>(taken);
        file_.left -= static_cast<std::uint64_t>(taken);
    }
    progressed(taken > 0);
    return file_.left == 0;
}

void Connection::flush() noexcept {
    if (state_ == State::ended) return;
    if (aborting_) return abort();
    if (backlog() > 0) {
        if (!sendFrom(out_, out_sent_, sendsApart())) return;
        if (!sendFrom(large_, large_sent_, false)) return;
        if (!sendFile()) return;
    }
    if (!out_.empty() || out_sent_ != 0) {
        server_.giveOutput(std::move(out_));
        out_ = std::string();
        out_sent_ = 0;
    }
    if (!large_.empty()) {
        large_ = std::string();
        large_sent_ = 0;
    }
    file_.file.reset();
    write_deadline_ms_ = never;
    if (state_ == State::closing) linger();
}

// A reset, so that an answer that ends with the connection is seen to be incomplete.
void Connection::abort() noexcept {
    const ::linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    end();
}

// RFC 9112 section 9.6: our FIN, then what the client still sends is read and dropped, so that no reset overtakes the
// answer.
void Connection::linger() noexcept {
    if (exchange_ != nullptr && exchange_->stage_ == Exchange::Stage::head) {
        server_.giveExchange(*exchange_);
        exchange_ = nullptr;
    }
    if (peer_finished_ || ::shutdown(fd_, SHUT_WR) != 0) {
        end();
        return;
    }
    state_ = State::lingering;
    server_.buffers_.give(std::move(in_));
    server_.buffers_.give(std::move(next_));
    begin_ = 0;
    discard_left_ = limits().linger_bytes;
    idle_since_ms_ = server_.loop_.nowMs();
    read_deadline_ms_ = idle_since_ms_ + limits().linger_timeout_ms;
}

} // namespace mortise::http
