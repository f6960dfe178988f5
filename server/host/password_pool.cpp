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

PasswordPool::PasswordPool(const base::WorkerPoolSettings& settings, base::WorkerPool& completions)
    : completions_(completions), hashers_(settings.threads), pool_(settings) {}

base::Bcrypt& PasswordPool::hasher() {
    auto& own = hashers_.at(pool_.currentWorker().value());
    if (own == nullptr) own = std::make_unique<base::Bcrypt>();
    return *own;
}

mortise_status PasswordPool::hash(std::string_view password, std::uint32_t cost, Done done) {
    if (base::Bcrypt::refusal(password) || cost < base::Bcrypt::minimumCost || cost > base::Bcrypt::maximumCost)
        return MORTISE_INVALID;
    auto job = std::make_unique<Job>();
    job->password = base::SecretString(password);
    job->cost = cost;
    job->done = std::move(done);
    return submit(std::move(job));
}

mortise_status PasswordPool::verify(std::string_view password, std::string_view hash, std::uint32_t cost, Done done) {
    if (cost < base::Bcrypt::minimumCost || cost > base::Bcrypt::maximumCost) return MORTISE_INVALID;
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
        if (!completions_.trySubmit(std::move(completion))) completion();
    });
    return pool_.trySubmit(std::move(task)) ? MORTISE_PENDING : MORTISE_BUSY;
}

void PasswordPool::work(Job& job) noexcept {
    try {
        base::Bcrypt& bcrypt = hasher();
        if (!job.against) {
            job.hash = bcrypt.hash(job.password.reveal(), job.cost);
            job.status = MORTISE_OK;
            return;
        }
        const bool known = !job.against->empty();
        const auto verdict =
            bcrypt.verify(job.password.reveal(), known ? *job.against : base::Bcrypt::dummyHash(job.cost));
        if (verdict == base::PasswordVerdict::unusableHash)
            job.status = MORTISE_ERROR;
        else
            job.status = known && verdict == base::PasswordVerdict::match ? MORTISE_OK : MORTISE_UNAUTHORIZED;
    } catch (...) {
        job.status = MORTISE_ERROR;
    }
    job.password = base::SecretString();
}

} // namespace mortise::host
