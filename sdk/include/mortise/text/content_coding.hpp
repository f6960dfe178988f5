// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/text/field_text.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Header-only C++17 without the plugin interface. Thread: any.

// Content codings of RFC 9110 section 8.4.1, RFC 7932 and RFC 8878.
enum class ContentCoding : std::uint8_t { identity, gzip, brotli, zstd };

inline constexpr std::array<ContentCoding, 4> contentCodings{ContentCoding::identity, ContentCoding::gzip,
                                                             ContentCoding::brotli, ContentCoding::zstd};

constexpr std::string_view nameOf(ContentCoding coding) noexcept {
    constexpr std::string_view names[] = {"identity", "gzip", "br", "zstd"};
    return names[static_cast<std::size_t>(coding)];
}

// By name, in any case.
constexpr std::optional<ContentCoding> contentCodingOf(std::string_view name) noexcept {
    if (equalFieldText(name, "x-gzip")) return ContentCoding::gzip; // RFC 9110 section 8.4.1.3
    for (const ContentCoding coding : contentCodings)
        if (equalFieldText(name, nameOf(coding))) return coding;
    return std::nullopt;
}

} // namespace v1
} // namespace mortise
