// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "host/generation.hpp"
#include "host/instance.hpp"
#include "host/module_names.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

#include <algorithm>
#include <memory>

namespace mortise::host {
namespace {

bool defines(const Instance& instance, std::string_view point) {
    const auto& points = instance.module().info().extensionPoints;
    return std::find(points.begin(), points.end(), point) != points.end();
}

mortise_status contribute(void* self, mortise_view point, mortise_view name, const void* table, void* contributionSelf,
                          mortise_error* error) noexcept {
    try {
        Instance& caller = callerOf(self);
        const auto refuse = [&](const std::string& message) {
            setError(error, "contribution '" + base::printable(text(name), 200) + "' to '" +
                                base::printable(text(point), 200) + "': " + message);
            return MORTISE_INVALID;
        };
        if (!caller.configuring()) return refuse("it is not made in configure");
        if (name.size == 0 || table == nullptr) return refuse("it has no name or no table");
        if (!caller.declares(text(point)) && !defines(caller, text(point)))
            return refuse("the plugin does not name that extension point: name it in needs<>() or mayUse<>() "
                          "(required_services or optional_services of its module)");
        caller.addContribution({std::string(text(point)), std::string(text(name)), table, contributionSelf});
        return MORTISE_OK;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_status object(void* self, mortise_exchange exchange, mortise_view point, void** out) noexcept {
    const Instance& caller = callerOf(self);
    if (out == nullptr || !defines(caller, text(point))) return MORTISE_INVALID;
    const auto generation = caller.runtime().requests().generationOf(exchange);
    if (generation == nullptr) return MORTISE_STALE;
    const PointObject* const found = generation->pointObject(text(point));
    if (found == nullptr || &found->definer() != &caller) return MORTISE_ABSENT;
    *out = found->object();
    return MORTISE_OK;
}

mortise_status refuse(void* self, mortise_view point, mortise_view name, mortise_view message) noexcept {
    try {
        return callerOf(self).refuseContribution(
                   {std::string(text(point)), std::string(text(name)), base::printable(text(message), 1000)})
                   ? MORTISE_OK
                   : MORTISE_INVALID;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_status hold(void* self, mortise_view point, void** out, void** lease) noexcept {
    try {
        const Instance& caller = callerOf(self);
        if (out == nullptr || lease == nullptr || !defines(caller, text(point))) return MORTISE_INVALID;
        auto generation = std::make_unique<std::shared_ptr<const Generation>>(caller.runtime().generation());
        const PointObject* const found = *generation ? (*generation)->pointObject(text(point)) : nullptr;
        if (found == nullptr || &found->definer() != &caller) return MORTISE_ABSENT;
        *out = found->object();
        *lease = generation.release();
        return MORTISE_OK;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

void release(void*, void* lease) noexcept {
    const std::unique_ptr<std::shared_ptr<const Generation>> held(
        static_cast<std::shared_ptr<const Generation>*>(lease));
}

} // namespace

const mortise_contributions_table& contributionsService() noexcept {
    static constexpr mortise_contributions_table table{
        sizeof(mortise_contributions_table), 0, contribute, object, refuse, hold, release};
    return table;
}

} // namespace mortise::host
