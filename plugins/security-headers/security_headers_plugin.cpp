// SPDX-License-Identifier: Apache-2.0
#include "header_faults.hpp"
#include "security_headers_settings.hpp"

#include <mortise/filters.hpp>
#include <mortise/plugin.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::security_headers {
namespace {

// One block of constant fields on every answer; what a reply says itself stands.
class SecurityHeaders : public Plugin<Settings> {
    using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

    void configure(Setup& setup) override {
        const Settings& given = settings();
        Fields fields;
        using FaultOf = std::string (*)(std::string_view);
        const auto add = [&](std::string_view key, std::string_view name, std::string_view value,
                             FaultOf faultOf = nullptr) {
            if (value.empty()) return;
            std::string fault = faultOfValue(value);
            if (fault.empty() && faultOf != nullptr) fault = faultOf(value);
            if (fault.empty())
                fields.emplace_back(name, value);
            else
                setup.refuseSetting(key, fault);
        };
        add("content_security_policy", "Content-Security-Policy", given.contentSecurityPolicy,
            faultOfContentSecurityPolicy);
        add("cross_origin_embedder_policy", "Cross-Origin-Embedder-Policy", given.crossOriginEmbedderPolicy);
        add("cross_origin_opener_policy", "Cross-Origin-Opener-Policy", given.crossOriginOpenerPolicy);
        add("cross_origin_resource_policy", "Cross-Origin-Resource-Policy", given.crossOriginResourcePolicy);
        add("origin_agent_cluster", "Origin-Agent-Cluster", given.originAgentCluster);
        add("permissions_policy", "Permissions-Policy", given.permissionsPolicy);
        add("referrer_policy", "Referrer-Policy", given.referrerPolicy, faultOfReferrerPolicy);
        add("x_content_type_options", "X-Content-Type-Options", given.xContentTypeOptions);
        add("x_dns_prefetch_control", "X-DNS-Prefetch-Control", given.xDnsPrefetchControl);
        add("x_download_options", "X-Download-Options", given.xDownloadOptions);
        add("x_frame_options", "X-Frame-Options", given.xFrameOptions);
        add("x_permitted_cross_domain_policies", "X-Permitted-Cross-Domain-Policies",
            given.xPermittedCrossDomainPolicies);
        add("x_xss_protection", "X-XSS-Protection", given.xXssProtection);
        if (!fields.empty()) plain_ = setup.headerBlock(fields.begin(), fields.end());
        add("strict_transport_security", "Strict-Transport-Security", given.strictTransportSecurity,
            faultOfStrictTransportSecurity);
        if (!fields.empty()) strict_ = setup.headerBlock(fields.begin(), fields.end());
        always_ = given.hstsOn == "always";
        auto filter = setup.filter("security-headers");
        for (const char* const other : {"cors", "rate-limit", "conditional", "compression"}) filter.before(other);
        filter.onRespond([this](Response& response) {
            response.removeField("X-Powered-By");
            const HeaderBlock block = always_ || response.request().tls() ? strict_ : plain_;
            if (block.id != 0) response.block(block);
        });
    }

    bool always_ = true;
    HeaderBlock plain_;
    HeaderBlock strict_; // with Strict-Transport-Security
};

} // namespace
} // namespace mortise::security_headers

MORTISE_PLUGIN(mortise::security_headers::SecurityHeaders, "org.mortise.security-headers", "1.0.0",
               licence("Apache-2.0"), filters("security-headers"), inExample())
