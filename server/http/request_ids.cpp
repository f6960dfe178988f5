// SPDX-License-Identifier: Apache-2.0
#include "http/request_ids.hpp"

#include "base/clock.hpp"

#include <cstring>

#include <sys/random.h>

namespace mortise::http {
namespace {

std::uint64_t randomSeed() noexcept {
    std::uint64_t seed = 0;
    if (::getrandom(&seed, sizeof seed, 0) != sizeof seed) seed = base::monotonicNs();
    return seed;
}

} // namespace

void RequestIds::make(char* out) noexcept {
    static constexpr char digits[] = "0123456789abcdef";
    if (counter_ == 0) { // the first of 2^32 requests with one prefix
        std::uint64_t seed = randomSeed();
        for (int i = 15; i >= 0; --i, seed >>= 4) last_[i] = digits[seed & 15];
        std::memset(last_ + 16, '0', 8);
    }
    ++counter_;
    // Counts in the text itself: mostly one digit changes.
    for (int i = 23; i >= 16; --i) {
        char& digit = last_[i];
        digit = digit == 'f' ? '0' : digit == '9' ? 'a' : static_cast<char>(digit + 1);
        if (digit != '0') break;
    }
    std::memcpy(out, last_, sizeof last_);
}

} // namespace mortise::http
