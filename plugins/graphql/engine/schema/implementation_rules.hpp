// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/error.hpp"
#include "schema/schema.hpp"

#include <vector>

namespace mortise::graphql {

// Whether an object or interface type implements what it declares (October 2021, 3.6.1, IsValidImplementation). Errors
// stand at the offset of the type. Faults are appended.
void checkImplementations(const Schema& schema, TypeId id, std::uint32_t offset, std::vector<Error>& errors);

} // namespace mortise::graphql
