// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/error.hpp"
#include "schema/schema.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace mortise::graphql {

// Finds input objects that hold themselves through non-null fields, which no finite value can (October 2021, 3.10.1).
// Each type is walked once, from a stack of its own.
class InputCycles {
public:
    // `types` by TypeId: where errors stand.
    InputCycles(const Schema& schema, std::span<const TypeDefinition* const> types, std::vector<Error>& errors);

    // Walks from an input object. Faults are appended.
    void checkFrom(TypeId id);

private:
    struct Step {
        TypeId type = noType;
        std::size_t field = 0; // the one that is followed
    };
    static constexpr std::size_t notOnPath = SIZE_MAX;

    void enter(TypeId id);
    void follow(const Step& step);

    const Schema& schema_;
    std::span<const TypeDefinition* const> types_;
    std::vector<Error>& errors_;
    std::vector<bool> visited_;
    std::vector<std::size_t> placeOnPath_; // by TypeId
    std::vector<Step> path_;
};

} // namespace mortise::graphql
