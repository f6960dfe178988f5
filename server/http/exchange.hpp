// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "http/exchange_id.hpp"
#include "http/fault.hpp"
#include "http/file_range.hpp"
#include "http/handler.hpp"
#include "http/input_buffer.hpp"
#include "http/parser.hpp"
#include "http/request_head.hpp"

#include <atomic>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::http {

class Connection;
class LoopServer;

// Head of an answer. Views are borrowed for the call. Date, Content-Length, Transfer-Encoding, Connection and
// X-Request-Id are added by the floor.
struct ReplyHead {
    int status = 200;                 // 200 to 999
    std::string_view content_type;    // a legal field value (not checked again); empty: no Content-Type
    std::string_view constant_fields; // a block that isFieldBlock() accepted when it was declared
    bool sized = true; // false: an answer to HEAD does not tell the size, which is not known (RFC 9110 section 9.3.2)
};

// One request with its answer, in a slot of its loop's table: the address is stable and never freed while the loop
// lives. Tags: [any] any thread; [open] any thread between onHead and the end of the terminal call, never concurrently
// with that; [loop] the loop's thread.
//
//   free --head or fault--> open --claim()--> claimed --respond / endStream / abortStream--> free (next generation)
//
// Views (target, fields, body, ...) stay valid until the terminal call returns, even when the client is gone.
class Exchange {
public:
    Exchange() = default;
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    // [open]
    ExchangeId id() const noexcept { return id_; }
    // [any] True for exactly one caller per exchange: the one who must make the terminal call (on the loop). False for
    // everyone else, and for an id whose exchange is over: STALE.
    bool claim(ExchangeId id) noexcept;
    // [any] True while `id` is the exchange in this slot and nobody has claimed it.
    bool isOpen(ExchangeId id) const noexcept;
    // [any] True from a won claim until the exchange is over.
    bool isClaimed(ExchangeId id) const noexcept;
    // [open] The client is gone.
    bool cancelled() const noexcept { return cancelled_.load(std::memory_order_acquire); }

    // The request. [open]
    Method method() const noexcept { return head_.method; }
    std::string_view methodText() const noexcept { return {message_, head_.method_size}; }
    std::string_view target() const noexcept { return head_.target.in(message_); } // as sent
    std::string_view path() const noexcept { return head_.pathIn(message_); }      // raw: still percent-encoded
    std::string_view query() const noexcept { return head_.query.in(message_); }   // raw, without '?'
    int minorVersion() const noexcept { return head_.minor_version; }              // of HTTP/1.x
    std::string_view host() const noexcept { return head_.host.in(message_); }
    std::string_view contentType() const noexcept { return head_.content_type.in(message_); }
    std::string_view authorization() const noexcept { return head_.authorization.in(message_); }
    std::string_view userAgent() const noexcept { return head_.user_agent.in(message_); }
    std::size_t fieldCount() const noexcept { return head_.fields.size(); }
    Field field(std::size_t index) const noexcept; // index below fieldCount()
    // The first field of that name (compared without case); an empty value has data() != nullptr, an absent field has
    // data() == nullptr.
    std::string_view field(std::string_view name) const noexcept;
    bool hasBody() const noexcept { return head_.hasBody(); }
    // Announced by Content-Length; nothing for chunked bodies.
    std::optional<std::uint64_t> contentLength() const noexcept;
    std::string_view body() const noexcept { return body_; } // complete from onBody on, empty before
    std::string_view requestId() const noexcept { return request_id_; }
    const base::IpAddress& peer() const noexcept { return peer_; }     // whom we are connected to
    const base::IpAddress& client() const noexcept { return client_; } // behind the trusted proxies
    std::string_view clientText() const noexcept { return {client_text_, client_text_size_}; }
    std::string_view scheme() const noexcept { return secure_ ? "https" : "http"; }
    std::uint64_t receivedNs() const noexcept { return received_ns_; }    // monotonic
    std::int64_t receivedWallMs() const noexcept { return received_ms_; } // Unix epoch

    // [loop] What the handler made for this slot.
    Attachment& attachment() noexcept { return *attachment_; }
    // [any] False for a slot that no exchange has been in yet, which only a made-up id can lead to.
    bool hasAttachment() const noexcept { return attachment_ != nullptr; }
    // [open]
    LoopServer& server() noexcept { return *server_; }

    // [loop] From onHead, or later while open: read the body, at most `limit` bytes (default: Limits::body_bytes),
    // sending 100 Continue when the client waits for it. Then comes onBody, or onMalformed. False when it was called
    // before, the exchange came by onMalformed, or the client is gone.
    bool readBody(std::optional<std::uint64_t> limit = std::nullopt) noexcept;
    // [loop] Likewise, but the body is handed over as it comes, by onBodyPiece, and kept nowhere.
    bool readBodyInPieces(std::uint64_t limit) noexcept;
    // [loop] Of a body in pieces: none comes until resumeBody(), and the client's deadline waits. What was received
    // already still comes.
    void pauseBody() noexcept;
    void resumeBody() noexcept;
    // [loop] Counts `bytes` that the handler keeps of this request into Limits::buffered_body_bytes, until the exchange
    // is over. False, and nothing is counted: that limit is reached. Only of a body in pieces, or when it is complete.
    bool chargeBody(std::uint64_t bytes) noexcept;
    // Received so far, without transfer coding. [loop]
    std::uint64_t bodyBytes() const noexcept { return body_pieces_ ? body_size_ : body_.size(); }

    // [loop] Fields for the answer, besides constant_fields. False: not allowed (see appendField in field_block.hpp).
    bool appendReplyField(std::string_view name, std::string_view value);
    std::string& replyFields() noexcept { return reply_fields_; }
    // [loop] The connection ends after this answer.
    void closeAfter() noexcept { close_after_ = true; }

    // Terminal calls. [loop], after claim() was won. They return false, and do nothing, when the exchange is not
    // claimed or the head is not legal (status). When the client is gone they send nothing and return true. After true
    // the exchange is over: do not touch it. `body` is copied. For HEAD it is not sent but its size is told; 204 and
    // 304 have none.
    bool respond(const ReplyHead& head, std::string_view body);
    // A std::string that is given away (an rvalue) is kept, not copied: for large bodies.
    template<std::same_as<std::string> Body>
    bool respond(const ReplyHead& head, Body&& body) {
        return respondOwned(head, std::forward<Body>(body));
    }

    // The body is `range.left` bytes of the file, which go from the kernel's cache to the socket. A file that turns out
    // shorter cuts the connection. The file is closed when the last byte is sent, or at once where none is.
    bool respond(const ReplyHead& head, FileRange&& range);

    // [loop] After claim() was won: answers in place of somebody who is too slow and may still be reading the request.
    // The connection goes its way and closes; the exchange stays claimed, with all its views, until the terminal call
    // of the claimer (which then sends nothing). False as for respond().
    bool respondAndKeep(const ReplyHead& head, std::string_view body);

    // [loop] Answer in pieces: chunked, or until the close for HTTP/1.0. Not terminal: endStream or abortStream is.
    bool beginStream(const ReplyHead& head);
    // Takes all of `data` and returns the bytes that wait to be sent, or nothing when output_high_bytes wait already:
    // the data was not taken, and onWritable comes when there is room. When the client is gone, data is taken and
    // dropped.
    std::optional<std::size_t> write(std::string_view data);
    bool endStream();
    // Cuts the connection so that the client sees an incomplete answer.
    bool abortStream();

private:
    friend class Connection;
    friend class LoopServer;

    enum class Phase : std::uint8_t { free, open, claimed };
    // Who is to move. The table of legal steps is in README.md.
    enum class Stage : std::uint8_t { none, head, handler, body, streaming };

    static constexpr std::uint64_t word(std::uint64_t generation, Phase phase) noexcept {
        return generation << 8 | static_cast<std::uint64_t>(phase);
    }
    bool mayAnswer(Stage stage) const noexcept;
    bool mayBegin() const noexcept;
    bool respondOwned(const ReplyHead& head, std::string&& body);
    // From head to open: gives it its id, and what the handler sees of the peer.
    void open(const char* message, const base::IpAddress& peer, std::string_view peer_text);
    void findClient();
    void finish(int status, std::uint64_t bytes, bool cut) noexcept;

    std::atomic<std::uint64_t> state_{0}; // generation << 8 | phase
    std::atomic<bool> cancelled_{false};
    Stage stage_ = Stage::none;
    bool malformed_ = false;
    bool left_ = false; // by its connection, see respondAndKeep
    bool close_after_ = false;
    bool secure_ = false;
    bool body_asked_ = false;
    bool body_pieces_ = false; // handed over as it comes
    bool body_apart_ = false;  // in body_buffer_, else behind the head
    bool body_complete_ = false;
    bool wants_writable_ = false;
    bool stream_chunked_ = false;
    bool stream_silent_ = false; // HEAD, 204, 304
    bool stream_stays_ = false;
    std::uint8_t client_text_size_ = 0;
    std::uint32_t slot_ = 0;
    std::uint32_t next_free_ = 0;
    int stream_status_ = 0;
    std::uint64_t stream_bytes_ = 0;
    ExchangeId id_;
    LoopServer* server_ = nullptr;
    Connection* connection_ = nullptr; // null once the client is gone
    const char* message_ = "";
    RequestHead head_;
    Parser parser_;
    std::string_view body_;
    std::string_view request_id_;
    base::IpAddress peer_;
    base::IpAddress client_;
    std::uint64_t received_ns_ = 0;
    std::int64_t received_ms_ = 0;
    std::shared_ptr<const Settings> settings_; // what the request is read by
    std::unique_ptr<Attachment> attachment_;
    std::string reply_fields_;

    // The body while it is read.
    std::uint64_t body_limit_ = 0;
    std::uint64_t body_begun_ms_ = 0;
    std::uint64_t body_paused_ms_ = 0; // since when; 0: it is not
    std::uint64_t body_received_ = 0;  // raw
    std::size_t body_raw_ = 0;         // offset in the connection's buffer of what is not decoded yet
    std::uint64_t body_size_ = 0;      // decoded: behind the head, or handed over
    std::uint64_t charged_ = 0;        // of Limits::buffered_body_bytes
    InputBuffer body_buffer_;
    InputBuffer kept_head_; // what the views point into, once the connection is gone

    char client_text_[base::IpAddress::maxTextSize];
    char made_request_id_[24];
};

} // namespace mortise::http
