// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <vector>

namespace mortise::base {

namespace {

// Names longer than any real one are not worth a quadratic table.
constexpr std::size_t longestName = 128;

} // namespace

std::size_t editDistance(std::string_view first, std::string_view second) {
    const std::string a = lowerAscii(first);
    const std::string b = lowerAscii(second);
    std::vector<std::size_t> beforeLast(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], beforeLast[j - 2] + 1);
            }
        }
        std::swap(beforeLast, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::optional<std::string> nearest(std::string_view wanted, std::span<const std::string> candidates) {
    const std::string* best = nullptr;
    std::size_t bestDistance = 0;
    if (wanted.size() > longestName) return std::nullopt;
    for (const std::string& candidate : candidates) {
        const std::size_t longer = std::max(wanted.size(), candidate.size());
        const std::size_t shorter = std::min(wanted.size(), candidate.size());
        const std::size_t cutOff = std::max<std::size_t>(1, longer / 3);
        if (longer - shorter > cutOff || candidate.size() > longestName) continue;
        const std::size_t distance = editDistance(wanted, candidate);
        if (distance > cutOff || distance >= candidate.size()) continue;
        if (best == nullptr || distance < bestDistance) {
            best = &candidate;
            bestDistance = distance;
        }
    }
    if (best == nullptr) return std::nullopt;
    return *best;
}

std::string didYouMean(std::string_view wanted, std::span<const std::string> candidates) {
    const std::optional<std::string> name = nearest(wanted, candidates);
    return name ? "; did you mean '" + *name + "'?" : std::string();
}

} // namespace mortise::base
