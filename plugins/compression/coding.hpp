// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace mortise::compression {

// Content codings of RFC 9110 section 8.4.1, RFC 7932 and RFC 8878.
enum class Coding { identity, gzip, brotli, zstd };

constexpr std::string_view nameOf(Coding coding) noexcept {
    constexpr std::string_view names[] = {"identity", "gzip", "br", "zstd"};
    return names[static_cast<int>(coding)];
}

// By name, in lower case.
constexpr std::optional<Coding> codingOf(std::string_view name) noexcept {
    for (const Coding coding : {Coding::identity, Coding::gzip, Coding::brotli, Coding::zstd})
        if (name == nameOf(coding)) return coding;
    return std::nullopt;
}

} // namespace mortise::compression
