// SPDX-License-Identifier: Apache-2.0
#include "config/redact.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

using mortise::config::redactUrls;

class RedactTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RedactTest);
    CPPUNIT_TEST(hidesPasswords);
    CPPUNIT_TEST(hidesOddPasswords);
    CPPUNIT_TEST(hidesSecretParameters);
    CPPUNIT_TEST(leavesOtherTextAlone);
    CPPUNIT_TEST_SUITE_END();

    static void same(const std::string& expected, const std::string& text) {
        CPPUNIT_ASSERT_EQUAL(expected, redactUrls(text));
    }

    void hidesPasswords() {
        same("mysql://user:[redacted]@db:3306/name", "mysql://user:hunter2@db:3306/name");
        same("redis://:[redacted]@h/0", "redis://:hunter2@h/0");
        same("http://a:[redacted]@x, https://b:[redacted]@y/z", "http://a:hunter2@x, https://b:hunter2@y/z");
        same("http://a:[redacted]@x,https://b@y", "http://a:hunter2@x,https://b@y");
        same("see x+y://u:[redacted]@h for more", "see x+y://u:hunter2@h for more");
    }

    void hidesOddPasswords() {
        for (const char* password : {"a/b", "a?b", "a#b", "a@b", "a:b", "123/4", "@", ":", "a,b", "a&b=c", "a//b"}) {
            same("mysql://u:[redacted]@h/d", "mysql://u:" + std::string(password) + "@h/d");
        }
    }

    void hidesSecretParameters() {
        same("http://h/p?a=1&password=[redacted]&b=2", "http://h/p?a=1&password=hunter2&b=2");
        same("http://h/?access_token=[redacted]#top", "http://h/?access_token=hunter2#top");
        same("http://h/?API-Key=[redacted]", "http://h/?API-Key=hunter2");
        same("http://u:[redacted]@h/?sslpassword=[redacted];x=y", "http://u:p@h/?sslpassword=hunter2;x=y");
    }

    void leavesOtherTextAlone() {
        for (const char* text :
             {"", "plain", "127.0.0.1:8080", "user:password@host", "sqlite:///var/lib/x.db", "://", "a://",
              "http://localhost:3000, https://example.com:8443/a?b=c", "http://[::1]:80/", "unix:/a:b@c"}) {
            same(text, text);
        }
    }
};
CPPUNIT_TEST_SUITE_REGISTRATION(RedactTest);
