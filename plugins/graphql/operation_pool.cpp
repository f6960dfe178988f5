// SPDX-License-Identifier: Apache-2.0
#include "operation_pool.hpp"

#include "operation.hpp"

#include <utility>

namespace mortise::graphql {

OperationLease::OperationLease() = default;

OperationLease::OperationLease(OperationPool& pool, std::uint32_t loop, std::unique_ptr<Operation> operation)
    : pool_(&pool), loop_(loop), operation_(std::move(operation)) {}

OperationLease::OperationLease(OperationLease&& other) noexcept
    : pool_(other.pool_), loop_(other.loop_), operation_(std::move(other.operation_)) {}

OperationLease& OperationLease::operator=(OperationLease&& other) noexcept {
    if (this != &other) {
        reset();
        pool_ = other.pool_;
        loop_ = other.loop_;
        operation_ = std::move(other.operation_);
    }
    return *this;
}

OperationLease::~OperationLease() {
    reset();
}

void OperationLease::reset() {
    if (operation_ == nullptr) return;
    operation_->clear();
    pool_->give(loop_, std::move(operation_));
}

OperationPool::OperationPool(const ContributedSchema& schema, OperationServices& services,
                             const ExecutionLimits& limits, std::size_t planBytes, std::uint32_t loops)
    : schema_(schema), services_(services), limits_(limits), planBytes_(planBytes), ofLoops_(loops + 1) {
    caches_.reserve(loops + 1);
    for (std::uint32_t i = 0; i <= loops; ++i) caches_.push_back(std::make_unique<PlanCache>(planBytes));
}

OperationPool::~OperationPool() = default;

OperationLease OperationPool::take(std::uint32_t loop) {
    std::unique_ptr<Operation> operation;
    if (loop != 0 && loop < ofLoops_.size()) {
        operation = std::move(ofLoops_[loop]);
    } else {
        loop = 0;
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            operation = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    if (operation == nullptr) operation = std::make_unique<Operation>(schema_, services_, limits_);
    return {*this, loop, std::move(operation)};
}

void OperationPool::give(std::uint32_t loop, std::unique_ptr<Operation> operation) {
    if (loop != 0) {
        ofLoops_[loop] = std::move(operation);
        return;
    }
    const std::lock_guard lock(mutex_);
    if (idle_.size() < maximumIdle) idle_.push_back(std::move(operation));
}

void OperationPool::retire(std::unique_ptr<FieldCall> call) {
    const std::lock_guard lock(mutex_);
    retired_.push_back(std::move(call));
    if (retired_.size() > maximumRetired) retired_.pop_front();
}

std::unique_ptr<PlanCache> OperationPool::takeCache() {
    {
        const std::lock_guard lock(mutex_);
        if (!idleCaches_.empty()) {
            std::unique_ptr<PlanCache> cache = std::move(idleCaches_.back());
            idleCaches_.pop_back();
            return cache;
        }
    }
    return std::make_unique<PlanCache>(planBytes_);
}

void OperationPool::giveCache(std::unique_ptr<PlanCache> cache) {
    const std::lock_guard lock(mutex_);
    if (idleCaches_.size() < maximumIdle) idleCaches_.push_back(std::move(cache));
}

} // namespace mortise::graphql
