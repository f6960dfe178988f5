// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "field_call.hpp"

#include "execution/cell.hpp"

#include <cstdint>
#include <span>

namespace mortise::graphql {

// Writes what a call has, checked before, into the execution. Thread: the operation's.
class CallOutput {
public:
    // `types`: the type names of the contribution, by which cells of interfaces and unions say what they are.
    CallOutput(FieldCall& call, std::span<const TypeId> types) : call_(call), types_(types) {}

    void write() const;

private:
    void emit(std::uint32_t first, std::uint32_t end) const;
    Cell cellOf(const mortise_graphql_cell& cell) const;
    Cell failureOf(const FieldFailure& failure) const;

    FieldCall& call_;
    std::span<const TypeId> types_;
};

} // namespace mortise::graphql
