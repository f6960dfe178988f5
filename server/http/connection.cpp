// SPDX-License-Identifier: Apache-2.0
#include "http/connection.hpp"

#include "http/character_class.hpp"
#include "http/exchange.hpp"
#include "http/field_block.hpp"
#include "http/loop_server.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>

#include <sys/ioctl.h>
#include <sys/socket.h>

namespace mortise::http {

namespace {

constexpr std::uint32_t input_events = EPOLLIN | EPOLLRDHUP;
// Answers to pipelined requests that go in one send; past it the next request waits until the client has taken them.
constexpr std::size_t pipelined_bytes = 8 * 1024;

// True while the connection is in one of its own calls: what is done to it meanwhile is seen to at their end.
class Processing {
public:
    explicit Processing(bool& flag) noexcept : flag_(flag), before_(flag) { flag_ = true; }
    Processing(const Processing&) = delete;
    Processing& operator=(const Processing&) = delete;
    ~Processing() { flag_ = before_; }

private:
    bool& flag_;
    const bool before_;
};

// The Origin of a head that was given up, as far as it was read: without blanks and there once, else nothing.
std::optional<RequestHead::FieldSpan> soleOrigin(const RequestHead& head, const char* message) noexcept {
    std::optional<RequestHead::FieldSpan> found;
    for (const RequestHead::FieldSpan& field : head.fields) {
        if (!equalsIgnoreCase(field.name.in(message), "origin")) continue;
        if (found) return std::nullopt;
        found = field;
    }
    if (!found || !found->value.present()) return std::nullopt;
    while (found->value.size > 0 && isBlank(message[found->value.offset + found->value.size - 1])) --found->value.size;
    const std::string_view value = found->value.in(message);
    const bool sane = std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c <= '~'; });
    return sane ? found : std::nullopt;
}

} // namespace

Connection::Connection(LoopServer& server, base::UniqueFd&& socket, const base::IpAddress& peer)
    : server_(server), socket_(new Poco::Net::StreamSocketImpl(socket.get())), fd_(socket.get()), peer_(peer) {
    static_cast<void>(socket.release()); // now socket_'s
    socket_.setBlocking(false);
    peer_text_size_ = static_cast<std::uint8_t>(peer_.format(peer_text_));
}

Connection::~Connection() = default;

const Limits& Connection::limits() const noexcept {
    return server_.settings_->limits;
}

bool Connection::start() noexcept {
    watched_ = input_events;
    if (!server_.loop_.add(fd_, watched_, *this)) return false;
    settle();
    return true;
}

void Connection::turnAway(const Fault& fault) noexcept {
    turned_away_ = true;
    exchange_ = server_.takeExchange();
    if (exchange_ == nullptr) {
        end();
        return;
    }
    exchange_->connection_ = this;
    exchange_->stage_ = Exchange::Stage::head;
    exchange_->head_.clear();
    {
        const Processing processing(processing_);
        malformed(fault);
    }
    process();
}

void Connection::onReady(std::uint32_t events) noexcept {
    if (state_ == State::ended) return;
    const bool failed = (events & EPOLLERR) != 0;
    if (failed || ((events & EPOLLHUP) != 0 && state_ != State::lingering)) {
        end();
        return;
    }
    {
        const Processing processing(processing_);
        if ((events & EPOLLOUT) != 0) flush();
        if ((events & (input_events | EPOLLHUP)) != 0) {
            if (wantsInput()) {
                receive();
            } else if (state_ != State::ended) {
                watch(watched_ & ~input_events); // until it is wanted again; a FIN behind it is seen then
            }
        }
    }
    process();
}

void Connection::onBatchEnd() noexcept {
    touched_ = false;
    if (state_ != State::ended) process();
}

bool Connection::wantsInput() const noexcept {
    switch (state_) {
    case State::reading:
        return !peer_finished_ && !stalled_;
    case State::exchange:
        return readsBody() && exchange_->body_paused_ms_ == 0;
    case State::discarding:
    case State::lingering:
        return true;
    case State::closing:
    case State::ended:
        break;
    }
    return false;
}

bool Connection::hasRequestWaiting() const noexcept {
    int unread = 0;
    return state_ == State::reading && ::ioctl(fd_, FIONREAD, &unread) == 0 && unread > 0;
}

std::uint64_t Connection::deadline() const noexcept {
    return std::min(read_deadline_ms_, write_deadline_ms_);
}

void Connection::onDeadline() noexcept {
    if (state_ == State::ended) return;
    const std::uint64_t now = server_.loop_.nowMs();
    if (deadline() > now) {
        server_.wheel_.schedule(*this, deadline());
        return;
    }
    if (write_deadline_ms_ <= now) {
        // Otherwise the kernel would go on offering what is not taken, megabytes for minutes.
        aborting_ = true;
        flush();
        return;
    }
    if (state_ == State::lingering) {
        end();
        return;
    }
    read_deadline_ms_ = never;
    {
        const Processing processing(processing_);
        if (state_ == State::reading && exchange_ != nullptr) {
            malformed(fault::headerTimeout);
        } else if (state_ == State::exchange) {
            malformed(fault::bodyTimeout);
        } else {
            state_ = State::closing;
        }
    }
    process();
}

void Connection::drain() noexcept {
    if (state_ != State::reading || exchange_ != nullptr || processing_) return; // closes after its answer
    {
        const Processing processing(processing_);
        if (!peer_finished_ && !stalled_) receive();
    }
    process();
}

void Connection::end() noexcept {
    if (state_ == State::ended) return;
    state_ = State::ended;
    server_.loop_.remove(fd_, *this);
    socket_.close();
    if (Exchange* const exchange = exchange_; exchange != nullptr) {
        exchange_ = nullptr;
        exchange->connection_ = nullptr;
        if (exchange->stage_ == Exchange::Stage::head) {
            server_.giveExchange(*exchange);
        } else {
            exchange->kept_head_ = std::move(in_);
            exchange->cancelled_.store(true, std::memory_order_release);
            const ExchangeId id = exchange->id_;
            const bool nobody_else = exchange->stage_ == Exchange::Stage::body || exchange->malformed_;
            server_.handler_.onCancelled(*exchange);
            if (nobody_else && exchange->claim(id)) exchange->finish(0, 0, true);
        }
    }
    server_.buffers_.give(std::move(in_));
    server_.buffers_.give(std::move(next_));
    server_.giveOutput(std::move(out_));
    server_.closed(*this);
}

void Connection::process() noexcept {
    if (processing_ || state_ == State::ended) return;
    {
        const Processing processing(processing_);
        do {
            stalled_ = false;
            while (step()) {
            }
            if (state_ == State::reading && !stalled_) {
                const bool nothing = exchange_ == nullptr && begin_ == in_.size;
                if (peer_finished_ || (nothing && server_.draining_)) state_ = State::closing;
            }
            flush();
        } while (state_ == State::reading && stalled_ && backlog() == 0);
    }
    settle();
}

// One step through what has been received. False: nothing more can be done now.
bool Connection::step() noexcept {
    switch (state_) {
    case State::reading:
        return stepHead();
    case State::exchange:
        if (exchange_ == nullptr || exchange_->stage_ != Exchange::Stage::body) return false;
        return stepBody();
    case State::discarding:
        return stepDiscard();
    case State::closing:
    case State::lingering:
    case State::ended:
        break;
    }
    return false;
}

bool Connection::stepHead() noexcept {
    if (begin_ == in_.size) return false;
    if (backlog() > std::min(pipelined_bytes, limits().output_high_bytes) || sendsApart()) {
        stalled_ = true;
        return false;
    }
    if (exchange_ == nullptr) {
        exchange_ = server_.takeExchange();
        if (exchange_ == nullptr) {
            state_ = State::closing;
            return false;
        }
        exchange_->connection_ = this;
        exchange_->stage_ = Exchange::Stage::head;
        exchange_->parser_.begin(exchange_->head_, exchange_->settings_->limits);
        read_deadline_ms_ = server_.loop_.nowMs() + limits().header_timeout_ms;
    }
    Exchange& exchange = *exchange_;
    switch (exchange.parser_.parseHead(in_.data() + begin_, in_.size - begin_)) {
    case Parser::Result::more:
        return false;
    case Parser::Result::fault:
        malformed(exchange.parser_.fault());
        return true;
    case Parser::Result::complete:
        break;
    }
    begin_ += static_cast<std::uint32_t>(exchange.parser_.skippedBytes());
    read_deadline_ms_ = never;
    state_ = State::exchange;
    ++requests_;
    exchange.open(in_.data() + begin_, peer_, {peer_text_, peer_text_size_});
    exchange.stage_ = Exchange::Stage::handler;
    server_.handler_.onHead(exchange);
    return true;
}

void Connection::malformed(const Fault& fault) noexcept {
    Exchange& exchange = *exchange_;
    if (exchange.stage_ == Exchange::Stage::head) {
        // What has been read but not checked is kept from the handler, but for the request line's text and who may read
        // the answer.
        const char* const message = in_.capacity() == 0 ? "" : in_.data() + begin_ + exchange.parser_.skippedBytes();
        const Span target = exchange.head_.target;
        const Span request_id = exchange.head_.request_id;
        const auto origin = in_.capacity() == 0 ? std::nullopt : soleOrigin(exchange.head_, message);
        exchange.head_.clear();
        if (origin) exchange.head_.fields.push_back(*origin);
        exchange.head_.request_id = request_id;
        if (target.present()) {
            exchange.head_.target = target;
            exchange.head_.method_size = target.offset - 1;
        }
        exchange.open(message, peer_, {peer_text_, peer_text_size_});
    }
    exchange.stage_ = Exchange::Stage::handler;
    exchange.malformed_ = true;
    read_deadline_ms_ = never;
    state_ = State::exchange;
    server_.handler_.onMalformed(exchange, fault);
}

bool Connection::stepDiscard() noexcept {
    const std::uint64_t here = std::min<std::uint64_t>(in_.size - begin_, discard_left_);
    begin_ += static_cast<std::uint32_t>(here);
    discard_left_ -= here;
    if (discard_left_ != 0) return false;
    state_ = State::reading;
    return true;
}

std::size_t Connection::receiveInto(char* data, std::size_t size) noexcept {
    try {
        const int received = socket_.receiveBytes(data, static_cast<int>(size));
        if (received > 0) return static_cast<std::size_t>(received);
        if (received == 0) peer_finished_ = true;
    } catch (const Poco::Exception&) {
        end();
        return 0;
    }
    if (peer_finished_) {
        watch(watched_ & ~input_events);
        // Half-closed: what came complete is answered. An incomplete body never will be.
        const bool incomplete = exchange_ != nullptr && exchange_->stage_ == Exchange::Stage::body;
        if (state_ == State::discarding && backlog() > 0)
            state_ = State::closing; // behind the answer that is still on its way
        else if (incomplete || state_ == State::lingering || state_ == State::discarding)
            end();
    }
    return 0;
}

void Connection::receive() noexcept {
    auto& scratch = server_.scratch_;
    if (state_ == State::lingering) {
        const std::size_t received = receiveInto(scratch.data(), scratch.size());
        if (received > discard_left_) {
            end();
        } else {
            discard_left_ -= received;
        }
    } else if (state_ == State::discarding) {
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(scratch.size(), discard_left_));
        discard_left_ -= receiveInto(scratch.data(), most);
    } else if (exchange_ != nullptr && exchange_->stage_ == Exchange::Stage::body) {
        receiveBody();
    } else if (makeRoom()) {
        in_.size += receiveInto(in_.data() + in_.size, in_.room());
    }
}

// While a head is read the buffer may move; its growth ends at what the parser takes for one head.
bool Connection::makeRoom() noexcept {
    if (in_.capacity() == 0) {
        in_ = server_.buffers_.take();
        begin_ = 0;
    } else if (begin_ == in_.size) {
        in_.size = 0;
        begin_ = 0;
    } else if (begin_ > 0 && in_.room() < in_.capacity() / 4) {
        std::memmove(in_.data(), in_.data() + begin_, in_.size - begin_);
        in_.size -= begin_;
        begin_ = 0;
    }
    if (in_.room() == 0 && !in_.grow(in_.capacity() * 2)) return false;
    if (in_.capacity() != 0) return true;
    end();
    return false;
}

void Connection::touch() noexcept {
    if (processing_ || touched_ || state_ == State::ended) return;
    touched_ = true;
    server_.touchLater(*this);
}

void Connection::watch(std::uint32_t events) noexcept {
    if (events == watched_ || state_ == State::ended) return;
    watched_ = events;
    if (!server_.loop_.modify(fd_, events, *this)) end();
}

// Brings watched events, deadline and the list of idle connections in line with the state.
void Connection::settle() noexcept {
    if (state_ == State::ended) return;
    std::uint32_t events = watched_;
    if (wantsInput() && !peer_finished_) events |= input_events; // taken out only when they come unwanted
    if (backlog() > 0) {
        events |= EPOLLOUT;
    } else {
        events &= ~static_cast<std::uint32_t>(EPOLLOUT);
    }
    watch(events);
    if (state_ == State::ended) return;

    const bool quiet = state_ == State::reading && exchange_ == nullptr && begin_ == in_.size && backlog() == 0;
    if (quiet) {
        server_.buffers_.give(std::move(in_));
        begin_ = 0;
        idle_since_ms_ = server_.loop_.nowMs();
        read_deadline_ms_ = idle_since_ms_ + limits().idle_timeout_ms;
    } else if (state_ == State::reading && exchange_ == nullptr) {
        read_deadline_ms_ = never; // stalled: the write deadline counts
    }
    server_.fileIdle(*this, quiet || state_ == State::lingering);
    server_.wheel_.schedule(*this, deadline());

    if (exchange_ != nullptr && exchange_->wants_writable_ && backlog() <= limits().output_high_bytes / 2) {
        exchange_->wants_writable_ = false;
        server_.handler_.onWritable(*exchange_);
    }
}

} // namespace mortise::http
