// SPDX-License-Identifier: Apache-2.0
#include "host/filter_order.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace mortise::host {

FilterOrder orderFilters(std::span<const FilterNode> nodes) {
    FilterOrder result;
    std::map<std::string, std::size_t> byName;
    for (std::size_t i = 0; i < nodes.size(); ++i)
        if (const auto [other, fresh] = byName.emplace(nodes[i].name, i); !fresh)
            result.failures.push_back("plugins '" + nodes[other->second].owner + "' and '" + nodes[i].owner +
                                      "' both have a filter '" + nodes[i].name + "'");
    // earlier[i]: who must stand before i.
    std::vector<std::set<std::size_t>> earlier(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        for (const std::string& name : nodes[i].after)
            if (const auto other = byName.find(name); other != byName.end()) earlier[i].insert(other->second);
        for (const std::string& name : nodes[i].before)
            if (const auto other = byName.find(name); other != byName.end()) earlier[other->second].insert(i);
    }
    std::vector<bool> placed(nodes.size(), false);
    while (result.order.size() < nodes.size()) {
        bool moved = false;
        for (std::size_t i = 0; i < nodes.size() && !moved; ++i) {
            if (placed[i] ||
                !std::all_of(earlier[i].begin(), earlier[i].end(), [&](std::size_t e) { return placed[e]; }))
                continue;
            placed[i] = true;
            result.order.push_back(i);
            moved = true;
        }
        if (moved) continue;
        std::string names;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (placed[i]) continue;
            names += (names.empty() ? "'" : ", '") + nodes[i].name + "' of plugin '" + nodes[i].owner + "'";
        }
        result.failures.push_back("filters want to stand before each other in a circle: " + names);
        return result;
    }
    return result;
}

} // namespace mortise::host
