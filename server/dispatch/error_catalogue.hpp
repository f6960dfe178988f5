// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/fault.hpp"

namespace mortise::dispatch::error {

// The host's own error responses to requests that reached it; what http/fault.hpp lists never did. CONTRACT of the
// wire: status, code and sentence never change. A plugin's error has the code of its status ("not_found").
inline constexpr http::Fault badPath{400, "bad_path", "Malformed request target"};
inline constexpr http::Fault malformedJson{400, "malformed_json", "Malformed JSON"};
inline constexpr http::Fault manyJsonValues{400, "too_many_json_values", "Too many values in JSON"};
inline constexpr http::Fault malformedForm{400, "malformed_form", "Malformed form"};
inline constexpr http::Fault malformedQuery{400, "malformed_query", "Malformed query"};
inline constexpr http::Fault malformedHeader{400, "malformed_header", "Malformed header field"};
inline constexpr http::Fault validation{400, "validation", "Validation error"};
inline constexpr http::Fault forbidden{403, "forbidden", "Forbidden"};
inline constexpr http::Fault routeNotFound{404, "route_not_found", "Route not found"};
inline constexpr http::Fault methodNotAllowed{405, "method_not_allowed", "Method not allowed"};
inline constexpr http::Fault formTooLarge{413, "form_too_large", "The fields of the form are too large"};
inline constexpr http::Fault fileTooLarge{413, "file_too_large", "A file is too large"};
inline constexpr http::Fault tooManyFiles{413, "too_many_files", "Too many files"};
inline constexpr http::Fault mediaType{415, "unsupported_media_type", "Unsupported media type"};
inline constexpr http::Fault contentCoding{415, "unsupported_content_coding", "Unsupported content encoding"};
inline constexpr http::Fault internal{500, "internal", "Internal server error"};
inline constexpr http::Fault busy{503, "busy", "Server is busy, please try again later"};
inline constexpr http::Fault handlerTimeout{503, "handler_timeout", "The request took too long"};
inline constexpr http::Fault uploadSpace{503, "upload_space", "Too many files are being received"};
inline constexpr http::Fault uploadStorage{503, "upload_storage", "The files could not be stored"};
inline constexpr http::Fault stopping{503, "stopping", "Server is stopping"};
inline constexpr http::Fault reloading{503, "reloading", "The server was reloaded, please try again"};
inline constexpr http::Fault unavailable{503, "unavailable", "Service is unavailable, please try again later"};

} // namespace mortise::dispatch::error
