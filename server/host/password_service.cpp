// SPDX-License-Identifier: Apache-2.0
#include "host/instance.hpp"
#include "host/module_names.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

#include <memory>

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
    if (done == nullptr) return MORTISE_INVALID;
    try {
        Instance& caller = callerOf(self);
        return caller.runtime().passwords().hash(text(password), cost, kept(caller, done, context, release));
    } catch (...) {
        return MORTISE_ERROR;
    }
}

mortise_status verify(void* self, mortise_view password, mortise_view against, std::uint32_t cost,
                      mortise_password_done done, void* context, void (*release)(void* context)) noexcept {
    if (done == nullptr) return MORTISE_INVALID;
    try {
        Instance& caller = callerOf(self);
        return caller.runtime().passwords().verify(text(password), text(against), cost,
                                                   kept(caller, done, context, release));
    } catch (...) {
        return MORTISE_ERROR;
    }
}

} // namespace

const mortise_password_table& passwordService() noexcept {
    static constexpr mortise_password_table table{sizeof(mortise_password_table), 0, hash, verify};
    return table;
}

} // namespace mortise::host
