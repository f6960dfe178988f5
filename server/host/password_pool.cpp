// SPDX-License-Identifier: Apache-2.0
#include "host/password_pool.hpp"

#include <algorithm>
#include <atomic>
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

struct PasswordPool::Batch {
    std::vector<base::SecretString> passwords;
    std::vector<std::string> hashes; // each written by the task of its password, read by the last one
    std::uint32_t cost = base::Bcrypt::defaultCost;
    std::function<bool()> isCancelled;
    AllDone done;
    std::atomic<std::size_t> left{0};               // tasks that have not ended
    std::atomic<mortise_status> status{MORTISE_OK}; // the first failure, past which nothing is hashed

    void fail(mortise_status why) noexcept {
        mortise_status none = MORTISE_OK;
        status.compare_exchange_strong(none, why);
    }
};

PasswordPool::PasswordPool(const base::WorkerPoolSettings& settings, base::WorkerPool& completions, Costs costs)
    : completions_(completions), costs_(costs), hashers_(settings.threads), pool_(settings) {}

bool PasswordPool::settle(std::uint32_t& cost) const noexcept {
    if (cost == 0) cost = costs_.usual;
    return cost >= base::Bcrypt::minimumCost && cost <= costs_.limit;
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
        complete([finished = std::move(held)] { finished->done(finished->status, finished->hash); });
    });
    return pool_.trySubmit(std::move(task)) ? MORTISE_PENDING : MORTISE_BUSY;
}

void PasswordPool::complete(base::Task completion) noexcept {
    if (completions_.trySubmit(std::move(completion))) return;
    completion(); // refused, so it was not moved from NOLINT(bugprone-use-after-move)
}

mortise_status PasswordPool::hashAll(std::span<const std::string_view> passwords, std::uint32_t cost,
                                     std::function<bool()> isCancelled, AllDone done) {
    const auto refused = [](std::string_view password) { return base::Bcrypt::refusal(password).has_value(); };
    if (passwords.empty() || passwords.size() > maximumCount || !settle(cost) ||
        std::any_of(passwords.begin(), passwords.end(), refused))
        return MORTISE_INVALID;
    auto batch = std::make_shared<Batch>();
    batch->passwords.reserve(passwords.size());
    for (const std::string_view password : passwords) batch->passwords.emplace_back(password);
    batch->hashes.resize(passwords.size());
    batch->cost = cost;
    batch->isCancelled = std::move(isCancelled);
    batch->done = std::move(done);
    batch->left = passwords.size();
    std::vector<base::Task> tasks;
    tasks.reserve(passwords.size());
    for (std::size_t i = 0; i < passwords.size(); ++i) tasks.emplace_back([this, batch, i] { workOn(batch, i); });
    return pool_.trySubmitBackground(tasks) ? MORTISE_PENDING : MORTISE_BUSY;
}

void PasswordPool::workOn(const std::shared_ptr<Batch>& batch, std::size_t index) noexcept {
    base::SecretString& password = batch->passwords[index];
    try {
        if (batch->status == MORTISE_OK && batch->isCancelled()) batch->fail(MORTISE_STALE);
        if (batch->status == MORTISE_OK) batch->hashes[index] = hasher().hash(password.reveal(), batch->cost);
    } catch (...) {
        batch->fail(MORTISE_ERROR);
    }
    password = base::SecretString();
    if (batch->left.fetch_sub(1) != 1) return;
    complete([batch] {
        if (batch->status != MORTISE_OK) batch->hashes.clear();
        batch->done(batch->status, batch->hashes);
    });
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

void PasswordPool::verifyNow(base::Bcrypt& bcrypt, Job& job) const {
    const std::string_view password = job.password.reveal();
    const auto cost = base::Bcrypt::costOf(*job.against);
    // One above the limit would hold a thread for seconds, each time that somebody tries.
    if (!cost || *cost > costs_.limit) {
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
