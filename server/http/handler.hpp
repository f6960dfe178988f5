// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/fault.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace mortise::http {

class Exchange;

// What the handler keeps with a slot. Made once per slot, reused by every exchange in it, destroyed with the loop.
class Attachment {
public:
    virtual ~Attachment() = default;
};

struct Outcome {
    int status = 0;                // of the answer; 0 when none was made
    std::uint64_t bytes = 0;       // of head and body as handed to the connection
    std::uint64_t duration_ns = 0; // from the first complete head to the end of the answer
    bool cancelled = false;        // the client was gone before, or the answer was cut off
};

// The floor above. Every call comes on the thread of the exchange's loop and must not block.
// Order per exchange: onHead or onMalformed; onBody or onMalformed after Exchange::readBody, with onBodyPiece before
// where it is read in pieces; onCancelled at most once; onFinished exactly once, last.
class Handler {
public:
    virtual ~Handler() = default;

    // [loop] Before the first exchange of a slot.
    virtual std::unique_ptr<Attachment> makeAttachment() = 0;

    // The head is complete and its framing checked. Now or later on this thread, the handler calls readBody(), or wins
    // claim() and answers. An exchange without a body is onHead only, but readBody() is allowed and calls onBody.
    virtual void onHead(Exchange& exchange) noexcept = 0;

    // After readBody(): Exchange::body() is complete. Never called from inside readBody(). After readBodyInPieces()
    // nothing more comes, and Exchange::body() is empty.
    virtual void onBody(Exchange& exchange) noexcept = 0;

    // After readBodyInPieces(): the next piece of the body, without its transfer coding, never empty; it is gone when
    // this returns. The handler takes it whole, and may pauseBody() or answer.
    virtual void onBodyPiece(Exchange& exchange, std::string_view piece) noexcept = 0;

    // The request is refused: instead of onHead (accessors may then be empty), or instead of onBody. The handler wins
    // claim() and answers with the fault's status, now or later; the connection closes afterwards.
    virtual void onMalformed(Exchange& exchange, const Fault& fault) noexcept = 0;

    // The client is gone. Only informs: views stay valid, and the terminal call is still owed (it sends nothing). Where
    // the body was still being read, or the fault of onMalformed unanswered, the floor ends the exchange itself right
    // after this call when the handler does not.
    virtual void onCancelled(Exchange& exchange) noexcept = 0;

    // A stream that refused a write has room again.
    virtual void onWritable(Exchange& exchange) noexcept = 0;

    // From inside the terminal call (respond, endStream, abortStream): the answer is in the connection's hands. Views
    // are valid until it returns; then the slot is free for the next exchange.
    virtual void onFinished(Exchange& exchange, const Outcome& outcome) noexcept = 0;
};

} // namespace mortise::http
