// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "secret_check.hpp"

#include <mortise/plugin.hpp>

#include <chrono>
#include <string_view>

namespace auth {

struct Settings {
    std::string_view accessSecret;
    std::string_view refreshSecret;
    std::chrono::milliseconds accessLifetime = std::chrono::minutes(15);
    std::chrono::milliseconds refreshLifetime = std::chrono::hours(7 * 24);
    std::chrono::milliseconds leeway{0};
    std::chrono::milliseconds refreshGrace{0};
    std::chrono::milliseconds cleanupInterval = std::chrono::hours(1);
};
MORTISE_SETTINGS(Settings,
                 field(accessSecret)
                     .secret()
                     .minLength(minimumSecretSize)
                     .environment("JWT_SECRET")
                     .text("Signs access tokens; made at the first start when not set"),
                 field(refreshSecret)
                     .secret()
                     .minLength(minimumSecretSize)
                     .environment("JWT_REFRESH_SECRET")
                     .text("Signs refresh tokens, another one; made at the first start when not set"),
                 field(accessLifetime)
                     .min(std::chrono::seconds(1))
                     .max(std::chrono::hours(30 * 24))
                     .text("How long an access token is good"),
                 field(refreshLifetime)
                     .min(std::chrono::seconds(1))
                     .max(std::chrono::hours(365 * 24))
                     .text("How long a refresh token is good"),
                 field(leeway)
                     .min(std::chrono::seconds(0))
                     .max(std::chrono::seconds(60))
                     .text("Tolerance for the clocks of other issuers in exp, nbf and iat"),
                 field(refreshGrace)
                     .min(std::chrono::seconds(0))
                     .max(std::chrono::seconds(60))
                     .text("How long a rotated refresh token may be sent again"),
                 field(cleanupInterval)
                     .min(std::chrono::seconds(1))
                     .max(std::chrono::hours(24))
                     .text("How often expired refresh tokens are deleted"))

} // namespace auth
