// SPDX-License-Identifier: Apache-2.0
#include "url_text.hpp"

#include "database_error.hpp"

#include <optional>

namespace mortise::database {

namespace {

std::optional<unsigned> hexDigit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

} // namespace

void refuseUrl(std::string_view shown, const std::string& reason) {
    throw DatabaseError(DatabaseError::Kind::invalid, "'" + std::string(shown) + "': " + reason);
}

std::string urlDecoded(std::string_view part, std::string_view shown) {
    std::string text;
    text.reserve(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (part[i] != '%') {
            text += part[i];
            continue;
        }
        const auto high = i + 2 < part.size() ? hexDigit(part[i + 1]) : std::nullopt;
        const auto low = i + 2 < part.size() ? hexDigit(part[i + 2]) : std::nullopt;
        if (!high || !low)
            refuseUrl(shown, "'%' must be followed by two hexadecimal digits (a percent sign itself is %25)");
        text += static_cast<char>(*high * 16 + *low);
        i += 2;
    }
    if (text.find('\0') != std::string::npos) refuseUrl(shown, "no part of it can hold %00");
    return text;
}

} // namespace mortise::database
