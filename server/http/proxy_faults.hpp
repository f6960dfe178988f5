// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/ip_address.hpp"
#include "base/log.hpp"
#include "http/client_identity.hpp"

#include <cstddef>
#include <mutex>
#include <unordered_set>

namespace mortise::http {

struct Settings;

// Logs what is wrong with how proxies tell of their clients, once a peer: a configuration that makes all clients one
// must not be silent, and no peer may fill the log. Remembers at most Settings::proxy_fault_reports client networks,
// and besides them this machine as one. Thread: any.
class ProxyFaults {
public:
    // `fault` is not none.
    void report(const base::IpAddress& peer, ProxyFault fault, const Settings& settings, base::Log& log) noexcept;
    // With other settings each fault is news again.
    void forget() noexcept;

private:
    enum class Turn : std::uint8_t { first, last, none };
    Turn remember(const base::IpAddress& peer, const Settings& settings);

    std::mutex mutex_;
    // Everything below is under mutex_.
    std::unordered_set<base::IpAddress, base::IpAddressHash> reported_;
    bool local_ = false;
    bool full_ = false;
};

} // namespace mortise::http
