// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/log.hpp"
#include "http/client_identity.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace mortise::http {

struct Settings;

// A set of faults, as bits.
using ProxyFaultSet = std::uint16_t;
constexpr ProxyFaultSet bitOf(ProxyFault fault) noexcept {
    return static_cast<ProxyFaultSet>(1U << static_cast<unsigned>(fault));
}

// Logs what is wrong with the fields by which proxies name their clients, once for each peer and fault: a configuration
// that makes all clients one must not be silent, and no peer may fill the log. Logs at most
// Settings::proxy_fault_reports of them, and besides them each fault once of this machine. Whoever can reach the server
// can send X-Forwarded-For: peers that are neither trusted nor in a private network get at most half of these places
// (rounded up), so that they cannot use up those of real proxies. Thread: any.
class ProxyFaults {
public:
    // `fault` is not none.
    void report(const base::IpAddress& peer, ProxyFault fault, const Settings& settings, base::Log& log) noexcept;
    // With other settings each fault is news again.
    void forget() noexcept;
    // Another number after each forget().
    std::uint32_t epoch() const noexcept { return epoch_.load(std::memory_order_relaxed); }

private:
    enum class Turn : std::uint8_t { first, last, lastForeign, none };
    Turn remember(const base::IpAddress& peer, ProxyFault fault, const Settings& settings);

    std::atomic<std::uint32_t> epoch_{1};
    std::mutex mutex_;
    // Everything below is under mutex_.
    std::unordered_map<base::IpAddress, ProxyFaultSet, base::IpAddressHash> reported_; // by client network
    std::size_t size_ = 0;                                                             // faults in reported_
    std::size_t foreign_ = 0; // of these, which anybody on the Internet can bring about
    ProxyFaultSet local_ = 0;
    bool full_ = false;
    bool foreign_full_ = false;
};

// What one connection has reported already: spares its further requests the lock.
class ReportedProxyFaults {
public:
    // Whether the fault is news in this epoch of ProxyFaults.
    bool add(ProxyFault fault, std::uint32_t epoch) noexcept {
        if (std::exchange(epoch_, epoch) != epoch) faults_ = 0;
        return std::exchange(faults_, static_cast<ProxyFaultSet>(faults_ | bitOf(fault))) != faults_;
    }

private:
    std::uint32_t epoch_ = 0;
    ProxyFaultSet faults_ = 0;
};

} // namespace mortise::http
