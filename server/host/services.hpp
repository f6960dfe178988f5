// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/clock.h>
#include <mortise/service/contributions.h>
#include <mortise/service/crypto.h>
#include <mortise/service/json.h>
#include <mortise/service/log.h>
#include <mortise/service/loop.h>
#include <mortise/service/network.h>
#include <mortise/service/password.h>
#include <mortise/service/readiness.h>
#include <mortise/service/routes.h>
#include <mortise/service/task.h>
#include <mortise/service/timer.h>

#include <string_view>

namespace mortise::host {

class Instance;
class Runtime;

// The table of a service that the host gives, or null. Its functions expect the Instance of the caller as `self`.
const void* hostService(const Runtime& runtime, std::string_view id) noexcept;

// Where each table lives; one file a service.
const mortise_clock_table& clockService() noexcept;
const mortise_contributions_table& contributionsService() noexcept;
const mortise_crypto_table& cryptoService() noexcept;
const mortise_json_table& jsonService() noexcept;
const mortise_log_table& logService() noexcept;
const mortise_loop_table& loopService() noexcept;
const mortise_network_table& networkService() noexcept;
const mortise_password_table& passwordService() noexcept;
const mortise_readiness_table& readinessService() noexcept;
const mortise_routes_table& routesService() noexcept;
const mortise_task_table& taskService() noexcept;
const mortise_timer_table& timerService() noexcept;

// The caller's instance.
inline Instance& callerOf(void* self) noexcept {
    return *static_cast<Instance*>(self);
}

} // namespace mortise::host
