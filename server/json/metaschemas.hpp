// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mortise::json {

inline constexpr std::string_view standard_dialect = "https://json-schema.org/draft/2020-12/schema";

// The schema of schemas of 2020-12 and those of its vocabularies, without their texts; empty for any other address.
std::string_view metaschemaAt(std::string_view uri) noexcept;

} // namespace mortise::json
