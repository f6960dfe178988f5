// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "open_operations.hpp"

#include <mortise/database.hpp>
#include <mortise/json.hpp>
#include <mortise/log.hpp>
#include <mortise/loops.hpp>
#include <mortise/request_limits.hpp>
#include <mortise/tasks.hpp>

#include <memory>

namespace mortise::graphql {

// What operations need of the plugin, which outlives them. Complete from `start` on.
struct OperationServices {
    Log log;
    Tasks tasks;
    Loops loops;
    Json json;
    Database database = {};                     // absent where no plugin gives it
    std::unique_ptr<RequestLimits> limits = {}; // null: nobody gives it
    bool isDevelopment = false;
    bool areQueriesOpen = false;
    HeaderBlock vary = {};   // of all responses
    JsonSchema anyText = {}; // passes what has no U+0000
    OpenOperations open = {};
};

} // namespace mortise::graphql
