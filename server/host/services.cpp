// SPDX-License-Identifier: Apache-2.0
#include "host/services.hpp"

#include "host/runtime.hpp"

#include <array>
#include <utility>

namespace mortise::host {

const void* hostService(const Runtime& runtime, std::string_view id) noexcept {
    const std::array<std::pair<std::string_view, const void*>, 13> services{{
        {MORTISE_CLOCK_SERVICE, &clockService()},
        {MORTISE_CONTRIBUTIONS_SERVICE, &contributionsService()},
        {MORTISE_CRYPTO_SERVICE, &cryptoService()},
        {MORTISE_EXCHANGE_SERVICE, &runtime.requests().exchangeService()},
        {MORTISE_JSON_SERVICE, &jsonService()},
        {MORTISE_LOG_SERVICE, &logService()},
        {MORTISE_LOOP_SERVICE, &loopService()},
        {MORTISE_NETWORK_SERVICE, &networkService()},
        {MORTISE_PASSWORD_SERVICE, &passwordService()},
        {MORTISE_READINESS_SERVICE, &readinessService()},
        {MORTISE_ROUTES_SERVICE, &routesService()},
        {MORTISE_TASK_SERVICE, &taskService()},
        {MORTISE_TIMER_SERVICE, &timerService()},
    }};
    for (const auto& [known, table] : services)
        if (known == id) return table;
    return nullptr;
}

} // namespace mortise::host
