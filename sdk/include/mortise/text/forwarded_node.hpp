// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Who sent a request to a proxy, or the proxy's own side of it (RFC 7239 section 6).
struct ForwardedNode {
    enum class Kind : std::uint8_t {
        malformed,
        address,   // IPv4, or IPv6 in brackets, as far as characters go; to be parsed
        unknown,   // "unknown", in any case
        obfuscated // "_hidden"
    };
    static constexpr std::size_t maxSize = 128; // longer ones are malformed

    Kind kind = Kind::malformed;
    std::string_view host; // without brackets and port

    // `text` is a value without its quotes: "192.0.2.43", "192.0.2.43:47011", "[2001:db8::17]:4711", "unknown",
    // "_gazonk", with a port of up to five digits or "_obfuscated".
    static ForwardedNode parse(std::string_view text) noexcept;
};

namespace detail {

inline bool isForwardedAlphanumeric(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

inline bool sameForwarded(std::string_view text, std::string_view lower) noexcept {
    if (text.size() != lower.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != lower[i]) return false;
    }
    return true;
}

inline bool isForwardedObfuscated(std::string_view text) noexcept { // RFC 7239 section 6.3
    if (text.size() < 2 || text.front() != '_') return false;
    for (const char c : text)
        if (!isForwardedAlphanumeric(c) && c != '.' && c != '_' && c != '-') return false;
    return true;
}

// ":4711", ":_hidden", or nothing.
inline bool isForwardedPort(std::string_view text) noexcept {
    if (text.empty()) return true;
    if (text.front() != ':' || text.size() < 2) return false;
    text.remove_prefix(1);
    if (text.front() == '_') return isForwardedObfuscated(text);
    for (const char c : text)
        if (c < '0' || c > '9') return false;
    return text.size() <= 5;
}

} // namespace detail

inline ForwardedNode ForwardedNode::parse(std::string_view text) noexcept {
    if (text.empty() || text.size() > maxSize) return {};
    if (text.front() == '[') {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos || !detail::isForwardedPort(text.substr(end + 1))) return {};
        const std::string_view host = text.substr(1, end - 1);
        return {host.find(':') == std::string_view::npos ? Kind::malformed : Kind::address, host};
    }
    const std::string_view host = text.substr(0, text.find(':'));
    if (!detail::isForwardedPort(text.substr(host.size()))) return {};
    if (detail::sameForwarded(host, "unknown")) return {Kind::unknown, host};
    if (detail::isForwardedObfuscated(host)) return {Kind::obfuscated, host};
    for (const char c : host)
        if ((c < '0' || c > '9') && c != '.') return {};
    return {host.empty() ? Kind::malformed : Kind::address, host};
}

} // namespace v1
} // namespace mortise
