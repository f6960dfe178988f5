// SPDX-License-Identifier: Apache-2.0
#include "host/opened_services.hpp"

#include "base/text.hpp"
#include "host/instance.hpp"
#include "host/runtime.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mortise::host {
namespace {

// What becomes of one call of open_service, also when nobody waits for it any more.
struct Opening {
    mortise_service given{};
    mortise_status status = MORTISE_ERROR;
    CallError error;
};

mortise_status ask(const mortise_plugin_table& table, void* self, std::string_view id, const Instance& consumer,
                   Opening& opening) {
    const ModuleInfo& info = consumer.module().info();
    const mortise_consumer shown{sizeof(mortise_consumer), 0, view(consumer.name()), view(info.id), view(info.version),
                                 consumer.number()};
    const mortise_status status =
        peerStatus(table.open_service(self, view(id), &shown, &opening.given, opening.error.get()));
    if (status != MORTISE_OK) return status;
    const auto fault = [&](std::string_view what) {
        setError(opening.error.get(), what);
        return MORTISE_ERROR;
    };
    if (opening.given.table == nullptr) return fault("open_service gave no table");
    // Of a service of somebody else's no more is known than how its table begins.
    std::uint32_t size = 0;
    std::memcpy(&size, opening.given.table, sizeof size);
    if (size < sizeof size) return fault("its table has the struct_size 0: set it to the sizeof of the table");
    return status;
}

} // namespace

std::optional<std::string> OpenedServices::open(Instance& consumer) {
    const ModuleInfo& info = consumer.module().info();
    const auto timeout = consumer.runtime().settings().controlTimeout;
    for (const auto* services : {&info.requiredServices, &info.optionalServices})
        for (const std::string& id : *services) {
            const auto provider = consumer.providers().find(id);
            if (provider == consumer.providers().end() || find(id) != nullptr) continue;
            Instance& asked = *provider->second;
            const auto opening = std::make_shared<Opening>();
            const bool made = asked.control(
                "open_service", timeout, [opening, id, user = consumer.shared_from_this()](Instance& instance) {
                    opening->status = ask(instance.table(), instance.self(), id, *user, *opening);
                });
            if (made && opening->status == MORTISE_OK) {
                held_.push_back({id, provider->second, opening->given});
                continue;
            }
            const std::string reason =
                made ? base::printable(opening->error.text(), 1000)
                : asked.quarantined()
                    ? "open_service did not return within server.control_timeout; it stays quarantined "
                      "until restart"
                    : "it could not be called";
            if (!made || services == &info.requiredServices) {
                giveBack();
                return "plugin '" + asked.name() + "' refused its service '" + id + "': " + reason;
            }
            consumer.runtime().log().log(base::Level::warn, "host.plugins",
                                         "A plugin was refused an optional service and goes on without it",
                                         {{"plugin", std::string_view(consumer.name())},
                                          {"provider", std::string_view(asked.name())},
                                          {"service", std::string_view(id)},
                                          {"reason", std::string_view(reason)}});
        }
    state_.store(State::open, std::memory_order_release);
    return std::nullopt;
}

void OpenedServices::close() {
    if (state() != State::open) return;
    state_.store(State::closed, std::memory_order_release);
    giveBack();
}

void OpenedServices::giveBack() {
    for (auto held = held_.rbegin(); held != held_.rend(); ++held) {
        Instance& provider = *held->provider;
        if (!provider.mayBeCalled() || provider.table().close_service == nullptr) continue;
        provider.control("close_service", provider.runtime().settings().controlTimeout,
                         [id = held->id, given = held->given](Instance& instance) {
                             instance.table().close_service(instance.self(), view(id), given);
                         });
    }
}

const mortise_service* OpenedServices::find(std::string_view id) const noexcept {
    const auto found = std::find_if(held_.begin(), held_.end(), [id](const Held& held) { return held.id == id; });
    return found == held_.end() ? nullptr : &found->given;
}

} // namespace mortise::host
