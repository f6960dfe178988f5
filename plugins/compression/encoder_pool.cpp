// SPDX-License-Identifier: Apache-2.0
#include "encoder_pool.hpp"

#include <utility>

namespace mortise::compression {

std::unique_ptr<Encoder> EncoderPool::take(ContentCoding coding) {
    {
        const std::lock_guard lock(mutex_);
        for (auto& place : idle_[static_cast<std::size_t>(coding)])
            if (place != nullptr) return std::move(place);
    }
    switch (coding) {
    case ContentCoding::brotli:
        return makeBrotliEncoder(levels_.brotli);
    case ContentCoding::zstd:
        return makeZstdEncoder(levels_.zstd);
    default:
        return makeGzipEncoder(levels_.gzip);
    }
}

void EncoderPool::give(ContentCoding coding, std::unique_ptr<Encoder> encoder) noexcept {
    if (coding == ContentCoding::brotli) return; // keeps nothing worth keeping
    const std::lock_guard lock(mutex_);
    for (auto& place : idle_[static_cast<std::size_t>(coding)]) {
        if (place != nullptr) continue;
        place = std::move(encoder);
        return;
    }
}

} // namespace mortise::compression
