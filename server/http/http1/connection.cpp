// SPDX-License-Identifier: Apache-2.0
#include "http/http1/connection.hpp"

#include "base/clock.hpp"
#include "http/character_class.hpp"
#include "http/exchange.hpp"
#include "http/field_block.hpp"
#include "http/http1/loop_server.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include <sys/ioctl.h>
#include <sys/socket.h>

namespace mortise::http::http1 {

namespace {

constexpr std::uint32_t input_events = EPOLLIN | EPOLLRDHUP;
// Responses to pipelined requests that go in one send; past it the next request waits until the client has taken them.
constexpr std::size_t pipelined_bytes = 8 * 1024;

// True while the connection is in one of its own calls: what is done to it meanwhile takes effect at their end.
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

Connection::Connection(LoopServer& server, base::UniqueFd&& socket, const base::IpAddress& peer, Counted counted)
    : server_(server),
      resources_(server.resources()),
      loop_(server.loop()),
      handler_(server.handler()),
      socket_(new Poco::Net::StreamSocketImpl(socket.get())),
      fd_(socket.get()),
      counted_(counted),
      peer_(peer) {
    static_cast<void>(socket.release()); // now socket_'s
    socket_.setBlocking(false);
    peer_text_size_ = static_cast<std::uint8_t>(peer_.format(peer_text_));
}

Connection::~Connection() = default;

const Limits& Connection::limits() const noexcept {
    return resources_.settings->limits;
}

bool Connection::start() noexcept {
    watched_ = input_events;
    if (!loop_.add(fd_, watched_, *this)) return false;
    settle();
    return true;
}

void Connection::reject(const Fault& fault) noexcept {
    rejected_ = true;
    if (!acquireExchange()) {
        end();
        return;
    }
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
        return readsBody() && message_->body_paused_ms == 0;
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
    const std::uint64_t now = loop_.nowMs();
    if (deadline() > now) {
        server_.schedule(*this);
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
    if (state_ != State::reading || exchange_ != nullptr || processing_) return; // closes after its response
    {
        const Processing processing(processing_);
        if (!peer_finished_ && !stalled_) receive();
    }
    process();
}

void Connection::end() noexcept {
    if (state_ == State::ended) return;
    state_ = State::ended;
    loop_.remove(fd_, *this);
    socket_.close();
    dropQueued();
    if (exchange_ != nullptr && exchange_->stage() == Exchange::Stage::head) {
        releaseExchange();
    } else if (Exchange* const exchange = std::exchange(exchange_, nullptr)) {
        releaseMessage();
        exchange->keep(std::move(in_));
        exchange->lose();
        handler_.onLost(*exchange);
    }
    resources_.buffers.give(std::move(in_));
    resources_.releaseOutput(std::move(out_));
    server_.closed(*this);
}

bool Connection::acquireExchange() noexcept {
    exchange_ = handler_.acquire();
    if (exchange_ == nullptr) return false;
    exchange_->reserve(*this, resources_.settings);
    message_ = resources_.messages.acquire();
    message_->begin(exchange_->head(), exchange_->settings().limits);
    return true;
}

void Connection::releaseExchange() noexcept {
    Exchange& exchange = *std::exchange(exchange_, nullptr);
    releaseMessage();
    exchange.cancelReservation();
    handler_.release(exchange);
}

void Connection::releaseMessage() noexcept {
    resources_.buffers.give(std::move(message_->next));
    resources_.messages.release(std::move(message_));
}

void Connection::openExchange(const char* message) noexcept {
    out_whole_ = out_.size();
    exchange_->open(message, peer_, {peer_text_, peer_text_size_}, base::monotonicNs(), loop_.wallMs(), resources_.ids);
    const ProxyFault fault = exchange_->proxyFault();
    if (fault == ProxyFault::none) return;
    ProxyFaults& faults = server_.shared().proxyFaults();
    if (proxy_faults_.add(fault, faults.epoch())) faults.report(peer_, fault, exchange_->settings(), server_.log());
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
                if (peer_finished_ || (nothing && server_.draining())) state_ = State::closing;
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
        return readsBody() && stepBody();
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
    if (queued_ != nullptr || backlog() > std::min(pipelined_bytes, limits().output_high_bytes)) {
        stalled_ = true;
        return false;
    }
    if (exchange_ == nullptr) {
        if (!acquireExchange()) {
            state_ = State::closing;
            return false;
        }
        read_deadline_ms_ = loop_.nowMs() + limits().header_timeout_ms;
    }
    Parser& parser = message_->parser;
    switch (parser.parseHead(in_.data() + begin_, in_.size - begin_)) {
    case Parser::Result::more:
        return false;
    case Parser::Result::fault:
        malformed(parser.fault());
        return true;
    case Parser::Result::complete:
        break;
    }
    if (exchange_->head().chunked) {
        const std::size_t body = begin_ + parser.skippedBytes() + parser.headBytes();
        if (parser.checkChunks(in_.data() + body, in_.size - body) == Parser::Result::fault) {
            malformed(parser.fault());
            return true;
        }
    }
    begin_ += static_cast<std::uint32_t>(parser.skippedBytes());
    read_deadline_ms_ = never;
    state_ = State::exchange;
    ++requests_;
    openExchange(in_.data() + begin_);
    message_->stage = Message::Stage::handler;
    handler_.onHead(*exchange_);
    return true;
}

void Connection::malformed(const Fault& fault) noexcept {
    Exchange& exchange = *exchange_;
    if (message_->stage == Message::Stage::head) {
        // What has been received but not checked is kept from the handler, but for the request line's text and who may
        // read the response.
        RequestHead& head = exchange.head();
        const bool any = in_.capacity() != 0;
        const char* const message = any ? in_.data() + begin_ + message_->parser.skippedBytes() : "";
        const Span target = head.target;
        const Span request_id = head.request_id;
        const auto origin = any ? soleOrigin(head, message) : std::nullopt;
        head.clear();
        if (origin) head.fields.push_back(*origin);
        head.request_id = request_id;
        if (target.present()) {
            head.target = target;
            head.method_size = target.offset - 1;
        }
        openExchange(message);
    }
    message_->stage = Message::Stage::handler;
    exchange.markMalformed();
    read_deadline_ms_ = never;
    state_ = State::exchange;
    handler_.onMalformed(exchange, fault);
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
        // Half-closed: what came complete gets its response. An incomplete body never will be complete.
        const bool incomplete = readsBody();
        if (state_ == State::discarding && backlog() > 0)
            state_ = State::closing; // behind the response that is still on its way
        else if (incomplete || state_ == State::lingering || state_ == State::discarding)
            end();
    }
    return 0;
}

void Connection::receive() noexcept {
    auto& scratch = resources_.scratch;
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
    } else if (readsBody()) {
        receiveBody();
    } else if (makeRoom()) {
        in_.size += receiveInto(in_.data() + in_.size, in_.room());
    }
}

// While a head is read the buffer may move; its growth ends at what the parser takes for one head.
bool Connection::makeRoom() noexcept {
    if (in_.capacity() == 0) {
        in_ = resources_.buffers.take();
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
    if (!loop_.modify(fd_, events, *this)) end();
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
        resources_.buffers.give(std::move(in_));
        begin_ = 0;
        idle_since_ms_ = loop_.nowMs();
        read_deadline_ms_ = idle_since_ms_ + limits().idle_timeout_ms;
    } else if (state_ == State::reading && exchange_ == nullptr) {
        read_deadline_ms_ = never; // stalled: the write deadline counts
    }
    server_.fileIdle(*this, quiet || state_ == State::lingering);
    server_.schedule(*this);

    if (message_ != nullptr && message_->wants_writable && backlog() <= limits().output_high_bytes / 2) {
        message_->wants_writable = false;
        handler_.onWritable(*exchange_);
    }
}

} // namespace mortise::http::http1
