// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/fault.hpp"

#include <memory>
#include <string_view>

namespace mortise::http {

class Exchange;

// What the handler keeps with a slot. Made once per slot, reused by every exchange in it, destroyed with the loop.
class Attachment {
public:
    virtual ~Attachment() = default;
};

// The floor above, one a loop. Every call comes on the loop's thread and must not block. Inside each of them the
// handler may respond; no transport touches an exchange after the call in which it detached. Order per exchange:
// acquire; release, or else onHead or onMalformed; onBody or onMalformed after Exchange::readBody, with onBodyPiece
// before where it is read in pieces; onLost at most once, and nothing after it.
class Handler {
public:
    virtual ~Handler() = default;

    // An exchange for a request whose first byte has come; null: there is no room. The transport sets itself.
    virtual Exchange* acquire() noexcept = 0;
    // The request never came so far that the handler heard of it.
    virtual void release(Exchange& exchange) noexcept = 0;

    // The head is complete and its framing checked. Now or later on this thread the handler calls readBody() or
    // responds. An exchange without a body is onHead only, but readBody() is allowed and calls onBody.
    virtual void onHead(Exchange& exchange) noexcept = 0;

    // After readBody(): Exchange::body() is complete. Never called from inside readBody(). After readBodyInPieces()
    // nothing more comes, and Exchange::body() is empty.
    virtual void onBody(Exchange& exchange) noexcept = 0;

    // After readBodyInPieces(): the next piece of the body, without its transfer coding, never empty; it is gone when
    // this returns. The handler takes it whole, and may pauseBody() or respond.
    virtual void onBodyPiece(Exchange& exchange, std::string_view piece) noexcept = 0;

    // The request is refused: instead of onHead (accessors may then be empty), or instead of onBody. The handler
    // responds with the fault's status, now or later; the connection closes afterwards.
    virtual void onMalformed(Exchange& exchange, const Fault& fault) noexcept = 0;

    // The client is gone: the exchange has no transport any more. Views stay valid.
    virtual void onLost(Exchange& exchange) noexcept = 0;

    // A stream that refused a write has room again.
    virtual void onWritable(Exchange& exchange) noexcept = 0;
};

} // namespace mortise::http
