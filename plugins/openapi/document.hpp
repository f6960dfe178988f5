// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "route_note.hpp"

#include <string>
#include <vector>

namespace mortise::openapi {

// What a document says besides its routes. Empty texts are left out.
struct DocumentFrame {
    std::string title;
    std::string version;
    std::string description;
    std::string license; // SPDX identifier
    std::string contactName;
    std::string contactUrl;
    std::string contactEmail;
    std::vector<std::string> servers;
    Json errorSchema; // of every error answer, titled "Error"
};

// The OpenAPI 3.1 document of the routes, in their order. HEAD and OPTIONS, which the host answers for every path, are
// left out.
Json documentOf(const DocumentFrame& frame, const std::vector<RouteNote>& routes);

} // namespace mortise::openapi
