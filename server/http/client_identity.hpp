// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::http {

struct RequestHead;
struct Settings;

// Which field the trusted proxies write who their client is into. The other one then comes from clients, and is
// ignored.
enum class ForwardedHeader : std::uint8_t {
    either, // whichever is there; of two that disagree none is believed
    xForwardedFor,
    forwarded // RFC 7239
};

// What is wrong with the way a proxy tells of its clients.
enum class ProxyFault : std::uint8_t {
    none,
    untrusted,             // a peer that is no trusted proxy sends X-Forwarded-For or Forwarded
    untrustedLocal,        // the same, from this machine
    disagreement,          // a trusted proxy's X-Forwarded-For and Forwarded name different clients
    otherHeader,           // a trusted proxy does not send the one that Settings::forwarded_header names, but the other
    unusableXForwardedFor, // a trusted proxy's X-Forwarded-For has no address where the client's should be
    unusableForwarded,     // likewise Forwarded
    noHeader,              // a trusted proxy leaves other traces (X-Real-IP, Via, ...) and sends neither of both
    untrustedRealIp        // a peer that is no trusted proxy sends X-Real-IP and neither of both
};

// Fields that a proxy leaves, as bits of RequestHead::forwarding.
namespace forwarding {
constexpr std::uint8_t x_forwarded_for = 1;
constexpr std::uint8_t forwarded = 2;
constexpr std::uint8_t x_forwarded_proto = 4;
constexpr std::uint8_t trace = 8; // Via, X-Forwarded-Host, ...: they show that there is one
constexpr std::uint8_t x_real_ip = 16;
} // namespace forwarding

// Who sent a request, and how.
struct ClientIdentity {
    base::IpAddress address; // "::" (RFC 4291 section 2.5.2): a trusted proxy does not tell
    bool secure = false;     // it came over TLS
    // A proxy stands between, and `address` is the client's only where that one is trusted and tells. Else what is
    // allowed to an address is not allowed to this client.
    bool known = true;
    ProxyFault fault = ProxyFault::none;
};

// The client behind `peer`. Fields are walked from the right: as long as an address is a trusted proxy's, the one that
// it wrote down counts. Where that is none ("unknown", "_hidden", junk), nobody knows who it is: not the proxy, which
// may be trusted with much more. `message` as in RequestHead.
ClientIdentity findClient(const base::IpAddress& peer, const RequestHead& head, const char* message,
                          const Settings& settings) noexcept;

// An item of X-Forwarded-For: "203.0.113.7", "203.0.113.7:4711", "2001:db8::1", "[2001:db8::1]:4711".
std::optional<base::IpAddress> forwardedAddress(std::string_view item) noexcept;

} // namespace mortise::http
