// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/event_loop.hpp"
#include "base/ip_address.hpp"
#include "base/unique_fd.hpp"
#include "http/fault.hpp"
#include "http/file_range.hpp"
#include "http/input_buffer.hpp"
#include "http/intrusive_list.hpp"
#include "http/timing_wheel.hpp"

#include <Poco/Net/StreamSocket.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::http {

class Exchange;
class LoopServer;
struct Limits;
struct ReplyHead;

struct AllTag;
struct IdleTag;
struct PeerTag;

// One client's connection: receives, finds the requests in what it received, one exchange at a time, and sends the
// answers in order. Keeps no buffer while it is idle. Owned by its LoopServer, which frees it at the end of the batch
// in which it ended. Thread: the loop's. README.md has the table of states.
class Connection final : public base::Watcher,
                         public ListHook<AllTag>,
                         public ListHook<IdleTag>,
                         public ListHook<PeerTag>,
                         public WheelEntry {
public:
    Connection(LoopServer& server, base::UniqueFd&& socket, const base::IpAddress& peer);
    ~Connection();

    // False when epoll refuses.
    bool start() noexcept;
    // Answers `fault` without having read anything, and closes.
    void turnAway(const Fault& fault) noexcept;
    void onReady(std::uint32_t events) noexcept override;
    // Sees to what was done to it from outside of its own events.
    void onBatchEnd() noexcept;
    void onDeadline() noexcept;
    // Nothing after the current exchange. A request that has arrived already is answered.
    void drain() noexcept;
    // At once: whoever is in an exchange hears onCancelled.
    void end() noexcept;

    const base::IpAddress& peer() const noexcept { return peer_; }
    std::uint64_t deadline() const noexcept;
    bool idle() const noexcept { return ListHook<IdleTag>::linked(); }
    // Idle as far as is known, but a request lies in the socket already.
    bool hasRequestWaiting() const noexcept;

private:
    friend class Exchange;
    friend class LoopServer;

    enum class State : std::uint8_t { reading, exchange, discarding, closing, lingering, ended };
    enum class Framing : std::uint8_t { none, length, chunked, untilClose };

    // What the exchange does.
    void answer(Exchange& exchange, const ReplyHead& head, std::string_view body, std::string* owned);
    void answerFile(Exchange& exchange, const ReplyHead& head, FileRange&& range);
    void answerAndLeave(Exchange& exchange, const ReplyHead& head, std::string_view body);
    void beginStream(Exchange& exchange, const ReplyHead& head);
    std::optional<std::size_t> writeStream(Exchange& exchange, std::string_view data);
    void endStream(Exchange& exchange);
    void abortStream(Exchange& exchange);
    void bodyAsked() noexcept;
    void bodyPaused() noexcept;
    void bodyResumed() noexcept;

    void process() noexcept;
    bool step() noexcept;
    bool stepHead() noexcept;
    bool stepBody() noexcept;
    // What was received behind a body that is not read into in_. False: no memory.
    bool keepNext(std::string_view bytes) noexcept;
    bool stepPieces() noexcept;
    void receivePieces() noexcept;
    // Hands over `made` bytes. False: the exchange has been answered meanwhile.
    bool takePiece(const char* data, std::size_t made) noexcept;
    std::uint64_t bodyDeadline() const noexcept;
    bool readsBody() const noexcept;
    bool stepDiscard() noexcept;
    void malformed(const Fault& fault) noexcept;
    void enterBody() noexcept;
    bool bodyApart() noexcept;
    bool growBody(std::size_t capacity) noexcept;
    void bodyComplete() noexcept;

    void receive() noexcept;
    // Bytes received; 0 when there is nothing now. Ends the connection on an error, marks the peer's FIN.
    std::size_t receiveInto(char* data, std::size_t size) noexcept;
    bool makeRoom() noexcept;
    void receiveBody() noexcept;
    void peerFinished() noexcept;

    bool findNext(Exchange& exchange) noexcept;
    bool staysOpen(Exchange& exchange) noexcept;
    std::uint64_t appendHead(Exchange& exchange, const ReplyHead& head, Framing framing, std::uint64_t size,
                             bool stays);
    void afterAnswer(bool stays) noexcept;
    void touch() noexcept;
    std::size_t backlog() const noexcept {
        return out_.size() - out_sent_ + large_.size() - large_sent_ + static_cast<std::size_t>(file_.left);
    }
    // An answer that is sent from where it is: nothing may be appended behind it.
    bool sendsApart() const noexcept { return !large_.empty() || file_.left != 0; }
    void flush() noexcept;
    bool sendFrom(std::string& data, std::size_t& sent, bool more) noexcept;
    bool sendFile() noexcept;
    void progressed(bool any) noexcept;
    void abort() noexcept;
    void linger() noexcept;
    void settle() noexcept;
    void watch(std::uint32_t events) noexcept;
    bool wantsInput() const noexcept;
    const Limits& limits() const noexcept;

    LoopServer& server_;
    Poco::Net::StreamSocket socket_;
    int fd_;
    State state_ = State::reading;
    bool processing_ = false;
    bool touched_ = false;
    bool stalled_ = false; // a request waits until output is sent
    bool peer_finished_ = false;
    bool aborting_ = false;
    bool counted_ = false;      // in SharedState's connections
    bool counted_peer_ = false; // in its addresses
    bool turned_away_ = false;
    std::uint8_t peer_text_size_ = 0;
    std::uint32_t watched_ = 0; // epoll events
    std::uint32_t begin_ = 0;   // of the current message in in_
    std::uint64_t requests_ = 0;
    Exchange* exchange_ = nullptr; // from the first byte of a request to its answer
    InputBuffer in_;
    InputBuffer next_; // what was received behind a body apart
    std::string out_;
    std::size_t out_sent_ = 0;
    std::string large_; // sent behind out_; nothing is appended while it is there
    std::size_t large_sent_ = 0;
    FileRange file_;                 // likewise
    std::uint64_t discard_left_ = 0; // of an unread body, or of what may come after our FIN
    std::uint64_t read_deadline_ms_ = never;
    std::uint64_t write_deadline_ms_ = never;
    std::uint64_t idle_since_ms_ = 0;
    std::uint64_t next_begin_ = 0; // of the message behind the current one
    base::IpAddress peer_;
    char peer_text_[base::IpAddress::maxTextSize];
};

} // namespace mortise::http
