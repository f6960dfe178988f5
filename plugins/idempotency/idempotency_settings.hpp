// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/settings.hpp>

#include <chrono>

namespace mortise::idempotency {

inline constexpr std::chrono::milliseconds longestLease = std::chrono::hours(1);

struct Settings {
    std::chrono::milliseconds lifetime = std::chrono::hours(24);
    std::chrono::milliseconds lease = std::chrono::minutes(1);
    mortise::Bytes maxResponseSize{64 * 1024};
    mortise::TextList required;
    std::chrono::milliseconds sweepInterval = std::chrono::minutes(1);
};
MORTISE_SETTINGS(
    Settings,
    field(lifetime)
        .min(std::chrono::seconds(1))
        .max(std::chrono::hours(30 * 24))
        .text("How long a response is replayed; after that its key is as good as new."),
    field(lease)
        .min(std::chrono::seconds(1))
        .max(longestLease)
        .text("How long a request may hold its key without a response, longer than requests take: so long a repeat of "
              "one whose server died elsewhere gets 409."),
    field(maxResponseSize)
        .min(mortise::Bytes{1024})
        .max(mortise::Bytes{16 * 1024 * 1024})
        .text("A longer response is not stored, and what comes with it neither: the client gets 500."),
    field(required).text("Routes that want a key, by method and pattern (POST /api/users): 400 without one."),
    field(sweepInterval)
        .min(std::chrono::seconds(1))
        .max(std::chrono::hours(24))
        .text("How often what is out of date is deleted."))

} // namespace mortise::idempotency
