// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "validation/rule_context.hpp"

#include <vector>

namespace mortise::graphql {

// NoFragmentCycles (October 2021, 5.5.2.2): each fragment is walked once, each spread seen once.
class FragmentCycles {
public:
    explicit FragmentCycles(RuleContext& context) : context_(context) {}

    void enterFragment(NodeId fragment);

private:
    struct Open {
        std::uint32_t fragment; // by which it is known on the path
        std::uint32_t next;     // of its spreads
        std::uint32_t end;
    };

    void open(std::uint32_t definition);
    void reportCycle(std::uint32_t from);

    RuleContext& context_;
    std::vector<bool> isVisited_;
    std::vector<std::uint32_t> placeOnPath_; // one more than the index in path_, 0 for none
    std::vector<Open> open_;
    std::vector<NodeId> path_; // the spreads that lead to where the walk is
    std::uint32_t nextFragment_ = 0;
};

} // namespace mortise::graphql
