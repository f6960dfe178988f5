// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/event_loop.hpp"
#include "base/ip_address.hpp"
#include "base/unique_fd.hpp"
#include "http/fault.hpp"
#include "http/http1/message.hpp"
#include "http/http1/queued_body.hpp"
#include "http/input_buffer.hpp"
#include "http/intrusive_list.hpp"
#include "http/proxy_faults.hpp"
#include "http/timing_wheel.hpp"
#include "http/transport.hpp"

#include <Poco/Net/StreamSocket.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::http {
class Handler;
struct Limits;
} // namespace mortise::http

namespace mortise::http::http1 {

class LoopResources;
class LoopServer;

struct AllTag;
struct IdleTag;
struct PeerTag;

// One client's connection: receives, finds the requests in what it received, one exchange at a time, and sends the
// responses in order. Keeps no buffer while it is idle. Owned by its LoopServer, which frees it at the end of the batch
// in which it ended. Thread: the loop's. README.md has the table of states.
class Connection final : public base::Watcher,
                         public Transport,
                         public ListHook<AllTag>,
                         public ListHook<IdleTag>,
                         public ListHook<PeerTag>,
                         public WheelEntry {
public:
    // What it is counted in, of SharedState.
    struct Counted {
        bool connections = false;
        bool addresses = false;
        std::uint8_t ipv6_prefix = 0; // of the client network that it is counted for
    };

    Connection(LoopServer& server, base::UniqueFd&& socket, const base::IpAddress& peer, Counted counted);
    ~Connection();

    // False when epoll refuses.
    bool start() noexcept;
    // Responds with `fault` without having received anything, and closes.
    void reject(const Fault& fault) noexcept;
    void onReady(std::uint32_t events) noexcept override;
    // After what was done to it from outside of its own events.
    void onBatchEnd() noexcept;
    void onDeadline() noexcept;
    // Nothing after the current exchange. A request that has arrived already gets its response.
    void drain() noexcept;
    // At once: whoever is in an exchange hears onLost.
    void end() noexcept;
    // Likewise, by a reset, so that a response that ends with the connection is seen to be incomplete.
    void abort() noexcept;

    const base::IpAddress& peer() const noexcept { return peer_; }
    Counted counted() const noexcept { return counted_; }
    base::IpAddress countedFor() const noexcept { return base::clientNetwork(peer_, counted_.ipv6_prefix); }
    bool isRejected() const noexcept { return rejected_; }
    std::uint64_t deadline() const noexcept;
    bool idle() const noexcept { return ListHook<IdleTag>::linked(); }
    std::uint64_t idleSinceMs() const noexcept { return idle_since_ms_; }
    // Idle as far as is known, but a request lies in the socket already.
    bool hasRequestWaiting() const noexcept;

    // Transport
    void readBody(Exchange& exchange) noexcept override;
    void pauseBody(Exchange& exchange) noexcept override;
    void resumeBody(Exchange& exchange) noexcept override;
    std::uint64_t respond(Exchange& exchange, Response& response) override;
    std::uint64_t beginStream(Exchange& exchange, const Response& head) override;
    std::optional<std::uint64_t> write(Exchange& exchange, std::string_view data) override;
    std::uint64_t endStream(Exchange& exchange) override;
    void cut(Exchange& exchange) noexcept override;

private:
    enum class State : std::uint8_t { reading, exchange, discarding, closing, lingering, ended };
    enum class Framing : std::uint8_t { none, length, chunked, untilClose };

    void process() noexcept;
    bool step() noexcept;
    bool stepHead() noexcept;
    bool stepBody() noexcept;
    bool stepPieces() noexcept;
    bool stepDiscard() noexcept;
    // An exchange with its message. False: there is no room.
    bool acquireExchange() noexcept;
    void releaseExchange() noexcept; // of which the handler has not heard
    void releaseMessage() noexcept;
    void openExchange(const char* message) noexcept;
    void malformed(const Fault& fault) noexcept;

    void enterBody() noexcept;
    bool spillBody() noexcept;
    bool growBody(std::size_t capacity) noexcept;
    void bodyComplete() noexcept;
    std::uint64_t bodyDeadline() const noexcept;
    bool readsBody() const noexcept;
    std::size_t headEnd() const noexcept { return begin_ + message_->parser.headBytes(); }
    // Hands over `made` bytes. False: the exchange has got its response meanwhile.
    bool passPiece(const char* data, std::size_t made) noexcept;

    void receive() noexcept;
    // Bytes received; 0 when there is nothing now. Ends the connection on an error, marks the peer's FIN.
    std::size_t receiveInto(char* data, std::size_t size) noexcept;
    bool makeRoom() noexcept;
    void receiveBody() noexcept;
    void receivePieces() noexcept;
    // A new buffer with `bytes`, which stand behind a message. False: no memory.
    bool keepNext(InputBuffer& next, std::string_view bytes) noexcept;

    bool findNext(Exchange& exchange) noexcept;
    bool staysOpen(Exchange& exchange, bool closes) noexcept;
    std::uint64_t appendHead(const Exchange& exchange, const Response& head, Framing framing, std::uint64_t size,
                             bool stays);
    void appendBody(Response& response);
    QueuedBody& queueBody();
    void dropQueued() noexcept;
    void detach(Exchange& exchange, bool stays) noexcept;
    void touch() noexcept;
    std::size_t backlog() const noexcept {
        return out_.size() - out_sent_ + (queued_ != nullptr ? queued_->left() : 0);
    }
    void flush() noexcept;
    bool sendFrom(std::string_view data, std::size_t& sent, bool more) noexcept;
    bool sendQueued() noexcept;
    bool sendBoth() noexcept;
    bool sendFile() noexcept;
    void progressed(bool any) noexcept;
    void linger() noexcept;
    void settle() noexcept;
    void watch(std::uint32_t events) noexcept;
    bool wantsInput() const noexcept;
    const Limits& limits() const noexcept;

    LoopServer& server_;
    LoopResources& resources_;
    base::EventLoop& loop_;
    Handler& handler_;
    Poco::Net::StreamSocket socket_;
    int fd_;
    State state_ = State::reading;
    bool processing_ = false;
    bool touched_ = false;
    bool stalled_ = false; // a request waits until output is sent
    bool peer_finished_ = false;
    bool aborting_ = false;
    bool rejected_ = false;
    ReportedProxyFaults proxy_faults_; // of this peer
    const Counted counted_;
    std::uint8_t peer_text_size_ = 0;
    std::uint32_t watched_ = 0; // epoll events
    std::uint32_t begin_ = 0;   // of the current message in in_
    std::uint64_t requests_ = 0;
    Exchange* exchange_ = nullptr;     // from the first byte of a request until it detaches
    std::unique_ptr<Message> message_; // likewise
    InputBuffer in_;
    std::string out_;
    std::size_t out_sent_ = 0;
    std::size_t out_whole_ = 0;          // of out_: what belongs to the requests before the current one
    std::unique_ptr<QueuedBody> queued_; // sent behind out_
    std::uint64_t discard_left_ = 0;     // of an unread body, or of what may come after our FIN
    std::uint64_t read_deadline_ms_ = never;
    std::uint64_t write_deadline_ms_ = never;
    std::uint64_t idle_since_ms_ = 0;
    base::IpAddress peer_;
    char peer_text_[base::IpAddress::maxTextSize];
};

} // namespace mortise::http::http1
