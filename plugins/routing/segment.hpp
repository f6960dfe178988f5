// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mortise::routing {

struct Segment {
    std::size_t end;    // of the segment in the path: at its '/' or at the path's end
    std::uint32_t hash; // of its bytes
};

// Eight bytes with the first one lowest.
inline std::uint64_t loadWord(const char* bytes) noexcept {
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

// The segment of `path` that begins at `begin`, measured and hashed in one pass of eight bytes a step.
// `begin` <= path.size(). The hash is for tables that are built once from trusted patterns: it needs to spread, no
// more.
inline Segment readSegment(std::string_view path, std::size_t begin) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    constexpr std::uint64_t highs = 0x8080808080808080u;
    constexpr std::uint64_t slashes = ones * static_cast<unsigned char>('/');
    constexpr std::uint64_t factor = 0x9E3779B97F4A7C15u;
    const char* const data = path.data();
    const std::size_t size = path.size();
    std::uint64_t hash = 0;
    std::size_t at = begin;
    const auto mix = [&](std::uint64_t word) {
        hash = (hash ^ word) * factor;
        hash ^= hash >> 29;
    };
    const auto finish = [&](std::size_t end) {
        mix(end - begin);
        return Segment{end, static_cast<std::uint32_t>(hash >> 32)};
    };
    while (size - at >= 8) {
        const std::uint64_t word = loadWord(data + at);
        const std::uint64_t difference = word ^ slashes;
        // The lowest bit set is exact: borrows only travel upwards.
        const std::uint64_t found = (difference - ones) & ~difference & highs;
        if (found != 0) {
            const int bits = std::countr_zero(found) & ~7;
            mix(word & ((std::uint64_t{1} << bits) - 1));
            return finish(at + static_cast<std::size_t>(bits) / 8);
        }
        mix(word);
        at += 8;
    }
    const std::size_t left = size - at;
    std::uint64_t word = 0;
    if (left != 0) {
        if (size >= 8) {
            word = loadWord(data + size - 8) >> (8 * (8 - left));
        } else {
            for (std::size_t i = 0; i < left; ++i) {
                word |= static_cast<std::uint64_t>(static_cast<unsigned char>(data[at + i])) << (8 * i);
            }
        }
    }
    const std::uint64_t difference = word ^ slashes;
    const std::uint64_t found = (difference - ones) & ~difference & highs;
    std::size_t taken = left;
    if (found != 0) {
        const int bits = std::countr_zero(found) & ~7;
        word &= (std::uint64_t{1} << bits) - 1;
        taken = static_cast<std::size_t>(bits) / 8;
    }
    mix(word);
    return finish(at + taken);
}

} // namespace mortise::routing
