// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/fault.hpp"
#include "http/http1/chunk_decoder.hpp"
#include "http/limits.hpp"
#include "http/request_head.hpp"

#include <llhttp.h>

#include <cstddef>
#include <cstdint>

namespace mortise::http::http1 {

// Reads one request: its head by llhttp (strict) and by checks of our own for what llhttp lets pass, then its body.
// Knows no sockets and no time. Whoever feeds it owns the bytes.
class Parser {
public:
    enum class Result : std::uint8_t { more, complete, fault };

    // Forgets everything. `head` and `limits` must live until the next begin().
    void begin(RequestHead& head, const Limits& limits) noexcept;

    // `message` is the first byte of the request and `size` what of it has arrived; between two calls it may have moved
    // and must not have changed. Empty lines before the request line (at most two) belong to the message: on `complete`
    // skippedBytes() tells how many bytes to leave out, and the spans of the head count from behind them.
    Result parseHead(const char* message, std::size_t size);
    std::size_t skippedBytes() const noexcept { return skipped_; }
    // Size of the head with its final CRLF, without the skipped bytes. After `complete`.
    std::size_t headBytes() const noexcept { return head_bytes_; }

    // After a complete head with a chunked body, of which `size` bytes have arrived: the fault in its framing, whoever
    // reads it or not, so that no response passes over it.
    Result checkChunks(const char* data, std::size_t size) noexcept;
    // After a complete head with hasBody(). A Content-Length past `limit` is a fault at once.
    Result beginBody(std::uint64_t limit) noexcept;
    // Raw bytes that are still to come; only for a body with a Content-Length.
    std::uint64_t bodyLeft() const noexcept { return body_left_; }
    // As ChunkDecoder::decode, for either framing.
    Result parseBody(const char* data, std::size_t size, char* out, std::size_t& taken, std::size_t& made) noexcept;

    // After `fault`.
    const Fault& fault() const noexcept { return *fault_; }

private:
    friend struct ParserCallbacks;

    Result fail(const Fault& fault) noexcept;
    bool refuse(const Fault& fault) noexcept; // false
    Result tooLong(const char* message, std::size_t size) noexcept;
    // A request line whose method llhttp does not serve, read to its end: only a well-formed one has an unknown method.
    Result failedByMethod(const char* message, std::size_t size) noexcept;
    Result failedByLlhttp(int error, const char* message, std::size_t size) noexcept;
    bool checkRequestLine(const char* message) noexcept;
    bool checkFields(const char* message) noexcept;

    llhttp_t llhttp_;
    RequestHead* head_ = nullptr;
    const Limits* limits_ = nullptr;
    const Fault* fault_ = nullptr;
    const char* message_ = nullptr; // during parseHead
    std::size_t parsed_ = 0;        // bytes llhttp has seen
    std::size_t skipped_ = 0;
    std::size_t head_bytes_ = 0;
    std::size_t line_end_ = 0; // offset of the first field; 0 while the request line is incomplete
    std::uint64_t body_left_ = 0;
    ChunkDecoder chunks_;
    bool method_unknown_ = false; // llhttp has given up on the method
    bool value_open_ = false;
    bool head_complete_ = false;
    bool closes_ = false; // Connection: close
};

} // namespace mortise::http::http1
