// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mortise::logging {

// What a request's line tells.
struct FinishedRequest {
    std::string_view method;
    std::string_view url;
    std::uint32_t status;
    std::uint64_t duration_ns;
    std::string_view user_agent;
    std::string_view ip;
    std::string_view request_id;
    std::string_view user_id; // empty: nobody
};

inline constexpr std::string_view request_message = "Request completed";

template<class Line>
void fillRequest(Line& line, const FinishedRequest& request) noexcept {
    line.text("method", request.method);
    line.text("url", request.url);
    line.integer("status", request.status);
    line.milliseconds("duration", request.duration_ns);
    line.text("userAgent", request.user_agent);
    line.text("ip", request.ip);
    line.text("requestId", request.request_id);
    if (!request.user_id.empty()) line.text("userId", request.user_id);
}

} // namespace mortise::logging
