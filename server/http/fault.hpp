// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mortise::http {

// Why a request was refused before or while it was read. The connection closes after the answer.
struct Fault {
    int status = 0;
    std::string_view code;     // stable, "http_bad_host"; constant storage
    std::string_view sentence; // what the client is told; constant storage
};

// The catalogue. Every fault of this floor is one of these.
namespace fault {
inline constexpr Fault badRequestLine{400, "http_bad_request_line", "Malformed request line"};
inline constexpr Fault badTarget{400, "http_bad_target", "Malformed request target"};
inline constexpr Fault dotSegment{400, "http_dot_segment", "Dot segments in the path are not allowed"};
inline constexpr Fault badField{400, "http_bad_field", "Malformed header field"};
inline constexpr Fault obsFold{400, "http_obs_fold", "Folded header fields are not allowed"};
inline constexpr Fault repeatedField{400, "http_repeated_field", "A header field that may stand only once is repeated"};
inline constexpr Fault badHost{400, "http_bad_host", "Missing, repeated or malformed Host"};
inline constexpr Fault badLength{400, "http_bad_length", "Malformed or repeated Content-Length"};
inline constexpr Fault bothLengths{400, "http_both_lengths", "Content-Length and Transfer-Encoding together"};
inline constexpr Fault codingOnHttp10{400, "http_coding_on_1_0", "Transfer-Encoding is not allowed in HTTP/1.0"};
inline constexpr Fault badChunk{400, "http_bad_chunk", "Malformed chunked body"};
inline constexpr Fault badTrailer{400, "http_bad_trailer", "Malformed trailer"};
inline constexpr Fault forbiddenTrailer{400, "http_forbidden_trailer",
                                        "A header field that may not be a trailer field is one"};
inline constexpr Fault badMultipart{400, "http_bad_multipart", "Malformed multipart body"};
inline constexpr Fault headerTimeout{408, "http_header_timeout", "The request header took too long"};
inline constexpr Fault bodyTimeout{408, "http_body_timeout", "The request body took too long"};
inline constexpr Fault bodyTooLarge{413, "http_body_too_large", "The request body is too large"};
inline constexpr Fault tooManyParts{413, "http_too_many_parts", "Too many parts in the request body"};
inline constexpr Fault targetTooLong{414, "http_target_too_long", "The request line is too long"};
inline constexpr Fault badExpectation{417, "http_bad_expectation", "Only Expect: 100-continue is known"};
inline constexpr Fault headerTooLarge{431, "http_header_too_large", "The request header is too large"};
inline constexpr Fault tooManyFields{431, "http_too_many_fields", "Too many header fields"};
inline constexpr Fault unknownMethod{501, "http_unknown_method", "Unknown method"};
inline constexpr Fault unknownCoding{501, "http_unknown_coding", "Unknown transfer coding"};
inline constexpr Fault tooManyConnections{503, "http_too_many_connections", "Too many connections"};
inline constexpr Fault bodyMemory{503, "http_body_memory", "Too many request bodies are being received"};
inline constexpr Fault badVersion{505, "http_bad_version", "Only HTTP/1.0 and HTTP/1.1 are spoken"};
} // namespace fault

} // namespace mortise::http
