// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace users {

/// The id of a user as it is stored: a UUID in its 36 lower-case characters (RFC 9562 section 4).
class UserId {
public:
    static constexpr std::size_t size = 36;

    /// Takes upper-case digits too; nothing when `text` is no UUID, which then cannot be the id of anybody.
    static std::optional<UserId> parse(std::string_view text) noexcept;

    [[nodiscard]] std::string_view text() const noexcept { return {characters_.data(), characters_.size()}; }

private:
    UserId() = default;

    std::array<char, size> characters_;
};

} // namespace users
