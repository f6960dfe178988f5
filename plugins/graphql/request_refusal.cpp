// SPDX-License-Identifier: Apache-2.0
#include "request_refusal.hpp"

#include "execution/json_output.hpp"

namespace mortise::graphql {

Reply refusedReply(const RequestRefusal& refusal, ResponseMediaType mediaType, std::string_view requestId) {
    constexpr std::size_t room = 64 * 1024;
    JsonOutput output(room);
    output.append("{\"errors\":[{\"message\":");
    output.string(refusal.message);
    output.append(",\"extensions\":{\"code\":");
    output.string(refusal.code);
    output.append(",\"requestId\":");
    output.string(requestId);
    output.append("}}]}");
    if (mediaType == ResponseMediaType::graphqlResponse)
        return Reply::bytes(refusal.status, std::string(nameOf(mediaType)), std::string(output.view()));
    return Reply::rawJson(refusal.isWellFormed ? 200 : refusal.status, std::string(output.view()));
}

} // namespace mortise::graphql
