// SPDX-License-Identifier: Apache-2.0
#include "header_faults.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <initializer_list>
#include <string>

namespace mortise::security_headers {

class HeaderFaultsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(HeaderFaultsTest);
    CPPUNIT_TEST(values);
    CPPUNIT_TEST(contentSecurityPolicies);
    CPPUNIT_TEST(referrerPolicies);
    CPPUNIT_TEST(strictTransportSecurity);
    CPPUNIT_TEST_SUITE_END();

    using Fault = std::string (*)(std::string_view);

    static void good(Fault fault, std::initializer_list<const char*> values) {
        for (const char* const value : values) CPPUNIT_ASSERT_EQUAL_MESSAGE(value, std::string(), fault(value));
    }
    static void bad(Fault fault, std::initializer_list<std::pair<const char*, const char*>> values) {
        for (const auto& [value, part] : values) {
            const std::string said = fault(value);
            CPPUNIT_ASSERT_MESSAGE(std::string(value) + ": '" + said + "' lacks '" + part + "'",
                                   !said.empty() && said.find(part) != said.npos);
        }
    }

public:
    void values() {
        good(faultOfValue, {"0", "a b", "max-age=1; preload"});
        bad(faultOfValue, {{"", "blank"},
                           {"  ", "blank"},
                           {" a", "blank"},
                           {"a ", "blank"},
                           {"a\r\nX: y", "character"},
                           {"a\nb", "character"},
                           {"\xc3\xa9", "character"}});
    }

    void contentSecurityPolicies() {
        good(faultOfContentSecurityPolicy,
             {"default-src 'self'", "default-src 'self';", "sandbox", "upgrade-insecure-requests;sandbox allow-scripts",
              "script-src 'self' https://example.com:8443 'nonce-r4nd0m' 'sha256-abc='", "img-src data: blob: *",
              "require-trusted-types-for 'script'", "script-src self.example", "x1-y 'none'"});
        bad(faultOfContentSecurityPolicy, {{";", "no directive"},
                                           {"default-src 'self';default-src 'none'", "twice"},
                                           {"default-src 'self';Default-Src 'none'", "twice"},
                                           {"default-src self", "quotes"},
                                           {"script-src 'self' unsafe-inline", "quotes"},
                                           {"script-src nonce-abc", "quotes"},
                                           {"script-src sha512-abc", "quotes"},
                                           {"default-src 'self', script-src 'self'", "comma"},
                                           {"default_src 'self'", "no directive"},
                                           {"default-src: 'self'", "no directive"}});
    }

    void referrerPolicies() {
        good(faultOfReferrerPolicy, {"no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin",
                                     "same-origin", "strict-origin", "strict-origin-when-cross-origin", "unsafe-url",
                                     "no-referrer, strict-origin-when-cross-origin", "no-referrer,unsafe-url"});
        bad(faultOfReferrerPolicy, {{"noreferrer", "'noreferrer'"},
                                    {"origin, origin", "twice"},
                                    {"origin,", "''"},
                                    {"origin origin", "'origin origin'"},
                                    {"None", "'None'"}});
    }

    void strictTransportSecurity() {
        good(faultOfStrictTransportSecurity, {"max-age=0", "max-age=31536000; includeSubDomains",
                                              "max-age=1;includeSubDomains;preload", "Max-Age=5; preload"});
        bad(faultOfStrictTransportSecurity, {{"includeSubDomains", "lacks"},
                                             {"max-age", "seconds"},
                                             {"max-age=", "seconds"},
                                             {"max-age=-1", "seconds"},
                                             {"max-age=1.5", "seconds"},
                                             {"max-age=1; max-age=2", "twice"},
                                             {"max-age=1; includeSubDomain", "none of"},
                                             {"max-age=1; includesubdomains", "none of"},
                                             {"max-age=1,includeSubDomains", "seconds"},
                                             {"max-age=1;", "none of"}});
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(HeaderFaultsTest);

} // namespace mortise::security_headers
