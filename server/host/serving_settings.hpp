// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace mortise::host {

// What answering requests goes by; a part of a generation.
struct ServingSettings {
    std::chrono::milliseconds handlerTimeout{60'000}; // from handing a request to a plugin until its answer; then 503
    std::uint64_t retryAfterSeconds = 1;              // of the host's own 503 answers
    std::uint32_t maxJsonDepth = 64;
    std::uint32_t maxJsonValues = 250'000; // with the names of members
    bool rejectUnknown = false;            // unknown members of bodies and queries are failures on every route
    bool development = false;              // a 500 tells why
    std::vector<std::string> filterOrder;  // names of filters that stand in this order, whatever their plugins want
};

} // namespace mortise::host
