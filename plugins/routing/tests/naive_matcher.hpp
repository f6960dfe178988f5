// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plugins/routing/radix_tree.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::routing::tests {

struct NaiveMatch {
    std::uint32_t route;
    std::vector<std::string> values; // of the parameters
};

// The rules of mortise/service/routes.h word by word: every pattern is tried, the best one wins.
inline std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> segments;
    std::size_t begin = 1;
    while (true) {
        const std::size_t end = path.find('/', begin);
        if (end == std::string_view::npos) {
            segments.push_back(path.substr(begin));
            return segments;
        }
        segments.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
}

inline std::optional<NaiveMatch> matchNaively(std::span<const Route> routes, std::uint32_t method,
                                              std::string_view path) {
    if (path.empty() || path.front() != '/') return std::nullopt;
    const std::vector<std::string_view> segments = split(path);
    std::optional<NaiveMatch> best;
    std::string best_rank;
    for (const Route& route : routes) {
        if (route.method != method) continue;
        const std::vector<std::string_view> parts = split(route.pattern);
        NaiveMatch candidate{route.number, {}};
        std::string rank; // 'a' literal, 'b' :name, 'c' *name: the smallest wins
        bool fits = true;
        bool open_end = false;
        for (std::size_t i = 0; i < parts.size() && fits && !open_end; ++i) {
            if (i >= segments.size()) {
                fits = false;
            } else if (!parts[i].empty() && parts[i].front() == '*') {
                rank += 'c';
                std::string rest(segments[i]);
                for (std::size_t j = i + 1; j < segments.size(); ++j) rest += "/" + std::string(segments[j]);
                candidate.values.push_back(rest);
                open_end = true;
            } else if (!parts[i].empty() && parts[i].front() == ':') {
                rank += 'b';
                fits = !segments[i].empty();
                candidate.values.emplace_back(segments[i]);
            } else {
                rank += 'a';
                fits = parts[i] == segments[i];
            }
        }
        if (!fits || (!open_end && parts.size() != segments.size())) continue;
        if (!best || rank < best_rank) {
            best = candidate;
            best_rank = rank;
        }
    }
    return best;
}

} // namespace mortise::routing::tests
