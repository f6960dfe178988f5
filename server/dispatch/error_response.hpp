// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/error_catalogue.hpp"
#include "http/exchange.hpp"
#include "json/details.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::dispatch {

// An error as clients read it. Views are borrowed for the call.
struct ErrorResponse {
    http::Fault fault = error::internal;    // of a plugin's error the code is empty: that of the status
    const json::Details* details = nullptr; // of a validation
    std::optional<std::size_t> position;    // byte offset in the body, of malformed JSON
    std::string_view message;               // in development mode, why a 500
    std::string_view code;                  // of a plugin; plain errors show this one only
};

enum class ErrorFormat : std::uint8_t {
    plain,   // {"error": sentence, "code"?, "details"?, "position"?, "message"?, "requestId"}
    problem, // RFC 9457: {"type", "title", "status", "detail", "code", "errors"?, "position"?, "message"?, "requestId"}
};

// Whether an Accept field asks for application/problem+json: by that name, with a weight above 0 and no less than
// application/json has. Ranges such as */* ask for nothing in particular. May throw std::bad_alloc.
ErrorFormat errorFormat(std::string_view accept);
// By all Accept fields of the request. May throw std::bad_alloc.
ErrorFormat errorFormat(const http::Exchange& exchange);

std::string_view mediaType(ErrorFormat format) noexcept;

// Whether it may be the code of a plugin's error, as exchange.h says.
bool isErrorCode(std::string_view code) noexcept;

// Appends the JSON text.
void writeError(std::string& out, const ErrorResponse& answer, std::string_view requestId, ErrorFormat format);

} // namespace mortise::dispatch
