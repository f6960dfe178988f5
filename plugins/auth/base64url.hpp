// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace auth {

/// What `encodeBase64Url` writes.
constexpr std::size_t encodedSize(std::size_t byteCount) noexcept {
    return (byteCount * 4 + 2) / 3;
}

/// Encodes without padding (RFC 4648 section 5, RFC 7515 section 2) to `out`, which holds encodedSize(bytes.size()).
void encodeBase64Url(std::string_view bytes, char* out) noexcept;

void appendBase64Url(std::string& out, std::string_view bytes);

/// Upper bound for what `decodeBase64Url` writes.
constexpr std::size_t decodedBound(std::size_t textSize) noexcept {
    return textSize / 4 * 3 + 2;
}

/// Decodes strictly: no padding, no foreign character, unused bits zero (RFC 4648 sections 3.2, 3.3 and 3.5), so that
/// one value has one spelling. `out` holds decodedBound(text.size()) bytes; returns the number written.
std::optional<std::size_t> decodeBase64Url(std::string_view text, char* out) noexcept;

} // namespace auth
