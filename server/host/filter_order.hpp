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
    std::vector<std::string> badNames; // of `wanted`: unknown ones, and repeated ones
    std::vector<std::string> warnings; // what `wanted` overrules
};

// Puts filters where their before/after names want them. Two of one name, and circles, are failures. Those that an
// operator `wanted` stand in that order: what two of them say of each other does not count then.
FilterOrder orderFilters(std::span<const FilterNode> nodes, std::span<const std::string> wanted = {});

} // namespace mortise::host
