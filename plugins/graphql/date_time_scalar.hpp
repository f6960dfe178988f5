// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/schema.hpp"

namespace mortise::graphql {

// DateTimeISO: a time as REST has it, in ISO 8601 with a zone.
class DateTimeScalar final : public ScalarInput {
public:
    bool coerce(const Value& in, bool isLiteral, Values& out, std::string_view name,
                std::string& message) const override;
};

} // namespace mortise::graphql
