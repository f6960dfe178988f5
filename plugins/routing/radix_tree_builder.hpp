// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pattern.hpp"
#include "radix_tree.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::routing {

// Collects routes in an ordinary trie of segments, then lays them out flat. Used once, by RadixTree's constructor.
class RadixTreeBuilder {
public:
    explicit RadixTreeBuilder(RadixTree& tree) : tree_(tree) {}

    // `route` must live until finish() has returned.
    void add(const Route& route);
    void finish();

private:
    struct Draft {
        std::map<std::string, std::unique_ptr<Draft>, std::less<>> literals;
        std::unique_ptr<Draft> parameter;
        const Route* route = nullptr;
        const Route* rest = nullptr;

        // Nothing happens here but going on with one literal segment: may melt into the edge below.
        bool isPassage() const { return literals.size() == 1 && !parameter && route == nullptr && rest == nullptr; }
    };
    // A child of `draft` with the label that leads to it, melted as far as it goes.
    struct Edge {
        std::string label;
        std::uint32_t hash; // of the first segment
        const Draft* target;
    };

    static void take(const Route*& place, const Route& route);
    static Edge melt(const std::string& segment, const Draft& draft);
    std::uint32_t place(const Draft& draft, std::uint32_t parent);
    std::uint32_t numberOf(const Route* route);
    void fillSlots(const Draft& draft, std::uint32_t index);

    RadixTree& tree_;
    std::vector<std::unique_ptr<Draft>> roots_; // by method
};

} // namespace mortise::routing
