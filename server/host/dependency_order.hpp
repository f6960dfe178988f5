// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

// What matters of a plugin for the order of starting.
struct DependencyNode {
    std::string name;
    std::vector<std::string> provides; // service ids
    std::vector<std::string> required;
    std::vector<std::string> optional;
};

struct DependencyFailure {
    std::string sentence;
    std::vector<std::size_t> nodes; // that it is about
    bool missing = false;           // nobody provides what is required
};

struct DependencyOrder {
    std::vector<std::size_t> order;               // indices, providers before users; otherwise as given
    std::map<std::string, std::size_t> providers; // of each service
    std::vector<DependencyFailure> failures;      // when there are any, `order` is not to be used
};

// `elsewhere` names plugins that are not enabled but would provide a service: for the hint of a missing one.
DependencyOrder orderByDependency(std::span<const DependencyNode> nodes,
                                  const std::map<std::string, std::string>& elsewhere);

} // namespace mortise::host
