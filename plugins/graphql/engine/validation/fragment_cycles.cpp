// SPDX-License-Identifier: Apache-2.0
#include "validation/fragment_cycles.hpp"

namespace mortise::graphql {

void FragmentCycles::enterFragment(NodeId fragment) {
    const auto& definitions = context_.resolution.definitions();
    if (isVisited_.empty()) {
        isVisited_.resize(definitions.size());
        placeOnPath_.resize(definitions.size());
    }
    while (definitions[nextFragment_].node != fragment) ++nextFragment_;
    if (isVisited_[definitions[nextFragment_].canonical]) return;
    open(nextFragment_);
    while (!open_.empty()) {
        Open& top = open_.back();
        if (top.next == top.end) {
            placeOnPath_[top.fragment] = 0;
            open_.pop_back();
            if (!open_.empty()) path_.pop_back();
            continue;
        }
        const NodeId spread = context_.resolution.spreads()[top.next++];
        const std::uint32_t target = context_.resolution.fragment(context_.document.name(spread));
        if (target == NameSet::none) continue;
        if (placeOnPath_[target] != 0) {
            path_.push_back(spread);
            reportCycle(placeOnPath_[target] - 1);
            path_.pop_back();
            if (context_.isEnded()) return;
        } else if (!isVisited_[target]) {
            path_.push_back(spread);
            open(target);
        }
    }
}

void FragmentCycles::open(std::uint32_t definition) {
    const Resolution::Definition& opened = context_.resolution.definitions()[definition];
    isVisited_[opened.canonical] = true;
    placeOnPath_[opened.canonical] = static_cast<std::uint32_t>(path_.size() + 1);
    open_.push_back({opened.canonical, opened.spreads, opened.spreadsEnd});
}

void FragmentCycles::reportCycle(std::uint32_t from) {
    const Document& document = context_.document;
    std::string message = "Cannot spread fragment " + quoted(document.name(path_.back())) + " within itself";
    std::vector<std::uint32_t> offsets;
    for (std::size_t i = from; i < path_.size() && message.size() <= maximumMessage; ++i) {
        offsets.push_back(context_.offset(path_[i]));
        if (i + 1 == path_.size()) break;
        message += i == from ? " via " : ", ";
        message += quoted(document.name(path_[i]));
    }
    context_.report(message + ".", std::move(offsets));
}

} // namespace mortise::graphql
