// SPDX-License-Identifier: Apache-2.0
#include "host/generation_keeper.hpp"

#include "base/thread.hpp"
#include "host/runtime.hpp"
#include "host/serving.hpp"

#include <algorithm>
#include <utility>

namespace mortise::host {
namespace {

constexpr std::chrono::seconds grace{2};              // for requests that were ended to leave the loops
constexpr std::chrono::milliseconds stopPatience{50}; // then others are looked after before the next try
constexpr std::chrono::milliseconds stopRetry{200};
constexpr std::chrono::hours longest{1}; // between two looks

bool has(const Generation& generation, const std::shared_ptr<Instance>& instance) {
    const auto& all = generation.instances();
    return std::find(all.begin(), all.end(), instance) != all.end();
}

} // namespace

void GenerationKeeper::Leases::wake() {
    news = true;
    changed.notify_all();
}

GenerationKeeper::GenerationKeeper(Runtime& runtime)
    : runtime_(runtime), thread_(base::startThread("keeper", [this] { work(); })) {}

GenerationKeeper::~GenerationKeeper() {
    {
        const std::lock_guard lock(leases_->mutex);
        leaving_ = true;
        leases_->wake();
    }
    thread_.join();
}

GenerationKeeper::Adopted GenerationKeeper::adopt(std::shared_ptr<Generation> generation, Kept& replaced) {
    // Sets `flag` when the last copy is gone, and lets go of what it held before that.
    const auto guarded = [this](auto held, const std::shared_ptr<bool>& flag) {
        auto* const plain = held.get();
        using Element = std::remove_pointer_t<decltype(plain)>;
        return std::shared_ptr<Element>(plain, [leases = leases_, flag, held = std::move(held)](Element*) mutable {
            held.reset();
            const std::lock_guard lock(leases->mutex);
            *flag = true;
            leases->wake();
        });
    };
    const auto released = std::make_shared<bool>(false);
    const auto freed = std::make_shared<bool>(false);
    // The data is the last holder of the generation but for the keeper, which lets go of it first.
    const std::shared_ptr<Generation> data = guarded(generation, freed);
    replaced = std::exchange(current_, Kept{std::move(generation), released, freed});
    Adopted adopted{guarded(data, released), data};
    runtime_.setGeneration(adopted.lease);
    return adopted;
}

void GenerationKeeper::add(Kept kept, const Generation* heir, Serving& serving, Clock::time_point drain,
                           Clock::time_point requests) {
    if (!kept) return;
    Retirement one;
    const auto& instances = kept.generation->instances();
    for (auto instance = instances.rbegin(); instance != instances.rend(); ++instance)
        if (heir == nullptr || !has(*heir, *instance)) one.ending.push_back(*instance);
    one.kept = std::move(kept);
    one.serving = &serving;
    one.drain = drain;
    one.requests = requests;
    const std::lock_guard lock(leases_->mutex);
    retired_.push_back(std::move(one));
    const auto now = Clock::now();
    std::size_t draining = 0;
    for (auto old = retired_.rbegin(); old != retired_.rend(); ++old)
        if (old->requests > now && ++draining > mostDraining) old->requests = now;
    leases_->wake();
}

void GenerationKeeper::retire(Kept replaced, Serving& serving, Clock::time_point deadline) {
    add(std::move(replaced), current_.generation.get(), serving, deadline, deadline);
}

void GenerationKeeper::end(Serving& serving, Clock::time_point deadline) {
    runtime_.setGeneration(nullptr);
    if (current_)
        serving.close(std::make_shared<Generation>(current_.generation->number() + 1, config::Settings{},
                                                   current_.generation->serving()));
    const auto now = Clock::now();
    add(std::exchange(current_, {}), nullptr, serving, deadline, now);
    std::unique_lock lock(leases_->mutex);
    ending_ = true;
    commits_ = deadline;
    for (Retirement& one : retired_) one.requests = std::min(one.requests, now);
    leases_->wake();
    leases_->changed.wait(lock, [this] { return retired_.empty(); });
}

bool GenerationKeeper::isSet(const std::shared_ptr<const bool>& flag) const {
    const std::lock_guard lock(leases_->mutex);
    return *flag;
}

void GenerationKeeper::work() noexcept {
    std::unique_lock lock(leases_->mutex);
    while (!leaving_) {
        leases_->news = false;
        std::vector<Retirement*> round;
        for (Retirement& one : retired_) round.push_back(&one);
        lock.unlock();
        auto next = Clock::now() + longest;
        for (std::size_t i = 0; i < round.size(); ++i) {
            advance(*round[i], round);
            next = std::min(next, round[i]->look);
        }
        lock.lock();
        if (retired_.remove_if([](const Retirement& one) { return one.step == Retirement::Step::over; }) > 0)
            leases_->changed.notify_all();
        leases_->changed.wait_until(lock, next, [this] { return leases_->news || leaving_; });
    }
}

void GenerationKeeper::advance(Retirement& one, All all) {
    one.look = Clock::time_point::max();
    if (one.step == Retirement::Step::begin) {
        for (const auto& instance : one.ending)
            instance->beginDrain(one.drain, [leases = leases_] {
                const std::lock_guard lock(leases->mutex);
                leases->wake();
            });
        one.step = Retirement::Step::drain;
    }
    endRequests(one);
    if (one.step == Retirement::Step::drain) drain(one);
    if (one.step == Retirement::Step::wait && isSet(one.kept.released)) finish(one, all);
    if (one.step == Retirement::Step::stopped) destroy(one);
}

void GenerationKeeper::drain(Retirement& one) {
    const auto now = Clock::now();
    for (const auto& instance : one.ending)
        if (!instance->drainReturned() && now < instance->drainLimit()) {
            one.look = std::min(one.look, instance->drainLimit());
            return;
        }
    for (const auto& instance : one.ending) instance->endDrain();
    one.step = Retirement::Step::wait;
}

void GenerationKeeper::endRequests(Retirement& one) {
    const auto now = Clock::now();
    {
        const std::lock_guard lock(leases_->mutex);
        if (*one.kept.released) return;
        if (now < one.requests) {
            one.look = std::min(one.look, one.requests);
            return;
        }
    }
    bool commits;
    {
        const std::lock_guard lock(leases_->mutex);
        commits = now >= commits_;
        if (!commits) one.look = std::min(one.look, commits_);
    }
    if (now >= one.refuse || (commits && !std::exchange(one.cut, true))) {
        if (one.ended) reportInUse(one);
        one.ended = true;
        one.serving->endRequests(*one.kept.generation, commits);
        one.refuse = now + grace;
    }
    one.look = std::min(one.look, one.refuse);
}

void GenerationKeeper::reportInUse(Retirement& one) {
    if (std::exchange(one.reported, true)) return;
    runtime_.log().log(base::Level::warn, "host.plugins",
                       "A generation has ended but is still in use by a plugin's call",
                       {{"generation", static_cast<std::int64_t>(one.kept.generation->number())}});
}

void GenerationKeeper::finish(Retirement& one, All all) {
    while (!one.ending.empty()) {
        const auto& instance = one.ending.front();
        const auto holder = std::find_if(all.begin(), all.end(), [&](const Retirement* other) {
            return other != &one && other->kept.generation != nullptr && has(*other->kept.generation, instance);
        });
        if (holder != all.end()) {
            (*holder)->ending.push_back(instance); // behind its users there
        } else {
            // The plugin that logs: what comes from here on goes to standard error.
            if (const auto sink = runtime_.log().sink(); sink != nullptr && sink->self == instance->self())
                runtime_.log().setSink(nullptr);
            one.serving->returnBorrowed(*instance);
            if (!instance->stop(stopPatience)) {
                reportInUse(one);
                one.look = Clock::now() + stopRetry;
                return;
            }
            // One that missed its deadline may be reading what it holds.
            if (instance->stage() != Instance::Stage::failed) one.serving->endTurns(*instance);
            one.stopped.push_back(instance);
        }
        one.ending.erase(one.ending.begin());
    }
    one.number = one.kept.generation->number();
    one.kept.generation.reset();
    one.step = Retirement::Step::stopped;
    one.look = Clock::now() + runtime_.settings().controlTimeout;
    one.destroyAt = one.look;
}

// Instances are destroyed when the data of their generation is: the last orphan's, whose plugin was carried over. What
// that frees (the matcher) is freed by the instance that made it.
void GenerationKeeper::destroy(Retirement& one) {
    const bool freed = isSet(one.kept.freed);
    bool ending;
    {
        const std::lock_guard lock(leases_->mutex);
        ending = ending_;
    }
    if (!freed) {
        // At the end of the process what a plugin will never let go of stays.
        if (ending && Clock::now() >= one.destroyAt) {
            one.step = Retirement::Step::over;
            return;
        }
        one.look = ending ? std::min(one.look, one.destroyAt) : Clock::now() + longest;
        return;
    }
    for (const auto& instance : one.stopped) instance->destroy();
    one.stopped.clear();
    one.step = Retirement::Step::over;
    runtime_.log().log(base::Level::debug, "host", "A generation has ended",
                       {{"generation", static_cast<std::int64_t>(one.number)}});
}

} // namespace mortise::host
