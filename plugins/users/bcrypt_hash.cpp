// SPDX-License-Identifier: Apache-2.0
#include "bcrypt_hash.hpp"

#include <algorithm>
#include <cstddef>

namespace users {
namespace {

constexpr std::size_t hashSize = 60;
constexpr std::size_t saltAt = 7;
constexpr unsigned leastCost = 4;
constexpr unsigned mostCost = 31;

bool isDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool isOfItsAlphabet(char c) noexcept {
    return c == '.' || c == '/' || isDigit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

} // namespace

std::optional<unsigned> bcryptCost(std::string_view hash) noexcept {
    if (hash.size() != hashSize || hash.substr(0, 2) != "$2" || hash[3] != '$' || hash[6] != '$') return std::nullopt;
    if (hash[2] != 'a' && hash[2] != 'b' && hash[2] != 'y') return std::nullopt;
    if (!isDigit(hash[4]) || !isDigit(hash[5])) return std::nullopt;
    if (!std::all_of(hash.begin() + saltAt, hash.end(), isOfItsAlphabet)) return std::nullopt;
    const unsigned cost = static_cast<unsigned>((hash[4] - '0') * 10 + (hash[5] - '0'));
    return cost < leastCost || cost > mostCost ? std::nullopt : std::optional(cost);
}

} // namespace users
