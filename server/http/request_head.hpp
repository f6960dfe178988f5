// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/method.hpp"
#include "http/name_set.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace mortise::http {

struct Field {
    std::string_view name;  // as sent
    std::string_view value; // without surrounding blanks
};

// A piece of the message, counted from its first byte.
struct Span {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;

    bool present() const noexcept { return offset != 0; } // nothing of interest begins at byte 0
    std::string_view in(const char* message) const noexcept { return {message + offset, size}; }
};

// A parsed head. Spans, not views, so that the buffer may move while the head is incomplete.
struct RequestHead {
    struct FieldSpan {
        Span name;
        Span value;
    };

    Method method = Method::other;
    std::uint32_t method_size = 0; // the method begins the message
    Span target;
    Span path;  // begins with '/', or is "*"; raw, escapes checked, no dot segments
    Span query; // without '?'
    Span host;  // the authority: of an absolute target, else the Host field
    Span content_type;
    Span authorization;
    Span user_agent;
    Span request_id;                // only a sane one (1-128 of A-Z a-z 0-9 . _ -)
    std::uint8_t minor_version = 1; // of HTTP/1.x
    std::uint8_t forwarding = 0;    // bits of `forwarding` (client_identity.hpp): which fields of proxies there are
    bool keep_alive = false;
    bool chunked = false;
    bool has_length = false;
    bool expects_continue = false;
    std::uint64_t content_length = 0;
    std::vector<FieldSpan> fields;
    NameSet names; // of the fields; of a malformed head none

    // "http://host" has the path "/" (RFC 9110 section 4.2.3).
    std::string_view pathIn(const char* message) const noexcept {
        return path.present() && path.size == 0 ? std::string_view("/") : path.in(message);
    }
    bool hasBody() const noexcept { return chunked || content_length > 0; }
    // Keeps the capacity of `fields`.
    void clear() noexcept;
};

} // namespace mortise::http
