// SPDX-License-Identifier: Apache-2.0
#include "schema/suggestion_list.hpp"

#include "language/character_class.hpp"
#include "language/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::size_t maximumSuggestions = 5;

std::string lowerCase(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

// The number from `at` on; empty for a zero, which ends with its first digit.
std::string_view digitsAt(std::string_view text, std::size_t& at) {
    const std::size_t first = at;
    if (text[at] == '0') return text.substr(++at, 0);
    while (at < text.size() && isDigit(text[at])) ++at;
    return text.substr(first, at - first);
}

// Edits (insert, delete, replace, swap of neighbours) between the input and an option, up to a threshold.
class LexicalDistance {
public:
    explicit LexicalDistance(std::string_view input) : input_(input), lower_(lowerCase(input)) {}

    std::optional<std::size_t> measure(std::string_view option, std::size_t threshold) {
        if (option == input_) return 0;
        const std::string lowerOption = lowerCase(option);
        if (lowerOption == lower_) return 1;
        std::string_view longer = lowerOption;
        std::string_view shorter = lower_;
        if (longer.size() < shorter.size()) std::swap(longer, shorter);
        if (longer.size() - shorter.size() > threshold) return std::nullopt;
        for (std::vector<std::size_t>& row : rows_) row.resize(shorter.size() + 1);
        for (std::size_t j = 0; j <= shorter.size(); ++j) rows_[0][j] = j;
        for (std::size_t i = 1; i <= longer.size(); ++i)
            if (fillRow(longer, shorter, i) > threshold) return std::nullopt;
        const std::size_t distance = rows_[longer.size() % 3][shorter.size()];
        return distance <= threshold ? std::optional(distance) : std::nullopt;
    }

private:
    // The smallest cell of the row.
    std::size_t fillRow(std::string_view longer, std::string_view shorter, std::size_t i) {
        const std::vector<std::size_t>& up = rows_[(i - 1) % 3];
        std::vector<std::size_t>& row = rows_[i % 3];
        std::size_t smallest = row[0] = i;
        for (std::size_t j = 1; j <= shorter.size(); ++j) {
            const std::size_t replaced = up[j - 1] + (longer[i - 1] == shorter[j - 1] ? 0U : 1U);
            std::size_t cell = std::min({up[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && longer[i - 1] == shorter[j - 2] && longer[i - 2] == shorter[j - 1])
                cell = std::min(cell, rows_[(i - 2) % 3][j - 2] + 1);
            smallest = std::min(smallest, cell);
            row[j] = cell;
        }
        return smallest;
    }

    std::string_view input_;
    std::string lower_;
    std::array<std::vector<std::size_t>, 3> rows_;
};

} // namespace

bool naturallyBefore(std::string_view left, std::string_view right) {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < left.size() && j < right.size()) {
        if (isDigit(left[i]) && isDigit(right[j])) {
            const std::string_view leftNumber = digitsAt(left, i);
            const std::string_view rightNumber = digitsAt(right, j);
            if (leftNumber.size() != rightNumber.size()) return leftNumber.size() < rightNumber.size();
            if (leftNumber != rightNumber) return leftNumber < rightNumber;
        } else {
            if (left[i] != right[j]) return static_cast<unsigned char>(left[i]) < static_cast<unsigned char>(right[j]);
            ++i;
            ++j;
        }
    }
    return left.size() < right.size();
}

std::vector<std::string_view> suggestionList(std::string_view input, std::span<const std::string_view> options) {
    std::size_t longest = 0;
    for (const std::string_view option : options) longest = std::max(longest, option.size());
    // graphql-js counts the input in UTF-16 units.
    const std::size_t threshold = countUtf16(input) * 2 / 5 + 1;
    // A long input is near nothing: no memory is spent on it.
    if (input.size() > 4 * (longest + 2)) return {};
    LexicalDistance distance(input);
    std::vector<std::pair<std::size_t, std::string_view>> found;
    for (const std::string_view option : options)
        if (const auto measured = distance.measure(option, threshold)) found.emplace_back(*measured, option);
    std::sort(found.begin(), found.end(), [](const auto& left, const auto& right) {
        return left.first != right.first ? left.first < right.first : naturallyBefore(left.second, right.second);
    });
    std::vector<std::string_view> suggestions;
    suggestions.reserve(found.size());
    for (const auto& [edits, option] : found) suggestions.push_back(option);
    return suggestions;
}

std::string didYouMean(std::string_view what, std::span<const std::string_view> suggestions) {
    if (suggestions.empty()) return {};
    std::string text = " Did you mean ";
    if (!what.empty()) text.append(what) += ' ';
    const std::size_t count = std::min(suggestions.size(), maximumSuggestions);
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) text += count == 2 ? " or " : i + 1 == count ? ", or " : ", ";
        text.append("\"").append(suggestions[i]) += '"';
    }
    return text += '?';
}

std::string suggestion(std::string_view what, std::string_view input, std::span<const std::string_view> options) {
    return didYouMean(what, suggestionList(input, options));
}

} // namespace mortise::graphql
