// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::routing {

struct Route {
    std::string_view pattern; // grammar: mortise/service/routes.h
    std::uint32_t method;     // 0 to max_method
    std::uint32_t number;     // what a match tells
};

// Where a parameter stands in the matched path.
struct Parameter {
    std::uint32_t offset;
    std::uint32_t length;
};

inline constexpr std::size_t max_parameters = 16;
inline constexpr std::uint32_t max_method = 255;

struct Match {
    std::uint32_t route;
    std::uint32_t parameter_count;
    Parameter parameters[max_parameters]; // in the pattern's order; only parameter_count of them are set
};

// Two patterns that match the same paths; what() shows both.
struct RouteConflict : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

// One compressed radix tree per method, over whole segments: an edge is a run of literal segments ("api/v1/users") or
// one parameter. Children are found by the hash of the edge's first segment.
//
// Cost of a match: every node is at a fixed depth and is entered from its parent at most once, so backtracking is
// bounded by the number of nodes whatever the path, and by the path's own segments where nothing has to go back.
// Immutable once built: match is for any number of threads, without lock or allocation.
class RadixTree {
public:
    // Throws RouteConflict, or std::invalid_argument for a pattern outside the grammar or a method out of range.
    explicit RadixTree(std::span<const Route> routes);

    // `path` without a query. False when nothing matches; `match` is unspecified then.
    bool match(std::uint32_t method, std::string_view path, Match& match) const noexcept {
        std::size_t visits = 0;
        return find(method, path, match, visits);
    }
    // The same; `visits` tells how many nodes were entered.
    bool find(std::uint32_t method, std::string_view path, Match& match, std::size_t& visits) const noexcept;

    std::size_t nodeCount() const noexcept { return nodes_.size(); }

private:
    friend class RadixTreeBuilder;

    static constexpr std::uint32_t none = 0xFFFFFFFFu;
    static constexpr std::size_t inline_label = 32;

    // One cache line, so that entering a node costs one miss whatever its label.
    struct alignas(64) Node {
        std::uint32_t parent = none;
        std::uint32_t parameter = none; // the child of ":name"
        std::uint32_t route = none;     // index into numbers_: a path may end here
        std::uint32_t rest = none;      // index into numbers_: "*name" follows
        std::uint32_t slots = 0;        // first slot of the table of literal children
        std::uint32_t slot_mask = 0;    // its size - 1; 0: no literal child
        std::uint32_t label_length = 0; // bytes; of a literal edge
        std::uint32_t is_literal = 0;   // how the parent leads here
        union {
            char text[inline_label]; // label_length <= inline_label
            std::uint32_t offset;    // into text_
        } label{};
    };
    // Open addressing with at least one empty slot (node none).
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t node = none;
    };

    const Node* child(const Node& node, std::uint32_t hash, std::string_view rest) const noexcept;
    std::string_view labelOf(const Node& node) const noexcept {
        return {node.label_length <= inline_label ? node.label.text : text_.data() + node.label.offset,
                node.label_length};
    }

    std::vector<Node> nodes_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> numbers_;
    std::vector<std::uint32_t> roots_; // by method
    std::string text_;                 // labels that do not fit into their nodes
};

} // namespace mortise::routing
