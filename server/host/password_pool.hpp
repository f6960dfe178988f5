// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bcrypt.hpp"
#include "base/secret_string.hpp"
#include "base/worker_pool.hpp"

#include <mortise/service/password.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

// bcrypt in a bounded pool of its own, which lets everything else go first. Thread: any.
class PasswordPool {
public:
    static constexpr std::size_t maximumCount = MORTISE_PASSWORD_MAX_COUNT; // of one hashAll

    // Told on a worker thread, as mortise_password_done.
    using Done = std::function<void(mortise_status status, std::string_view hash)>;
    // Likewise, as mortise_password_all_done.
    using AllDone = std::function<void(mortise_status status, const std::vector<std::string>& hashes)>;

    struct Costs {
        std::uint32_t usual = base::Bcrypt::defaultCost; // of who asks for cost 0
        std::uint32_t limit = base::Bcrypt::maximumCost; // past it nothing is hashed, and no hash verifies anything
    };

    // `completions` runs the `done` calls; they are run on the hashing thread when it is full.
    // The pool's background tasks are the passwords of hashAll.
    PasswordPool(const base::WorkerPoolSettings& settings, base::WorkerPool& completions, Costs costs);

    // As mortise_password_table: MORTISE_PENDING, MORTISE_BUSY or MORTISE_INVALID.
    mortise_status hash(std::string_view password, std::uint32_t cost, Done done);
    mortise_status verify(std::string_view password, std::string_view hash, std::uint32_t cost, Done done);

    // isCancelled() is asked on a hashing thread before each of them; it does not throw.
    mortise_status hashAll(std::span<const std::string_view> passwords, std::uint32_t cost,
                           std::function<bool()> isCancelled, AllDone done);

    std::uint32_t costLimit() const noexcept { return costs_.limit; }

    base::WorkerPool& pool() noexcept { return pool_; }

private:
    struct Job;
    struct Batch;
    mortise_status submit(std::unique_ptr<Job> job);
    void complete(base::Task completion) noexcept;
    void workOn(const std::shared_ptr<Batch>& batch, std::size_t index) noexcept;
    // False: out of range.
    bool settle(std::uint32_t& cost) const noexcept;
    void work(Job& job) noexcept;
    void verifyNow(base::Bcrypt& bcrypt, Job& job) const;
    base::Bcrypt& hasher();

    base::WorkerPool& completions_;
    const Costs costs_;
    std::vector<std::unique_ptr<base::Bcrypt>> hashers_; // one a thread of pool_, made at its first job
    base::WorkerPool pool_;
};

} // namespace mortise::host
