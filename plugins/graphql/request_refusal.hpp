// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "response_media_type.hpp"

#include <mortise/reply.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::graphql {

// Why a request is not executed, where no document was looked at.
struct RequestRefusal {
    std::string message;
    std::string_view code = "BAD_REQUEST"; // `extensions.code`; a constant
    std::uint32_t status = 400;
    // Whether that was a GraphQL request: of application/json the HTTP status is 200 then.
    bool isWellFormed = false;
};

// As a response of GraphQL.
Reply refusedReply(const RequestRefusal& refusal, ResponseMediaType mediaType, std::string_view requestId);

} // namespace mortise::graphql
