// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/execution.hpp"
#include "execution/plan_cache.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace mortise::graphql {

class ContributedSchema;
class FieldCall;
class Operation;
class OperationPool;
struct OperationServices;

// An operation while somebody has it; given back it is cleared and serves another request.
class OperationLease {
public:
    OperationLease();
    OperationLease(OperationPool& pool, std::uint32_t loop, std::unique_ptr<Operation> operation);
    OperationLease(OperationLease&& other) noexcept;
    OperationLease& operator=(OperationLease&& other) noexcept;
    ~OperationLease();

    Operation& operator*() const { return *operation_; }
    Operation* operator->() const { return operation_.get(); }
    // The loop that it was taken on keeps nothing of it.
    void detach() { loop_ = 0; }
    void reset();

private:
    OperationPool* pool_ = nullptr;
    std::uint32_t loop_ = 0;
    std::unique_ptr<Operation> operation_;
};

// Operations and caches of plans that are not in use: one of each for every event loop, which nobody locks, and a
// bounded number that workers share. Any thread.
class OperationPool {
public:
    static constexpr std::size_t maximumIdle = 64;
    static constexpr std::size_t maximumRetired = 1024; // calls

    OperationPool(const ContributedSchema& schema, OperationServices& services, const ExecutionLimits& limits,
                  std::size_t planBytes, std::uint32_t loops);
    ~OperationPool();

    // `loop`: the number of that which the calling thread runs, 0 on any other.
    OperationLease take(std::uint32_t loop);

    // A call that its plugin completed, and may complete again by mistake: it stays for a while.
    void retire(std::unique_ptr<FieldCall> call);

    // Calls use(PlanCache&) with one that nobody else has meanwhile.
    template<class Use>
    decltype(auto) withCache(std::uint32_t loop, Use&& use) {
        if (loop != 0 && loop < caches_.size()) return use(*caches_[loop]);
        CacheLease lease(*this);
        return use(*lease.cache);
    }

private:
    friend class OperationLease;

    struct CacheLease {
        explicit CacheLease(OperationPool& of) : pool(of), cache(of.takeCache()) {}
        CacheLease(const CacheLease&) = delete;
        CacheLease& operator=(const CacheLease&) = delete;
        ~CacheLease() { pool.giveCache(std::move(cache)); }

        OperationPool& pool;
        std::unique_ptr<PlanCache> cache;
    };

    void give(std::uint32_t loop, std::unique_ptr<Operation> operation);
    std::unique_ptr<PlanCache> takeCache();
    void giveCache(std::unique_ptr<PlanCache> cache);

    const ContributedSchema& schema_;
    OperationServices& services_;
    ExecutionLimits limits_;
    std::size_t planBytes_;
    std::vector<std::unique_ptr<PlanCache>> caches_;     // by loop
    std::vector<std::unique_ptr<Operation>> ofLoops_;    // by loop
    std::mutex mutex_;                                   // of what follows
    std::vector<std::unique_ptr<PlanCache>> idleCaches_; // the last one is the warmest
    std::vector<std::unique_ptr<Operation>> idle_;
    std::deque<std::unique_ptr<FieldCall>> retired_; // the oldest first
};

} // namespace mortise::graphql
