// SPDX-License-Identifier: Apache-2.0
#include "host/handover.hpp"

#include "host/generation.hpp"
#include "host/runtime.hpp"

#include <mortise/service/handover.h>

#include <exception>
#include <string>

namespace mortise::host {
namespace {

// What one instance gives. Shared with the call, which may outlast its deadline.
struct State {
    std::string bytes;
    bool tooLarge = false;

    static void receive(void* context, mortise_view view) noexcept {
        State& self = *static_cast<State*>(context);
        self.tooLarge = view.size > MORTISE_HANDOVER_BYTES;
        if (self.tooLarge) return;
        try {
            self.bytes = text(view);
        } catch (const std::exception&) {
            self.tooLarge = true;
        }
    }
};

void handOver(Instance& from, Instance& to) {
    const auto giver = from.extensionTable<mortise_plugin_handover>(MORTISE_HANDOVER_EXTENSION);
    const auto taker = to.extensionTable<mortise_plugin_handover>(MORTISE_HANDOVER_EXTENSION);
    if (!giver || !taker || giver->give == nullptr || taker->take == nullptr || from.quarantined()) return;
    const auto limit = to.runtime().settings().controlTimeout;
    const auto state = std::make_shared<State>();
    if (!from.control("give", limit, [state, give = giver->give](Instance& instance) {
            give(instance.self(), &State::receive, state.get());
        }))
        return;
    if (state->tooLarge)
        to.runtime().log().log(base::Level::warn, "host.plugins", "A plugin's state is too large to be handed over",
                               {{"plugin", std::string_view(from.name())}});
    if (state->bytes.empty()) return;
    to.control("take", limit, [state, take = taker->take](Instance& instance) {
        take(instance.self(), mortise_view{state->bytes.data(), state->bytes.size()});
    });
}

} // namespace

void handOver(const Generation* replaced, const std::vector<std::shared_ptr<Instance>>& fresh) {
    if (replaced == nullptr) return;
    for (const auto& instance : fresh) {
        const auto old = replaced->find(instance->name());
        if (old != nullptr && old != instance && old->module().info().id == instance->module().info().id)
            handOver(*old, *instance);
    }
}

} // namespace mortise::host
