// SPDX-License-Identifier: Apache-2.0
#include "escape.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace mortise::logging {

namespace {

constexpr std::uint64_t ones = 0x0101010101010101u;
constexpr std::uint64_t highs = 0x8080808080808080u;

constexpr std::uint64_t zeroBytes(std::uint64_t word) noexcept {
    return (word - ones) & ~word & highs;
}

// The highest bit of each byte that is not plain printable ASCII; exact for the lowest such byte.
template<Quotes quotes>
std::uint64_t specialBytes(std::uint64_t word) noexcept {
    std::uint64_t found = (word & highs) | ((word - ones * 0x20) & ~word & highs) | zeroBytes(word ^ (ones * 0x7F));
    if constexpr (quotes == Quotes::escaped) {
        found |= zeroBytes(word ^ (ones * '"')) | zeroBytes(word ^ (ones * '\\'));
    }
    return found;
}

// Up to eight bytes, the first one lowest, zero above.
std::uint64_t loadBytes(const char* bytes, std::size_t count) noexcept {
    std::uint64_t word = 0;
    if constexpr (std::endian::native == std::endian::little) {
        if (count == 8) {
            std::memcpy(&word, bytes, 8);
            return word;
        }
        if (count >= 4) {
            std::uint32_t low;
            std::uint32_t high;
            std::memcpy(&low, bytes, 4);
            std::memcpy(&high, bytes + count - 4, 4);
            return low | static_cast<std::uint64_t>(high) << (8 * (count - 4));
        }
    }
    for (std::size_t i = 0; i < count; ++i) {
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return word;
}

void storeWord(char* bytes, std::uint64_t word) noexcept {
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    std::memcpy(bytes, &word, 8);
}

struct Decoded {
    std::uint32_t point; // 0xFFFFFFFF: invalid
    std::size_t length;  // bytes of it, or of the maximal invalid part
};

// The sequence at the begin of `text`, whose first byte is not ASCII. Unicode 15 table 3-7.
Decoded decode(std::string_view text) noexcept {
    constexpr std::uint32_t invalid = 0xFFFFFFFFu;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF)
        length = 2;
    else if (first >= 0xE0 && first <= 0xEF)
        length = 3;
    else if (first >= 0xF0 && first <= 0xF4)
        length = 4;
    else
        return {invalid, 1};
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
    std::uint32_t point = first & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if (i >= text.size() || byte(i) < low || byte(i) > high) return {invalid, i};
        point = point << 6 | (byte(i) & 0x3Fu);
        low = 0x80;
        high = 0xBF;
    }
    return {point, length};
}

bool isHarmful(std::uint32_t point) noexcept {
    return point < 0xA0 || point == 0x061C || point == 0x200E || point == 0x200F ||
           (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

bool appendCode(LineBuffer& out, std::uint32_t point) noexcept {
    constexpr char digits[] = "0123456789abcdef";
    const char text[6] = {
        '\\', 'u', digits[point >> 12 & 15], digits[point >> 8 & 15], digits[point >> 4 & 15], digits[point & 15]};
    return out.put({text, sizeof text});
}

bool appendAscii(LineBuffer& out, unsigned char byte) noexcept {
    switch (byte) {
    case '"':
        return out.put("\\\"");
    case '\\':
        return out.put("\\\\");
    case '\n':
        return out.put("\\n");
    case '\r':
        return out.put("\\r");
    case '\t':
        return out.put("\\t");
    case '\b':
        return out.put("\\b");
    case '\f':
        return out.put("\\f");
    default:
        return appendCode(out, byte);
    }
}

// One character that is not plain; its length in `text`, or 0 when there is no room.
std::size_t appendSpecial(LineBuffer& out, std::string_view text) noexcept {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) return appendAscii(out, first) ? 1 : 0;
    const Decoded decoded = decode(text);
    bool fits = false;
    if (decoded.point == 0xFFFFFFFFu)
        fits = out.put("\xEF\xBF\xBD");
    else if (isHarmful(decoded.point))
        fits = appendCode(out, decoded.point);
    else
        fits = out.put(text.substr(0, decoded.length));
    return fits ? decoded.length : 0;
}

template<Quotes quotes>
bool append(LineBuffer& out, std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t count = std::min<std::size_t>(text.size(), 8);
        const std::uint64_t word = loadBytes(text.data(), count);
        std::uint64_t found = specialBytes<quotes>(word);
        if (count < 8) found &= (std::uint64_t{1} << (8 * count)) - 1;
        const std::size_t plain = found == 0 ? count : static_cast<std::size_t>(std::countr_zero(found)) / 8;
        if (out.room() >= 8) {
            storeWord(out.end(), word);
            out.advance(plain);
        } else if (!out.put(text.substr(0, std::min(plain, out.room()))) || plain > out.room()) {
            return out.close();
        }
        text.remove_prefix(plain);
        if (found == 0) continue;
        const std::size_t taken = appendSpecial(out, text);
        if (taken == 0) return false;
        text.remove_prefix(taken);
    }
    return true;
}

} // namespace

bool appendEscaped(LineBuffer& out, std::string_view text, Quotes quotes) noexcept {
    return quotes == Quotes::escaped ? append<Quotes::escaped>(out, text) : append<Quotes::plain>(out, text);
}

bool isBareValue(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char byte) {
        return byte > 0x20 && byte < 0x7F && byte != '"' && byte != '=' && byte != '\\';
    });
}

} // namespace mortise::logging
