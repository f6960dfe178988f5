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

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Places in `wanted`, by index of the filter; its faults go into `result`. `names`: whatever a filter may be called.
std::map<std::size_t, std::size_t> placesOf(std::span<const std::string> wanted, const std::vector<std::string>& names,
                                            const std::map<std::string, std::size_t>& byName, FilterOrder& result) {
    std::map<std::size_t, std::size_t> places;
    std::set<std::string> seen;
    for (const std::string& name : wanted) {
        const auto found = byName.find(name);
        if (!contains(names, name))
            result.badNames.push_back("no installed plugin has a filter '" + base::printable(name) + "'" +
                                      base::didYouMean(name, names));
        else if (!seen.insert(name).second)
            result.badNames.push_back("'" + name + "' is named twice");
        else if (found != byName.end())
            places.emplace(found->second, places.size());
    }
    return places;
}

} // namespace

FilterOrder orderFilters(std::span<const FilterNode> nodes, std::span<const std::string> wanted,
                         std::span<const std::string> installed) {
    FilterOrder result;
    std::map<std::string, std::size_t> byName;
    for (std::size_t i = 0; i < nodes.size(); ++i)
        if (const auto [other, fresh] = byName.emplace(nodes[i].name, i); !fresh)
            result.failures.push_back("plugins '" + nodes[other->second].owner + "' and '" + nodes[i].owner +
                                      "' both have a filter '" + nodes[i].name + "'");
    std::vector<std::string> names(installed.begin(), installed.end());
    for (const auto& [name, index] : byName) names.push_back(name);
    const auto places = placesOf(wanted, names, byName, result);
    const auto look = [&](const FilterNode& node, const char* where, const std::string& name) {
        if (!contains(names, name))
            result.unknownNames.push_back("filter '" + node.name + "' of plugin '" + node.owner + "' stands " + where +
                                          " '" + base::printable(name) +
                                          "', and no installed plugin has a filter of that name" +
                                          base::didYouMean(name, names));
    };
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
        for (const std::string& name : nodes[i].after) {
            look(nodes[i], "after", name);
            if (const auto other = byName.find(name); other != byName.end()) put(other->second, i);
        }
        for (const std::string& name : nodes[i].before) {
            look(nodes[i], "before", name);
            if (const auto other = byName.find(name); other != byName.end()) put(i, other->second);
        }
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
        std::string circle;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (placed[i]) continue;
            circle += (circle.empty() ? "'" : ", '") + nodes[i].name + "' of plugin '" + nodes[i].owner + "'";
        }
        result.failures.push_back("filters want to stand before each other in a circle" +
                                  std::string(places.empty() ? ": " : ", with server.filter_order: ") + circle);
        return result;
    }
    return result;
}

} // namespace mortise::host
