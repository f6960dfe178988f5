// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/settings.hpp>

#include <string>

namespace mortise::security_headers {

// The values of the fields, by default those of helmet 8; an empty one leaves its field out.
struct Settings {
    std::string contentSecurityPolicy =
        "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors "
        "'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' "
        "https: 'unsafe-inline';upgrade-insecure-requests";
    std::string crossOriginEmbedderPolicy;
    std::string crossOriginOpenerPolicy = "same-origin";
    std::string crossOriginResourcePolicy = "same-origin";
    std::string originAgentCluster = "?1";
    std::string permissionsPolicy;
    std::string referrerPolicy = "no-referrer";
    std::string strictTransportSecurity = "max-age=31536000; includeSubDomains";
    std::string hstsOn = "always";
    std::string xContentTypeOptions = "nosniff";
    std::string xDnsPrefetchControl = "off";
    std::string xDownloadOptions = "noopen";
    std::string xFrameOptions = "SAMEORIGIN";
    std::string xPermittedCrossDomainPolicies = "none";
    std::string xXssProtection = "0";
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
