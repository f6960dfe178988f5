// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "validation/name_set.hpp"

#include <cstdint>
#include <vector>

namespace mortise::graphql {

// How large the selections of operations are when fragments take the place of their spreads. Each definition is walked
// once, whatever it expands to.
class SelectionSizes {
public:
    struct Size {
        std::uint32_t depth = 0; // fields within each other
        std::uint32_t aliases = 0;
        std::uint32_t rootFields = 0; // that no other field holds
    };

    explicit SelectionSizes(const Document& document);

    // Of an operation or a fragment of the document.
    const Size& of(NodeId definition);

private:
    struct Spread {
        std::uint32_t fragment; // index in parts_
        std::uint32_t depth;    // of the fields around it
    };
    // An operation or a fragment.
    struct Part {
        NodeId node = noNode;
        Size size; // without its spreads, until it is summed
        std::uint32_t spreads = 0;
        std::uint32_t spreadsEnd = 0;
        bool isSummed = false;
        bool isOpen = false;
    };
    struct Open {
        std::uint32_t part;
        std::uint32_t next; // of its spreads
    };

    void measure(Part& part);
    void sum(std::uint32_t part);
    void add(Size& to, const Spread& spread) const;

    const Document& document_;
    std::vector<Part> parts_;
    std::vector<Spread> spreads_;
    NameSet names_;
    std::vector<std::uint32_t> fragments_; // by their place in names_
};

} // namespace mortise::graphql
