// SPDX-License-Identifier: Apache-2.0
#include "http/parameter_reader.hpp"

#include "http/character_class.hpp"

#include <algorithm>

namespace mortise::http {
namespace {

std::string_view withoutBlanks(std::string_view text) noexcept {
    while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
    return text;
}

} // namespace

bool ParameterReader::next() {
    for (;;) {
        rest_ = withoutBlanks(rest_);
        if (rest_.empty() || malformed_) return false;
        if (rest_.front() != ';') break;
        rest_ = withoutBlanks(rest_.substr(1));
        if (rest_.empty()) return false;
        if (rest_.front() == ';') continue; // an empty parameter
        const auto size =
            static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), isTokenCharacter) - rest_.begin());
        name_ = rest_.substr(0, size);
        rest_.remove_prefix(size);
        if (name_.empty() || rest_.empty() || rest_.front() != '=') break;
        rest_.remove_prefix(1);
        value_.clear();
        if (!rest_.empty() && rest_.front() == '"') {
            if (!readQuoted()) break;
            return true;
        }
        const auto length =
            static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), isTokenCharacter) - rest_.begin());
        if (length == 0) break;
        value_ = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return true;
    }
    malformed_ = true;
    return false;
}

// A backslash that stands before neither a quote nor a backslash is itself: some clients write Windows paths so.
bool ParameterReader::readQuoted() {
    for (std::size_t at = 1; at < rest_.size(); ++at) {
        const char c = rest_[at];
        if (c == '"') {
            rest_.remove_prefix(at + 1);
            return true;
        }
        const bool escapes = c == '\\' && at + 1 < rest_.size() && (rest_[at + 1] == '"' || rest_[at + 1] == '\\');
        if (escapes) ++at;
        value_.push_back(rest_[at]);
    }
    return false;
}

} // namespace mortise::http
