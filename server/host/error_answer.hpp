// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/details.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::host {

// An error as clients read it. Views are borrowed for the call.
struct ErrorAnswer {
    int status = 500;
    std::string_view sentence;
    const json::Details* details = nullptr; // of a validation
    std::optional<std::size_t> position;    // byte offset in the body, of malformed JSON
    std::string_view message;               // in development mode, why a 500
};

// The sentences of the host's own answers; CONTRACT of the wire: they never change.
namespace sentence {
inline constexpr std::string_view internal = "Internal server error";
inline constexpr std::string_view notFound = "Route not found";
inline constexpr std::string_view methodNotAllowed = "Method not allowed";
inline constexpr std::string_view forbidden = "Forbidden";
inline constexpr std::string_view validation = "Validation error";
inline constexpr std::string_view malformedJson = "Malformed JSON";
inline constexpr std::string_view manyJsonValues = "Too many values in JSON";
inline constexpr std::string_view malformedForm = "Malformed form";
inline constexpr std::string_view malformedQuery = "Malformed query";
inline constexpr std::string_view mediaType = "Unsupported media type";
inline constexpr std::string_view contentCoding = "Unsupported content encoding";
inline constexpr std::string_view busy = "Server is busy, please try again later";
inline constexpr std::string_view timeout = "The request took too long";
inline constexpr std::string_view stopping = "Server is stopping";
} // namespace sentence

// Appends the JSON text: {"error": sentence, "details"?, "position"?, "message"?, "requestId"}.
void writeError(std::string& out, const ErrorAnswer& answer, std::string_view requestId);

} // namespace mortise::host
