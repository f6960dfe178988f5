// SPDX-License-Identifier: Apache-2.0
#include "host/password_pool.hpp"

#include <optional>
#include <utility>

namespace mortise::host {

struct PasswordPool::Job {
    base::SecretString password;
    std::optional<std::string> against; // verify
    std::uint32_t cost = base::Bcrypt::defaultCost;
    Done done;
    mortise_status status = MORTISE_ERROR;
    std::string hash;
};

PasswordPool::PasswordPool(const base::WorkerPoolSettings& settings, base::WorkerPool& completions,
                           std::uint32_t usualCost)
    : completions_(completions), usualCost_(usualCost), hashers_(settings.threads), pool_(settings) {}

bool PasswordPool::settle(std::uint32_t& cost) const noexcept {
    if (cost == 0) cost = usualCost_;
    return cost >= base::Bcrypt::minimumCost && cost <= base::Bcrypt::maximumCost;
}

base::Bcrypt& PasswordPool::hasher() {
    auto& own = hashers_.at(pool_.currentWorker().value());
    if (own == nullptr) own = std::make_unique<base::Bcrypt>();
    return *own;
}

mortise_status PasswordPool::hash(std::string_view password, std::uint32_t cost, Done done) {
    if (base::Bcrypt::refusal(password) || !settle(cost)) return MORTISE_INVALID;
    auto job = std::make_unique<Job>();
    job->password = base::SecretString(password);
    job->cost = cost;
    job->done = std::move(done);
    return submit(std::move(job));
}

mortise_status PasswordPool::verify(std::string_view password, std::string_view hash, std::uint32_t cost, Done done) {
    if (!settle(cost)) return MORTISE_INVALID;
    auto job = std::make_unique<Job>();
    job->password = base::SecretString(password);
    job->against = std::string(hash);
    job->cost = cost;
    job->done = std::move(done);
    return submit(std::move(job));
}

mortise_status PasswordPool::submit(std::unique_ptr<Job> job) {
    base::Task task([this, held = std::move(job)]() mutable {
        work(*held);
        base::Task completion([finished = std::move(held)] { finished->done(finished->status, finished->hash); });
        if (completions_.trySubmit(std::move(completion))) return;
        completion(); // refused, so it was not moved from NOLINT(bugprone-use-after-move)
    });
    return pool_.trySubmit(std::move(task)) ? MORTISE_PENDING : MORTISE_BUSY;
}

void PasswordPool::work(Job& job) noexcept {
    try {
        base::Bcrypt& bcrypt = hasher();
        if (job.against) {
            verifyNow(bcrypt, job);
        } else {
            job.hash = bcrypt.hash(job.password.reveal(), job.cost);
            job.status = MORTISE_OK;
        }
    } catch (...) {
        job.status = MORTISE_ERROR;
    }
    job.password = base::SecretString();
}

void PasswordPool::verifyNow(base::Bcrypt& bcrypt, Job& job) {
    const std::string_view password = job.password.reveal();
    const auto cost = base::Bcrypt::costOf(*job.against);
    if (!cost) {
        static_cast<void>(bcrypt.verify(password, base::Bcrypt::dummyHash(job.cost)));
        job.status = job.against->empty() ? MORTISE_UNAUTHORIZED : MORTISE_INVALID;
        return;
    }
    if (bcrypt.verify(password, *job.against) == base::PasswordVerdict::match) {
        if (*cost < job.cost) job.hash = bcrypt.hash(password, job.cost);
        job.status = MORTISE_OK;
        return;
    }
    // Each step of cost doubles the work: once more at each of them makes it that of the cost asked for.
    for (unsigned step = *cost; step < job.cost; ++step)
        static_cast<void>(bcrypt.verify(password, base::Bcrypt::dummyHash(step)));
    job.status = MORTISE_UNAUTHORIZED;
}

} // namespace mortise::host
