// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mortise::graphql {

// Hashes texts by a secret of its own, so that nobody outside can choose texts that meet: each word is multiplied by
// the secret factor, and both halves of the product are kept, so that no difference stays in the high bits alone.
// Immutable: any thread.
class KeyedHash {
public:
    // Takes its secret from the system's source of random numbers, and throws what std::random_device throws.
    KeyedHash();

    std::uint64_t operator()(std::string_view text) const {
        std::uint64_t state = start_ ^ text.size();
        const char* at = text.data();
        std::size_t left = text.size();
        for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t), at += sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof word);
            state = fold(state ^ word);
        }
        std::uint64_t rest = 0;
        for (std::size_t i = 0; i < left; ++i) rest = (rest << 8U) | static_cast<unsigned char>(at[i]);
        return fold(fold(state ^ rest) ^ start_);
    }

private:
    __extension__ using Wide = unsigned __int128;

    std::uint64_t fold(std::uint64_t word) const {
        const Wide product = static_cast<Wide>(word) * factor_;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
    }

    std::uint64_t start_;
    std::uint64_t factor_;
};

} // namespace mortise::graphql
