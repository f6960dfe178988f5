// SPDX-License-Identifier: Apache-2.0
#include "http/proxy_faults.hpp"

#include "http/limits.hpp"

#include <exception>
#include <string>
#include <string_view>
#include <utility>

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
            "A proxy on this machine is not trusted, please decide whether it is to be", "server.trusted_proxies",
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
    case ProxyFault::untrusted:
    case ProxyFault::none:
        break;
    }
    return {"X-Forwarded-For or Forwarded comes from a peer that is no trusted proxy", "server.trusted_proxies",
            "it is ignored, so that all clients behind this peer count as one; if it is your proxy, add its address to "
            "server.trusted_proxies"};
}

} // namespace

ProxyFaults::Turn ProxyFaults::remember(const base::IpAddress& peer, const Settings& settings) {
    const std::lock_guard lock(mutex_);
    if (settings.proxy_fault_reports == 0) return Turn::none;
    if (peer.isLoopback()) return std::exchange(local_, true) ? Turn::none : Turn::first;
    const base::IpAddress network = base::clientNetwork(peer, settings.client_ipv6_prefix);
    if (reported_.contains(network)) return Turn::none;
    if (reported_.size() >= settings.proxy_fault_reports) return std::exchange(full_, true) ? Turn::none : Turn::last;
    reported_.insert(network);
    return Turn::first;
}

void ProxyFaults::report(const base::IpAddress& peer, ProxyFault fault, const Settings& settings,
                         base::Log& log) noexcept {
    try {
        const Turn turn = remember(peer, settings);
        if (turn == Turn::none) return;
        char address[base::IpAddress::maxTextSize];
        const std::string_view name(address, peer.format(address));
        const Text text = textOf(fault);
        log.log(base::Level::warn, "http", text.message,
                {{"peer", name}, {"setting", text.setting}, {"reason", text.advice}});
        if (turn == Turn::last)
            log.log(base::Level::warn, "http", "No more peers are logged for what proxies tell of their clients",
                    {{"setting", std::string_view("server.proxy_fault_reports")}});
    } catch (const std::exception&) { // no memory: another request will bring it up again
    }
}

void ProxyFaults::forget() noexcept {
    const std::lock_guard lock(mutex_);
    reported_.clear();
    local_ = full_ = false;
}

} // namespace mortise::http
