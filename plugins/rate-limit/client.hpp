// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace mortise::rate_limit {

// Who is counted as one, as the host says: an IPv4 address, an IPv6 network, everybody on Unix sockets, or everybody
// whose address a proxy does not tell. Exact: two clients are never taken for one.
struct Client {
    enum class Family : std::uint8_t { ipv4 = 1, ipv6, local, unknown };

    std::uint64_t address = 0; // IPv4: all of it; IPv6: the first 64 bits, what is past the prefix 0
    Family family = Family::unknown;

    friend bool operator==(const Client&, const Client&) = default;
};

} // namespace mortise::rate_limit
