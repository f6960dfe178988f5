// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise {
inline namespace v1 {

// A number of what a representation shows, for entityTagText(): equal contents have equal numbers, in every process and
// on every machine; different ones differ but for a chance of one in 2^64. Not for secrets: whoever chooses the content
// can look for two that collide.
class ContentHash {
public:
    // Eight bytes a step: a multiplication by an odd constant spreads upwards, the shift brings it down again.
    void add(std::uint64_t word) noexcept { state_ = step(state_, word); }
    void add(std::string_view text) noexcept {
        add(static_cast<std::uint64_t>(text.size())); // so that no two lists of texts read alike
        std::size_t at = text.size() >= longText ? addLanes(text) : 0;
        for (; at + 8 <= text.size(); at += 8) add(word(text.data() + at));
        if (at == text.size()) return;
        char rest[8] = {};
        __builtin_memcpy(rest, text.data() + at, text.size() - at);
        add(word(rest));
    }
    std::uint64_t result() const noexcept {
        const std::uint64_t word = (state_ ^ state_ >> 32) * 0xD6E8FEB86659FD93U;
        return word ^ word >> 32;
    }

private:
    static constexpr std::size_t longText = 128; // bytes, from which lanes pay

    static std::uint64_t step(std::uint64_t state, std::uint64_t word) noexcept {
        state = (state ^ word) * 0x9E3779B97F4A7C15U; // 2^64 divided by the golden ratio
        return state ^ state >> 29;
    }

    // Four words at once, since each step waits for the one before. Returns how many bytes were added.
    std::size_t addLanes(std::string_view text) noexcept {
        // The fraction of pi from where state_ begins.
        std::uint64_t a = state_ ^ 0x13198A2E03707344U;
        std::uint64_t b = state_ ^ 0xA4093822299F31D0U;
        std::uint64_t c = state_ ^ 0x082EFA98EC4E6C89U;
        std::uint64_t d = state_ ^ 0x452821E638D01377U;
        std::size_t at = 0;
        for (; at + 32 <= text.size(); at += 32) {
            a = step(a, word(text.data() + at));
            b = step(b, word(text.data() + at + 8));
            c = step(c, word(text.data() + at + 16));
            d = step(d, word(text.data() + at + 24));
        }
        add(a);
        add(b);
        add(c);
        add(d);
        return at;
    }

    // Of eight bytes, the first one lowest.
    static std::uint64_t word(const char* bytes) noexcept {
        std::uint64_t word = 0;
        __builtin_memcpy(&word, bytes, 8);
        return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
    }

    std::uint64_t state_ = 0x243F6A8885A308D3U; // the fraction of pi
};

} // namespace v1
} // namespace mortise
