// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encoder.hpp"

#include <mortise/text/content_coding.hpp>

#include <array>
#include <memory>
#include <mutex>
#include <stdexcept>

namespace mortise::compression {

// Encoders between two bodies: to set one up costs more than to compress a short answer. Thread: any.
class EncoderPool {
public:
    static constexpr std::size_t kept = 4; // of each coding

    struct Levels {
        int gzip = 5;
        int brotli = 4;
        int zstd = 3;
    };
    explicit EncoderPool(const Levels& levels) : levels_(levels) {}

    // Not begun. `coding` is not identity. Throws std::runtime_error when there is no memory.
    std::unique_ptr<Encoder> take(ContentCoding coding);
    void give(ContentCoding coding, std::unique_ptr<Encoder> encoder) noexcept;

private:
    Levels levels_;
    std::mutex mutex_;
    std::array<std::array<std::unique_ptr<Encoder>, kept>, 4> idle_; // by ContentCoding
};

} // namespace mortise::compression
