// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>
#include <mortise/typed_service.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {

// What the limits say of some operations that came in one request.
struct RequestLimit {
    bool refused = false;        // nothing of the request is carried out: 429
    std::int64_t retryAfter = 0; // where it is refused: seconds until the next one passes
    std::string rule; // where it is refused: the limit, as RateLimit names it ("POST /auth/login", "default")
};
MORTISE_DESCRIBE(RequestLimit, field(refused), field(retryAfter), field(rule))

// Given by the plugin `rate-limit`, for whoever carries out several operations within one request, such as the fields
// of a mutation of GraphQL.
struct RequestLimits {
    static constexpr const char* serviceId = "mortise.request_limits/1";

    // [any] From `start` on. Counts operations as if each had come as a request to its twin, the route that does the
    // same ("POST /api/users"; empty: none, which falls under the general limit alone), until a limit refuses one; what
    // was counted stays counted. `network` and `family` are those of Request::clientNetwork(); `route` is that of the
    // request itself ("POST /graphql"), which the plugin has counted already: each limit that it fell under counts one
    // operation less.
    Method<RequestLimit(std::uint64_t network, std::uint32_t family, std::string_view route,
                        std::vector<std::string_view> twins)>
        count;
};
MORTISE_SERVICE(RequestLimits, method(count))

} // namespace v1
} // namespace mortise
