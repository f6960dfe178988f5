// SPDX-License-Identifier: Apache-2.0
#include "host/generation_keeper.hpp"

#include "base/thread.hpp"
#include "host/runtime.hpp"
#include "host/server.hpp"

#include <algorithm>
#include <utility>

namespace mortise::host {
namespace {

constexpr std::chrono::seconds grace{2};              // for requests that were answered 503 to leave the loops
constexpr std::chrono::milliseconds stopPatience{50}; // then others are looked after before the next try
constexpr std::chrono::milliseconds stopRetry{200};
constexpr std::chrono::hours longest{1}; // between two looks

bool has(const Generation& generation, const std::shared_ptr<Instance>& instance) {
    const auto& all = generation.instances();
    return std::find(all.begin(), all.end(), instance) != all.end();
}

} // namespace

void GenerationKeeper::Leases::tell() {
    news = true;
    changed.notify_all();
}

GenerationKeeper::GenerationKeeper(Runtime& runtime)
    : runtime_(runtime), thread_(base::startThread("keeper", [this] { work(); })) {}

GenerationKeeper::~GenerationKeeper() {
    {
        const std::lock_guard lock(leases_->mutex);
        leaving_ = true;
        leases_->tell();
    }
    thread_.join();
}

std::shared_ptr<Generation> GenerationKeeper::adopt(std::shared_ptr<Generation> generation, Kept& replaced) {
    const auto released = std::make_shared<bool>(false);
    replaced = std::exchange(current_, Kept{generation, released});
    Generation* const plain = generation.get();
    std::shared_ptr<Generation> lease(plain,
                                      [leases = leases_, released, held = std::move(generation)](Generation*) mutable {
                                          held.reset();
                                          const std::lock_guard lock(leases->mutex);
                                          *released = true;
                                          leases->tell();
                                      });
    runtime_.setGeneration(lease);
    return lease;
}

void GenerationKeeper::add(Kept kept, const Generation* heir, Server& server, Clock::time_point drain,
                           Clock::time_point requests) {
    if (!kept) return;
    Retirement one;
    const auto& instances = kept.generation->instances();
    for (auto instance = instances.rbegin(); instance != instances.rend(); ++instance)
        if (heir == nullptr || !has(*heir, *instance)) one.ending.push_back(*instance);
    one.kept = std::move(kept);
    one.server = &server;
    one.drain = drain;
    one.requests = requests;
    const std::lock_guard lock(leases_->mutex);
    retired_.push_back(std::move(one));
    const auto now = Clock::now();
    std::size_t draining = 0;
    for (auto old = retired_.rbegin(); old != retired_.rend(); ++old)
        if (old->requests > now && ++draining > mostDraining) old->requests = now;
    leases_->tell();
}

void GenerationKeeper::retire(Kept replaced, Server& server, Clock::time_point deadline) {
    add(std::move(replaced), current_.generation.get(), server, deadline, deadline);
}

void GenerationKeeper::end(Server& server, Clock::time_point deadline) {
    runtime_.setGeneration(nullptr);
    if (current_)
        server.close(std::make_shared<Generation>(current_.generation->number() + 1, config::Settings{},
                                                  current_.generation->serving()));
    const auto now = Clock::now();
    add(std::exchange(current_, {}), nullptr, server, deadline, now);
    std::unique_lock lock(leases_->mutex);
    for (Retirement& one : retired_) one.requests = std::min(one.requests, now);
    leases_->tell();
    leases_->changed.wait(lock, [this] { return retired_.empty(); });
}

bool GenerationKeeper::released(const Retirement& one) const {
    const std::lock_guard lock(leases_->mutex);
    return *one.kept.released;
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
                leases->tell();
            });
        one.step = Retirement::Step::drain;
    }
    endRequests(one);
    if (one.step == Retirement::Step::drain) drain(one);
    if (one.step == Retirement::Step::wait && released(one)) finish(one, all);
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
    if (now >= one.refuse) {
        if (one.kept.generation->ended()) tellInUse(one);
        one.kept.generation->end();
        one.server->endExchanges(*one.kept.generation);
        one.refuse = now + grace;
    }
    one.look = std::min(one.look, one.refuse);
}

void GenerationKeeper::tellInUse(Retirement& one) {
    if (std::exchange(one.told, true)) return;
    runtime_.log().log(base::Level::warn, "host.plugins",
                       "A generation has ended but is still in use by a plugin's call",
                       {{"generation", static_cast<std::int64_t>(one.kept.generation->number())}});
}

void GenerationKeeper::finish(Retirement& one, All all) {
    while (!one.ending.empty()) {
        const auto& instance = one.ending.front();
        const auto holder = std::find_if(all.begin(), all.end(), [&](const Retirement* other) {
            return other != &one && other->step != Retirement::Step::over && has(*other->kept.generation, instance);
        });
        if (holder != all.end()) {
            (*holder)->ending.push_back(instance); // behind its users there
        } else {
            // The plugin that logs: what comes from here on goes to standard error.
            if (const auto sink = runtime_.log().sink(); sink != nullptr && sink->self == instance->self())
                runtime_.log().setSink(nullptr);
            if (!instance->stop(stopPatience)) {
                tellInUse(one);
                one.look = Clock::now() + stopRetry;
                return;
            }
            one.stopped.push_back(instance);
        }
        one.ending.erase(one.ending.begin());
    }
    const auto number = static_cast<std::int64_t>(one.kept.generation->number());
    one.kept.generation.reset(); // frees the matcher, before the router that made it goes
    for (const auto& instance : one.stopped) instance->destroy();
    one.stopped.clear();
    one.step = Retirement::Step::over;
    runtime_.log().log(base::Level::debug, "host", "A generation has ended", {{"generation", number}});
}

} // namespace mortise::host
