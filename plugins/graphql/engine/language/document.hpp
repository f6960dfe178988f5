// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/node.hpp"

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// Nodes that stand side by side under one parent, in the order of the source.
class Siblings {
public:
    class Iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = NodeId;
        using difference_type = std::ptrdiff_t;
        using pointer = const NodeId*;
        using reference = NodeId;

        Iterator() = default;
        Iterator(const Node* nodes, NodeId at) : nodes_(nodes), at_(at) {}
        NodeId operator*() const { return at_; }
        Iterator& operator++() {
            at_ = nodes_[at_].end;
            return *this;
        }
        Iterator operator++(int) {
            Iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Iterator& other) const { return at_ == other.at_; }

    private:
        const Node* nodes_ = nullptr;
        NodeId at_ = 0;
    };

    Siblings(const Node* nodes, NodeId first, NodeId end) : nodes_(nodes), first_(first), end_(end) {}
    Iterator begin() const { return {nodes_, first_}; }
    Iterator end() const { return {nodes_, end_}; }
    bool empty() const { return first_ == end_; }

private:
    const Node* nodes_;
    NodeId first_;
    NodeId end_;
};

// A parsed document: its nodes in one array, each followed by its children (pre-order), node 0 the document itself.
// Borrows the source, which must outlive it and must not move. Immutable once parsed: any thread.
class Document {
public:
    Document() = default;
    Document(std::string_view source, std::vector<Node> nodes) : source_(source), nodes_(std::move(nodes)) {}

    std::string_view source() const { return source_; }
    std::size_t size() const { return nodes_.size(); }
    const Node& operator[](NodeId id) const { return nodes_[id]; }
    NodeKind kind(NodeId id) const { return nodes_[id].kind; }
    std::string_view name(NodeId id) const { return text(nodes_[id].name); }
    // What a field is named in the response: its alias, else its name.
    std::string_view responseName(NodeId field) const {
        const Node& node = nodes_[field];
        return text(node.value.size != 0 ? node.value : node.name);
    }
    // The text of a number, an enum value or a boolean; of a string what stands between the quotes, as written.
    std::string_view rawValue(NodeId id) const { return text(nodes_[id].value); }
    // A string's meaning: escapes resolved, a block string without its indentation. UTF-8.
    std::string stringValue(NodeId id) const;

    Siblings children(NodeId id) const { return {nodes_.data(), id + 1, nodes_[id].end}; }
    // Walks them.
    std::uint32_t childCount(NodeId id) const {
        std::uint32_t count = 0;
        for (NodeId below = id + 1; below < nodes_[id].end; below = nodes_[below].end) ++count;
        return count;
    }
    // The first child of that kind; noNode when there is none.
    NodeId child(NodeId id, NodeKind kind) const;
    // The default of a variableDefinition or an inputValueDefinition; noNode when there is none.
    NodeId defaultValue(NodeId definition) const;

private:
    std::string_view text(Span span) const { return source_.substr(span.offset, span.size); }

    std::string_view source_;
    std::vector<Node> nodes_;
};

} // namespace mortise::graphql
