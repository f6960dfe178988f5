// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace mortise::conditional {

// RFC 9110 section 8.8.3.
struct EntityTag {
    bool weak = false;
    std::string_view opaque; // without quotes

    // `text` is the tag and nothing else.
    static std::optional<EntityTag> parse(std::string_view text) noexcept;
};

// RFC 9110 section 8.8.3.2.
constexpr bool matchesStrongly(const EntityTag& a, const EntityTag& b) noexcept {
    return !a.weak && !b.weak && a.opaque == b.opaque;
}
constexpr bool matchesWeakly(const EntityTag& a, const EntityTag& b) noexcept {
    return a.opaque == b.opaque;
}

// Takes the first tag off the value of an If-Match or If-None-Match that is not "*". Nothing at its end, and where it
// breaks the grammar: what follows counts for nothing.
std::optional<EntityTag> takeTag(std::string_view& list) noexcept;

} // namespace mortise::conditional
