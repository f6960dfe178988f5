// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <dlfcn.h>

#include <algorithm>
#include <map>

using namespace mortise::test;

namespace {

// As helmet 8 sends them when it is told nothing.
constexpr const char* defaults =
    "Content-Security-Policy: default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';"
    "frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src "
    "'self' https: 'unsafe-inline';upgrade-insecure-requests\n"
    "Cross-Origin-Opener-Policy: same-origin\n"
    "Cross-Origin-Resource-Policy: same-origin\n"
    "Origin-Agent-Cluster: ?1\n"
    "Referrer-Policy: no-referrer\n"
    "X-Content-Type-Options: nosniff\n"
    "X-DNS-Prefetch-Control: off\n"
    "X-Download-Options: noopen\n"
    "X-Frame-Options: SAMEORIGIN\n"
    "X-Permitted-Cross-Domain-Policies: none\n"
    "X-XSS-Protection: 0\n"
    "Strict-Transport-Security: max-age=31536000; includeSubDomains\n";

} // namespace

class SecurityHeadersPluginTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SecurityHeadersPluginTest);
    CPPUNIT_TEST(sendsTheDefaults);
    CPPUNIT_TEST(leavesOutWhatIsOff);
    CPPUNIT_TEST(sendsWhatIsSet);
    CPPUNIT_TEST(limitsStrictTransportSecurity);
    CPPUNIT_TEST(letsTheAnswersOwnStand);
    CPPUNIT_TEST(refusesWhatNoBrowserTakes);
    CPPUNIT_TEST(standsBeforeTheOthers);
    CPPUNIT_TEST_SUITE_END();

    using Set = std::map<std::string, std::string>;
    using Fields = std::vector<std::pair<std::string, std::string>>;

    // The fields of an answer that had `own`.
    std::string answer(const Set& set, const Fields& own = {}, bool tls = false) {
        FakeHost host;
        FakeInstance plugin(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure(set));
        const auto& filters = *plugin.extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(1u, filters.filter_count);
        FakeRequest request;
        request.tls = tls;
        const mortise_exchange exchange = host.bareRequest(request);
        FakeResponse response(host);
        response.fields = own;
        std::uint64_t slot = 0;
        const mortise_filter& filter = filters.filters[0];
        filter.on_respond(filter.context, exchange, &host.rawRequest(exchange), response.raw(), &slot);
        return response.text();
    }

    void refused(const std::string& key, const std::string& value, const std::string& part) {
        FakeHost host;
        FakeInstance plugin(host, *module_);
        CPPUNIT_ASSERT(plugin.configure({{key, value}}) < 0);
        const std::string said = host.refusedSettings[key];
        CPPUNIT_ASSERT_MESSAGE(key + ": " + said, said.find(part) != said.npos);
    }

public:
    void setUp() override {
        void* const file = dlopen(SECURITY_HEADERS_FILE, RTLD_NOW | RTLD_LOCAL);
        CPPUNIT_ASSERT_MESSAGE(file == nullptr ? dlerror() : "", file != nullptr);
        const auto entry = reinterpret_cast<mortise_module_entry>(dlsym(file, MORTISE_MODULE_ENTRY_NAME));
        CPPUNIT_ASSERT(entry != nullptr);
        module_ = entry(MORTISE_ABI_MINOR, nullptr);
        CPPUNIT_ASSERT(module_ != nullptr);
    }

    void sendsTheDefaults() {
        CPPUNIT_ASSERT_EQUAL(std::string(defaults), answer({}));
        CPPUNIT_ASSERT_EQUAL(std::string(defaults), answer({}, {}, true));
    }

    void leavesOutWhatIsOff() {
        const Set off{{"content_security_policy", ""},
                      {"cross_origin_opener_policy", ""},
                      {"cross_origin_resource_policy", ""},
                      {"origin_agent_cluster", ""},
                      {"referrer_policy", ""},
                      {"strict_transport_security", ""},
                      {"x_content_type_options", ""},
                      {"x_dns_prefetch_control", ""},
                      {"x_download_options", ""},
                      {"x_frame_options", ""},
                      {"x_permitted_cross_domain_policies", ""},
                      {"x_xss_protection", ""}};
        CPPUNIT_ASSERT_EQUAL(std::string(), answer(off));
        const std::string all(defaults);
        for (const auto& [key, value] : off) {
            const std::string left = answer({{key, value}});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(key, std::ptrdiff_t{11}, std::count(left.begin(), left.end(), '\n'));
            const std::string again = answer({{key, value}}, {}, true);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(key, left, again);
        }
    }

    void sendsWhatIsSet() {
        const std::string text = answer({{"content_security_policy", "default-src 'none'"},
                                         {"cross_origin_embedder_policy", "require-corp"},
                                         {"cross_origin_opener_policy", "unsafe-none"},
                                         {"cross_origin_resource_policy", "cross-origin"},
                                         {"origin_agent_cluster", "?0"},
                                         {"permissions_policy", "geolocation=()"},
                                         {"referrer_policy", "no-referrer, same-origin"},
                                         {"strict_transport_security", "max-age=60"},
                                         {"x_dns_prefetch_control", "on"},
                                         {"x_frame_options", "DENY"},
                                         {"x_permitted_cross_domain_policies", "master-only"},
                                         {"x_xss_protection", "1; mode=block"}});
        CPPUNIT_ASSERT_EQUAL(std::string("Content-Security-Policy: default-src 'none'\n"
                                         "Cross-Origin-Embedder-Policy: require-corp\n"
                                         "Cross-Origin-Opener-Policy: unsafe-none\n"
                                         "Cross-Origin-Resource-Policy: cross-origin\n"
                                         "Origin-Agent-Cluster: ?0\n"
                                         "Permissions-Policy: geolocation=()\n"
                                         "Referrer-Policy: no-referrer, same-origin\n"
                                         "X-Content-Type-Options: nosniff\n"
                                         "X-DNS-Prefetch-Control: on\n"
                                         "X-Download-Options: noopen\n"
                                         "X-Frame-Options: DENY\n"
                                         "X-Permitted-Cross-Domain-Policies: master-only\n"
                                         "X-XSS-Protection: 1; mode=block\n"
                                         "Strict-Transport-Security: max-age=60\n"),
                             text);
    }

    void limitsStrictTransportSecurity() {
        CPPUNIT_ASSERT(answer({{"hsts_on", "tls"}}).find("Strict-Transport") == std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string(defaults), answer({{"hsts_on", "tls"}}, {}, true));
    }

    void letsTheAnswersOwnStand() {
        const std::string text = answer({}, {{"Content-Security-Policy", "default-src docs"}, {"X-Powered-By", "us"}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, text.find("Content-Security-Policy: default-src docs\nCross-Origin"));
        CPPUNIT_ASSERT(text.find("default-src 'self'") == std::string::npos);
        CPPUNIT_ASSERT(text.find("X-Powered-By") == std::string::npos);
    }

    void refusesWhatNoBrowserTakes() {
        refused("content_security_policy", "default-src self", "quotes");
        refused("content_security_policy", "a b\nX: y", "character");
        refused("referrer_policy", "never", "'never'");
        refused("strict_transport_security", "max-age=soon", "seconds");
        refused("strict_transport_security", "off", "'off'");
        refused("x_frame_options", "a\rb", "character");
    }

    void standsBeforeTheOthers() {
        FakeHost host;
        FakeInstance plugin(host, *module_);
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        const mortise_filter& filter = plugin.extension<mortise_plugin_filter>(MORTISE_FILTER_EXTENSION)->filters[0];
        CPPUNIT_ASSERT_EQUAL(std::string("security-headers"), textOf(filter.name));
        CPPUNIT_ASSERT_EQUAL(std::string("cors,rate-limit,conditional,compression"), textOf(filter.before));
        CPPUNIT_ASSERT_EQUAL(MORTISE_PHASE_RESPOND, filter.phases);
    }

private:
    const mortise_module* module_ = nullptr;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SecurityHeadersPluginTest);
