// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "http/client_identity.hpp"

#include <cstddef>
#include <cstdint>

namespace mortise::http {

// What one peer may use. Durations in milliseconds, sizes in bytes. Zero means "no limit" only where it says so.
struct Limits {
    // Head of a request.
    std::size_t request_line_bytes = 8 * 1024; // past it 414
    std::size_t header_bytes = 32 * 1024;      // all fields with their line ends; past it 431
    std::size_t header_fields = 100;           // past it 431
    std::uint64_t header_timeout_ms = 10'000;  // from the first byte of the request; past it 408

    // Body.
    std::uint64_t body_bytes = 10 * 1024 * 1024;      // where Exchange::readBody names none; past it 413
    std::uint64_t body_timeout_ms = 20'000;           // plus received bytes at body_bytes_per_second; past it 408
    std::uint64_t body_bytes_per_second = 1024;       // 0: no extension
    std::uint64_t body_timeout_max_ms = 300'000;      // whatever the rate allows
    std::uint64_t buffered_body_bytes = 256ULL << 20; // of all loops together; past it 503
    std::size_t chunk_line_bytes = 256;               // a chunk size with its extensions; past it 400
    std::size_t trailer_bytes = 8 * 1024;             // all trailers, which are dropped; past it 400

    // Answer.
    std::uint64_t write_timeout_ms = 30'000;    // without a byte taken by the peer: the connection ends
    std::size_t output_high_bytes = 256 * 1024; // Exchange::write refuses above this

    // Connection.
    std::uint64_t idle_timeout_ms = 75'000;
    std::uint64_t max_requests = 0;              // per connection; 0: no limit
    std::size_t drain_bytes = 64 * 1024;         // of an unread body, to keep the connection; more: it closes
    std::uint64_t linger_timeout_ms = 5'000;     // after our FIN, until the peer's
    std::size_t linger_bytes = 4 * 1024 * 1024;  // discarded in that time at most
    std::size_t max_connections = 10'000;        // of all loops together
    std::size_t max_connections_per_address = 0; // of one base::clientNetwork; 0: no limit; never for trusted proxies
                                                 // and Unix sockets
};

// What a LoopServer goes by. Immutable once handed over; replaced as a whole at a reload.
struct Settings {
    Limits limits;
    base::IpNetworkList trusted_proxies; // whose word on their clients counts
    ForwardedHeader forwarded_header = ForwardedHeader::either;
    unsigned client_ipv6_prefix = 56;      // see base::clientNetwork
    std::size_t proxy_fault_reports = 100; // see ProxyFaults; 0: none
};

} // namespace mortise::http
