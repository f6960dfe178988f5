// SPDX-License-Identifier: Apache-2.0
#include "media_types.hpp"

#include <mortise/text/field_text.hpp>

#include <algorithm>

namespace mortise::compression {
namespace {

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lowerFieldCharacter);
    return out;
}

} // namespace

std::string_view MediaTypes::faultOf(std::string_view pattern) noexcept {
    if (pattern.find_first_of(" \t;,") != pattern.npos) return "it has a blank or parameters";
    if (pattern.size() > 2 && pattern.substr(0, 2) == "*+")
        return pattern.find('*', 1) == pattern.npos ? std::string_view() : "it has more than one '*'";
    const std::size_t slash = pattern.find('/');
    if (slash == pattern.npos || slash == 0 || slash + 1 == pattern.size())
        return "it is not of the form text/html, text/* or *+json";
    const std::size_t star = pattern.find('*');
    if (star != pattern.npos && (star != slash + 1 || star + 1 != pattern.size()))
        return "'*' stands for a whole subtype only";
    return {};
}

MediaTypes::MediaTypes(const std::vector<std::string>& patterns) {
    for (const std::string& pattern : patterns) {
        if (pattern.front() == '*')
            suffixes_.push_back(lowered(std::string_view(pattern).substr(1)));
        else if (pattern.back() == '*')
            prefixes_.push_back(lowered(std::string_view(pattern).substr(0, pattern.size() - 1)));
        else
            whole_.push_back(lowered(pattern));
    }
}

bool MediaTypes::contain(std::string_view contentType) const noexcept {
    const std::string_view type = trimFieldText(contentType.substr(0, contentType.find(';')));
    const auto is = [type](const std::string& name) { return equalFieldText(type, name); };
    const auto begins = [type](const std::string& start) {
        return equalFieldText(type.substr(0, start.size()), start);
    };
    const auto ends = [type](const std::string& end) {
        return type.size() > end.size() && equalFieldText(type.substr(type.size() - end.size()), end);
    };
    return std::any_of(whole_.begin(), whole_.end(), is) || std::any_of(prefixes_.begin(), prefixes_.end(), begins) ||
           std::any_of(suffixes_.begin(), suffixes_.end(), ends);
}

} // namespace mortise::compression
