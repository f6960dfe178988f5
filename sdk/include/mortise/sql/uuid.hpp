// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/date_time.hpp>
#include <mortise/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sys/random.h>

namespace mortise {
inline namespace v1 {
namespace detail {

constexpr std::size_t uuidSize = 36;

// Whether it is the text of a UUID as it is stored: in lower case.
constexpr bool isUuidText(std::string_view text) noexcept {
    if (text.size() != uuidSize) return false;
    for (std::size_t i = 0; i < uuidSize; ++i) {
        const char c = text[i];
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (c != '-') return false;
        } else if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return true;
}

// Writes uuidSize characters: a new UUID of version 7 (RFC 9562 section 5.7), milliseconds and then 74 random bits.
inline void writeUuid(char* out, DateTime now) {
    unsigned char bytes[16];
    if (::getrandom(bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes))
        throw Error("the system gives no random bytes for a key");
    auto milliseconds = static_cast<std::uint64_t>(now.unixMilliseconds);
    for (int i = 5; i >= 0; --i, milliseconds >>= 8) bytes[i] = static_cast<unsigned char>(milliseconds & 0xff);
    bytes[6] = static_cast<unsigned char>(0x70 | (bytes[6] & 0x0f));
    bytes[8] = static_cast<unsigned char>(0x80 | (bytes[8] & 0x3f));
    for (int i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
        *out++ = "0123456789abcdef"[bytes[i] >> 4];
        *out++ = "0123456789abcdef"[bytes[i] & 15];
    }
}

} // namespace detail
} // namespace v1
} // namespace mortise
