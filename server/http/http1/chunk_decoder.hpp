// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/fault.hpp"

#include <mortise/text/singleton_fields.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace mortise::http::http1 {

// Takes the chunked coding (RFC 9112 section 7.1) off a body that arrives in pieces. Strict: CRLF everywhere,
// hexadecimal sizes of at most 16 digits without signs or blanks, extensions well-formed and bounded, trailers
// well-formed, bounded, none of those that may not be one (isHeaderOnlyField), and dropped.
class ChunkDecoder {
public:
    enum class Result : std::uint8_t { more, complete, fault };

    struct Bounds {
        std::uint64_t body_bytes;  // of decoded data
        std::size_t line_bytes;    // of a size line with extensions
        std::size_t trailer_bytes; // of all trailers
    };

    void begin(const Bounds& bounds) noexcept;
    // Decodes data[0, size): body bytes are written to `out` (which may be `data`, or before it), `taken` bytes are
    // read and `made` bytes written. With `complete` the rest of `data` is the next request's.
    Result decode(const char* data, std::size_t size, char* out, std::size_t& taken, std::size_t& made) noexcept;
    const Fault& fault() const noexcept { return *fault_; }

    // The fault of a body that begins with these bytes, or null; nothing of it is kept. `bounds` but for its length.
    static const Fault* faultIn(const char* data, std::size_t size, Bounds bounds) noexcept;

private:
    enum class State : std::uint8_t {
        sizeFirst,
        size,
        extensionFirst,
        extensionName,
        extensionValueFirst,
        extensionValue,
        quoted,
        quotedPair,
        extensionEnd,
        sizeLf,
        data,
        dataCr,
        dataLf,
        trailerFirst,
        trailerName,
        trailerValue,
        trailerLf,
        endLf,
        complete,
        fault
    };
    // Null, or why `c` cannot come here.
    const Fault* step(char c) noexcept;
    // The character of a trailer's name, its colon last. Longer names than any that is forbidden are not kept.
    const Fault* stepTrailerName(char c) noexcept;
    const Fault* countLine() noexcept;
    const Fault* countTrailer() noexcept;
    Result fail(const Fault& fault) noexcept;

    State state_ = State::sizeFirst;
    std::uint64_t left_ = 0;  // of the chunk; while a size is read: the size
    std::uint64_t total_ = 0; // decoded data that was announced
    std::size_t line_ = 0;    // bytes of the current size line, or of all trailers
    unsigned digits_ = 0;
    std::uint32_t name_size_ = 0; // of the current trailer, past what `name_` holds too
    std::array<char, longestFieldRule()> name_{};
    Bounds bounds_{};
    const Fault* fault_ = nullptr;
};

} // namespace mortise::http::http1
