// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "http/body_budget.hpp"
#include "http/client_identity.hpp"
#include "http/fault.hpp"
#include "http/handle.hpp"
#include "http/handler.hpp"
#include "http/input_buffer.hpp"
#include "http/limits.hpp"
#include "http/request_head.hpp"
#include "http/request_ids.hpp"
#include "http/response.hpp"
#include "http/transport.hpp"
#include "http/turn.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace mortise::http {

// One request, its response and its turn, in a slot of the handler's table: the address is stable and never freed while
// the loops live. It knows nothing of how it is carried: that is its Transport's business.
//
//   free --acquire--> head --open--> open --detached from its transport, and no turn open--> free
//
// Tags: [any] any thread; [holder] whoever has the turn, a plugin's turn included; [loop] the loop's thread.
// Views (target, fields, body, ...) are valid from open() to close(), even when the client is gone.
class Exchange {
public:
    enum class Stage : std::uint8_t { free, head, open };

    Exchange() = default;
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    // The slot. [loop] once, before its first exchange.
    void place(std::uint32_t loop, std::uint32_t slot, BodyBudget& budget,
               std::unique_ptr<Attachment> attachment) noexcept;
    // [loop] Where place() was given none: before the first exchange.
    void attach(std::unique_ptr<Attachment> attachment) noexcept { attachment_ = std::move(attachment); }
    std::uint32_t slot() const noexcept { return slot_; }
    Stage stage() const noexcept { return stage_; } // [loop]
    // [any] Null before the slot's first exchange, which only a made-up handle leads to.
    Attachment* attachment() const noexcept { return attachment_.get(); }

    // [any]
    Turn& turn() noexcept { return turn_; }
    const Turn& turn() const noexcept { return turn_; }
    // [any] The turn of who works on the response, beside that of who makes it: while a stream goes on they overlap.
    // Opened and closed only where it is needed.
    Turn& responseTurn() noexcept { return response_turn_; }
    const Turn& responseTurn() const noexcept { return response_turn_; }
    // [any] Which of both a handle's serial is of.
    Turn& turnOf(std::uint64_t serial) noexcept { return serial < Handle::response_serials ? turn_ : response_turn_; }
    const Turn& turnOf(std::uint64_t serial) const noexcept {
        return serial < Handle::response_serials ? turn_ : response_turn_;
    }
    // [loop] Whether the slot has serials left for another exchange, with `spare` turns of each kind.
    bool hasSerials(std::uint64_t spare) const noexcept {
        return turn_.hasSerials(spare, Handle::response_serials) &&
               response_turn_.hasSerials(spare, Handle::serial_mask);
    }
    // [any] Whether `handle` is of the exchange that is in the slot now.
    bool belongs(Handle handle) const noexcept { return turnOf(handle.serial()).belongs(handle.serial()); }
    // [holder] The handle of the turn `serial`.
    Handle handle(std::uint64_t serial) const noexcept { return Handle::of(loop_, slot_, serial); }
    Handle handle() const noexcept { return handle(turn_.serial()); }

    // The request. [holder]
    Method method() const noexcept { return head_.method; }
    std::string_view methodText() const noexcept { return {message_, head_.method_size}; }
    std::string_view target() const noexcept { return head_.target.in(message_); } // as sent
    std::string_view path() const noexcept { return head_.pathIn(message_); }      // raw: still percent-encoded
    std::string_view query() const noexcept { return head_.query.in(message_); }   // raw, without '?'
    std::string_view host() const noexcept { return head_.host.in(message_); }
    std::string_view contentType() const noexcept { return head_.content_type.in(message_); }
    std::string_view authorization() const noexcept { return head_.authorization.in(message_); }
    std::string_view userAgent() const noexcept { return head_.user_agent.in(message_); }
    std::size_t fieldCount() const noexcept { return head_.fields.size(); }
    Field field(std::size_t index) const noexcept; // index below fieldCount()
    // The first field of that name (compared without case); an empty value has data() != nullptr, an absent field has
    // data() == nullptr.
    std::string_view field(std::string_view name) const noexcept;
    // False: there is no field of any of these names.
    bool mayHaveFieldOf(const NameSet& names) const noexcept { return head_.names.mayMeet(names); }
    bool hasBody() const noexcept { return head_.hasBody(); }
    // Announced by Content-Length; nothing for bodies of unknown length.
    std::optional<std::uint64_t> contentLength() const noexcept;
    std::string_view body() const noexcept { return body_; } // complete from onBody on, empty before
    std::string_view requestId() const noexcept { return request_id_; }
    const base::IpAddress& peer() const noexcept { return peer_; }     // whom we are connected to
    const base::IpAddress& client() const noexcept { return client_; } // behind the trusted proxies
    std::string_view clientText() const noexcept { return {client_text_, client_text_size_}; }
    bool isClientKnown() const noexcept { return client_known_; } // see ClientIdentity
    ProxyFault proxyFault() const noexcept { return proxy_fault_; }
    std::string_view scheme() const noexcept { return secure_ ? "https" : "http"; }
    std::uint64_t receivedNs() const noexcept { return received_ns_; }    // monotonic
    std::int64_t receivedWallMs() const noexcept { return received_ms_; } // Unix epoch
    const Settings& settings() const noexcept { return *settings_; }      // what the request is read by

    // [any] The client is gone.
    bool isLost() const noexcept { return lost_.load(std::memory_order_acquire); }
    // [loop] A transport has it: the client is there and nothing, or a part of a stream, has been sent.
    bool isCarried() const noexcept { return transport_ != nullptr; }

    // [loop] From onHead, or later while carried: read the body, at most `limit` bytes (default: Limits::body_bytes),
    // sending 100 Continue when the client waits for it. Then comes onBody, or onMalformed. False when it was called
    // before, the exchange came by onMalformed, or the client is gone.
    bool readBody(std::optional<std::uint64_t> limit = std::nullopt) noexcept;
    // [loop] Likewise, but the body is handed over as it comes, by onBodyPiece, and kept nowhere.
    bool readBodyInPieces(std::uint64_t limit) noexcept;
    // [loop] Of a body in pieces: none comes until resumeBody(), and the client's deadline waits. What was received
    // already still comes.
    void pauseBody() noexcept;
    void resumeBody() noexcept;
    // [loop] Counts `bytes` that are kept of this request into Limits::buffered_body_bytes, until the exchange is over.
    // False, and nothing is counted: that limit is reached.
    bool chargeBody(std::uint64_t bytes) noexcept;
    std::uint64_t chargedBytes() const noexcept { return charged_; }
    // Received so far, without transfer coding. [loop]
    std::uint64_t bodyBytes() const noexcept { return body_in_pieces_ ? body_size_ : body_.size(); }

    // The response while it is made. [holder]; of a plugin's turn whoever was given the right to record.
    Response& response() noexcept { return response_; }
    const Response& response() const noexcept { return response_; }

    // [loop] Sends response(), whose status is 200 to 999 and whose body is no stream, and detaches: at most once, and
    // nothing is sent of it when the client is gone. Returns the bytes of head and body.
    std::uint64_t respond();
    // Throws what the transport threw, then the connection was cut.
    // [loop] A response in pieces: begin, write, end or cut; without a transport they do nothing. Likewise.
    std::uint64_t beginStream();
    std::optional<std::uint64_t> write(std::string_view data);
    std::uint64_t endStream();
    // [loop] Ends the connection without a response, or in the middle of one. Detaches.
    void cut() noexcept;

    // For the handler's table. [loop] What open() gave is given back; the turn must be over.
    void close() noexcept;

    // For the transport. [loop]
    // From free to head, which the transport clears and fills; and back.
    void reserve(Transport& transport, const std::shared_ptr<const Settings>& settings) noexcept;
    void cancelReservation() noexcept;
    RequestHead& head() noexcept { return head_; }
    const RequestHead& head() const noexcept { return head_; }
    // From head to open: gives it its first handle, and what the handler sees of the peer. `message` is what the spans
    // of head() count from; it stays where it is until keep() or close().
    void open(const char* message, const base::IpAddress& peer, std::string_view peer_text, std::uint64_t received_ns,
              std::int64_t received_ms, RequestIds& ids) noexcept;
    // onMalformed is next: no body will be read.
    void markMalformed() noexcept { malformed_ = true; }
    bool isMalformed() const noexcept { return malformed_; }
    bool wantsBody() const noexcept { return body_asked_ && !body_complete_; }
    bool takesPieces() const noexcept { return body_in_pieces_; }
    std::uint64_t bodyLimit() const noexcept { return body_limit_; }
    void countBody(std::uint64_t bytes) noexcept { body_size_ += bytes; } // of pieces handed over
    void completeBody(std::string_view body) noexcept;                    // empty after pieces
    bool isBodyComplete() const noexcept { return body_complete_; }
    InputBuffer& bodyBuffer() noexcept { return body_buffer_; } // for a body that does not stay behind its head
    // A turn is open, or will be used on: when the transport detaches, the memory of the views must be kept.
    bool keepsViews() const noexcept {
        return turn_.isOpen() || turn_.holder() != Turn::Holder::loop ||
               response_turn_.holder() != Turn::Holder::loop || views_asked_;
    }
    // [loop] Whoever comes after the response needs them, too.
    void askForViews() noexcept { views_asked_ = true; }
    // Takes over what the views point into.
    void keep(InputBuffer&& memory) noexcept { kept_ = std::move(memory); }
    // The client is gone: from here on there is no transport. Handler::onLost is next.
    void lose() noexcept;

private:
    template<class Send>
    auto sending(bool detaches, Send&& send) -> decltype(send(*static_cast<Transport*>(nullptr)));
    void findClient() noexcept;

    Turn turn_;
    Turn response_turn_{Handle::response_serials};
    std::atomic<bool> lost_{false};
    Stage stage_ = Stage::free;
    bool malformed_ = false;
    bool secure_ = false;
    bool client_known_ = true;
    ProxyFault proxy_fault_ = ProxyFault::none;
    bool body_asked_ = false;
    bool body_in_pieces_ = false;
    bool body_paused_ = false;
    bool body_complete_ = false;
    bool views_asked_ = false;
    std::uint8_t client_text_size_ = 0;
    std::uint32_t loop_ = 0;
    std::uint32_t slot_ = 0;
    Transport* transport_ = nullptr; // null once detached, or the client is gone
    BodyBudget* budget_ = nullptr;
    const char* message_ = "";
    RequestHead head_;
    std::string_view body_;
    std::string_view request_id_;
    base::IpAddress peer_;
    base::IpAddress client_;
    std::uint64_t received_ns_ = 0;
    std::int64_t received_ms_ = 0;
    std::uint64_t body_limit_ = 0;
    std::uint64_t body_size_ = 0; // handed over in pieces
    std::uint64_t charged_ = 0;   // of the budget
    std::shared_ptr<const Settings> settings_;
    std::unique_ptr<Attachment> attachment_;
    Response response_;
    InputBuffer body_buffer_;
    InputBuffer kept_; // what the views point into, once the transport is gone
    char client_text_[base::IpAddress::maxTextSize];
    char made_request_id_[RequestIds::size];
};

} // namespace mortise::http
