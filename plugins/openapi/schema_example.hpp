// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json_tree.hpp"

#include <optional>

namespace mortise::openapi {

// A value that the schema accepts, made of its examples and defaults where it has them. Nothing where none is sure: a
// required member with a pattern and no example, a reference, a union.
std::optional<Json> exampleOf(const Json& schema);

} // namespace mortise::openapi
