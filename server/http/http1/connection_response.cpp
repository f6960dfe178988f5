// SPDX-License-Identifier: Apache-2.0
// The part of Connection that sends responses.
#include "http/exchange.hpp"
#include "http/handler.hpp"
#include "http/http1/connection.hpp"
#include "http/http1/loop_server.hpp"
#include "http/status.hpp"

#include <Poco/Exception.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace mortise::http::http1 {

namespace {

constexpr std::size_t large_body_bytes = 64 * 1024;    // from here on a body is sent from where it is
constexpr std::size_t large_borrowed_bytes = 4 * 1024; // likewise, of what must be copied otherwise
constexpr std::size_t file_piece_bytes = 512 * 1024;   // of a file in one turn of the loop

void appendNumber(std::string& out, std::uint64_t value, int base = 10) {
    char digits[20];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value, base).ptr;
    out.append(digits, static_cast<std::size_t>(end - digits));
}

void appendStatusLine(std::string& out, int status) {
    if (status == 200) { // in one piece what most responses begin with
        out.append("HTTP/1.1 200 OK\r\n", 17);
        return;
    }
    out.append("HTTP/1.1 ", 9);
    appendNumber(out, static_cast<unsigned>(status));
    out.append(1, ' ').append(reasonPhrase(status)).append("\r\n", 2);
}

} // namespace

// Looks for the end of the current message, whose body may be unread: behind it (next_begin, discard_left_) the next
// request begins. False: it cannot be found at a reasonable price, or the client may never send the body.
bool Connection::findNext(Exchange& exchange) noexcept {
    Message& message = *message_;
    discard_left_ = 0;
    if (exchange.isBodyComplete()) return true;
    if (exchange.isMalformed() || message.body_begun_ms != 0) return false;
    const RequestHead& head = exchange.head();
    const std::size_t head_end = headEnd();
    message.next_begin = head_end;
    if (!head.hasBody()) return true;
    const std::size_t here = in_.size - head_end;
    const std::size_t bound = limits().drain_bytes;
    if (head.chunked) {
        if (here == 0 || message.parser.beginBody(bound) == Parser::Result::fault) return false;
        std::size_t taken = 0;
        std::size_t made = 0;
        char* const raw = in_.data() + head_end;
        if (message.parser.parseBody(raw, here, raw, taken, made) != Parser::Result::complete) return false;
        message.next_begin = head_end + taken;
        return true;
    }
    if (here >= head.content_length) {
        message.next_begin = head_end + head.content_length;
        return true;
    }
    if (head.expects_continue || head.content_length - here > bound) return false;
    message.next_begin = in_.size;
    discard_left_ = head.content_length - here;
    return true;
}

bool Connection::staysOpen(Exchange& exchange, bool closes) noexcept {
    if (!findNext(exchange)) return false;
    if (!exchange.head().keep_alive || closes || server_.draining() || state_ == State::closing) return false;
    if (limits().max_requests != 0 && requests_ >= limits().max_requests) return false;
    return !peer_finished_ || message_->next_begin < in_.size || message_->next.size != 0;
}

std::uint64_t Connection::appendHead(const Exchange& exchange, const Response& head, Framing framing,
                                     std::uint64_t size, bool stays) {
    if (out_.capacity() < 64) out_ = resources_.acquireOutput();
    const std::size_t before = out_.size();
    appendStatusLine(out_, head.status);
    out_.append(resources_.dateLine(loop_.wallMs()));
    if (!head.contentType.empty()) out_.append("Content-Type: ", 14).append(head.contentType).append("\r\n", 2);
    if (framing == Framing::length) {
        out_.append("Content-Length: ", 16);
        appendNumber(out_, size);
        out_.append("\r\n", 2);
    } else if (framing == Framing::chunked) {
        out_.append("Transfer-Encoding: chunked\r\n", 28);
    }
    out_.append(head.constantFields).append(head.fields);
    out_.append("X-Request-Id: ", 14).append(exchange.requestId()).append("\r\n", 2);
    if (!stays) {
        out_.append("Connection: close\r\n", 19);
    } else if (exchange.head().minor_version == 0) {
        out_.append("Connection: keep-alive\r\n", 24);
    }
    out_.append("\r\n", 2);
    return out_.size() - before;
}

std::uint64_t Connection::respond(Exchange& exchange, Response& response) {
    const bool stays = staysOpen(exchange, response.closes);
    const bool none = hasNoBody(response.status);
    read_deadline_ms_ = never; // of a body that is not waited for any more
    const bool silent = none || exchange.method() == Method::head;
    const Framing framing = none || (silent && !response.sized) ? Framing::none : Framing::length;
    const std::uint64_t size = response.size();
    std::uint64_t bytes = appendHead(exchange, response, framing, size, stays);
    if (!silent) {
        bytes += size;
        appendBody(response);
    } else {
        response.borrowed.reset();
        response.file.file.reset();
    }
    detach(exchange, stays);
    return bytes;
}

void Connection::appendBody(Response& response) {
    switch (response.body) {
    case Response::Body::bytes:
        if (response.bytes.size() >= large_body_bytes) {
            queueBody().bytes = std::move(response.bytes);
        } else {
            out_.append(response.bytes);
        }
        break;
    case Response::Body::constant:
        out_.append(response.constant);
        break;
    case Response::Body::borrowed:
        if (response.borrowed.bytes().size() >= large_borrowed_bytes) {
            QueuedBody& body = queueBody();
            body.borrowed = std::move(response.borrowed);
            resources_.borrowed.pushBack(body);
        } else {
            out_.append(response.borrowed.bytes());
            response.borrowed.reset();
        }
        break;
    case Response::Body::file:
        if (response.file.left != 0) queueBody().file = std::move(response.file);
        break;
    case Response::Body::none:
    case Response::Body::stream:
        break;
    }
}

QueuedBody& Connection::queueBody() {
    queued_ = resources_.bodies.acquire();
    queued_->connection = this;
    return *queued_;
}

void Connection::dropQueued() noexcept {
    if (queued_ == nullptr) return;
    queued_->clear();
    resources_.bodies.release(std::move(queued_));
}

std::uint64_t Connection::beginStream(Exchange& exchange, const Response& head) {
    Message& message = *message_;
    read_deadline_ms_ = never;
    const bool chunked = exchange.head().minor_version == 1;
    const bool none = hasNoBody(head.status);
    message.stage = Message::Stage::streaming;
    message.stream_stays = staysOpen(exchange, head.closes) && (chunked || none);
    message.stream_chunked = chunked;
    message.stream_silent = none || exchange.method() == Method::head;
    const Framing framing = none ? Framing::none : chunked ? Framing::chunked : Framing::untilClose;
    const std::uint64_t bytes = appendHead(exchange, head, framing, 0, message.stream_stays);
    touch();
    return bytes;
}

std::optional<std::uint64_t> Connection::write(Exchange&, std::string_view data) {
    if (backlog() >= limits().output_high_bytes) {
        message_->wants_writable = true;
        return std::nullopt;
    }
    if (data.empty() || message_->stream_silent) return 0;
    if (out_.capacity() < 64) out_ = resources_.acquireOutput();
    if (out_sent_ > out_.size() / 2) {
        out_.erase(0, out_sent_);
        out_whole_ -= std::min(out_whole_, out_sent_);
        out_sent_ = 0;
    }
    const std::size_t before = out_.size();
    if (message_->stream_chunked) {
        appendNumber(out_, data.size(), 16);
        out_.append("\r\n", 2).append(data).append("\r\n", 2);
    } else {
        out_.append(data);
    }
    touch();
    return out_.size() - before;
}

std::uint64_t Connection::endStream(Exchange& exchange) {
    std::uint64_t bytes = 0;
    if (message_->stream_chunked && !message_->stream_silent) {
        if (out_.capacity() < 64) out_ = resources_.acquireOutput();
        out_.append("0\r\n\r\n", 5);
        bytes = 5;
    }
    detach(exchange, message_->stream_stays);
    return bytes;
}

void Connection::cut(Exchange& exchange) noexcept {
    if (out_sent_ < out_whole_) {
        // Whole responses of earlier requests are owed; of this one nothing has gone yet, and nothing does.
        out_.resize(out_whole_);
        dropQueued();
    } else {
        aborting_ = true;
    }
    detach(exchange, false);
}

// The exchange is the handler's alone from here on, which may look at its views until it returns, and longer where a
// turn is open: no buffer of theirs is given to anybody else now.
void Connection::detach(Exchange& exchange, bool stays) noexcept {
    const bool keeps = exchange.keepsViews();
    exchange_ = nullptr;
    if (!stays) {
        if (keeps) {
            exchange.keep(std::move(in_));
            begin_ = 0;
        }
        state_ = State::closing;
    } else {
        state_ = discard_left_ != 0 ? State::discarding : State::reading;
        if (discard_left_ != 0) read_deadline_ms_ = loop_.nowMs() + limits().linger_timeout_ms;
        InputBuffer& next = message_->next;
        if (keeps || next.size != 0) {
            const std::size_t behind = message_->next_begin;
            if (next.size == 0 && !keepNext(next, {in_.data() + behind, in_.size - behind})) state_ = State::closing;
            exchange.keep(std::move(in_));
            in_ = std::move(next);
            begin_ = 0;
        } else {
            begin_ = static_cast<std::uint32_t>(message_->next_begin);
        }
    }
    releaseMessage();
    touch();
}

bool Connection::sendFrom(std::string_view data, std::size_t& sent, bool more) noexcept {
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
    if (any || write_deadline_ms_ == never) write_deadline_ms_ = loop_.nowMs() + limits().write_timeout_ms;
}

// One piece a turn, so that others get theirs.
bool Connection::sendFile() noexcept {
    FileRange& range = queued_->file;
    if (range.left == 0) return true;
    auto offset = static_cast<off_t>(range.offset);
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(range.left, file_piece_bytes));
    const ssize_t taken = ::sendfile(fd_, range.file.get(), &offset, piece);
    if (taken == 0 || (taken < 0 && errno != EAGAIN && errno != EINTR)) {
        // The file is shorter than it was, or cannot be read: the client must not take this for the whole response.
        abort();
        return false;
    }
    if (taken > 0) {
        range.offset += static_cast<std::uint64_t>(taken);
        range.left -= static_cast<std::uint64_t>(taken);
    }
    progressed(taken > 0);
    return range.left == 0;
}

// The rest of the output and of what is queued behind it in memory, in one call. False: the socket took less.
bool Connection::sendBoth() noexcept {
    const std::string_view body = queued_->unsent();
    const std::size_t before = out_.size() - out_sent_;
    iovec parts[2] = {{out_.data() + out_sent_, before}, {const_cast<char*>(body.data()), body.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    const ssize_t taken = ::sendmsg(fd_, &message, MSG_NOSIGNAL);
    if (taken < 0 && errno != EAGAIN && errno != EINTR) {
        end();
        return false;
    }
    const auto size = static_cast<std::size_t>(std::max<ssize_t>(taken, 0));
    out_sent_ += std::min(size, before);
    queued_->sent += size - std::min(size, before);
    progressed(size != 0);
    return size == before + body.size();
}

bool Connection::sendQueued() noexcept {
    if (out_sent_ < out_.size() && !queued_->unsent().empty()) return sendBoth();
    const std::string_view whole = queued_->borrowed.empty() ? queued_->bytes : queued_->borrowed.bytes();
    return sendFrom(out_, out_sent_, true) && sendFrom(whole, queued_->sent, false) && sendFile();
}

void Connection::flush() noexcept {
    if (state_ == State::ended) return;
    if (aborting_) return abort();
    if (queued_ != nullptr) {
        if (!sendQueued()) return;
    } else if (backlog() > 0) {
        if (!sendFrom(out_, out_sent_, false)) return;
    }
    if (!out_.empty() || out_sent_ != 0) {
        resources_.releaseOutput(std::move(out_));
        out_ = std::string();
        out_sent_ = out_whole_ = 0;
    }
    dropQueued();
    write_deadline_ms_ = never;
    if (state_ == State::closing) linger();
}

void Connection::abort() noexcept {
    if (state_ == State::ended) return;
    const ::linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    end();
}

// RFC 9112 section 9.6: our FIN, then what the client still sends is received and dropped, so that no reset overtakes
// the response.
void Connection::linger() noexcept {
    if (exchange_ != nullptr && exchange_->stage() == Exchange::Stage::head) releaseExchange();
    if (peer_finished_ || ::shutdown(fd_, SHUT_WR) != 0) {
        end();
        return;
    }
    state_ = State::lingering;
    resources_.buffers.give(std::move(in_));
    begin_ = 0;
    discard_left_ = limits().linger_bytes;
    idle_since_ms_ = loop_.nowMs();
    read_deadline_ms_ = idle_since_ms_ + limits().linger_timeout_ms;
}

} // namespace mortise::http::http1
