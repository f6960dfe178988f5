// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "components.hpp"
#include "path_template.hpp"
#include "route_note.hpp"

namespace mortise::openapi {

// The operation object of a route, without its id. `path` are the names as the document's path writes them.
Json operationOf(const RouteNote& route, const PathTemplate& path, Components& components);

} // namespace mortise::openapi
