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
    if (generation != nullptr) setDatabaseWidth(generation->databaseWidth());
    const std::lock_guard lock(mutex_);
    generation_.swap(generation);
}

void Runtime::setDatabaseWidth(std::size_t width) noexcept {
    const std::size_t threads = workers_.threads();
    const std::size_t most = threads - std::max<std::size_t>(1, threads / 4); // 0 of one thread: the lane makes it 1
    databaseLane_.setWidth(width == 0 ? most : std::min(width, most));
}

void Runtime::quarantine(std::shared_ptr<Instance> instance) {
    {
        const std::lock_guard lock(mutex_);
        quarantined_.push_back({instance, std::chrono::steady_clock::now()});
    }
    requests_.endTurnsInQuarantine(std::move(instance));
}

bool Runtime::isQuarantined(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(quarantined_.begin(), quarantined_.end(),
                       [&name](const Quarantined& one) { return one.instance->name() == name; });
}

std::optional<std::string> Runtime::lateCallSince(std::chrono::steady_clock::time_point made) const {
    const std::lock_guard lock(mutex_);
    for (const Quarantined& one : quarantined_)
        if (one.since >= made && one.instance->mayBeRunning()) return one.instance->name();
    return std::nullopt;
}

void Runtime::keep(std::shared_ptr<Instance> instance) {
    const std::lock_guard lock(mutex_);
    keptForLate_.push_back(std::move(instance));
}

bool Runtime::hasQuarantined() const {
    const std::lock_guard lock(mutex_);
    return !quarantined_.empty();
}

const base::CodeOwner& Runtime::kept(base::CodeOwner owner) {
    const std::lock_guard lock(mutex_);
    return *kept_.insert(std::move(owner)).first;
}

Runtime::OnWorker::OnWorker(Runtime& runtime, const base::CodeOwner& owner, const char* function) noexcept
    : running_(owner, function) {
    const auto worker = runtime.workers_.currentWorker();
    if (!worker) return;
    place_ = &runtime.onWorkers_[*worker];
    place_->store(&owner, std::memory_order_relaxed);
}

Runtime::OnWorker::~OnWorker() {
    if (place_ != nullptr) place_->store(nullptr, std::memory_order_relaxed);
}

std::set<std::string> Runtime::onWorkers() const {
    std::set<std::string> names;
    for (const auto& place : onWorkers_)
        if (const base::CodeOwner* const owner = place.load(std::memory_order_relaxed)) names.insert(owner->name);
    return names;
}

} // namespace mortise::host
