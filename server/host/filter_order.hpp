// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

struct FilterNode {
    std::string name;
    std::string owner;               // the plugin, for messages
    std::vector<std::string> before; // names of filters; unknown ones do not count
    std::vector<std::string> after;
};

struct FilterOrder {
    std::vector<std::size_t> order; // indices; where nothing is said, as given
    std::vector<std::string> failures;
};

// Puts filters where their before/after names want them. Two of one name, and circles, are failures.
FilterOrder orderFilters(std::span<const FilterNode> nodes);

} // namespace mortise::host
