// SPDX-License-Identifier: Apache-2.0
#include "client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace mortise::rate_limit {
namespace {

std::optional<std::uint32_t> ipv4Of(std::string_view text) noexcept {
    std::uint32_t address = 0;
    unsigned number = 0;
    unsigned digits = 0;
    unsigned dots = 0;
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            number = number * 10 + static_cast<unsigned>(c - '0');
            if (++digits > 3 || number > 255) return std::nullopt;
        } else if (c == '.' && digits > 0 && dots < 3) {
            address = address << 8 | number;
            number = digits = 0;
            ++dots;
        } else {
            return std::nullopt;
        }
    }
    if (dots != 3 || digits == 0) return std::nullopt;
    return address << 8 | number;
}

Client ipv6Client(std::string_view text, unsigned prefix) noexcept {
    char copy[INET6_ADDRSTRLEN] = {};
    text = text.substr(0, text.find('%')); // the zone of a link-local address is ours, not the client's
    if (text.size() >= sizeof copy) return {};
    std::memcpy(copy, text.data(), text.size());
    in6_addr parsed;
    if (inet_pton(AF_INET6, copy, &parsed) != 1 || IN6_IS_ADDR_UNSPECIFIED(&parsed)) return {};
    Client client;
    if (IN6_IS_ADDR_V4MAPPED(&parsed)) {
        client.family = Client::Family::ipv4;
        for (std::size_t i = 12; i < 16; ++i) client.address = client.address << 8 | parsed.s6_addr[i];
        return client;
    }
    client.family = Client::Family::ipv6;
    for (std::size_t i = 0; i < 8; ++i) client.address = client.address << 8 | parsed.s6_addr[i];
    return shortened(client, prefix);
}

} // namespace

Client clientOf(std::string_view address, unsigned ipv6_prefix) noexcept {
    if (const auto ipv4 = ipv4Of(address)) return {*ipv4, Client::Family::ipv4};
    if (address == "unix") return {0, Client::Family::local};
    if (address.find(':') != std::string_view::npos) return ipv6Client(address, ipv6_prefix);
    return {};
}

Client shortened(const Client& client, unsigned ipv6_prefix) noexcept {
    if (client.family != Client::Family::ipv6) return client;
    const unsigned kept = std::clamp(ipv6_prefix, shortest_ipv6_prefix, longest_ipv6_prefix);
    return {client.address & ~std::uint64_t{0} << (64 - kept), client.family};
}

} // namespace mortise::rate_limit
