// SPDX-License-Identifier: Apache-2.0
#include "body_hash.hpp"

#include <array>
#include <cstddef>
#include <cstring>

namespace mortise::conditional {
namespace {

// Odd, half of the bits set, without a pattern: digits of the square roots of 2, 3, 5, 7 and 11.
constexpr std::array<std::uint64_t, 5> keys{0x6a09e667f3bcc909, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                            0xa54ff53a5f1d36f1, 0x510e527fade682d1};

// A multiplication spreads each bit over the upper half of the product; folded, over all of it.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Little-endian.
std::uint64_t word(const char* at, std::size_t bytes = 8) noexcept {
    std::uint64_t value = 0;
    std::memcpy(&value, at, bytes);
    if constexpr (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) value = __builtin_bswap64(value);
    return value;
}

} // namespace

std::uint64_t hashBody(std::string_view body, std::uint64_t seed) noexcept {
    const char* at = body.data();
    std::size_t left = body.size();
    std::uint64_t a = seed ^ keys[0];
    // Two lanes, so that one product need not wait for the other.
    std::uint64_t b = seed ^ keys[1];
    for (; left >= 32; at += 32, left -= 32) {
        a = fold(word(at) ^ keys[1], word(at + 8) ^ a);
        b = fold(word(at + 16) ^ keys[2], word(at + 24) ^ b);
    }
    a ^= fold(b, keys[3]);
    for (; left >= 8; at += 8, left -= 8) a = fold(word(at) ^ keys[4], a ^ keys[2]);
    if (left != 0) a = fold(word(at, left) ^ keys[3], a ^ keys[4]);
    return fold(a ^ body.size(), keys[0] ^ body.size());
}

} // namespace mortise::conditional
