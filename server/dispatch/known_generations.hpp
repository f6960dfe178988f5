// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/host_names.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace mortise::dispatch {

// The generations that live, by number, for who looks at one from a thread that is not the loop of its request: what a
// request points to may be gone while it is looked at, what was found here is held. Thread: any.
class KnownGenerations {
public:
    // Once per loop will do. Throws std::bad_alloc.
    void add(const std::shared_ptr<const Generation>& generation) {
        const std::lock_guard lock(mutex_);
        std::erase_if(known_, [](const Known& one) { return one.generation.expired(); });
        if (std::none_of(known_.begin(), known_.end(),
                         [&](const Known& one) { return one.number == generation->number(); }))
            known_.push_back({generation->number(), generation});
    }
    // Null: it is gone, or was never there.
    std::shared_ptr<const Generation> find(std::uint64_t number) const noexcept {
        const std::lock_guard lock(mutex_);
        const auto found =
            std::find_if(known_.begin(), known_.end(), [number](const Known& one) { return one.number == number; });
        return found == known_.end() ? nullptr : found->generation.lock();
    }

private:
    struct Known {
        std::uint64_t number;
        std::weak_ptr<const Generation> generation;
    };
    mutable std::mutex mutex_;
    std::vector<Known> known_; // under mutex_
};

} // namespace mortise::dispatch
