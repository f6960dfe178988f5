// SPDX-License-Identifier: Apache-2.0
#include "dispatch/transformation.hpp"

#include <algorithm>

namespace mortise::dispatch {

void Transformation::run() noexcept {
    begun_.store(true, std::memory_order_relaxed);
    std::string_view left = input_;
    while (!abandoned_.load(std::memory_order_relaxed)) {
        const std::string_view piece = left.substr(0, pieceBytes);
        left.remove_prefix(piece.size());
        if (!transformer_->chunk(piece, left.empty(), false, output_)) break;
        succeeded_ = left.empty();
        if (succeeded_) break;
    }
    transformer_.reset();
    std::string().swap(input_);
}

} // namespace mortise::dispatch
