// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/batch.hpp"

#include <cstdint>

namespace mortise::graphql {

enum class Progress : std::uint8_t { done, pending };

// Gives the values of one field for all parents of a level in one call. One object serves any number of executions, on
// any thread.
class FieldResolver {
public:
    virtual ~FieldResolver() = default;
    // Fills batch.cells(), one per parent; cells left alone are null. `pending`: batch.suspend() gave a token, with
    // which the values are filled in and completed later. Must not throw.
    virtual Progress resolve(Batch& batch) const = 0;
    // The execution has ended without the batch's completion: it is not awaited any longer.
    virtual void abandon(BatchToken token) const { static_cast<void>(token); }
};

// A resolver that thinks of one parent at a time.
class RowResolver : public FieldResolver {
public:
    Progress resolve(Batch& batch) const final {
        const auto parents = batch.parents();
        const auto cells = batch.cells();
        for (std::size_t i = 0; i < parents.size(); ++i) cells[i] = resolveRow(batch, parents[i]);
        return Progress::done;
    }

private:
    virtual Cell resolveRow(Batch& batch, std::uint64_t parent) const = 0;
};

} // namespace mortise::graphql
