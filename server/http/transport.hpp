// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/response.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::http {

class Exchange;

// What carries one exchange: a connection of HTTP/1, a stream of HTTP/2, memory in tests. Everything on the thread of
// the exchange's loop.
//
// The transport has the exchange from Handler::acquire() until it detaches: by respond(), endStream() or cut(), or by
// the loss of its client (Exchange::lose). Where a turn is open then (Exchange::keepsViews), it gives the exchange the
// memory that its views point into (Exchange::keep).
class Transport {
public:
    // The body is wanted, see Exchange::readBody(): calls Handler::onBody or onMalformed, later.
    virtual void readBody(Exchange& exchange) noexcept = 0;
    // Of a body in pieces: none comes between the two, and the client's deadline waits.
    virtual void pauseBody(Exchange& exchange) noexcept = 0;
    virtual void resumeBody(Exchange& exchange) noexcept = 0;

    // The whole response, whose status is legal and whose body is no stream. Takes from it what it keeps. Detaches.
    // Returns the bytes that it will send, head and body.
    virtual std::uint64_t respond(Exchange& exchange, Response& response) = 0;

    // The head of a stream. Returns its bytes.
    virtual std::uint64_t beginStream(Exchange& exchange, const Response& head) = 0;
    // Takes all of `data`, or nothing (and says so by nothing) when enough waits to be sent; then Handler::onWritable
    // comes when there is room. Returns the bytes that `data` came to.
    virtual std::optional<std::uint64_t> write(Exchange& exchange, std::string_view data) = 0;
    // Detach. endStream returns the bytes that the end took; cut ends the connection, so that the client sees that
    // there is no response or an incomplete one. Whole responses before it still go.
    virtual std::uint64_t endStream(Exchange& exchange) = 0;
    virtual void cut(Exchange& exchange) noexcept = 0;

protected:
    ~Transport() = default;
};

} // namespace mortise::http
