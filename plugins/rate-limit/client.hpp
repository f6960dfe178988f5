// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mortise::rate_limit {

constexpr unsigned shortest_ipv6_prefix = 32;
constexpr unsigned longest_ipv6_prefix = 64;

// Who is counted as one: an IPv4 address, an IPv6 network, everybody on Unix sockets, or everybody whose address a
// proxy does not tell ("::", RFC 4291 section 2.5.2). Exact: two clients are never taken for one.
struct Client {
    enum class Family : std::uint8_t { ipv4 = 1, ipv6, local, unknown };

    std::uint64_t address = 0; // IPv4: all of it; IPv6: the first 64 bits, what is past the prefix 0
    Family family = Family::unknown;

    friend bool operator==(const Client&, const Client&) = default;
};

// The client that an address in text belongs to: "203.0.113.7", "2001:db8::1", "unix". IPv4-mapped addresses are IPv4.
// `ipv6_prefix` as the constants above say.
Client clientOf(std::string_view address, unsigned ipv6_prefix) noexcept;

// What is past the prefix of an IPv6 client set to 0.
Client shortened(const Client& client, unsigned ipv6_prefix) noexcept;

} // namespace mortise::rate_limit
