// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/settings.hpp>

#include <string_view>

namespace mortise::security_headers {

// The values of the fields, by default those of helmet 8; an empty one leaves its field out.
struct Settings {
    std::string_view contentSecurityPolicy =
        "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors "
        "'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' "
        "https: 'unsafe-inline';upgrade-insecure-requests";
    std::string_view crossOriginEmbedderPolicy;
    std::string_view crossOriginOpenerPolicy = "same-origin";
    std::string_view crossOriginResourcePolicy = "same-origin";
    std::string_view originAgentCluster = "?1";
    std::string_view permissionsPolicy;
    std::string_view referrerPolicy = "no-referrer";
    std::string_view strictTransportSecurity = "max-age=31536000; includeSubDomains";
    std::string_view hstsOn = "always";
    std::string_view xContentTypeOptions = "nosniff";
    std::string_view xDnsPrefetchControl = "off";
    std::string_view xDownloadOptions = "noopen";
    std::string_view xFrameOptions = "SAMEORIGIN";
    std::string_view xPermittedCrossDomainPolicies = "none";
    std::string_view xXssProtection = "0";
};
MORTISE_SETTINGS(
    Settings,
    field(contentSecurityPolicy).text("Content-Security-Policy; a policy that a reply has itself stands instead."),
    field(crossOriginEmbedderPolicy).text("Cross-Origin-Embedder-Policy, such as require-corp."),
    field(crossOriginOpenerPolicy).text("Cross-Origin-Opener-Policy."),
    field(crossOriginResourcePolicy)
        .text("Cross-Origin-Resource-Policy; cross-origin where other sites load answers "
              "into their pages."),
    field(originAgentCluster).text("Origin-Agent-Cluster."),
    field(permissionsPolicy).text("Permissions-Policy, such as geolocation=()."),
    field(referrerPolicy).text("Referrer-Policy."), field(strictTransportSecurity).text("Strict-Transport-Security."),
    field(hstsOn)
        .choices("always", "tls")
        .text("On which answers Strict-Transport-Security stands: all of them, or "
              "those to requests that came over TLS."),
    field(xContentTypeOptions).text("X-Content-Type-Options."),
    field(xDnsPrefetchControl).text("X-DNS-Prefetch-Control."), field(xDownloadOptions).text("X-Download-Options."),
    field(xFrameOptions).text("X-Frame-Options."),
    field(xPermittedCrossDomainPolicies).text("X-Permitted-Cross-Domain-Policies."),
    field(xXssProtection).text("X-XSS-Protection; 0, since the filters of old browsers did more harm than good."))

} // namespace mortise::security_headers
