// SPDX-License-Identifier: Apache-2.0
#include "host/runtime.hpp"

#include "host/generation.hpp"
#include "host/instance.hpp"

#include <algorithm>
#include <utility>

namespace mortise::host {

std::uint32_t Runtime::currentLoop() const noexcept {
    for (std::size_t i = 0; i < loops_.size(); ++i)
        if (loops_[i]->inLoopThread()) return static_cast<std::uint32_t>(i + 1);
    return 0;
}

std::shared_ptr<Generation> Runtime::generation() const {
    const std::lock_guard lock(mutex_);
    return generation_;
}

void Runtime::setGeneration(std::shared_ptr<Generation> generation) {
    // The old one is let go outside of the lock: this may be its last holder.
    const std::lock_guard lock(mutex_);
    generation_.swap(generation);
}

void Runtime::quarantine(std::shared_ptr<Instance> instance) {
    const std::lock_guard lock(mutex_);
    quarantined_.push_back(std::move(instance));
}

bool Runtime::isQuarantined(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(quarantined_.begin(), quarantined_.end(),
                       [&name](const auto& instance) { return instance->name() == name; });
}

} // namespace mortise::host
