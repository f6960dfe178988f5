// SPDX-License-Identifier: Apache-2.0
#include "date_time_scalar.hpp"

#include <mortise/date_time.hpp>

namespace mortise::graphql {

bool DateTimeScalar::coerce(const Value& in, bool /*isLiteral*/, Values& out, std::string_view name,
                            std::string& message) const {
    if (in.kind != ValueKind::string || !DateTime::parse(in.text)) {
        message = "DateTimeISO cannot represent a value that is no date and time in ISO 8601.";
        return false;
    }
    Value value = in;
    value.name = name;
    out.add(value);
    return true;
}

} // namespace mortise::graphql
