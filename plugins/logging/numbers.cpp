// SPDX-License-Identifier: Apache-2.0
#include "numbers.hpp"

#include <charconv>
#include <cmath>

namespace mortise::logging {

namespace {

template<class Number>
bool appendChars(LineBuffer& out, Number value) noexcept {
    char text[40];
    const std::to_chars_result result = std::to_chars(text, text + sizeof text, value);
    return out.put({text, static_cast<std::size_t>(result.ptr - text)});
}

} // namespace

bool appendInteger(LineBuffer& out, std::int64_t value) noexcept {
    return appendChars(out, value);
}

bool appendNumber(LineBuffer& out, double value) noexcept {
    if (!std::isfinite(value)) return out.put("null");
    return appendChars(out, value);
}

bool appendMilliseconds(LineBuffer& out, std::uint64_t nanoseconds) noexcept {
    const std::uint64_t microseconds = nanoseconds / 1000 + (nanoseconds % 1000 >= 500 ? 1 : 0);
    char text[32];
    char* end = std::to_chars(text, text + 24, microseconds / 1000).ptr;
    if (const std::uint64_t fraction = microseconds % 1000; fraction != 0) {
        *end++ = '.';
        *end++ = static_cast<char>('0' + fraction / 100);
        if (fraction % 100 != 0) *end++ = static_cast<char>('0' + fraction / 10 % 10);
        if (fraction % 10 != 0) *end++ = static_cast<char>('0' + fraction % 10);
    }
    return out.put({text, static_cast<std::size_t>(end - text)});
}

} // namespace mortise::logging
