// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/plugin.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Instance;

// The services of other plugins as one instance has them: opened before its `start`, in the order that its module names
// them, and closed in reverse after its `stop`.
class OpenedServices {
public:
    enum class State : std::uint8_t { early, open, closed };

    OpenedServices() = default;
    OpenedServices(const OpenedServices&) = delete;
    OpenedServices& operator=(const OpenedServices&) = delete;

    // [control] Asks the providers of `consumer`, once. What is refused and not required is absent, and a warning says
    // so. A message: one that is required was refused, or a provider missed its deadline; nothing is open then.
    std::optional<std::string> open(Instance& consumer);
    // [control] Nothing when it was not open.
    void close();

    State state() const noexcept { return state_.load(std::memory_order_acquire); } // [any]
    // [any] While it is open: null when it is absent.
    const mortise_service* find(std::string_view id) const noexcept;

private:
    struct Held {
        std::string id;
        std::shared_ptr<Instance> provider;
        mortise_service given{};
    };
    void giveBack();

    std::vector<Held> held_; // unchanged from the end of open() on
    std::atomic<State> state_{State::early};
};

} // namespace mortise::host
