// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/text/field_text.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Header-only C++17 without the plugin interface. Thread: any.

// The parameters behind a media type or a disposition, one by one: `; name=token; name="quoted"` (RFC 9110 section
// 5.6.6), with blanks around `;` only.
class ParameterReader {
public:
    // `parameters` is what follows the type: empty, or blanks and a `;`. Stays while the reader is in use.
    explicit ParameterReader(std::string_view parameters) noexcept : rest_(parameters) {}

    // False at the end, and where it is malformed. Allocates for values with escapes only.
    bool next();
    bool isMalformed() const noexcept { return malformed_; }
    std::string_view name() const noexcept { return name_; } // as sent: compared without case
    // Without quotes and escapes; until the next call of next().
    std::string_view value() const noexcept { return value_; }

private:
    std::string_view takeToken() noexcept;
    bool readQuoted();

    std::string_view rest_;
    std::string_view name_;
    std::string_view value_;
    std::string unescaped_;
    bool malformed_ = false;
};

inline bool ParameterReader::next() {
    for (;;) {
        rest_ = trimFieldText(rest_);
        if (rest_.empty() || malformed_) return false;
        if (rest_.front() != ';') break;
        rest_ = trimFieldText(rest_.substr(1));
        if (rest_.empty()) return false;
        if (rest_.front() == ';') continue; // an empty parameter
        name_ = takeToken();
        if (name_.empty() || rest_.empty() || rest_.front() != '=') break;
        rest_.remove_prefix(1);
        if (!rest_.empty() && rest_.front() == '"') {
            if (!readQuoted()) break;
            return true;
        }
        value_ = takeToken();
        if (value_.empty()) break;
        return true;
    }
    malformed_ = true;
    return false;
}

inline std::string_view ParameterReader::takeToken() noexcept {
    std::size_t size = 0;
    while (size < rest_.size() && isFieldTokenCharacter(rest_[size])) ++size;
    const std::string_view token = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return token;
}

// A backslash that stands before neither a quote nor a backslash is itself: some clients write Windows paths so.
inline bool ParameterReader::readQuoted() {
    const auto escapes = [this](std::size_t at) {
        return rest_[at] == '\\' && at + 1 < rest_.size() && (rest_[at + 1] == '"' || rest_[at + 1] == '\\');
    };
    std::size_t end = 1;
    bool escaped = false;
    for (; end < rest_.size() && rest_[end] != '"'; ++end) {
        if (!escapes(end)) continue;
        escaped = true;
        ++end;
    }
    if (end >= rest_.size()) return false;
    value_ = rest_.substr(1, end - 1);
    if (escaped) {
        unescaped_.clear();
        for (std::size_t at = 1; at < end; ++at) {
            if (escapes(at)) ++at;
            unescaped_.push_back(rest_[at]);
        }
        value_ = unescaped_;
    }
    rest_.remove_prefix(end + 1);
    return true;
}

} // namespace v1
} // namespace mortise
