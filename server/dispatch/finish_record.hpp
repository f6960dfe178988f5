// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace mortise::dispatch {

// What on_finish shows of a response, and room for its texts. Whoever has it calls on_finish: the loop, or the worker
// that was handed it and gives it back when its calls have returned. Kept by a request's slot for the next one.
struct FinishRecord {
    std::uint64_t status = 0;
    std::uint64_t bytes = 0;
    std::uint64_t ns = 0; // since the request was received
    std::int64_t wallMs = 0;
    // Redacted, where there was anything to redact.
    std::string url;
    std::string userAgent;
};

} // namespace mortise::dispatch
