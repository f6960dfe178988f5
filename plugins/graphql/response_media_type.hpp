// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/text/accept.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::graphql {

// Media types of responses (GraphQL over HTTP, Response).
enum class ResponseMediaType : std::uint8_t {
    graphqlResponse, // errors of a request have their own HTTP status
    json             // 200 where a GraphQL request was read, whatever became of it: what older clients expect
};

inline constexpr std::array<std::string_view, 2> responseMediaTypes{"application/graphql-response+json; charset=utf-8",
                                                                    "application/json; charset=utf-8"};

constexpr std::string_view nameOf(ResponseMediaType type) {
    return responseMediaTypes[static_cast<std::size_t>(type)];
}

// The one of the higher quality. Where they are wanted as much: application/graphql-response+json where it is named,
// else application/json, which is what "*/*" and no Accept at all get. Nothing: neither is acceptable.
inline std::optional<ResponseMediaType> chooseMediaType(const Accept<2>& accept) {
    const Quality response = accept.quality(0);
    const Quality json = accept.quality(1);
    if (response > json || (response == json && response > 0 && accept.isNamed(0)))
        return ResponseMediaType::graphqlResponse;
    if (json > 0) return ResponseMediaType::json;
    return std::nullopt;
}

} // namespace mortise::graphql
