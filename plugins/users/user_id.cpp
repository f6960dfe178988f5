// SPDX-License-Identifier: Apache-2.0
#include "user_id.hpp"

namespace users {

std::optional<UserId> UserId::parse(std::string_view text) noexcept {
    if (text.size() != size) return std::nullopt;
    UserId id;
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

} // namespace users
