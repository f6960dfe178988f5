// SPDX-License-Identifier: Apache-2.0
#include "host/redaction.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <string_view>

namespace mortise::host {

namespace {

std::string redacted(std::string_view target) {
    std::string storage = "left over";
    return std::string(redactTarget(target, storage));
}

} // namespace

class RedactionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RedactionTest);
    CPPUNIT_TEST(knowsSecretNames);
    CPPUNIT_TEST(knowsHarmlessNames);
    CPPUNIT_TEST(hidesValuesOfSecretParameters);
    CPPUNIT_TEST(hidesUserinfo);
    CPPUNIT_TEST(hidesBehindEscapes);
    CPPUNIT_TEST(leavesOtherTargetsAlone);
    CPPUNIT_TEST_SUITE_END();

public:
    void knowsSecretNames() {
        for (const char* name : {"authorization",
                                 "Proxy-Authorization",
                                 "cookie",
                                 "Set-Cookie",
                                 "password",
                                 "oldPassword",
                                 "PASSWD",
                                 "token",
                                 "access_token",
                                 "refreshToken",
                                 "X-Api-Key",
                                 "api.key",
                                 "client_secret",
                                 "credentials",
                                 "jwt",
                                 "Key",
                                 "sig",
                                 "code",
                                 "private-key",
                                 "passphrase",
                                 "ssh_passphrase",
                                 "passcode",
                                 "sessionid",
                                 "JSESSIONID",
                                 "PHPSESSID",
                                 "session",
                                 "otp",
                                 "totp",
                                 "pin",
                                 "signing_key",
                                 "encryption-key",
                                 "bearer"}) {
            CPPUNIT_ASSERT_MESSAGE(name, isSecretName(name));
        }
        CPPUNIT_ASSERT(isSecretName("token" + std::string(1000, 'x')));
        CPPUNIT_ASSERT(isSecretName(std::string(64, 'x') + "token"));
        CPPUNIT_ASSERT(!isSecretName(std::string(64, 'x')));
    }

    void knowsHarmlessNames() {
        for (const char* name :
             {"", "a", "id", "name", "page", "limit", "email", "monkey", "keyboard", "status_code", "author",
              "userAgent", "method", "url", "errorCode", "spin", "passenger", "assertions", "sessions"}) {
            CPPUNIT_ASSERT_MESSAGE(name, !isSecretName(name));
        }
    }

    void hidesValuesOfSecretParameters() {
        CPPUNIT_ASSERT_EQUAL(std::string("/a?token=[redacted]"), redacted("/a?token=abc"));
        CPPUNIT_ASSERT_EQUAL(std::string("/a?x=1&token=[redacted]&y=2"), redacted("/a?x=1&token=abc&y=2"));
        CPPUNIT_ASSERT_EQUAL(std::string("/a?token=[redacted]&password=[redacted]"), redacted("/a?token=a&password=b"));
        CPPUNIT_ASSERT_EQUAL(std::string("/a?token=[redacted]"), redacted("/a?token=a=b=c"));
        CPPUNIT_ASSERT_EQUAL(std::string("/a?token=[redacted]"), redacted("/a?token="));
        CPPUNIT_ASSERT_EQUAL(std::string("/a?TOKEN=[redacted]&&x"), redacted("/a?TOKEN=a&&x"));
    }

    void hidesUserinfo() {
        CPPUNIT_ASSERT_EQUAL(std::string("http://[redacted]@host/a"), redacted("http://user:pass@host/a"));
        CPPUNIT_ASSERT_EQUAL(std::string("http://[redacted]@host/a"), redacted("http://user:p/a@ss@host/a"));
        CPPUNIT_ASSERT_EQUAL(std::string("[redacted]@host:443"), redacted("user:pass@host:443"));
        CPPUNIT_ASSERT_EQUAL(std::string("http://[redacted]@host/a?x=1&token=[redacted]"),
                             redacted("http://user@host/a?x=1&token=abc"));
        CPPUNIT_ASSERT_EQUAL(std::string("http://host/a?x=a@b&token=[redacted]"),
                             redacted("http://host/a?x=a@b&token=abc"));
    }

    void hidesBehindEscapes() {
        CPPUNIT_ASSERT_EQUAL(std::string("/a?%74oken=[redacted]&x=1"), redacted("/a?%74oken=abc&x=1"));
    }

    void leavesOtherTargetsAlone() {
        std::string storage;
        for (const std::string_view target : {"", "/", "/token/abc", "/a?", "/a?x=1", "/a?token", "/a?&&",
                                              "/a?x=token=1", "/@me", "http://host/a?x=a@b"}) {
            CPPUNIT_ASSERT(redactTarget(target, storage).data() == target.data());
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RedactionTest);

} // namespace mortise::host
