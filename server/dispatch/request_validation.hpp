// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/error_catalogue.hpp"
#include "dispatch/request_data.hpp"
#include "host/serving_settings.hpp"
#include "json/details.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::dispatch {

enum class BodyKind : std::uint8_t { json, form, unsupported };

// By media type (RFC 9110 section 8.3). Of its parameters a charset other than UTF-8 makes application/json
// unsupported, and so do malformed ones; others restrict nothing. Forms are unsupported where the route does not take
// them. May throw std::bad_alloc.
BodyKind bodyKindOf(std::string_view contentType, bool takesForms);

struct ValidationFailure {
    http::Fault fault = error::validation;
    std::optional<std::size_t> position; // byte offset, of malformed JSON
    json::Details details;
};

// Reads body, query, path parameters, header fields and cookies by the route's schemas into the state's tapes and
// checks them; all failures of one request come together. Thread: whoever owns the state.
std::optional<ValidationFailure> validateRequest(RequestData& state, std::string_view contentType,
                                                 const ServingSettings& serving);

} // namespace mortise::dispatch
