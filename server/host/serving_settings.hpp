// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mortise::host {

// Of one multipart body.
struct UploadLimits {
    std::size_t parts = 1000;               // past it 413
    std::size_t partHeadBytes = 8 * 1024;   // past it 400
    std::size_t files = 100;                // past it 413
    std::uint64_t fileBytes = 0;            // of one file; 0: no limit but the body's; past it 413
    std::uint64_t fieldBytes = 1024 * 1024; // of all names and values together, in memory; past it 413
};

// What answering requests goes by; a part of a generation.
struct ServingSettings {
    std::chrono::milliseconds requestTimeout{60'000}; // from its head on, receiving its body apart; past it 503
    std::chrono::milliseconds handlerTimeout{60'000}; // of one turn of a plugin, or one wait for a worker; past it 503
    std::uint32_t maxOrphans = 256;      // ended requests that one plugin may hold; past it its routes get 503
    std::uint64_t retryAfterSeconds = 1; // of the host's own 503 answers
    std::uint32_t maxJsonDepth = 64;
    std::uint32_t maxJsonValues = 250'000; // with the names of members
    UploadLimits uploads;
    bool rejectUnknown = false;           // unknown members of bodies and queries are failures on every route
    bool development = false;             // a 500 tells why
    std::vector<std::string> filterOrder; // names of filters that stand in this order, whatever their plugins want
};

} // namespace mortise::host
