// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "field_failure.hpp"
#include "response_media_type.hpp"

#include "execution/json_output.hpp"
#include "language/error.hpp"

#include <mortise/reply.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mortise::graphql {

// What an operation came to. Views are borrowed from the operation.
struct GraphQlResponse {
    std::string_view body;
    ResponseMediaType mediaType = ResponseMediaType::json;
    bool isExecuted = false;   // there is `data`
    std::uint32_t refused = 0; // the status for which it is not; 0: by media type
    std::uint32_t failed = 0;  // the status of its only field of Mutation, where that is an error
    unsigned retryAfter = 0;   // seconds; 0: none
    // Of a query by GET that is nobody's, in seconds, for caches; 0: they store nothing.
    std::uint32_t maxAge = 0;

    // `vary`: the fields that all responses have.
    Reply reply(HeaderBlock vary) const;
};

// Responses of errors, written with their extensions. Memory is kept from one to the next.
class ResponseText {
public:
    explicit ResponseText(std::size_t maximum) : output_(maximum) {}

    // `data`: null where nothing was executed. Errors whose cause is not 0 have their code and details from `failures`,
    // which causes count from 1. The reasons of what is wrong in the server are shown in development only.
    std::string_view write(std::string_view source, std::span<const Error> errors, std::optional<std::string_view> data,
                           std::span<const FieldFailure> failures, std::string_view requestId, bool isDevelopment);

private:
    JsonOutput output_;
};

} // namespace mortise::graphql
