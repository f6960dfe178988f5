// SPDX-License-Identifier: Apache-2.0
#include "radix_tree.hpp"

#include "segment.hpp"

#include <cstring>

namespace mortise::routing {

const RadixTree::Node* RadixTree::child(const Node& node, std::uint32_t hash, std::string_view rest) const noexcept {
    const Slot* const table = slots_.data() + node.slots;
    for (std::uint32_t i = hash & node.slot_mask;; i = (i + 1) & node.slot_mask) {
        const Slot slot = table[i];
        if (slot.node == none) return nullptr;
        if (slot.hash != hash) continue;
        const Node& candidate = nodes_[slot.node];
        const std::size_t length = candidate.label_length;
        if (length > rest.size() || (length < rest.size() && rest[length] != '/')) continue;
        if (std::memcmp(rest.data(), labelOf(candidate).data(), length) == 0) return &candidate;
    }
}

bool RadixTree::find(std::uint32_t method, std::string_view path, Match& match, std::size_t& visits) const noexcept {
    if (method >= roots_.size() || roots_[method] == none || path.empty() || path.front() != '/' ||
        path.size() >= none) {
        return false;
    }
    enum class Step { literal, parameter, rest, back };
    const Node* node = &nodes_[roots_[method]];
    std::size_t at = 0; // what `node` stands for ends here: at a '/' or at the end of the path
    std::uint32_t count = 0;
    Step step = Step::literal;
    visits = 1;
    while (true) {
        if (step == Step::back) {
            if (node->parent == none) return false;
            if (node->is_literal != 0) {
                at -= node->label_length + std::size_t{1};
                step = Step::parameter;
            } else {
                at = match.parameters[--count].offset - std::size_t{1};
                step = Step::rest;
            }
            node = &nodes_[node->parent];
        } else if (at == path.size()) {
            if (node->route != none) {
                match.route = numbers_[node->route];
                match.parameter_count = count;
                return true;
            }
            step = Step::back;
            continue;
        }
        const std::size_t begin = at + 1;
        if (step == Step::literal) {
            step = Step::parameter;
            if (node->slot_mask != 0) {
                const Segment segment = readSegment(path, begin);
                if (const Node* const next = child(*node, segment.hash, path.substr(begin))) {
                    node = next;
                    at = begin + next->label_length;
                    step = Step::literal;
                    ++visits;
                    continue;
                }
            }
        }
        if (step == Step::parameter && node->parameter != none) {
            const void* const slash = std::memchr(path.data() + begin, '/', path.size() - begin);
            const std::size_t end = slash != nullptr
                                        ? static_cast<std::size_t>(static_cast<const char*>(slash) - path.data())
                                        : path.size();
            if (end != begin) {
                match.parameters[count++] = {static_cast<std::uint32_t>(begin),
                                             static_cast<std::uint32_t>(end - begin)};
                node = &nodes_[node->parameter];
                at = end;
                step = Step::literal;
                ++visits;
                continue;
            }
        }
        if (node->rest != none) {
            match.parameters[count++] = {static_cast<std::uint32_t>(begin),
                                         static_cast<std::uint32_t>(path.size() - begin)};
            match.route = numbers_[node->rest];
            match.parameter_count = count;
            return true;
        }
        step = Step::back;
    }
}

} // namespace mortise::routing
