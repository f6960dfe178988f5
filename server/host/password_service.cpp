// SPDX-License-Identifier: Apache-2.0
#include "host/instance.hpp"
#include "host/module_names.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace mortise::host {
namespace {

// A plugin's callback, from the moment it is taken until it is released: the plugin is not stopped before.
PasswordPool::Done kept(Instance& caller, mortise_password_done done, void* context, void (*release)(void* context)) {
    auto pin = std::make_shared<Instance::Pin>(caller.shared_from_this());
    return [pin = std::move(pin), &caller, done, context, release](mortise_status status, std::string_view hash) {
        if (caller.quarantined()) return;
        const Runtime::OnWorker inside(caller.runtime(), caller.owner(), "the callback of a hash");
        done(context, status, view(hash));
        if (release != nullptr) release(context);
    };
}

mortise_status hash(void* self, mortise_view password, std::uint32_t cost, mortise_password_done done, void* context,
                    void (*release)(void* context)) noexcept {
    try {
        Instance& caller = callerOf(self);
        const Instance::Pin pin(caller.shared_from_this());
        if (done == nullptr || !caller.takesCalls()) return MORTISE_INVALID;
        return caller.runtime().passwords().hash(text(password), cost, kept(caller, done, context, release));
    } catch (...) {
        return MORTISE_ERROR;
    }
}

mortise_status verify(void* self, mortise_view password, mortise_view against, std::uint32_t cost,
                      mortise_password_done done, void* context, void (*release)(void* context)) noexcept {
    try {
        Instance& caller = callerOf(self);
        const Instance::Pin pin(caller.shared_from_this());
        if (done == nullptr || !caller.takesCalls()) return MORTISE_INVALID;
        return caller.runtime().passwords().verify(text(password), text(against), cost,
                                                   kept(caller, done, context, release));
    } catch (...) {
        return MORTISE_ERROR;
    }
}

mortise_status hashAll(void* self, mortise_exchange exchange, const mortise_view* passwords, std::uint32_t count,
                       std::uint32_t cost, mortise_password_all_done done, void* context,
                       void (*release)(void* context)) noexcept {
    try {
        Instance& caller = callerOf(self);
        auto pin = std::make_shared<Instance::Pin>(caller.shared_from_this());
        if (done == nullptr || passwords == nullptr || count == 0 || count > MORTISE_PASSWORD_MAX_COUNT ||
            !caller.takesCalls())
            return MORTISE_INVALID;
        std::vector<std::string_view> texts;
        texts.reserve(count);
        for (std::uint32_t i = 0; i < count; ++i) texts.push_back(text(passwords[i]));
        const auto isCancelled = [&caller, exchange] {
            const mortise_exchange_table& requests = caller.runtime().requests().exchangeService();
            return caller.quarantined() || (exchange != 0 && requests.cancelled(&caller, exchange) != 0);
        };
        const auto finish = [pin = std::move(pin), &caller, done, context,
                             release](mortise_status status, const std::vector<std::string>& hashes) {
            if (caller.quarantined()) return;
            std::vector<mortise_view> views;
            views.reserve(hashes.size());
            for (const std::string& hash : hashes) views.push_back(view(hash));
            const Runtime::OnWorker inside(caller.runtime(), caller.owner(), "the callback of many hashes");
            done(context, status, views.data(), static_cast<std::uint32_t>(views.size()));
            if (release != nullptr) release(context);
        };
        return caller.runtime().passwords().hashAll(texts, cost, isCancelled, finish);
    } catch (...) {
        return MORTISE_ERROR;
    }
}

std::uint32_t costLimit(void* self) noexcept {
    return callerOf(self).runtime().passwords().costLimit();
}

} // namespace

const mortise_password_table& passwordService() noexcept {
    static constexpr mortise_password_table table{sizeof(mortise_password_table), 0, hash, verify, hashAll, costLimit};
    return table;
}

} // namespace mortise::host
