// SPDX-License-Identifier: Apache-2.0
#include "execution/response_writer.hpp"

#include "execution/leaf.hpp"
#include "schema/inspect.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace mortise::graphql {

bool ResponseWriter::object(const Group& group, std::uint32_t row, const Frame* up) {
    output_.put('{');
    std::size_t skipped = 1; // the first key's comma
    const Batch* batch = group.batches;
    for (const PlannedField& planned : group.plan->fields) {
        output_.appendPadded(planned.key.substr(skipped));
        skipped = 0;
        if (planned.completion != Completion::typeName && !field(*batch, row, up)) return false;
        ++batch;
    }
    output_.put('}');
    return !output_.overflowed();
}

bool ResponseWriter::rootField(const Group& group, std::size_t index) {
    const PlannedField& planned = group.plan->fields[index];
    output_.appendPadded(planned.key.substr(index == 0 ? 1 : 0));
    return planned.completion == Completion::typeName || field(group.batches[index], 0, nullptr);
}

inline bool ResponseWriter::field(const Batch& batch, std::uint32_t row, const Frame* up) {
    const PlannedField& planned = *batch.planned_;
    if (batch.fault_ == nullptr && !planned.field->type.isList() && plain(planned.completion, batch.cells_[row]))
        return true;
    const Frame frame{up, &planned, 0};
    if (batch.fault_ == nullptr) return value(batch, planned.field->type, batch.cells_[row], &frame);
    if (hasRoom()) report(*batch.fault_, &planned, &frame);
    if (planned.field->type.isNonNull()) return false;
    output_.append("null");
    return true;
}

// Writes what comes oftenest: a leaf's value of its own kind.
inline bool ResponseWriter::plain(Completion completion, const Cell& cell) {
    if (cell.kind == CellKind::string && (completion == Completion::string || completion == Completion::id)) {
        output_.string(cell.text());
        return true;
    }
    if (cell.kind != CellKind::integer || completion != Completion::id) return false;
    output_.put('"');
    output_.integer(cell.integer);
    output_.put('"');
    return true;
}

bool ResponseWriter::value(const Batch& batch, TypeRef type, const Cell& cell, const Frame* frame) {
    if (!type.isList() && plain(batch.planned_->completion, cell)) return true;
    const std::size_t mark = output_.size();
    const Outcome outcome = nullable(batch, type, cell, frame);
    if (outcome == Outcome::written) return true;
    if (outcome == Outcome::null && type.isNonNull())
        fails(batch, frame, [&] { return "Cannot return null for non-nullable field " + nameOf(batch) + "."; });
    output_.truncate(mark);
    if (type.isNonNull()) return false;
    output_.append("null");
    return true;
}

ResponseWriter::Outcome ResponseWriter::nullable(const Batch& batch, TypeRef type, const Cell& cell,
                                                 const Frame* frame) {
    if (cell.kind == CellKind::null) return Outcome::null;
    if (cell.kind == CellKind::error) {
        const auto& failure = *std::bit_cast<const Batch::Failure*>(cell.handle);
        return fails(
            batch, frame, [&] { return shortened(failure.message, maximumMessage); }, failure.cause);
    }
    if (type.isList()) return list(batch, type, cell, frame);
    if (batch.planned_->completion == Completion::object) return row(batch, cell, frame);
    const Type& named = schema_[type.named];
    const Completion completion = batch.planned_->completion;
    if (writeLeaf(named, completion, cell, output_)) return Outcome::written;
    return fails(batch, frame, [&] { return leafFault(named, completion, cell); });
}

ResponseWriter::Outcome ResponseWriter::list(const Batch& batch, TypeRef type, const Cell& cell, const Frame* frame) {
    if (cell.kind != CellKind::list)
        return fails(batch, frame,
                     [&] { return "Expected Iterable, but did not find one for field \"" + nameOf(batch) + "\"."; });
    const TypeRef itemType = type.item();
    Frame item{frame, nullptr, 0};
    output_.put('[');
    for (std::uint32_t at = cell.range.first; at < cell.range.end; ++item.index) {
        if (item.index != 0) output_.put(',');
        const Cell& value = batch.items_[at];
        if (!this->value(batch, itemType, value, &item) || output_.overflowed()) return Outcome::failed;
        at = value.kind == CellKind::list ? value.range.end : at + 1;
    }
    output_.put(']');
    return Outcome::written;
}

ResponseWriter::Outcome ResponseWriter::row(const Batch& batch, const Cell& cell, const Frame* frame) {
    if (cell.kind != CellKind::object)
        return fails(batch, frame, [&] {
            return "Expected value of type \"" + schema_[batch.field().type.named].name +
                   "\" but got: " + inspectCell(cell) + ".";
        });
    const Group& group = batch.children_[cell.range.first];
    if (group.plan->fault == nullptr) return object(group, cell.range.end, frame) ? Outcome::written : Outcome::failed;
    if (hasRoom()) report(*group.plan->fault, batch.planned_, frame);
    return Outcome::failed;
}

bool ResponseWriter::hasRoom() {
    if (errors_.kept.size() < errors_.maximum) return true;
    ++errors_.dropped;
    return false;
}

void ResponseWriter::report(Error error, const PlannedField* planned, const Frame* frame) {
    if (error.offsets.empty() && planned != nullptr)
        for (const NodeId node : planned->nodes.first(std::min(planned->nodes.size(), maximumOffsets)))
            error.offsets.push_back(plan_.document().document()[node].offset);
    for (; frame != nullptr; frame = frame->up) {
        if (frame->field == nullptr)
            error.path.emplace_back(frame->index);
        else
            error.path.emplace_back(std::string(frame->field->name));
    }
    std::reverse(error.path.begin(), error.path.end());
    errors_.kept.push_back(std::move(error));
}

std::string ResponseWriter::nameOf(const Batch& batch) const {
    return schema_[batch.parentType()].name + "." + batch.field().name;
}

} // namespace mortise::graphql
