// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/settings.hpp>

#include <chrono>

namespace mortise::cors {

struct Settings {
    mortise::TextList origin{"http://localhost:3000"};
    bool credentials = true;
    mortise::TextList methods{"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"};
    mortise::TextList allowedHeaders;
    mortise::TextList exposedHeaders{"X-Request-Id",
                                     "RateLimit",
                                     "RateLimit-Policy",
                                     "X-RateLimit-Limit",
                                     "X-RateLimit-Remaining",
                                     "X-RateLimit-Reset",
                                     "Retry-After",
                                     "WWW-Authenticate",
                                     "ETag",
                                     "Location",
                                     "Idempotency-Replayed"};
    std::chrono::seconds maxAge{600};
};
MORTISE_SETTINGS(
    Settings,
    field(origin)
        .environment("CORS_ORIGIN")
        .text("Origins whose pages may read answers, each scheme://host or scheme://host:port; * is everybody "
              "and goes only without credentials."),
    field(credentials).text("Lets those pages send cookies and authorization that the browser keeps."),
    field(methods).text("Methods that a preflight allows."),
    field(allowedHeaders).text("Request fields that a preflight allows; empty: those it asks for."),
    field(exposedHeaders).text("Answer fields that scripts may read besides the ones that are always readable."),
    field(maxAge)
        .min(std::chrono::seconds(0))
        .max(std::chrono::hours(24))
        .text("How long browsers may remember a "
              "preflight."))

} // namespace mortise::cors
