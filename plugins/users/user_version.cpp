// SPDX-License-Identifier: Apache-2.0
#include "user_version.hpp"

#include <cstddef>

namespace users {
namespace {

/// Eight bytes a step: a multiplication by an odd constant spreads upwards, the shift brings it down again.
class Mixer {
public:
    void add(std::uint64_t word) noexcept {
        state_ = (state_ ^ word) * 0x9E3779B97F4A7C15U; // 2^64 divided by the golden ratio
        state_ ^= state_ >> 29;
    }
    void add(std::string_view text) noexcept {
        add(text.size()); // so that no two lists of texts read alike
        std::size_t at = 0;
        for (; at + 8 <= text.size(); at += 8) add(wordAt(text, at, 8));
        if (at < text.size()) add(wordAt(text, at, text.size() - at));
    }
    [[nodiscard]] std::uint64_t result() const noexcept {
        const std::uint64_t word = (state_ ^ state_ >> 32) * 0xD6E8FEB86659FD93U;
        return word ^ word >> 32;
    }

private:
    static std::uint64_t wordAt(std::string_view text, std::size_t at, std::size_t size) noexcept {
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < size; ++i)
            word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[at + i])) << (8 * i);
        return word;
    }

    std::uint64_t state_ = 0x243F6A8885A308D3U; // the fraction of pi
};

} // namespace

std::uint64_t userVersion(std::string_view id, std::string_view name, std::string_view email,
                          std::int64_t createdMs) noexcept {
    Mixer mixer;
    mixer.add(id);
    mixer.add(name);
    mixer.add(email);
    mixer.add(static_cast<std::uint64_t>(createdMs));
    return mixer.result();
}

} // namespace users
