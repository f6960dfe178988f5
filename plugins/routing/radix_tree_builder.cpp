// SPDX-License-Identifier: Apache-2.0
#include "radix_tree_builder.hpp"

#include "segment.hpp"

#include <bit>
#include <cstring>
#include <stdexcept>

namespace mortise::routing {

void RadixTreeBuilder::take(const Route*& place, const Route& route) {
    if (place != nullptr) {
        throw RouteConflict("routes \"" + std::string(place->pattern) + "\" and \"" + std::string(route.pattern) +
                            "\" match the same paths");
    }
    place = &route;
}

void RadixTreeBuilder::add(const Route& route) {
    if (route.method > max_method) throw std::invalid_argument("a route's method number is above 255");
    const std::vector<Part> parts = parsePattern(route.pattern);
    if (roots_.size() <= route.method) roots_.resize(route.method + std::size_t{1});
    if (!roots_[route.method]) roots_[route.method] = std::make_unique<Draft>();
    Draft* draft = roots_[route.method].get();
    for (const Part& part : parts) {
        if (part.kind == PartKind::rest) return take(draft->rest, route);
        std::unique_ptr<Draft>& next =
            part.kind == PartKind::parameter ? draft->parameter : draft->literals[std::string(part.text)];
        if (!next) next = std::make_unique<Draft>();
        draft = next.get();
    }
    take(draft->route, route);
}

RadixTreeBuilder::Edge RadixTreeBuilder::melt(const std::string& segment, const Draft& draft) {
    Edge edge{segment, readSegment(segment, 0).hash, &draft};
    while (edge.target->isPassage()) {
        const auto& [text, next] = *edge.target->literals.begin();
        edge.label += '/';
        edge.label += text;
        edge.target = next.get();
    }
    return edge;
}

std::uint32_t RadixTreeBuilder::numberOf(const Route* route) {
    if (route == nullptr) return RadixTree::none;
    tree_.numbers_.push_back(route->number);
    return static_cast<std::uint32_t>(tree_.numbers_.size() - 1);
}

std::uint32_t RadixTreeBuilder::place(const Draft& draft, std::uint32_t parent) {
    const auto index = static_cast<std::uint32_t>(tree_.nodes_.size());
    RadixTree::Node node;
    node.parent = parent;
    node.route = numberOf(draft.route);
    node.rest = numberOf(draft.rest);
    tree_.nodes_.push_back(node);
    if (!draft.literals.empty()) fillSlots(draft, index);
    if (draft.parameter) {
        const std::uint32_t below = place(*draft.parameter, index);
        tree_.nodes_[index].parameter = below;
    }
    return index;
}

void RadixTreeBuilder::fillSlots(const Draft& draft, std::uint32_t index) {
    const std::size_t size = std::bit_ceil(draft.literals.size() * 3 / 2 + 1);
    const std::size_t first = tree_.slots_.size();
    tree_.slots_.resize(first + size);
    tree_.nodes_[index].slots = static_cast<std::uint32_t>(first);
    tree_.nodes_[index].slot_mask = static_cast<std::uint32_t>(size - 1);
    for (const auto& [segment, next] : draft.literals) {
        const Edge edge = melt(segment, *next);
        const std::uint32_t below = place(*edge.target, index);
        RadixTree::Node& child = tree_.nodes_[below];
        child.is_literal = 1;
        child.label_length = static_cast<std::uint32_t>(edge.label.size());
        if (edge.label.size() <= RadixTree::inline_label) {
            std::memcpy(child.label.text, edge.label.data(), edge.label.size());
        } else {
            child.label.offset = static_cast<std::uint32_t>(tree_.text_.size());
            tree_.text_ += edge.label;
        }
        std::size_t i = edge.hash & (size - 1);
        while (tree_.slots_[first + i].node != RadixTree::none) i = (i + 1) & (size - 1);
        tree_.slots_[first + i] = {edge.hash, below};
    }
}

void RadixTreeBuilder::finish() {
    for (const std::unique_ptr<Draft>& root : roots_) {
        tree_.roots_.push_back(root ? place(*root, RadixTree::none) : RadixTree::none);
    }
    tree_.nodes_.shrink_to_fit();
    tree_.slots_.shrink_to_fit();
}

RadixTree::RadixTree(std::span<const Route> routes) {
    RadixTreeBuilder builder(*this);
    for (const Route& route : routes) builder.add(route);
    builder.finish();
}

} // namespace mortise::routing
