// SPDX-License-Identifier: Apache-2.0
#include "host/acquired_services.hpp"

#include "host/instance.hpp"
#include "host/module_names.hpp"
#include "host/runtime.hpp"

#include <mortise/service/draft/consumers.h>

#include <utility>

namespace mortise::host {

mortise_status AcquiredServices::get(std::string_view consumer, std::string_view id,
                                     const std::shared_ptr<Instance>& provider, mortise_service& service) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = held_.find(id); found != held_.end()) {
            service.table = found->second.given.table;
            service.self = found->second.given.self;
            return MORTISE_OK;
        }
    }
    const void* const table = provider->extension(id);
    if (table == nullptr) return MORTISE_ABSENT;
    mortise_service given{sizeof(mortise_service), 0, table, provider->self()};
    const auto consumers = provider->extensionTable<mortise_plugin_consumers>(MORTISE_CONSUMERS_EXTENSION);
    if (consumers && consumers->acquire != nullptr && consumers->release != nullptr) {
        const Instance::Calling calling(*provider, "acquire");
        const mortise_status status = consumers->acquire(provider->self(), view(id), view(consumer), &given);
        if (status < 0 && status != MORTISE_ABSENT) return status;
        if (status >= 0) {
            Held held{provider, given};
            std::unique_lock lock(mutex_);
            const auto [place, fresh] = held_.try_emplace(std::string(id), held);
            given = place->second.given;
            lock.unlock();
            if (!fresh) giveBack(std::string(id), held); // another thread was first
        }
    }
    service.table = given.table;
    service.self = given.self;
    return MORTISE_OK;
}

void AcquiredServices::release() {
    std::map<std::string, Held, std::less<>> all;
    {
        const std::lock_guard lock(mutex_);
        all.swap(held_);
    }
    for (const auto& [id, held] : all) giveBack(id, held);
}

void AcquiredServices::giveBack(const std::string& id, const Held& held) {
    if (held.provider->stage() == Instance::Stage::destroyed) return;
    held.provider->control("release", held.provider->runtime().settings().controlTimeout,
                           [id, given = held.given.self](Instance& provider) {
                               const auto consumers =
                                   provider.extensionTable<mortise_plugin_consumers>(MORTISE_CONSUMERS_EXTENSION);
                               if (consumers) consumers->release(provider.self(), view(id), given);
                           });
}

} // namespace mortise::host
