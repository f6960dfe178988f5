// SPDX-License-Identifier: Apache-2.0
#include "base/ip_address.hpp"

#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <endian.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace mortise::base {

namespace {

bool isMappedV4(const std::uint8_t* bytes) noexcept {
    static constexpr std::uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::memcmp(bytes, prefix, sizeof prefix) == 0;
}

char* decimal(char* out, unsigned value) noexcept {
    if (value >= 100) *out++ = static_cast<char>('0' + value / 100);
    if (value >= 10) *out++ = static_cast<char>('0' + value / 10 % 10);
    *out++ = static_cast<char>('0' + value % 10);
    return out;
}

} // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) noexcept {
    char terminated[INET6_ADDRSTRLEN];
    if (text.empty() || text.size() >= sizeof terminated || text.find('\0') != text.npos) return std::nullopt;
    std::memcpy(terminated, text.data(), text.size());
    terminated[text.size()] = '\0';

    IpAddress result;
    std::uint8_t bytes[16];
    if (::inet_pton(AF_INET, terminated, bytes) == 1) {
        result.family_ = Family::v4;
        std::memcpy(result.bytes_.data(), bytes, 4);
        return result;
    }
    if (::inet_pton(AF_INET6, terminated, bytes) != 1) return std::nullopt;
    if (isMappedV4(bytes)) {
        result.family_ = Family::v4;
        std::memcpy(result.bytes_.data(), bytes + 12, 4);
    } else {
        result.family_ = Family::v6;
        std::memcpy(result.bytes_.data(), bytes, 16);
    }
    return result;
}

IpAddress IpAddress::of(const sockaddr& address) noexcept {
    IpAddress result;
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        result.family_ = Family::v4;
        std::memcpy(result.bytes_.data(), &v4.sin_addr, 4);
    } else if (address.sa_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        const bool mapped = isMappedV4(v6.sin6_addr.s6_addr);
        result.family_ = mapped ? Family::v4 : Family::v6;
        std::memcpy(result.bytes_.data(), v6.sin6_addr.s6_addr + (mapped ? 12 : 0), mapped ? 4 : 16);
    }
    return result;
}

std::size_t IpAddress::format(char* out) const noexcept {
    switch (family_) {
    case Family::none:
        std::memcpy(out, "unix", 4);
        return 4;
    case Family::v4: {
        char* end = out;
        for (std::size_t i = 0; i < 4; ++i) {
            if (i != 0) *end++ = '.';
            end = decimal(end, bytes_[i]);
        }
        return static_cast<std::size_t>(end - out);
    }
    case Family::v6: {
        char text[INET6_ADDRSTRLEN];
        if (::inet_ntop(AF_INET6, bytes_.data(), text, sizeof text) == nullptr) return 0;
        const std::size_t size = std::strlen(text);
        std::memcpy(out, text, size);
        return size;
    }
    }
    return 0;
}

std::string IpAddress::text() const {
    char out[maxTextSize];
    return std::string(out, format(out));
}

bool IpAddress::isLoopback() const noexcept {
    if (family_ == Family::v4) return bytes_[0] == 127;
    if (family_ == Family::none) return true;
    for (std::size_t i = 0; i < 15; ++i) {
        if (bytes_[i] != 0) return false;
    }
    return bytes_[15] == 1;
}

bool IpAddress::isUnspecified() const noexcept {
    return family_ == Family::v6 && bytes_ == std::array<std::uint8_t, 16>{};
}

std::uint64_t IpAddress::leadingBits() const noexcept {
    std::uint64_t bits = 0;
    std::memcpy(&bits, bytes_.data(), sizeof bits);
    bits = be64toh(bits);
    return family_ == Family::v4 ? bits >> 32 : bits;
}

std::size_t IpAddress::hash() const noexcept {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, bytes_.data(), 8);
    std::memcpy(&low, bytes_.data() + 8, 8);
    std::uint64_t mixed = (high ^ (low * 0x9e3779b97f4a7c15ULL)) + static_cast<std::uint64_t>(family_);
    mixed ^= mixed >> 32;
    mixed *= 0xd6e8feb86659fd93ULL;
    return static_cast<std::size_t>(mixed ^ mixed >> 32);
}

IpAddress clientNetwork(const IpAddress& address, unsigned ipv6_prefix) noexcept {
    IpAddress network = address;
    if (address.family_ != IpAddress::Family::v6) return network;
    for (unsigned i = ipv6_prefix / 8; i < network.bytes_.size(); ++i)
        network.bytes_[i] &= i == ipv6_prefix / 8 ? static_cast<std::uint8_t>(0xff00U >> ipv6_prefix % 8) : 0U;
    return network;
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) noexcept {
    IpNetwork result;
    if (text == "unix") return result;
    const std::size_t slash = text.find('/');
    const std::string_view address_text = text.substr(0, slash);
    const auto address = IpAddress::parse(address_text);
    if (!address) return std::nullopt;
    result.address_ = *address;
    const bool v4 = address->family() == IpAddress::Family::v4;
    const unsigned longest = v4 ? 32 : 128;
    result.prefix_bits_ = longest;
    if (slash == text.npos) return result;

    // "::ffff:10.0.0.0/104" would count its prefix in IPv6 bits.
    if (v4 && address_text.find(':') != address_text.npos) return std::nullopt;
    const std::string_view prefix = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(prefix.data(), prefix.data() + prefix.size(), result.prefix_bits_);
    if (error != std::errc{} || end != prefix.data() + prefix.size() || result.prefix_bits_ > longest)
        return std::nullopt;
    for (unsigned bit = result.prefix_bits_; bit < longest; ++bit) {
        if ((result.address_.bytes()[bit / 8] >> (7 - bit % 8) & 1) != 0) return std::nullopt;
    }
    return result;
}

bool IpNetwork::contains(const IpAddress& address) const noexcept {
    if (address.family() != address_.family()) return false;
    const auto& mine = address_.bytes();
    const auto& other = address.bytes();
    const std::size_t whole = prefix_bits_ / 8;
    if (std::memcmp(mine.data(), other.data(), whole) != 0) return false;
    const unsigned rest = prefix_bits_ % 8;
    return rest == 0 || (mine[whole] ^ other[whole]) >> (8 - rest) == 0;
}

bool IpNetworkList::add(std::string_view text) {
    if (text == "loopback") return add("127.0.0.0/8") && add("::1") && add("unix");
    const auto network = IpNetwork::parse(text);
    if (network) networks_.push_back(*network);
    return network.has_value();
}

bool IpNetworkList::contains(const IpAddress& address) const noexcept {
    for (const IpNetwork& network : networks_) {
        if (network.contains(address)) return true;
    }
    return false;
}

} // namespace mortise::base
