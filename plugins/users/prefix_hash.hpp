// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/content_hash.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace users {

/// A number of all bytes so far, whatever the pieces in which they were added.
class PrefixHash {
public:
    void add(std::string_view bytes) noexcept {
        if (restSize_ != 0) {
            const std::size_t missing = std::min(rest_.size() - restSize_, bytes.size());
            std::memcpy(rest_.data() + restSize_, bytes.data(), missing);
            restSize_ += missing;
            bytes.remove_prefix(missing);
            if (restSize_ < rest_.size()) return;
            words_.add(word(rest_.data()));
            restSize_ = 0;
        }
        for (; bytes.size() >= rest_.size(); bytes.remove_prefix(rest_.size())) words_.add(word(bytes.data()));
        std::memcpy(rest_.data(), bytes.data(), bytes.size());
        restSize_ = bytes.size();
    }
    [[nodiscard]] std::uint64_t result() const noexcept {
        mortise::ContentHash all = words_;
        all.add(std::string_view(rest_.data(), restSize_));
        return all.result();
    }

private:
    static std::uint64_t word(const char* bytes) noexcept {
        std::uint64_t value = 0;
        for (unsigned i = 0; i < 8; ++i)
            value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
        return value;
    }

    mortise::ContentHash words_;
    std::array<char, 8> rest_{};
    std::size_t restSize_ = 0;
};

} // namespace users
