// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"
#include "language/error.hpp"

#include <vector>

namespace mortise::graphql {

// The rules of SDL that look at the document, not at the types it defines (graphql-js: LoneSchemaDefinition,
// UniqueOperationTypes, PossibleTypeExtensions, UniqueInputFieldNames, and those of SdlDirectiveRules). Executable
// definitions are refused. Faults are appended.
void checkSdl(const Document& document, std::vector<Error>& errors);

} // namespace mortise::graphql
