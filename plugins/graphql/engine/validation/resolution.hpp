// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "schema/schema.hpp"
#include "validation/name_set.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::graphql {

// What the schema says of one node. What does not apply, or is not in the schema, is null, noType or noNode.
struct Resolved {
    // What the node names: see field, input and directive.
    const void* definition = nullptr;
    // Of a field its type; of a selection set, an operation, an inline fragment or a fragment the named type that is
    // selected from, which need not be composite; of a variable's definition its type, which need not be an input; of
    // an argument, a member of an object or a value the input type that stands there.
    TypeRef type;
    // Of a selection, and of a selection set: the composite type selected from; of a member of an object its input
    // type.
    TypeId parent = noType;
    // Of a spread its fragment; of a selection set, an argument or a directive what it belongs to; of a member of an
    // object the first of that name.
    NodeId target = noNode;

    // Of a field, an argument or member of an object, and a directive; of no other nodes.
    const Field* field() const { return static_cast<const Field*>(definition); }
    const InputValue* input() const { return static_cast<const InputValue*>(definition); }
    const Directive* directive() const { return static_cast<const Directive*>(definition); }
};

// A document's names resolved against a schema, once for all rules, the costs and the plan. Borrows both.
class Resolution {
public:
    // Where a variable is used.
    struct Usage {
        NodeId node = noNode;
        TypeRef type;
        bool hasDefault = false; // that place has a default of its own
        TypeId oneOf = noType;   // the oneOf input it is a member of, which stands where null is allowed
    };
    // An operation or a fragment.
    struct Definition {
        NodeId node = noNode;
        std::uint32_t canonical = 0; // of fragments: the one that spreads of this name mean, which is the last
        std::uint32_t usages = 0;    // usages()[usages … usagesEnd)
        std::uint32_t usagesEnd = 0;
        std::uint32_t spreads = 0; // spreads()[spreads … spreadsEnd)
        std::uint32_t spreadsEnd = 0;
    };

    Resolution() = default;
    // Takes time and memory by the number of nodes.
    Resolution(const Schema& schema, const Document& document);

    const Resolved& operator[](NodeId node) const { return nodes_[node]; }
    // What it takes, in bytes, about.
    std::size_t bytes() const;
    const std::vector<Definition>& definitions() const { return definitions_; }
    const std::vector<Usage>& usages() const { return usages_; }
    // Spreads of fragments, known or not. Of a definition those of each selection set in the order of the source, a set
    // before those within it, and of those the last one first: the order of graphql-js's errors.
    const std::vector<NodeId>& spreads() const { return spreads_; }
    // The index in definitions() of what a spread or the definition of a fragment means; NameSet::none when there is
    // none.
    std::uint32_t fragment(std::string_view name) const;
    // The kinds of definitions that are executable.
    static bool isExecutable(NodeKind kind) {
        return kind == NodeKind::operation || kind == NodeKind::fragmentDefinition;
    }

private:
    friend class Resolver;

    std::vector<Resolved> nodes_;
    std::vector<Definition> definitions_;
    std::vector<Usage> usages_;
    std::vector<NodeId> spreads_;
    NameSet fragmentNames_;
    std::vector<std::uint32_t> fragments_; // by their place in fragmentNames_
};

} // namespace mortise::graphql
