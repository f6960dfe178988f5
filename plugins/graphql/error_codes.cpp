// SPDX-License-Identifier: Apache-2.0
#include "error_codes.hpp"

namespace mortise::graphql {

std::string_view codeOfStatus(std::uint32_t status) {
    switch (status) {
    case 400:
        return "BAD_USER_INPUT";
    case 401:
        return "UNAUTHENTICATED";
    case 403:
        return "FORBIDDEN";
    case 404:
        return "NOT_FOUND";
    case 409:
        return "CONFLICT";
    case 412:
        return "PRECONDITION_FAILED";
    case 429:
        return "TOO_MANY_REQUESTS";
    case 503:
        return "SERVICE_UNAVAILABLE";
    default:
        return status < 500 ? "BAD_REQUEST" : "INTERNAL_SERVER_ERROR";
    }
}

std::string_view codeOfKind(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::syntax:
        return "GRAPHQL_PARSE_FAILED";
    case ErrorKind::limit:
    case ErrorKind::validation:
        return "GRAPHQL_VALIDATION_FAILED";
    case ErrorKind::request:
        return "BAD_REQUEST";
    case ErrorKind::variables:
    case ErrorKind::argument:
        return "BAD_USER_INPUT";
    case ErrorKind::field:
        break;
    }
    return "INTERNAL_SERVER_ERROR";
}

} // namespace mortise::graphql
