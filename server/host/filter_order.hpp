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
    std::vector<std::string> before; // names of filters; those that are not there do not count
    std::vector<std::string> after;
};

struct FilterOrder {
    std::vector<std::size_t> order; // indices; where nothing is said, as given
    std::vector<std::string> failures;
    std::vector<std::string> unknownNames; // in before and after: of no node, nor `installed`
    std::vector<std::string> badNames;     // of `wanted`: likewise, and repeated ones
    std::vector<std::string> warnings;     // what `wanted` overrules
};

// Puts filters where their before/after names want them. Two of one name, and circles, are failures. Those that an
// operator `wanted` stand in that order: what two of them say of each other does not count then. `installed`: names
// that filters of installed plugins may have, enabled or not; a name that is neither there nor a node's is a mistake.
FilterOrder orderFilters(std::span<const FilterNode> nodes, std::span<const std::string> wanted = {},
                         std::span<const std::string> installed = {});

} // namespace mortise::host
