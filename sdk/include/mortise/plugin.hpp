// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every plugin needs. Filters, interface classes to derive from, services and helpers that few need have headers
// of their own, see sdk/README.md.

#include <mortise/date.hpp>
#include <mortise/date_time.hpp>
#include <mortise/decimal.hpp>
#include <mortise/decode.hpp>
#include <mortise/deferred.hpp>
#include <mortise/described.hpp>
#include <mortise/encode.hpp>
#include <mortise/enumeration.hpp>
#include <mortise/error.hpp>
#include <mortise/issues.hpp>
#include <mortise/log.hpp>
#include <mortise/module.hpp>
#include <mortise/patch.hpp>
#include <mortise/plugin_base.hpp>
#include <mortise/reply.hpp>
#include <mortise/request.hpp>
#include <mortise/routes.hpp>
#include <mortise/schema.hpp>
#include <mortise/settings.hpp>
#include <mortise/setup.hpp>
#include <mortise/tagged.hpp>
