// SPDX-License-Identifier: Apache-2.0
#include "language/line_index.hpp"

#include "language/character_class.hpp"
#include "language/utf8.hpp"

#include <algorithm>

namespace mortise::graphql {

namespace {

constexpr std::size_t blockBytes = 1024;

} // namespace

LineIndex::LineIndex(std::string_view source) : source_(source) {
    for (std::size_t at = findLineEnd(source, 0); at < source.size(); at = findLineEnd(source, at)) {
        at += lineEndSize(source, at);
        starts_.push_back(static_cast<std::uint32_t>(at));
    }
    units_.reserve(source.size() / blockBytes + 1);
    std::uint32_t units = 0;
    for (std::size_t at = 0; at <= source.size(); at += blockBytes) {
        units_.push_back(units);
        units += static_cast<std::uint32_t>(countUtf16(source.substr(at, blockBytes)));
    }
}

std::uint32_t LineIndex::unitsBefore(std::size_t offset) const {
    const std::size_t block = offset / blockBytes;
    const std::string_view rest = source_.substr(block * blockBytes, offset % blockBytes);
    return units_[block] + static_cast<std::uint32_t>(countUtf16(rest));
}

Location LineIndex::locate(std::uint32_t offset) const {
    const std::size_t end = std::min<std::size_t>(offset, source_.size());
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), end);
    const std::size_t start = next == starts_.begin() ? 0 : *(next - 1);
    return {static_cast<std::uint32_t>(next - starts_.begin() + 1), unitsBefore(end) - unitsBefore(start) + 1};
}

} // namespace mortise::graphql
