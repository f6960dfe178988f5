// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>

#include <optional>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Rules of a user's profile, wherever it comes in.
inline constexpr int maxBioLength = 1000;  // code points
inline constexpr int maxAvatarSize = 2048; // bytes
inline constexpr std::string_view avatarPattern = "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#:@]";

// The profile of a user who is made: as a body has it, and as mortise.users/1 takes it. Borrowed.
struct NewProfile {
    std::optional<std::string_view> bio, avatar;
};
MORTISE_DESCRIBE(NewProfile, field(bio).nullable().maxLength(maxBioLength).example("Writes about looms"),
                 field(avatar)
                     .nullable()
                     .uri()
                     .pattern(avatarPattern)
                     .maxBytes(maxAvatarSize)
                     .text("An http or https URL of at most 2,048 bytes")
                     .example("https://example.com/ada.png"))

} // namespace v1
} // namespace mortise
