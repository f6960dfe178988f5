// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/elsewhere.hpp"

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

// What matters of a plugin for the order of starting.
struct DependencyNode {
    std::string name;
    std::vector<std::string> provides;  // service ids
    std::vector<std::string> required;  // of services, which order, and of extension points, which do not
    std::vector<std::string> optional;  // likewise
    std::vector<std::string> defines{}; // extension points
    std::string id{};                   // of its module; of two files with one id only one may be enabled
    std::string file{};
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

// `elsewhere`: services and extension points of plugins that are not enabled, for the hint of a missing one.
DependencyOrder orderByDependency(std::span<const DependencyNode> nodes, const Elsewhere::Plugins& elsewhere);

} // namespace mortise::host
