// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/borrowed_bytes.hpp"
#include "http/file_range.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::http {

// A response as a value: made by whoever answers, changed by filters, moved to the socket. Date, Content-Length,
// Transfer-Encoding, Connection and X-Request-Id are the transport's.
struct Response {
    enum class Body : std::uint8_t {
        none,     // nothing to send: 204, 304, or empty
        bytes,    // in `bytes`
        constant, // in `constant`, which lives as long as the exchange
        borrowed, // in `borrowed`
        file,     // in `file`
        stream,   // comes by Exchange::write
    };

    int status = 200;      // 200 to 999
    bool sized = true;     // false: for HEAD the size is not said, since it is not known (RFC 9110 section 9.3.2)
    bool noStore = false;  // Cache-Control: no-store is to be said
    bool closes = false;   // the connection ends after it
    bool mayRepeat = true; // of a 503: false where asking again may do it twice
    Body body = Body::none;
    std::string_view contentType;    // a legal field value; empty: none. Constant, or in contentTypeText
    std::string_view constantFields; // a block of declared fields; lives as long as the exchange
    std::string contentTypeText;
    std::string fields; // "Name: value\r\n" of each, checked
    std::string bytes;
    std::string_view constant;
    BorrowedBytes borrowed;
    FileRange file;

    // The body as far as it is in memory.
    std::string_view view() const noexcept {
        switch (body) {
        case Body::bytes:
            return bytes;
        case Body::constant:
            return constant;
        case Body::borrowed:
            return borrowed.bytes();
        default:
            return {};
        }
    }
    std::uint64_t size() const noexcept { return body == Body::file ? file.left : view().size(); }
    void setBytes(std::string made) noexcept {
        dropBody();
        bytes = std::move(made);
        body = Body::bytes;
    }
    void dropBody() noexcept {
        bytes.clear();
        borrowed.reset();
        if (file.file) file = {};
        constant = {};
        body = Body::none;
    }
    // As new; keeps small buffers.
    void clear(std::size_t kept_bytes) noexcept {
        status = 200;
        sized = true;
        noStore = closes = false;
        mayRepeat = true;
        contentType = constantFields = {};
        contentTypeText.clear();
        dropBody();
        fields.clear();
        if (fields.capacity() > kept_bytes) std::string().swap(fields);
        if (bytes.capacity() > kept_bytes) std::string().swap(bytes);
    }
};

} // namespace mortise::http
