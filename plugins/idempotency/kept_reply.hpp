// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "stored_response.hpp"

#include <mortise/reply.hpp>
#include <mortise/service/database.h>

namespace mortise::idempotency {

/// Throws Error for a response that cannot be kept: a file, one that comes later, one with a declared block of fields,
/// which is of its plugin.
StoredResponse keptFrom(const mortise_sql_response& response);

/// The same response again, marked as such.
mortise::Reply replayed(const StoredResponse& response);

} // namespace mortise::idempotency
