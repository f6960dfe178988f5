// SPDX-License-Identifier: Apache-2.0
#include "execution/arena.hpp"

#include <algorithm>
#include <cstring>

namespace mortise::graphql {

namespace {

constexpr std::size_t largestStep = std::size_t{1} << 18;

} // namespace

std::string_view Arena::copy(std::string_view text) {
    if (text.empty()) return {};
    void* memory = allocate(text.size(), 1);
    if (memory == nullptr) return {};
    std::memcpy(memory, text.data(), text.size());
    return {static_cast<const char*>(memory), text.size()};
}

void* Arena::grow(std::size_t bytes) {
    const std::size_t step = blocks_.empty() ? firstBlock_ : std::min(blocks_.back().size * 2, largestStep);
    std::size_t size = std::max(step, bytes);
    if (size > maximum_ - std::min(bytes_, maximum_)) size = bytes; // the rest is smaller than a step
    if (size > maximum_ - std::min(bytes_, maximum_)) return refuse<void>();
    blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
    bytes_ += size;
    current_ = blocks_.back().memory.get();
    at_ = bytes;
    end_ = size;
    return current_;
}

void Arena::reset() {
    if (blocks_.size() > 1) blocks_.resize(1);
    current_ = blocks_.empty() ? nullptr : blocks_.front().memory.get();
    at_ = 0;
    end_ = bytes_ = blocks_.empty() ? 0 : blocks_.front().size;
    exhausted_ = false;
}

} // namespace mortise::graphql
