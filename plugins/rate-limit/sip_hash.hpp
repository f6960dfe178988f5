// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace mortise::rate_limit {

using HashKey = std::array<std::uint64_t, 2>;

// SipHash-1-3 (Aumasson and Bernstein) of two words. The number of words never varies, so that their length is not
// hashed. Who does not know the key cannot choose addresses that fall together.
class SipHash {
public:
    explicit SipHash(const HashKey& key) noexcept : key_(key) {}

    std::uint64_t operator()(std::uint64_t first, std::uint64_t second) const noexcept {
        State state{key_[0] ^ 0x736f6d6570736575u, key_[1] ^ 0x646f72616e646f6du, key_[0] ^ 0x6c7967656e657261u,
                    key_[1] ^ 0x7465646279746573u};
        state.take(first);
        state.take(second);
        state.v2 ^= 0xff;
        for (int i = 0; i < 3; ++i) state.round();
        return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
    }

private:
    struct State {
        std::uint64_t v0, v1, v2, v3;

        static constexpr std::uint64_t rotate(std::uint64_t x, unsigned by) noexcept {
            return x << by | x >> (64 - by);
        }
        void take(std::uint64_t word) noexcept {
            v3 ^= word;
            round();
            v0 ^= word;
        }
        void round() noexcept {
            v0 += v1;
            v2 += v3;
            v1 = rotate(v1, 13) ^ v0;
            v3 = rotate(v3, 16) ^ v2;
            v0 = rotate(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = rotate(v1, 17) ^ v2;
            v3 = rotate(v3, 21) ^ v0;
            v2 = rotate(v2, 32);
        }
    };

    HashKey key_;
};

} // namespace mortise::rate_limit
