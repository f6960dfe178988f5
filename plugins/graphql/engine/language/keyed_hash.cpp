// SPDX-License-Identifier: Apache-2.0
#include "language/keyed_hash.hpp"

#include <random>

namespace mortise::graphql {

namespace {

std::uint64_t randomWord(std::random_device& random) {
    return std::uint64_t{random()} << 32U | random();
}

} // namespace

KeyedHash::KeyedHash() : start_(0), factor_(0) {
    std::random_device random;
    start_ = randomWord(random);
    factor_ = randomWord(random) | std::uint64_t{1} << 63U | 1U;
}

} // namespace mortise::graphql
