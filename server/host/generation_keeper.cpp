// SPDX-License-Identifier: Apache-2.0
#include "host/generation_keeper.hpp"

#include "host/runtime.hpp"
#include "host/server.hpp"

#include <algorithm>
#include <utility>

namespace mortise::host {
namespace {

constexpr std::chrono::seconds lastGrace{2}; // for the 503 answers to leave the loops

} // namespace

std::shared_ptr<Generation> GenerationKeeper::adopt(std::shared_ptr<Generation> generation, Kept& replaced) {
    struct Release {
        std::promise<void> promise;
        std::shared_ptr<Generation> generation;
    };
    auto release = std::make_shared<Release>();
    release->generation = generation;
    replaced = std::exchange(current_, Kept{generation, release->promise.get_future().share()});
    Generation* const plain = generation.get();
    std::shared_ptr<Generation> lease(plain, [release](Generation*) {
        release->generation.reset();
        release->promise.set_value();
    });
    runtime_.setGeneration(lease);
    return lease;
}

void GenerationKeeper::retire(Kept replaced, const Generation* heir, Server* server, Clock::time_point drain,
                              Clock::time_point requests) {
    if (!replaced) return;
    std::vector<std::shared_ptr<Instance>> ending;
    const auto& instances = replaced.generation->instances();
    for (auto instance = instances.rbegin(); instance != instances.rend(); ++instance) {
        const bool carried = heir != nullptr && std::find(heir->instances().begin(), heir->instances().end(),
                                                          *instance) != heir->instances().end();
        if (!carried) ending.push_back(*instance);
    }
    for (const auto& instance : ending) instance->drain(drain);
    if (replaced.released.wait_until(requests) != std::future_status::ready) {
        replaced.generation->end();
        if (server != nullptr) server->endExchanges(*replaced.generation, false);
    }
    for (const auto& instance : ending) {
        // The plugin that logs: what comes from here on goes to standard error.
        if (const auto sink = runtime_.log().sink(); sink != nullptr && sink->self == instance->self())
            runtime_.log().setSink(nullptr);
        instance->stop();
    }
    if (server != nullptr) server->endExchanges(*replaced.generation, true);
    if (replaced.released.wait_for(lastGrace) != std::future_status::ready) {
        runtime_.log().log(base::Level::warn, "host.plugins", "A replaced generation is still in use and is kept",
                           {{"generation", static_cast<std::int64_t>(replaced.generation->number())}});
        stuck_.push_back(std::move(replaced));
        return;
    }
    replaced.generation.reset(); // frees the matcher, before the router that made it goes
    for (const auto& instance : ending) instance->destroy();
}

void GenerationKeeper::retireCurrent(Server* server, Clock::time_point deadline) {
    runtime_.setGeneration(nullptr);
    if (server != nullptr && current_)
        server->close(std::make_shared<Generation>(current_.generation->number() + 1, config::Settings{},
                                                   current_.generation->serving()));
    retire(std::exchange(current_, {}), nullptr, server, deadline, Clock::now());
}

} // namespace mortise::host
