// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mortise::static_files {

// What a Range field asks for of a representation of known size (RFC 9110 section 14).
struct ByteRange {
    enum class Kind : std::uint8_t {
        whole,         // no field, another unit, malformed, or more than one range: the whole is answered
        part,          // 206
        unsatisfiable, // 416
    };
    Kind kind = Kind::whole;
    std::uint64_t first = 0;  // of a part
    std::uint64_t length = 0; // of a part, not 0
};

// `value` is the field's, empty when there is none. Several ranges are answered with the whole, which section 14.2
// allows: a client that asks for many small ones gets no more than there is.
ByteRange parseByteRange(std::string_view value, std::uint64_t size) noexcept;

} // namespace mortise::static_files
