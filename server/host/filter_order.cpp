// SPDX-License-Identifier: Apache-2.0
#include "host/filter_order.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace mortise::host {
namespace {

// Places in `wanted`, by index of the filter; its faults go into `result`.
std::map<std::size_t, std::size_t> placesOf(std::span<const std::string> wanted,
                                            const std::map<std::string, std::size_t>& byName, FilterOrder& result) {
    std::vector<std::string> names;
    for (const auto& [name, index] : byName) names.push_back(name);
    std::map<std::size_t, std::size_t> places;
    for (const std::string& name : wanted) {
        const auto found = byName.find(name);
        if (found == byName.end())
            result.badNames.push_back("no filter is named '" + base::printable(name) + "'" +
                                      base::didYouMean(name, names));
        else if (!places.emplace(found->second, places.size()).second)
            result.badNames.push_back("'" + name + "' is named twice");
    }
    return places;
}

} // namespace

FilterOrder orderFilters(std::span<const FilterNode> nodes, std::span<const std::string> wanted) {
    FilterOrder result;
    std::map<std::string, std::size_t> byName;
    for (std::size_t i = 0; i < nodes.size(); ++i)
        if (const auto [other, fresh] = byName.emplace(nodes[i].name, i); !fresh)
            result.failures.push_back("plugins '" + nodes[other->second].owner + "' and '" + nodes[i].owner +
                                      "' both have a filter '" + nodes[i].name + "'");
    const auto places = placesOf(wanted, byName, result);
    // earlier[i]: who must stand before i.
    std::vector<std::set<std::size_t>> earlier(nodes.size());
    std::set<std::string> overruled;
    const auto put = [&](std::size_t first, std::size_t second) {
        const auto one = places.find(first);
        const auto other = places.find(second);
        if (first == second || one == places.end() || other == places.end() || one->second < other->second)
            earlier[second].insert(first);
        else
            overruled.insert("filter '" + nodes[first].name + "' stands behind '" + nodes[second].name +
                             "', and would stand before it");
    };
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        for (const std::string& name : nodes[i].after)
            if (const auto other = byName.find(name); other != byName.end()) put(other->second, i);
        for (const std::string& name : nodes[i].before)
            if (const auto other = byName.find(name); other != byName.end()) put(i, other->second);
    }
    result.warnings.assign(overruled.begin(), overruled.end());
    for (const auto& [index, place] : places)
        for (const auto& [other, behind] : places)
            if (place < behind) earlier[other].insert(index);
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
        result.failures.push_back("filters want to stand before each other in a circle" +
                                  std::string(places.empty() ? ": " : ", with server.filter_order: ") + names);
        return result;
    }
    return result;
}

} // namespace mortise::host
