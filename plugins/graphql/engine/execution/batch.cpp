// SPDX-License-Identifier: Apache-2.0
#include "execution/batch.hpp"

#include "execution/execution.hpp"

#include <algorithm>

namespace mortise::graphql {

void* Batch::context() const {
    return execution_->context();
}

Cell* Batch::append() {
    if (itemCount_ == itemCapacity_) {
        const std::uint32_t capacity = itemCapacity_ == 0 ? std::max(group_->rows, 8U) : itemCapacity_ * 2;
        Cell* grown = itemCapacity_ > none / 2 ? nullptr : execution_->arena_.make<Cell>(capacity);
        if (grown == nullptr) return nullptr;
        std::copy(items_, items_ + itemCount_, grown);
        items_ = grown;
        itemCapacity_ = capacity;
    }
    return &items_[itemCount_++];
}

void Batch::beginList(std::size_t row) {
    if (row >= group_->rows) return;
    openRow_ = static_cast<std::uint32_t>(row);
    openNested_ = none;
    Cell cell(CellKind::list);
    cell.range = {itemCount_, itemCount_};
    cells_[row] = cell;
}

void Batch::beginList() {
    if (openRow_ == none) return;
    Cell cell(CellKind::list);
    const std::uint32_t around = openNested_;
    cell.range = {itemCount_ + 1, around};
    const std::uint32_t before = itemCount_;
    add(cell);
    if (itemCount_ != before) openNested_ = before;
}

void Batch::add(const Cell& item) {
    if (openRow_ == none) return;
    Cell* cell = append();
    if (cell == nullptr) return;
    *cell = item;
    ++(openNested_ == none ? cells_[openRow_] : items_[openNested_]).size;
}

void Batch::endList() {
    if (openRow_ == none) return;
    if (openNested_ == none) {
        cells_[openRow_].range.end = itemCount_;
        openRow_ = none;
        return;
    }
    Cell& cell = items_[openNested_];
    openNested_ = cell.range.end;
    cell.range.end = itemCount_;
}

std::string_view Batch::keep(std::string_view text) {
    return execution_->arena_.copy(text);
}

Cell Batch::failure(std::string_view message, std::uint32_t cause) {
    Cell cell(CellKind::error);
    auto* failure = execution_->arena_.make<Failure>(1);
    if (failure == nullptr) return {};
    *failure = {keep(message), cause};
    cell.handle = reinterpret_cast<std::uint64_t>(failure);
    return cell;
}

BatchToken Batch::suspend() {
    return execution_->suspend(*this);
}

} // namespace mortise::graphql
