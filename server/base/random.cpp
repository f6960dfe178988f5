// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace mortise::base {

void fillRandom(void* bytes, std::size_t sizeBytes) {
    auto* next = static_cast<unsigned char*>(bytes);
    while (sizeBytes > 0) {
        const ssize_t got = getrandom(next, sizeBytes, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            throw std::system_error(errno, std::generic_category(), "getrandom");
        }
        next += got;
        sizeBytes -= static_cast<std::size_t>(got);
    }
}

std::uint64_t random64() {
    std::uint64_t value = 0;
    fillRandom(&value, sizeof value);
    return value;
}

} // namespace mortise::base
