// SPDX-License-Identifier: Apache-2.0
#pragma once

// Everything an author needs; drafts apart (<mortise/draft/…>).

#include <mortise/authenticator.hpp>
#include <mortise/commands.hpp>
#include <mortise/cookie.hpp>
#include <mortise/cookie_signer.hpp>
#include <mortise/crypto.hpp>
#include <mortise/date.hpp>
#include <mortise/date_time.hpp>
#include <mortise/decimal.hpp>
#include <mortise/decode.hpp>
#include <mortise/deferred.hpp>
#include <mortise/described.hpp>
#include <mortise/encode.hpp>
#include <mortise/entity_tag.hpp>
#include <mortise/enumeration.hpp>
#include <mortise/error.hpp>
#include <mortise/filters.hpp>
#include <mortise/issues.hpp>
#include <mortise/json.hpp>
#include <mortise/log.hpp>
#include <mortise/log_sink.hpp>
#include <mortise/loops.hpp>
#include <mortise/migrator.hpp>
#include <mortise/module.hpp>
#include <mortise/networks.hpp>
#include <mortise/passwords.hpp>
#include <mortise/patch.hpp>
#include <mortise/placement.hpp>
#include <mortise/plugin_base.hpp>
#include <mortise/readiness.hpp>
#include <mortise/reply.hpp>
#include <mortise/request.hpp>
#include <mortise/router.hpp>
#include <mortise/routes.hpp>
#include <mortise/schema.hpp>
#include <mortise/settings.hpp>
#include <mortise/setup.hpp>
#include <mortise/stream.hpp>
#include <mortise/tagged.hpp>
#include <mortise/timers.hpp>
#include <mortise/users.hpp>
#include <mortise/users_provider.hpp>
