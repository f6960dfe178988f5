// SPDX-License-Identifier: Apache-2.0
#include "field_failure.hpp"

#include <mortise/error.hpp>
#include <mortise/http_error.hpp>

namespace mortise::graphql {

namespace {

// "outcome_unknown" of REST is OUTCOME_UNKNOWN.
std::string upperCase(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

} // namespace

FieldFailure failureOfCaught() {
    try {
        throw;
    } catch (const HttpError& error) {
        if (error.code() == 500) return {500, error.what(), {}};
        return {error.code(), error.message(), upperCase(error.errorCode()), {}, error.retryAfter()};
    } catch (const std::exception& error) {
        return {500, error.what(), {}};
    } catch (...) {
        return {500, "an exception of unknown type", {}};
    }
}

} // namespace mortise::graphql
