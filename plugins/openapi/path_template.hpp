// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mortise::openapi {

// A route's pattern as OpenAPI writes it.
struct PathTemplate {
    std::string text;               // "/files/{id}/{rest}"
    std::string shape;              // "/files/{}/{}": equal for paths that OpenAPI takes for the same
    std::vector<std::string> names; // "id", "rest"
    bool hasRest = false;           // the last name stands for any number of segments
};

PathTemplate pathTemplate(std::string_view pattern);

// "getUsersById" of GET /users/:id; for routes without an id of their own.
std::string operationIdOf(std::string_view method, std::string_view pattern);

} // namespace mortise::openapi
