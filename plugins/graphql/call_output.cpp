// SPDX-License-Identifier: Apache-2.0
#include "call_output.hpp"

#include "operation.hpp"

#include <algorithm>
#include <vector>

namespace mortise::graphql {

void CallOutput::write() const {
    Batch& batch = *call_.batch;
    const auto cells = batch.cells();
    // Cells that are errors are not read: what is in them may be anything.
    std::vector<bool> isFailed(call_.failures.empty() ? 0 : call_.count);
    for (const FieldCall::Failed& failed : call_.failures) {
        if (failed.place == FieldCall::none)
            isFailed.assign(call_.count, true);
        else
            isFailed[failed.place] = true;
    }
    for (std::uint32_t i = 0; i < call_.count; ++i) {
        if (!isFailed.empty() && isFailed[i]) continue;
        if (const FieldCall::List* const list = call_.listOf(i)) {
            batch.beginList(i);
            emit(list->first, list->end);
            batch.endList();
        } else {
            cells[i] = cellOf(call_.cells[i]);
        }
    }
    for (const FieldCall::Failed& failed : call_.failures) {
        const Cell cell = failureOf(failed.failure);
        if (failed.place == FieldCall::none)
            std::fill(cells.begin(), cells.end(), cell);
        else
            cells[failed.place] = cell;
    }
}

void CallOutput::emit(std::uint32_t first, std::uint32_t end) const {
    for (std::uint32_t at = first; at < end; ++at) {
        const mortise_graphql_cell& cell = call_.items[at];
        if (cell.kind != FieldCall::nestedList) {
            call_.batch->add(cellOf(cell));
            continue;
        }
        const auto last = static_cast<std::uint32_t>(cell.value.integer);
        if (last <= at || last > end) return; // an error of its cell
        call_.batch->beginList();
        emit(at + 1, last);
        call_.batch->endList();
        at = last - 1;
    }
}

Cell CallOutput::cellOf(const mortise_graphql_cell& cell) const {
    switch (cell.kind) {
    case MORTISE_GRAPHQL_BOOLEAN:
        return Cell::ofBoolean(cell.value.integer != 0);
    case MORTISE_GRAPHQL_INTEGER:
        return Cell::ofInteger(cell.value.integer);
    case MORTISE_GRAPHQL_NUMBER:
        return Cell::ofNumber(cell.value.number);
    case MORTISE_GRAPHQL_TEXT:
        return Cell::ofString({cell.value.text, cell.size});
    case MORTISE_GRAPHQL_JSON:
        return Cell::ofJson({cell.value.text, cell.size});
    case MORTISE_GRAPHQL_OBJECT:
        return Cell::ofObject(cell.value.handle, cell.size == 0 ? noType : types_[cell.size - 1]);
    case FieldCall::failedCell: {
        const auto cause = static_cast<std::uint32_t>(cell.value.integer);
        return call_.batch->failure(call_.operation.shownMessage(call_.operation.failures()[cause - 1]), cause);
    }
    default:
        return {};
    }
}

Cell CallOutput::failureOf(const FieldFailure& failure) const {
    return call_.batch->failure(call_.operation.shownMessage(failure), call_.operation.keepFailure(failure));
}

} // namespace mortise::graphql
