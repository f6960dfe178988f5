// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace mortise {
inline namespace v1 {

// A UUID as it is stored: 36 lower-case characters (RFC 9562 section 4).
class Uuid {
public:
    static constexpr std::size_t size = 36;

    // Takes upper-case digits too; nothing when `text` is no UUID, which then cannot be the id of anything.
    static std::optional<Uuid> parse(std::string_view text) noexcept {
        if (text.size() != size) return std::nullopt;
        Uuid id;
        for (std::size_t i = 0; i < size; ++i) {
            char c = text[i];
            if (i == 8 || i == 13 || i == 18 || i == 23) {
                if (c != '-') return std::nullopt;
            } else {
                if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
                if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return std::nullopt;
            }
            id.characters_[i] = c;
        }
        return id;
    }

    std::string_view text() const noexcept { return {characters_.data(), characters_.size()}; }

private:
    Uuid() = default;

    std::array<char, size> characters_;
};

} // namespace v1
} // namespace mortise
