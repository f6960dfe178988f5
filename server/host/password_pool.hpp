// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bcrypt.hpp"
#include "base/secret_string.hpp"
#include "base/worker_pool.hpp"

#include <mortise/service/password.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

// bcrypt in a bounded pool of its own, which lets everything else go first. Thread: any.
class PasswordPool {
public:
    // Told on a worker thread, as mortise_password_done.
    using Done = std::function<void(mortise_status status, std::string_view hash)>;

    // `completions` runs the `done` calls; they are run on the hashing thread when it is full. `usualCost` is that of
    // who asks for cost 0.
    PasswordPool(const base::WorkerPoolSettings& settings, base::WorkerPool& completions,
                 std::uint32_t usualCost = base::Bcrypt::defaultCost);

    // As mortise_password_table: MORTISE_PENDING, MORTISE_BUSY or MORTISE_INVALID.
    mortise_status hash(std::string_view password, std::uint32_t cost, Done done);
    mortise_status verify(std::string_view password, std::string_view hash, std::uint32_t cost, Done done);

    base::WorkerPool& pool() noexcept { return pool_; }

private:
    struct Job;
    mortise_status submit(std::unique_ptr<Job> job);
    // False: out of range.
    bool settle(std::uint32_t& cost) const noexcept;
    void work(Job& job) noexcept;
    static void verifyNow(base::Bcrypt& bcrypt, Job& job);
    base::Bcrypt& hasher();

    base::WorkerPool& completions_;
    const std::uint32_t usualCost_;
    std::vector<std::unique_ptr<base::Bcrypt>> hashers_; // one a thread of pool_, made at its first job
    base::WorkerPool pool_;
};

} // namespace mortise::host
