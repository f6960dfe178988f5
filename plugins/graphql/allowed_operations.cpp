// SPDX-License-Identifier: Apache-2.0
#include "allowed_operations.hpp"

#include <cstddef>
#include <cstdint>

namespace mortise::graphql {
namespace {

constexpr std::string_view prefix = "sha256:";

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

} // namespace

bool AllowedOperations::add(std::string_view id, std::string_view text, const OperationDigest& digest) {
    auto kept = std::make_shared<const std::string>(text);
    if (!byId_.emplace(id, kept).second) return false;
    byId_.emplace(hexOf(digest), kept);
    texts_.emplace(*kept, kept);
    all_.push_back({std::string(id), std::move(kept)});
    return true;
}

AllowedOperations::Text AllowedOperations::find(std::string_view id) const {
    auto found = byId_.find(std::string(id));
    if (found == byId_.end() && id.substr(0, prefix.size()) == prefix)
        found = byId_.find(std::string(id.substr(prefix.size())));
    return found != byId_.end() ? found->second : nullptr;
}

std::string hexOf(const OperationDigest& digest) {
    std::string hex;
    hex.reserve(2 * digest.size());
    for (const std::uint8_t byte : digest) {
        hex.push_back("0123456789abcdef"[byte >> 4]);
        hex.push_back("0123456789abcdef"[byte & 15]);
    }
    return hex;
}

bool readDigest(std::string_view hex, OperationDigest& digest) {
    if (hex.size() != 2 * digest.size()) return false;
    for (std::size_t i = 0; i < digest.size(); ++i) {
        const int high = hexDigit(hex[2 * i]);
        const int low = hexDigit(hex[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        digest[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return true;
}

} // namespace mortise::graphql
