// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/transformer.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::dispatch {

// A whole body on its way through a transformer, on a worker. It has all that it needs, so the loop may respond without
// it at any time; what it makes then is thrown away.
class Transformation {
public:
    // The loop's until done.
    std::uint64_t deadlineMs = 0; // monotonic
    bool done = false;

    // First of all.
    void give(std::unique_ptr<Transformer>& transformer, std::string body) noexcept {
        input_ = std::move(body);
        owner_ = &transformer->owner();
        transformer_ = std::move(transformer);
    }

    // [worker] Once.
    void run() noexcept;
    // [any] The result is not wanted any more.
    void abandon() noexcept { abandoned_.store(true, std::memory_order_relaxed); }
    // [any] Whether run() was called.
    bool begun() const noexcept { return begun_.load(std::memory_order_relaxed); }
    const base::CodeOwner& owner() const noexcept { return *owner_; }

    // [loop] After run().
    bool succeeded() const noexcept { return succeeded_; }
    std::string takeResult() noexcept { return std::move(output_); }
    // [loop] Instead of run(): as it was given, with the transformer unreleased.
    std::string takeBack() noexcept {
        transformer_->giveBack();
        return std::move(input_);
    }

private:
    static constexpr std::size_t pieceBytes = 256 * 1024; // between two looks at abandoned_

    std::string input_;
    std::string output_;
    std::unique_ptr<Transformer> transformer_; // until run() is done
    const base::CodeOwner* owner_ = nullptr;
    bool succeeded_ = false;
    std::atomic<bool> begun_{false};
    std::atomic<bool> abandoned_{false};
};

} // namespace mortise::dispatch
