// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Header-only C++17 without the plugin interface. Thread: any. What the grammars of HTTP fields have in common.

constexpr char lowerFieldCharacter(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Names and most values compare without case (RFC 9110 sections 5.1, 8.3.1, 8.4.1). Only ASCII has one.
constexpr bool equalFieldText(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lowerFieldCharacter(a[i]) != lowerFieldCharacter(b[i])) return false;
    return true;
}

// Without optional white space around it (RFC 9110 section 5.6.3).
constexpr std::string_view trimFieldText(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// RFC 9110 section 5.6.2.
constexpr bool isFieldTokenCharacter(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

constexpr bool isFieldToken(std::string_view text) noexcept {
    for (const char c : text)
        if (!isFieldTokenCharacter(c)) return false;
    return !text.empty();
}

// The members of a list, trimmed (RFC 9110 section 5.6.1): a comma within a quoted string separates nothing, empty
// members are skipped. A quote that is not closed takes the rest. Views point into the field.
class FieldListReader {
public:
    // Of one field line. Several lines are one list (section 5.3): read them one after the other.
    constexpr explicit FieldListReader(std::string_view field) noexcept : rest_(field) {}

    // False when no more is left.
    constexpr bool next(std::string_view& member) noexcept {
        while (!rest_.empty()) {
            std::size_t end = 0;
            for (bool quoted = false; end < rest_.size() && (quoted || rest_[end] != ','); ++end) {
                if (rest_[end] == '"') quoted = !quoted;
                if (quoted && rest_[end] == '\\' && end + 1 < rest_.size()) ++end;
            }
            member = trimFieldText(rest_.substr(0, end));
            rest_.remove_prefix(end < rest_.size() ? end + 1 : rest_.size());
            if (!member.empty()) return true;
        }
        return false;
    }

private:
    std::string_view rest_;
};

} // namespace v1
} // namespace mortise
