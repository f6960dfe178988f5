// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Header-only C++17 without the plugin interface. Thread: any.

// A value of the field traceparent (W3C Trace Context, level 1, section 3.2).
struct TraceParent {
    static constexpr std::size_t size = 55; // of version 00
    static constexpr std::uint8_t sampledFlag = 1;

    std::array<std::uint8_t, 16> traceId{};
    std::array<std::uint8_t, 8> parentId{};
    std::uint8_t flags = 0; // those that level 1 knows

    // Nothing of a value that is malformed, of version ff or with an id of zeros. Of a version above 00 the first four
    // members count. `text` has no blanks around it.
    static std::optional<TraceParent> parse(std::string_view text) noexcept;
    // As version 00.
    std::array<char, size> write() const noexcept;
};

// Whether it is what fields tracestate say, joined by commas in their order (section 3.3): well-formed members, no key
// twice, at most 32 of them in 512 bytes.
bool isTraceState(std::string_view text) noexcept;

namespace detail {

inline int lowerHexDigit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Two digits a byte; false of anything else.
inline bool readLowerHex(std::string_view text, std::uint8_t* out) noexcept {
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        const int high = lowerHexDigit(text[i]), low = lowerHexDigit(text[i + 1]);
        if (high < 0 || low < 0) return false;
        out[i / 2] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return true;
}

inline char* writeLowerHex(const std::uint8_t* bytes, std::size_t count, char* out) noexcept {
    constexpr char digits[] = "0123456789abcdef";
    for (std::size_t i = 0; i < count; ++i) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    return out;
}

template<std::size_t size>
bool isZero(const std::array<std::uint8_t, size>& id) noexcept {
    for (const std::uint8_t byte : id)
        if (byte != 0) return false;
    return true;
}

inline bool isTraceKeyPart(std::string_view part, std::size_t most, bool digitFirst) noexcept {
    if (part.empty() || part.size() > most) return false;
    for (std::size_t i = 0; i < part.size(); ++i) {
        const char c = part[i];
        const bool letter = c >= 'a' && c <= 'z', digit = c >= '0' && c <= '9';
        if (i == 0 ? !letter && !(digit && digitFirst)
                   : !letter && !digit && c != '_' && c != '-' && c != '*' && c != '/')
            return false;
    }
    return true;
}

// "vendor", or "tenant@system".
inline bool isTraceKey(std::string_view key) noexcept {
    const std::size_t at = key.find('@');
    if (at == std::string_view::npos) return isTraceKeyPart(key, 256, false);
    return isTraceKeyPart(key.substr(0, at), 241, true) && isTraceKeyPart(key.substr(at + 1), 14, false);
}

inline bool isTraceValue(std::string_view value) noexcept {
    if (value.empty() || value.size() > 256 || value.back() == ' ') return false;
    for (const char c : value)
        if (c < ' ' || c > '~' || c == ',' || c == '=') return false;
    return true;
}

inline std::string_view withoutBlanks(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

} // namespace detail

inline std::optional<TraceParent> TraceParent::parse(std::string_view text) noexcept {
    if (text.size() < size || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
    std::uint8_t version = 0;
    TraceParent made;
    if (!detail::readLowerHex(text.substr(0, 2), &version) ||
        !detail::readLowerHex(text.substr(3, 32), made.traceId.data()) ||
        !detail::readLowerHex(text.substr(36, 16), made.parentId.data()) ||
        !detail::readLowerHex(text.substr(53, 2), &made.flags))
        return std::nullopt;
    if (version == 0xff || (text.size() > size && (version == 0 || text[size] != '-'))) return std::nullopt;
    if (detail::isZero(made.traceId) || detail::isZero(made.parentId)) return std::nullopt;
    made.flags &= sampledFlag;
    return made;
}

inline std::array<char, TraceParent::size> TraceParent::write() const noexcept {
    std::array<char, size> text{'0', '0', '-'};
    char* at = detail::writeLowerHex(traceId.data(), traceId.size(), text.data() + 3);
    *at++ = '-';
    at = detail::writeLowerHex(parentId.data(), parentId.size(), at);
    *at++ = '-';
    detail::writeLowerHex(&flags, 1, at);
    return text;
}

inline bool isTraceState(std::string_view text) noexcept {
    constexpr std::size_t mostMembers = 32, mostBytes = 512;
    if (text.size() > mostBytes) return false;
    std::array<std::string_view, mostMembers> keys;
    std::size_t count = 0;
    for (;;) {
        const std::size_t comma = text.find(',');
        const std::string_view member = detail::withoutBlanks(text.substr(0, comma));
        if (!member.empty()) { // empty ones are allowed
            const std::size_t equals = member.find('=');
            if (count == mostMembers || equals == std::string_view::npos) return false;
            const std::string_view key = member.substr(0, equals);
            if (!detail::isTraceKey(key) || !detail::isTraceValue(member.substr(equals + 1))) return false;
            for (std::size_t i = 0; i < count; ++i)
                if (keys[i] == key) return false;
            keys[count++] = key;
        }
        if (comma == std::string_view::npos) return count > 0;
        text.remove_prefix(comma + 1);
    }
}

} // namespace v1
} // namespace mortise
