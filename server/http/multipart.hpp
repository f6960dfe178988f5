// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/fault.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::http {

// Whether a Content-Type is multipart/form-data, whatever its parameters.
bool isMultipartForm(std::string_view content_type) noexcept;

// The boundary that a Content-Type names (RFC 2046 section 5.1.1). Nothing when it is no multipart/form-data, or the
// parameter is missing, repeated or malformed.
std::optional<std::string> multipartBoundary(std::string_view content_type);

struct MultipartLimits {
    std::size_t parts = 1000;          // past it 413
    std::size_t head_bytes = 8 * 1024; // the fields of one part, and the blanks behind a boundary; past it 400
};

// What the fields of a part say (RFC 7578 section 4). The texts are UTF-8 without control characters.
struct MultipartHead {
    std::string name;
    std::optional<std::string>
        file_name;            // as the client named it: never a path; there and empty: a file without a name
    std::string content_type; // as sent; empty when there is none
};

// Takes a multipart/form-data body apart as it comes: feed() and then next() until it says `more`. What it says does
// not depend on how the body was cut, but for where pieces of data end. Text before the first boundary and behind the
// last one is passed over (RFC 2046). Keeps what it was fed until next() has gone over it, and at most a head of a
// part, or a boundary, besides. No sockets, no files.
class MultipartReader {
public:
    enum class Event : unsigned char {
        more,     // feed() or finish()
        part,     // head() is the one of a new part
        data,     // data() is a piece of it
        part_end, // nothing more of it
        end,      // of the body: whatever follows is nobody's
        fault     // fault() says what breaks the form; so does every further call
    };

    // `boundary` is one that multipartBoundary() gave.
    MultipartReader(std::string_view boundary, const MultipartLimits& limits);

    void feed(std::string_view bytes);
    // Nothing more comes.
    void finish() noexcept { finished_ = true; }
    Event next();

    const MultipartHead& head() const noexcept { return head_; }
    std::string_view data() const noexcept { return data_; } // until the next feed()
    const Fault& fault() const noexcept { return *fault_; }

private:
    enum class State : unsigned char { preamble, boundary, head, body, end, fault };

    Event fail(const Fault& fault) noexcept;
    Event wait() noexcept;
    Event readBoundary();
    Event readHead();
    Event readBody();
    bool takeField(std::string_view line, bool& disposed, bool& coded);
    std::string_view rest() const noexcept { return std::string_view(buffer_).substr(at_); }

    const std::string delimiter_; // CRLF "--" boundary
    const MultipartLimits limits_;
    State state_ = State::preamble;
    bool finished_ = false;
    bool in_part_ = false;
    bool at_head_end_ = false; // rest() begins with the end of the empty line
    std::size_t parts_ = 0;
    std::string buffer_;
    std::size_t at_ = 0; // what has been gone over
    MultipartHead head_;
    std::string_view data_;
    const Fault* fault_ = nullptr;
};

} // namespace mortise::http
