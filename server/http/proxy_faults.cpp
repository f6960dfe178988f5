// SPDX-License-Identifier: Apache-2.0
#include "http/proxy_faults.hpp"

#include "http/limits.hpp"

#include <exception>
#include <string>
#include <string_view>

namespace mortise::http {
namespace {

struct Text {
    std::string_view message;
    std::string_view setting;
    std::string_view advice;
};

Text textOf(ProxyFault fault) noexcept {
    switch (fault) {
    case ProxyFault::untrustedLocal:
        return {
            "A proxy on this machine is not trusted", "server.trusted_proxies",
            "its requests carry X-Forwarded-For or Forwarded, which are ignored, so that all of its clients count as "
            "one; if it is your proxy, set server.trusted_proxies = loopback, else have it send neither field"};
    case ProxyFault::disagreement:
        return {
            "A trusted proxy sends X-Forwarded-For and Forwarded, and they disagree", "server.forwarded_header",
            "one of them comes from a client, and none is believed; set server.forwarded_header to the one that the "
            "proxy sets (x-forwarded-for or forwarded)"};
    case ProxyFault::otherHeader:
        return {"A trusted proxy does not send the field that server.forwarded_header names", "server.forwarded_header",
                "it sends the other one of X-Forwarded-For and Forwarded, which is ignored, so that all of its clients "
                "count as one; set server.forwarded_header to the one that the proxy sets"};
    case ProxyFault::unusableXForwardedFor:
        return {"The X-Forwarded-For of a trusted proxy holds no address of its client", "server.trusted_proxies",
                "its last item that is no trusted proxy is empty or no IP address, so that all such clients count as "
                "one, '::'; have the proxy append the address (nginx: proxy_set_header X-Forwarded-For "
                "$proxy_add_x_forwarded_for)"};
    case ProxyFault::unusableForwarded:
        return {
            "The Forwarded of a trusted proxy holds no address of its client", "server.trusted_proxies",
            "its last element that is no trusted proxy has no 'for' with an IP address (RFC 7239), so that all such "
            "clients count as one, '::'; have the proxy append for=ADDRESS, or send X-Forwarded-For instead and set "
            "server.forwarded_header = x-forwarded-for"};
    case ProxyFault::noHeader:
        return {
            "A trusted proxy sends neither X-Forwarded-For nor Forwarded", "server.trusted_proxies",
            "other fields (X-Real-IP, X-Forwarded-Proto, Via and the like) do not name its client here, so that all "
            "of its clients count as one; have it send X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For "
            "$proxy_add_x_forwarded_for)"};
    case ProxyFault::untrustedRealIp:
        return {"X-Real-IP comes from a peer that is no trusted proxy", "server.trusted_proxies",
                "it is not read, so that all clients behind this peer count as one; if it is your proxy, have it send "
                "X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for) and add its "
                "address, or loopback where it is on this machine, to server.trusted_proxies"};
    case ProxyFault::untrusted:
    case ProxyFault::none:
        break;
    }
    return {"X-Forwarded-For or Forwarded comes from a peer that is no trusted proxy", "server.trusted_proxies",
            "it is ignored, so that all clients behind this peer count as one; if it is your proxy, add its address to "
            "server.trusted_proxies"};
}

// Addresses that nobody has on the Internet: RFC 1918, RFC 6598 (100.64.0.0/10), RFC 4193 (fc00::/7), and those of a
// link (RFC 3927, RFC 4291 section 2.5.6).
bool isPrivate(const base::IpAddress& address) noexcept {
    const auto& byte = address.bytes();
    if (address.family() == base::IpAddress::Family::v4)
        return byte[0] == 10 || (byte[0] == 172 && (byte[1] & 0xf0) == 16) || (byte[0] == 192 && byte[1] == 168) ||
               (byte[0] == 100 && (byte[1] & 0xc0) == 64) || (byte[0] == 169 && byte[1] == 254);
    return (byte[0] & 0xfe) == 0xfc || (byte[0] == 0xfe && (byte[1] & 0xc0) == 0x80);
}

bool isForeign(const base::IpAddress& peer, ProxyFault fault) noexcept {
    return (fault == ProxyFault::untrusted || fault == ProxyFault::untrustedRealIp) && !isPrivate(peer);
}

} // namespace

ProxyFaults::Turn ProxyFaults::remember(const base::IpAddress& peer, ProxyFault fault, const Settings& settings) {
    const std::lock_guard lock(mutex_);
    const std::size_t places = settings.proxy_fault_reports;
    const ProxyFaultSet bit = bitOf(fault);
    if (places == 0) return Turn::none;
    if (peer.isLoopback()) {
        const bool known = (local_ & bit) != 0;
        local_ |= bit;
        return known ? Turn::none : Turn::first;
    }
    const base::IpAddress network = base::clientNetwork(peer, settings.client_ipv6_prefix);
    const auto found = reported_.find(network);
    if (found != reported_.end() && (found->second & bit) != 0) return Turn::none;
    if (size_ >= places) return std::exchange(full_, true) ? Turn::none : Turn::last;
    const bool foreign = isForeign(peer, fault);
    if (foreign && foreign_ >= places - places / 2)
        return std::exchange(foreign_full_, true) ? Turn::none : Turn::lastForeign;
    reported_[network] |= bit;
    ++size_;
    if (foreign) ++foreign_;
    return Turn::first;
}

void ProxyFaults::report(const base::IpAddress& peer, ProxyFault fault, const Settings& settings,
                         base::Log& log) noexcept {
    try {
        const Turn turn = remember(peer, fault, settings);
        if (turn == Turn::none) return;
        if (turn != Turn::first) {
            log.log(base::Level::warn, "http",
                    turn == Turn::last ? "Faults of further proxies are not logged"
                                       : "Faults of further proxies outside of private networks are not logged",
                    {{"setting", std::string_view("server.proxy_fault_reports")},
                     {"reason", std::string_view("as many as this setting allows are logged since the last reload; "
                                                 "raise it to see more, after what is logged is mended")}});
            return;
        }
        char address[base::IpAddress::maxTextSize];
        const std::string_view name(address, peer.format(address));
        const Text text = textOf(fault);
        log.log(base::Level::warn, "http", text.message,
                {{"peer", name}, {"setting", text.setting}, {"reason", text.advice}});
    } catch (const std::exception&) { // no memory: another connection will bring it up again
    }
}

void ProxyFaults::forget() noexcept {
    const std::lock_guard lock(mutex_);
    reported_.clear();
    size_ = foreign_ = 0;
    local_ = 0;
    full_ = foreign_full_ = false;
    epoch_.fetch_add(1, std::memory_order_relaxed);
}

} // namespace mortise::http
