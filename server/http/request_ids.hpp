// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace mortise::http {

// Makes request ids that no other loop or process makes. Thread: one loop's.
class RequestIds {
public:
    static constexpr std::size_t size = 24; // lower-case hexadecimal digits

    // Writes `size` bytes.
    void make(char* out) noexcept;

private:
    std::uint32_t counter_ = 0; // wraps to a new prefix
    char last_[size];
};

} // namespace mortise::http
