// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace mortise::base {

// An IPv4 or IPv6 address, or none (the peer of a Unix socket). IPv4-mapped IPv6 addresses are kept as IPv4, so that
// one client is one value whatever listener it came through. Regular value type, no allocation.
class IpAddress {
public:
    enum class Family : std::uint8_t { none, v4, v6 };
    static constexpr std::size_t maxTextSize = 45;

    IpAddress() noexcept = default;
    // Dotted quad or RFC 4291 text, without brackets, port or zone. Nothing else is taken.
    static std::optional<IpAddress> parse(std::string_view text) noexcept;
    // Family none for anything but AF_INET and AF_INET6.
    static IpAddress of(const sockaddr& address) noexcept;

    Family family() const noexcept { return family_; }
    const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; } // IPv4: the first four
    // Writes at most maxTextSize characters, returns how many. "unix" for none.
    std::size_t format(char* out) const noexcept;
    std::string text() const;
    bool isLoopback() const noexcept;    // Unix sockets are, too
    bool isUnspecified() const noexcept; // "::" (RFC 4291 section 2.5.2), which is nobody's
    // An IPv4 address, or the first 64 bits of an IPv6 one; 0 of none.
    std::uint64_t leadingBits() const noexcept;

    friend bool operator==(const IpAddress& a, const IpAddress& b) noexcept {
        return a.family_ == b.family_ && a.bytes_ == b.bytes_;
    }
    std::size_t hash() const noexcept;

private:
    friend IpAddress clientNetwork(const IpAddress& address, unsigned ipv6_prefix) noexcept;

    std::array<std::uint8_t, 16> bytes_{};
    Family family_ = Family::none;
};

struct IpAddressHash {
    std::size_t operator()(const IpAddress& address) const noexcept { return address.hash(); }
};

// Who counts as one client, wherever clients are counted or remembered: an IPv4 address, the network of an IPv6 address
// (its first `ipv6_prefix` bits, at most 128; a client commonly has a whole one), or everybody on Unix sockets.
IpAddress clientNetwork(const IpAddress& address, unsigned ipv6_prefix) noexcept;

// "10.0.0.0/8", "2001:db8::/32", a single address, or "unix" (peers of Unix sockets).
class IpNetwork {
public:
    // Nothing when it is no network, the prefix is too long, or bits behind the prefix are set.
    static std::optional<IpNetwork> parse(std::string_view text) noexcept;
    bool contains(const IpAddress& address) const noexcept;

private:
    IpAddress address_;
    unsigned prefix_bits_ = 0;
};

// Thread: any, when not changed.
class IpNetworkList {
public:
    // "loopback" stands for 127.0.0.0/8, ::1 and unix. False, and nothing is added, when `text` is no network.
    bool add(std::string_view text);
    bool contains(const IpAddress& address) const noexcept;
    bool empty() const noexcept { return networks_.empty(); }

private:
    std::vector<IpNetwork> networks_;
};

} // namespace mortise::base
