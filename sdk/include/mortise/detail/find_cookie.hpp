// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace mortise {
inline namespace v1 {
namespace detail {

// The first cookie of that name in a Cookie field (RFC 6265 sections 4.2 and 5.4), without the quotes around its value.
// What is no pair is passed over.
inline std::optional<std::string_view> findCookie(std::string_view line, std::string_view name) noexcept {
    const auto trim = [](std::string_view text) {
        while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
        while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
        return text;
    };
    while (!line.empty()) {
        const std::size_t end = line.find(';');
        const std::string_view pair = line.substr(0, end);
        line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || trim(pair.substr(0, equals)) != name) continue;
        std::string_view value = trim(pair.substr(equals + 1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        return value;
    }
    return std::nullopt;
}

} // namespace detail
} // namespace v1
} // namespace mortise
