// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/plugin.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace mortise::host {

class Instance;

// The services of other plugins as one instance has them. Those that their plugin gives to each consumer apart
// (mortise.plugin.consumers/1) are acquired once and released in the end. No lock is held while a plugin is called.
class AcquiredServices {
public:
    AcquiredServices() = default;
    AcquiredServices(const AcquiredServices&) = delete;
    AcquiredServices& operator=(const AcquiredServices&) = delete;

    // [any] What `provider` gives to the instance named `consumer`. Throws std::bad_alloc.
    mortise_status get(std::string_view consumer, std::string_view id, const std::shared_ptr<Instance>& provider,
                       mortise_service& service);
    // [control] Once the consumer is destroyed.
    void release();

private:
    struct Held {
        std::shared_ptr<Instance> provider;
        mortise_service given;
    };
    static void giveBack(const std::string& id, const Held& held);

    std::mutex mutex_;
    std::map<std::string, Held, std::less<>> held_; // by service id
};

} // namespace mortise::host
