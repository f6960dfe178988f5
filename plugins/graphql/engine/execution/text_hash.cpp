// SPDX-License-Identifier: Apache-2.0
#include "execution/text_hash.hpp"

#include <cstring>
#include <random>

namespace mortise::graphql {

namespace {

std::uint64_t randomWord(std::random_device& random) {
    return std::uint64_t{random()} << 32U | random();
}

} // namespace

TextHash::TextHash() : secret_(0), factor_(0) {
    std::random_device random;
    secret_ = randomWord(random);
    factor_ = randomWord(random) | 1U;
}

std::uint64_t TextHash::operator()(std::string_view text) const {
    // Each word goes through a multiplication by a secret and a fold of its high half, which depends on all before.
    std::uint64_t state = secret_ ^ text.size();
    const auto mix = [&](std::uint64_t word) {
        state = (state ^ word) * factor_;
        state ^= state >> 29U ^ state >> 47U;
    };
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t), at += sizeof(std::uint64_t)) {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        mix(word);
    }
    std::uint64_t rest = 0;
    if (left != 0) std::memcpy(&rest, at, left);
    mix(rest);
    mix(secret_);
    return state;
}

} // namespace mortise::graphql
