// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/field_block.hpp"

#include <string_view>

namespace mortise::http {

// Whether a field of that name shows that a proxy stands between, besides those that findClient() looks at: what
// proxies and networks for content delivery commonly add (Via: RFC 9110 section 7.6.3, CDN-Loop: RFC 8586). By size
// and first letter, so that hardly any other field is compared with one of these.
inline bool isProxyTrace(std::string_view name) noexcept {
    if (name.empty()) return false;
    const char first = static_cast<char>(name.front() | 0x20);
    const auto isAny = [&](auto... others) { return ((first == *others && equalsIgnoreCase(name, others)) || ...); };
    switch (name.size()) {
    case 3:
        return isAny("via");
    case 8:
        return isAny("cdn-loop");
    case 11:
        return isAny("x-client-ip", "x-forwarded");
    case 13:
        return isAny("forwarded-for");
    case 14:
        return isAny("true-client-ip", "x-forwarded-by");
    case 15:
        return isAny("x-forwarded-ssl");
    case 16:
        return isAny("x-forwarded-host", "x-forwarded-port", "cf-connecting-ip");
    case 18:
        return isAny("x-forwarded-server", "x-forwarded-prefix");
    case 19:
        return isAny("x-cluster-client-ip");
    case 24:
        return isAny("x-original-forwarded-for", "x-envoy-external-address");
    default:
        return false;
    }
}

} // namespace mortise::http
