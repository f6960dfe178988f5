// SPDX-License-Identifier: Apache-2.0
#include "language/escape.hpp"

namespace mortise::graphql {

namespace {

constexpr std::uint32_t noDigit = 0xFFFFFFFF;

char characterAt(std::string_view source, std::size_t offset) {
    return offset < source.size() ? source[offset] : '\0';
}

std::uint32_t hexDigit(char c) {
    if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
    if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
    if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
    return noDigit;
}

// Four hexadecimal digits; noDigit when they are not.
std::uint32_t hexUnit(std::string_view source, std::size_t offset) {
    std::uint32_t unit = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::uint32_t digit = hexDigit(characterAt(source, offset + i));
        if (digit == noDigit) return noDigit;
        unit = unit << 4 | digit;
    }
    return unit;
}

bool isScalarValue(std::uint32_t point) {
    return point < 0xD800 || (point >= 0xE000 && point <= 0x10FFFF);
}

// \u{…}: at most eight digits.
Escape readBraced(std::string_view source, std::size_t offset) {
    Escape escape{0, 3, false, true};
    std::uint32_t point = 0;
    while (escape.size < 12) {
        const char c = characterAt(source, offset + escape.size++);
        if (c == '}') {
            escape.isValid = escape.size >= 5 && isScalarValue(point);
            escape.point = point;
            return escape;
        }
        const std::uint32_t digit = hexDigit(c);
        // A point that would not fit in 31 bits ends the reading, as graphql-js's does.
        if (digit == noDigit || (point << 4 & 0x80000000U) != 0) return escape;
        point = point << 4 | digit;
    }
    return escape;
}

Escape readFixed(std::string_view source, std::size_t offset) {
    const std::uint32_t unit = hexUnit(source, offset + 2);
    if (unit != noDigit && isScalarValue(unit)) return {unit, 6, true, true};
    const bool isLeading = unit >= 0xD800 && unit <= 0xDBFF;
    if (isLeading && characterAt(source, offset + 6) == '\\' && characterAt(source, offset + 7) == 'u') {
        const std::uint32_t trailing = hexUnit(source, offset + 8);
        if (trailing >= 0xDC00 && trailing <= 0xDFFF)
            return {0x10000 + ((unit - 0xD800) << 10) + (trailing - 0xDC00), 12, true, true};
    }
    return {0, 6, false, true};
}

} // namespace

Escape Escape::read(std::string_view source, std::size_t offset) {
    switch (characterAt(source, offset + 1)) {
    case 'u':
        return characterAt(source, offset + 2) == '{' ? readBraced(source, offset) : readFixed(source, offset);
    case '"':
        return {U'"', 2, true, false};
    case '\\':
        return {U'\\', 2, true, false};
    case '/':
        return {U'/', 2, true, false};
    case 'b':
        return {U'\b', 2, true, false};
    case 'f':
        return {U'\f', 2, true, false};
    case 'n':
        return {U'\n', 2, true, false};
    case 'r':
        return {U'\r', 2, true, false};
    case 't':
        return {U'\t', 2, true, false};
    default:
        return {0, 2, false, false};
    }
}

} // namespace mortise::graphql
