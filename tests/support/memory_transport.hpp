// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.hpp"
#include "base/ip_address.hpp"
#include "http/exchange.hpp"
#include "http/field_block.hpp"
#include "http/handler.hpp"
#include "http/http1/parser.hpp"
#include "http/status.hpp"
#include "http/transport.hpp"

#include <cstring>
#include <ctime>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

namespace mortise::tests {

// Carries one request in memory: a test says what the client does, the handler gets the calls of http::Handler, and
// what was sent stays here. The head lies in memory of exactly its size. It is freed as soon as a transport may give
// its buffer to somebody else: when the call in which the exchange detached has come back from the handler, or, where
// that was none of ours, at the next call or by settle(). Thread: that of the exchange's loop.
class MemoryTransport final : public http::Transport {
public:
    // What was sent. For HEAD, 204 and 304 without a body, as the client would see it.
    struct Sent {
        int status = 0; // 0: nothing
        std::string contentType;
        std::string fields;                  // constant ones and others, as one block
        std::optional<std::uint64_t> length; // as said
        std::string body;
        std::vector<std::string> pieces; // of a stream
        bool closes = false;
        bool streamed = false;
        bool complete = false; // responded, or the stream was ended
        bool cut = false;
    };

    explicit MemoryTransport(http::Handler& handler, std::shared_ptr<const http::Settings> settings = {},
                             std::string_view peer = "192.0.2.1")
        : handler_(handler),
          settings_(settings != nullptr ? std::move(settings) : std::make_shared<const http::Settings>()),
          peer_text_(peer),
          peer_(base::IpAddress::parse(peer).value_or(base::IpAddress())) {}
    MemoryTransport(const MemoryTransport&) = delete;
    MemoryTransport& operator=(const MemoryTransport&) = delete;
    // The client leaves when it is still there.
    ~MemoryTransport() { lose(); }

    // "GET /path HTTP/1.1\r\nHost: a\r\n\r\n", whole. Comes to onHead, or to onMalformed. False: the handler has no
    // room.
    bool request(std::string_view head) {
        settle();
        if (!acquire()) return false;
        setMessage(head);
        parser_.begin(exchange_->head(), settings_->limits);
        switch (parser_.parseHead(message_.data(), message_.size)) {
        case http::http1::Parser::Result::complete:
            open();
            call([&](http::Exchange& exchange) { handler_.onHead(exchange); });
            break;
        case http::http1::Parser::Result::fault:
            exchange_->head().clear();
            open();
            fail(parser_.fault());
            break;
        case http::http1::Parser::Result::more: // the client left
            http::Exchange& exchange = *std::exchange(exchange_, nullptr);
            exchange.cancelReservation();
            handler_.release(exchange);
            break;
        }
        return true;
    }
    bool get(std::string_view target, std::string_view fields = {}) {
        return request("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n");
    }
    // Of a body of `length` bytes, which comes by body() or pieces; nothing: of unknown length.
    bool post(std::string_view target, std::optional<std::size_t> length, std::string_view fields = {}) {
        return request(
            "POST " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) +
            (length ? "Content-Length: " + std::to_string(*length) : std::string("Transfer-Encoding: chunked")) +
            "\r\n\r\n");
    }

    // Whether the handler has asked for the body, and it is not complete.
    bool wantsBody() const { return exchange_ != nullptr && exchange_->wantsBody(); }
    bool isPaused() const { return paused_; }
    // The whole body, or its rest: comes to onBody, after onBodyPiece where it is read in pieces. More than the limit
    // comes to onMalformed.
    void body(std::string_view rest) {
        piece(rest);
        if (!wantsBody() || exchange_->isMalformed()) return;
        http::InputBuffer& buffer = exchange_->bodyBuffer();
        exchange_->completeBody(exchange_->takesPieces() ? std::string_view()
                                                         : std::string_view(buffer.data(), buffer.size));
        call([&](http::Exchange& exchange) { handler_.onBody(exchange); });
    }
    // A part of it, of which more comes.
    void piece(std::string_view data) {
        settle();
        if (!wantsBody() || exchange_->isMalformed() || data.empty()) return;
        received_ += data.size();
        if (received_ > exchange_->bodyLimit()) return fail(http::fault::bodyTooLarge);
        if (exchange_->takesPieces()) {
            // Memory of its own, gone after the call.
            const std::vector<char> mine(data.begin(), data.end());
            exchange_->countBody(data.size());
            call([&](http::Exchange& exchange) { handler_.onBodyPiece(exchange, {mine.data(), mine.size()}); });
            return;
        }
        http::InputBuffer& buffer = exchange_->bodyBuffer();
        if (!exchange_->chargeBody(data.size()) || !buffer.grow(buffer.size + data.size()))
            return fail(http::fault::bodyMemory);
        std::memcpy(buffer.data() + buffer.size, data.data(), data.size());
        buffer.size += data.size();
    }
    // onMalformed, as for a body that is faulty or does not come.
    void fail(const http::Fault& fault) {
        settle();
        if (exchange_ == nullptr) return;
        exchange_->markMalformed();
        call([&](http::Exchange& exchange) { handler_.onMalformed(exchange, fault); });
    }

    // The client leaves, at any time; nothing happens when the exchange has detached.
    void lose() {
        if (exchange_ != nullptr) {
            http::Exchange& exchange = *std::exchange(exchange_, nullptr);
            exchange.keep(std::move(message_));
            exchange.lose();
            handler_.onLost(exchange);
        }
        settle();
    }

    // From now on a stream's writes are refused; drained, the handler hears of it when one was.
    void fill() { full_ = true; }
    void drain() {
        settle();
        full_ = false;
        if (std::exchange(refused_, false) && exchange_ != nullptr)
            call([&](http::Exchange& exchange) { handler_.onWritable(exchange); });
    }

    // What sends something throws from the `sends`-th call on, 1 the next one, as where no memory is left.
    void failFrom(int sends) { fails_from_ = sends; }

    // Nothing that the handler still does is part of the call in which the exchange detached.
    void settle() {
        if (exchange_ == nullptr && calls_ == 0) message_.reset();
    }

    http::Exchange* exchange() { return exchange_; } // null once detached or lost
    const Sent& sent() const { return sent_; }
    bool keptViews() const { return kept_views_; } // the exchange took the buffer over when it detached
    // The first one of that name; without data when there is none.
    std::string_view field(std::string_view name) const { return http::findField(sent_.fields, name); }

    // Transport
    void readBody(http::Exchange&) noexcept override {}
    void pauseBody(http::Exchange&) noexcept override { paused_ = true; }
    void resumeBody(http::Exchange&) noexcept override { paused_ = false; }

    std::uint64_t respond(http::Exchange& exchange, http::Response& response) override {
        mayFail();
        sendHead(exchange, response);
        const bool sized =
            !http::hasNoBody(response.status) && (response.sized || exchange.method() != http::Method::head);
        if (sized) sent_.length = response.size();
        if (!silent_)
            sent_.body =
                response.body == http::Response::Body::file ? contents(response.file) : std::string(response.view());
        response.borrowed.reset();
        response.file.file.reset();
        sent_.complete = true;
        const std::uint64_t bytes = headBytes() + sent_.body.size();
        detach(exchange);
        return bytes;
    }

    std::uint64_t beginStream(http::Exchange& exchange, const http::Response& head) override {
        mayFail();
        sendHead(exchange, head);
        sent_.streamed = true;
        return headBytes();
    }

    std::optional<std::uint64_t> write(http::Exchange&, std::string_view data) override {
        mayFail();
        if (full_) {
            refused_ = true;
            return std::nullopt;
        }
        if (silent_ || data.empty()) return 0;
        sent_.pieces.emplace_back(data);
        sent_.body += data;
        return data.size();
    }

    std::uint64_t endStream(http::Exchange& exchange) override {
        mayFail();
        sent_.complete = true;
        detach(exchange);
        return 0;
    }

    void cut(http::Exchange& exchange) noexcept override {
        sent_.cut = true;
        detach(exchange);
    }

    // What the head of sent() counts for in the bytes of a response: a number like that of a real one.
    std::uint64_t headBytes() const { return 32 + sent_.contentType.size() + sent_.fields.size(); }

private:
    void mayFail() {
        if (fails_from_ != 0 && --fails_from_ == 0) {
            fails_from_ = 1;
            throw std::bad_alloc();
        }
    }
    bool acquire() {
        exchange_ = handler_.acquire();
        if (exchange_ == nullptr) return false;
        exchange_->reserve(*this, settings_);
        return true;
    }
    void setMessage(std::string_view text) {
        message_.reset();
        message_.grow(text.size());
        if (!text.empty()) std::memcpy(message_.data(), text.data(), text.size());
        message_.size = text.size();
    }
    void open() {
        exchange_->open(message_.data(), peer_, peer_text_, base::monotonicNs(),
                        static_cast<std::int64_t>(std::time(nullptr)) * 1000, ids_);
    }
    template<class F>
    void call(F&& fn) {
        ++calls_;
        fn(*exchange_);
        --calls_;
        settle();
    }
    void sendHead(const http::Exchange& exchange, const http::Response& head) {
        sent_.status = head.status;
        sent_.contentType = head.contentType;
        sent_.fields.assign(head.constantFields).append(head.fields);
        sent_.closes = head.closes || exchange.isMalformed();
        silent_ = http::hasNoBody(head.status) || exchange.method() == http::Method::head;
    }
    void detach(http::Exchange& exchange) noexcept {
        exchange_ = nullptr;
        kept_views_ = exchange.keepsViews();
        if (kept_views_) exchange.keep(std::move(message_));
    }
    static std::string contents(const http::FileRange& range) {
        std::string text(static_cast<std::size_t>(range.left), '\0');
        const ssize_t size = ::pread(range.file.get(), text.data(), text.size(), static_cast<off_t>(range.offset));
        text.resize(static_cast<std::size_t>(size > 0 ? size : 0));
        return text;
    }

    http::Handler& handler_;
    std::shared_ptr<const http::Settings> settings_;
    std::string peer_text_;
    base::IpAddress peer_;
    http::RequestIds ids_;
    http::http1::Parser parser_;
    http::InputBuffer message_;
    http::Exchange* exchange_ = nullptr;
    Sent sent_;
    std::uint64_t received_ = 0;
    int fails_from_ = 0; // 0: never
    int calls_ = 0;      // of the handler, that are open
    bool silent_ = false;
    bool paused_ = false;
    bool full_ = false;
    bool refused_ = false;
    bool kept_views_ = false;
};

} // namespace mortise::tests
