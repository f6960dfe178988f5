// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/http1/parser.hpp"
#include "http/input_buffer.hpp"

#include <cstddef>
#include <cstdint>

namespace mortise::http::http1 {

// What HTTP/1 keeps of a request from its first byte until its connection detaches from the exchange. Idle connections
// have none. Offsets are those in the connection's input buffer.
struct Message {
    enum class Stage : std::uint8_t { head, handler, body, streaming };

    void begin(RequestHead& head, const Limits& limits) noexcept {
        stage = Stage::head;
        body_spilled = wants_writable = false;
        next_begin = body_raw = 0;
        body_size = body_received = 0;
        body_begun_ms = body_paused_ms = 0;
        parser.begin(head, limits);
    }

    Stage stage = Stage::head; // who is to move; README.md has the table
    bool body_spilled = false; // into Exchange::bodyBuffer(), else it is behind the head
    bool wants_writable = false;
    bool stream_chunked = false;
    bool stream_silent = false;       // HEAD, 204, 304
    bool stream_stays = false;        // the connection, after the stream
    std::size_t next_begin = 0;       // of the message behind this one
    std::size_t body_raw = 0;         // what is not decoded yet
    std::uint64_t body_size = 0;      // decoded: behind the head, or handed over
    std::uint64_t body_received = 0;  // raw
    std::uint64_t body_begun_ms = 0;  // 0: it was not asked for
    std::uint64_t body_paused_ms = 0; // since when; 0: it is not
    InputBuffer next;                 // what was received behind a body that is not in the input buffer
    Parser parser;
};

} // namespace mortise::http::http1
