// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace mortise::json {

// Bytes that scanPlain() may read past the one it stops at.
inline constexpr std::size_t scan_padding = 16;

inline bool isPlain(char byte) noexcept {
    return static_cast<unsigned char>(byte) >= 0x20 && byte != '"' && byte != '\\';
}

// The first byte at or after `at` that ends a plain run inside a JSON string: a quote, a backslash or a control
// character. There must be one, with scan_padding readable bytes after it.
inline const char* scanPlain(const char* at) noexcept {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i last_control = _mm_set1_epi8(0x1f);
    for (;; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                         _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes));
        if (const int mask = _mm_movemask_epi8(hit); mask != 0) return at + __builtin_ctz(static_cast<unsigned>(mask));
    }
#else
    while (isPlain(*at)) ++at;
    return at;
#endif
}

// The first byte in [at, end) that is not plain ASCII: as above, or above 0x7f. `end` when there is none.
inline const char* scanPlainAscii(const char* at, const char* end) noexcept {
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    const __m128i blank = _mm_set1_epi8(0x20);
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        // Signed: bytes above 0x7f are below the blank too.
        const __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                                         _mm_cmplt_epi8(bytes, blank));
        if (const int mask = _mm_movemask_epi8(hit); mask != 0) return at + __builtin_ctz(static_cast<unsigned>(mask));
    }
#endif
    while (at != end && isPlain(*at) && static_cast<unsigned char>(*at) < 0x80) ++at;
    return at;
}

} // namespace mortise::json
