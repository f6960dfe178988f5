// SPDX-License-Identifier: Apache-2.0
#include "host/instance.hpp"
#include "host/module_names.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

#include <memory>

namespace mortise::host {
namespace {

// Keeps the plugin from being stopped until its `done` has returned.
PasswordPool::Done pinned(Instance& caller, mortise_password_done done, void* context) {
    auto pin = std::make_shared<Instance::Pin>(caller.shared_from_this());
    return [pin = std::move(pin), &caller, done, context](mortise_status status, std::string_view hash) {
        const Runtime::OnWorker inside(caller.runtime(), caller.owner(), "the callback of a hash");
        done(context, status, view(hash));
    };
}

mortise_status hash(void* self, mortise_view password, std::uint32_t cost, mortise_password_done done,
                    void* context) noexcept {
    try {
        Instance& caller = callerOf(self);
        return caller.runtime().passwords().hash(text(password), cost, pinned(caller, done, context));
    } catch (...) {
        return MORTISE_ERROR;
    }
}

mortise_status verify(void* self, mortise_view password, mortise_view against, std::uint32_t cost,
                      mortise_password_done done, void* context) noexcept {
    try {
        Instance& caller = callerOf(self);
        return caller.runtime().passwords().verify(text(password), text(against), cost, pinned(caller, done, context));
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
