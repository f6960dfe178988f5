// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "error_codes.hpp"

#include <mortise/issues.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mortise::graphql {

// Why a field has no value.
struct FieldFailure {
    std::uint32_t status = 500;       // of the REST twin
    std::string message;              // what the client reads; of 500 the reason, which is shown in development only
    std::string code;                 // `extensions.code`; empty: by status
    std::vector<Detail> details = {}; // `extensions.validationErrors`
    unsigned retryAfter = 0;          // seconds; 0: none

    std::string_view shownCode() const { return code.empty() ? codeOfStatus(status) : std::string_view(code); }
};

// In a catch block: what was thrown, as a REST handler would reply to it.
FieldFailure failureOfCaught();

} // namespace mortise::graphql
