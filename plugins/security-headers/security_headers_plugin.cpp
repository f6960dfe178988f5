// SPDX-License-Identifier: Apache-2.0
#include "security_headers_settings.hpp"

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
        const auto add = [&](std::string_view key, std::string_view name, const std::string& value) {
            if (value.empty()) return;
            if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
                setup.refuseSetting(key, "a header field cannot hold a line break");
            else
                fields.emplace_back(name, value);
        };
        add("content_security_policy", "Content-Security-Policy", given.contentSecurityPolicy);
        add("cross_origin_embedder_policy", "Cross-Origin-Embedder-Policy", given.crossOriginEmbedderPolicy);
        add("cross_origin_opener_policy", "Cross-Origin-Opener-Policy", given.crossOriginOpenerPolicy);
        add("cross_origin_resource_policy", "Cross-Origin-Resource-Policy", given.crossOriginResourcePolicy);
        add("origin_agent_cluster", "Origin-Agent-Cluster", given.originAgentCluster);
        add("permissions_policy", "Permissions-Policy", given.permissionsPolicy);
        add("referrer_policy", "Referrer-Policy", given.referrerPolicy);
        add("x_content_type_options", "X-Content-Type-Options", given.xContentTypeOptions);
        add("x_dns_prefetch_control", "X-DNS-Prefetch-Control", given.xDnsPrefetchControl);
        add("x_download_options", "X-Download-Options", given.xDownloadOptions);
        add("x_frame_options", "X-Frame-Options", given.xFrameOptions);
        add("x_permitted_cross_domain_policies", "X-Permitted-Cross-Domain-Policies",
            given.xPermittedCrossDomainPolicies);
        add("x_xss_protection", "X-XSS-Protection", given.xXssProtection);
        if (!fields.empty()) plain_ = setup.headerBlock(fields.begin(), fields.end());
        add("strict_transport_security", "Strict-Transport-Security", given.strictTransportSecurity);
        if (!fields.empty()) strict_ = setup.headerBlock(fields.begin(), fields.end());
        always_ = given.hstsOn == "always";
        setup.filter("security-headers").before("cors").onRespond([this](Response& response) {
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

MORTISE_PLUGIN(mortise::security_headers::SecurityHeaders, "org.mortise.security-headers", "1.0.0")
