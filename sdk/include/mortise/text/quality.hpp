// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Header-only C++17 without the plugin interface. Thread: any.

// How much something is wanted, in thousandths: 0 is not at all, wantedQuality without restriction.
using Quality = int;
inline constexpr Quality wantedQuality = 1000;

// The value of a weight, "0.5": no more than three digits behind the point, and no more than 1 (RFC 9110 section
// 12.4.2). Nothing of anything else.
constexpr std::optional<Quality> parseQuality(std::string_view text) noexcept {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
    Quality quality = (text[0] - '0') * wantedQuality;
    if (text.size() == 1) return quality;
    if (text[1] != '.') return std::nullopt;
    Quality unit = wantedQuality / 10;
    for (const char c : text.substr(2)) {
        if (c < '0' || c > '9') return std::nullopt;
        quality += (c - '0') * unit;
        unit /= 10;
    }
    if (quality > wantedQuality) return std::nullopt;
    return quality;
}

} // namespace v1
} // namespace mortise
