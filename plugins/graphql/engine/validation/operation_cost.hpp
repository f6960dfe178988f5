// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "language/error.hpp"
#include "schema/schema.hpp"
#include "validation/resolution.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace mortise::graphql {

// What an operation costs: each field its Field::cost, and what is selected from it as often as it may hold items: the
// value of its sizeArgument (literal, variable, the variable's default, the argument's default; a field that has such
// an argument need not be a list), else assumedSize for a list, else once. A
// negative size is assumedSize: it may well mean all there are; one above maximumSize is that, as no list gets longer.
// Fields that describe the schema are counted once. Fragments count wherever they are spread; @skip and @include are
// ignored. Of a valid document. Time and memory by the number of nodes; sums and products are kept at 2^63 when they
// are higher.
class OperationCost {
public:
    // `variables`: the object of the coerced ones, whose values are in place of defaults; null when they are not known:
    // a size without a default is then assumedSize.
    OperationCost(const Schema& schema, const Document& document, const Resolution& resolution,
                  const Values* variables);

    std::uint64_t of(NodeId operation);
    // The root field that costs the most, as it was computed last by `of`; noNode for none.
    NodeId costliest() const { return costliest_; }

private:
    struct Open {
        std::uint32_t definition;
        std::uint32_t next;
    };
    enum class State : std::uint8_t { unknown, open, known };

    void collectVariables(NodeId operation);
    std::uint64_t costOf(std::uint32_t definition);
    void compute(std::uint32_t definition);
    std::uint64_t itemsOf(NodeId field) const;
    std::uint64_t sizeOf(const Field& field, NodeId node) const;
    bool integerOf(NodeId literal, std::int64_t& value) const;
    std::uint32_t indexOf(NodeId definition) const;

    const Schema& schema_;
    const Document& document_;
    const Resolution& resolution_;
    const Values* variables_;
    NameSet names_; // of the operation's variables
    std::vector<std::optional<std::int64_t>> sizes_;
    std::vector<std::uint64_t> costs_; // by node
    std::vector<State> states_;        // by definition
    NodeId costliest_ = noNode;
};

// An error of kind limit that names the costliest root field when the operation costs more than the limit.
std::optional<Error> checkCost(const Schema& schema, const Document& document, const Resolution& resolution,
                               NodeId operation, const Values* variables, std::uint64_t limit);

} // namespace mortise::graphql
