// SPDX-License-Identifier: Apache-2.0
// Compiled as the host's own files are, for its debug information: headers.py compares that with layout.inc.
#include "module/abi_text.hpp"

#include <mortise/abi/exchange.h>
#include <mortise/abi/json_node.h>
#include <mortise/abi/module.h>
#include <mortise/abi/plugin.h>
#include <mortise/abi/types.h>
#include <mortise/service/authenticator.h>
#include <mortise/service/clock.h>
#include <mortise/service/command.h>
#include <mortise/service/contributions.h>
#include <mortise/service/crypto.h>
#include <mortise/service/database.h>
#include <mortise/service/exchange.h>
#include <mortise/service/filter.h>
#include <mortise/service/graphql.h>
#include <mortise/service/handover.h>
#include <mortise/service/json.h>
#include <mortise/service/log.h>
#include <mortise/service/loop.h>
#include <mortise/service/migrations.h>
#include <mortise/service/network.h>
#include <mortise/service/password.h>
#include <mortise/service/readiness.h>
#include <mortise/service/router.h>
#include <mortise/service/routes.h>
#include <mortise/service/sql_driver.h>
#include <mortise/service/task.h>
#include <mortise/service/timer.h>
#include <mortise/service/typed.h>
#include <mortise/service/users.h>
