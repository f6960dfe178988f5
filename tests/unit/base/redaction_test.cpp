// SPDX-License-Identifier: Apache-2.0
#include "base/redaction.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <chrono>
#include <string>
#include <string_view>

namespace mortise::base {

class RedactionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(RedactionTest);
    CPPUNIT_TEST(hidesParametersOfTargets);
    CPPUNIT_TEST(hidesEscapedOnes);
    CPPUNIT_TEST(hidesTheWholeValue);
    CPPUNIT_TEST(hidesUserinfoOfTargets);
    CPPUNIT_TEST(leavesOtherTargetsAlone);
    CPPUNIT_TEST(hidesPasswordsOfUrls);
    CPPUNIT_TEST(hidesOddPasswords);
    CPPUNIT_TEST(hidesParametersOfText);
    CPPUNIT_TEST(leavesOtherTextAlone);
    CPPUNIT_TEST(takesNoTimeForHostileOnes);
    CPPUNIT_TEST_SUITE_END();

    static void target(const std::string& expected, std::string_view text) {
        std::string storage = "left over";
        CPPUNIT_ASSERT_EQUAL(expected, std::string(redactTarget(text, storage)));
    }
    static void text(const std::string& expected, std::string_view given) {
        CPPUNIT_ASSERT_EQUAL(expected, redactText(given));
    }

public:
    void hidesParametersOfTargets() {
        target("/a?token=[redacted]", "/a?token=abc");
        target("/a?x=1&token=[redacted]&y=2", "/a?x=1&token=abc&y=2");
        target("/a?token=[redacted]&password=[redacted]", "/a?token=a&password=b");
        target("/a?token=[redacted]", "/a?token=a=b=c");
        target("/a?token=[redacted]", "/a?token=");
        target("/a?TOKEN=[redacted]&&x", "/a?TOKEN=a&&x");
        target("/a?user[pwd]=[redacted]&login[pin]=[redacted]", "/a?user[pwd]=hunter2&login[pin]=1234");
        target("/a?user.pwd=[redacted]&monkey=1", "/a?user.pwd=hunter2&monkey=1");
        target("/a?x=1;token=[redacted]", "/a?x=1;token=abc");
        target("/cb#access_token=[redacted]&token_type=[redacted]", "/cb#access_token=abc&token_type=bearer");
        target("/cb?x=1#id_token=[redacted]", "/cb?x=1#id_token=abc");
        target("http://h/cb#access_token=[redacted]", "http://h/cb#access_token=abc");
        target("/a;jsessionid=[redacted]/b;v=1?x=1", "/a;jsessionid=0A1B/b;v=1?x=1");
        target("/a;jsessionid=[redacted]?x=1", "/a;jsessionid=0A1B?x=1");
        target("/a?next=/b?token=[redacted]&x=1", "/a?next=/b?token=abc&x=1");
        target("/graphql?variables={\"a\":{\"password\":[redacted]&x=1",
               "/graphql?variables={\"a\":{\"password\":\"b\"}}&x=1");
        target("/graphql?query={login(email:\"a\",password:[redacted]",
               "/graphql?query={login(email:\"a\",password:\"b\")}");
    }

    void hidesEscapedOnes() {
        target("/a?%74oken=[redacted]&x=1", "/a?%74oken=abc&x=1");
        target("/a?user%5Bpwd%5D=[redacted]", "/a?user%5Bpwd%5D=hunter2");
        target("/a?user%5bpwd%5d=[redacted]", "/a?user%5bpwd%5d=hunter2");
        target("/a?user%255Bpwd%255D=[redacted]", "/a?user%255Bpwd%255D=hunter2");
        target("/a?user%25255Bpwd%25255D=[redacted]", "/a?user%25255Bpwd%25255D=hunter2");
        target("/a?user%255Bpin%255D=[redacted]", "/a?user%255Bpin%255D=1");
        target("/a?na%6De=Ada&%70in=[redacted]", "/a?na%6De=Ada&%70in=1");
        target("/a?api+key=[redacted]&api%20key=[redacted]", "/a?api+key=1&api%20key=2");
        target("/a?token%3D[redacted]&x=1", "/a?token%3Dabc&x=1");
        target("/a%3Ftoken=[redacted]", "/a%3Ftoken=abc");
        target("/a%23access_token%3D[redacted]", "/a%23access_token%3Dabc");
        target("/a?next=%2Fcb%3Ftoken%3D[redacted]&z=2", "/a?next=%2Fcb%3Ftoken%3Dx%26y%3D1&z=2");
        target("/a?v=%7B%22password%22%3A[redacted]", "/a?v=%7B%22password%22%3A%22x%22%7D");
        target("/a?%zztoken=[redacted]", "/a?%zztoken=abc");
    }

    void hidesTheWholeValue() {
        for (const std::string value : {"hun%26ter2", "hun%2526ter2", "hun;ter2", "hun#ter2", "hun?ter2", "hun/ter2",
                                        "hun=ter2", "hun%ter2", "%", "hun ter2", "hun+ter2"})
            target("/a?password=[redacted]&x=1", "/a?password=" + value + "&x=1");
    }

    void hidesUserinfoOfTargets() {
        target("http://[redacted]@host/a", "http://user:pass@host/a");
        target("http://[redacted]@host/a", "http://user:p/a@ss@host/a");
        target("[redacted]@host:443", "user:pass@host:443");
        target("http://[redacted]@host/a?x=1&token=[redacted]", "http://user@host/a?x=1&token=abc");
        target("http://host/a?x=a@b&token=[redacted]", "http://host/a?x=a@b&token=abc");
        target("http://[redacted]@host/", "http://user:hun?ter2@host/");
        target("http://[redacted]@host/", "http://user:hun#ter2@host/");
        target("http://[redacted]%40host/", "http://user:hunter2%40host/");
        target("http://[redacted]", "http://user:hunter2"); // cut at a limit
        target("http://[redacted]", "http://user%3Ahunter2");
        target("[redacted]", "user:hunter2");
        target("//[redacted]@host/a", "//user:hunter2@host/a");
        target("/http://user:[redacted]@host/a", "/http://user:hunter2@host/a");
        target("/a?u=http://user:[redacted]@host/&x=1", "/a?u=http://user:hunter2@host/&x=1");
        target("/a?u=http%3A%2F%2Fuser%3A[redacted]%40host%2F&x=1", "/a?u=http%3A%2F%2Fuser%3Ahunter2%40host%2F&x=1");
    }

    void leavesOtherTargetsAlone() {
        std::string storage;
        for (const std::string_view given : {"",
                                             "*",
                                             "/",
                                             "/token/abc",
                                             "/token:revoke",
                                             "/a?",
                                             "/a?x=1",
                                             "/a?token",
                                             "/a?&&",
                                             "/a?x=token=1",
                                             "/@me",
                                             "//@scope/x",
                                             "http://host/a?x=a@b",
                                             "http://host:80/a",
                                             "http://[::1]:80/a",
                                             "http://[::1]/",
                                             "t:80",
                                             "hello",
                                             "/a;v=1/b",
                                             "/a?monkey=1&keyboard=2",
                                             "/a?q=a%20b%3Dc",
                                             "/a?at=12:30",
                                             "/a?next=http://h/",
                                             "/%70in",
                                             "/a%",
                                             "/a?email=a%40b"}) {
            CPPUNIT_ASSERT_EQUAL(std::string(given), std::string(redactTarget(given, storage)));
            CPPUNIT_ASSERT(redactTarget(given, storage).data() == given.data());
        }
    }

    void hidesPasswordsOfUrls() {
        text("mysql://user:[redacted]@db:3306/name", "mysql://user:hunter2@db:3306/name");
        text("redis://:[redacted]@h/0", "redis://:hunter2@h/0");
        text("http://a:[redacted]@x, https://b:[redacted]@y/z", "http://a:hunter2@x, https://b:hunter2@y/z");
        text("http://a:[redacted]@x,https://b@y", "http://a:hunter2@x,https://b@y");
        text("see x+y://u:[redacted]@h for more", "see x+y://u:hunter2@h for more");
        text("'mysql://u:[redacted]@h' is none", "'mysql://u:hunter2@h' is none");
    }

    void hidesOddPasswords() {
        for (const char* password :
             {"a/b", "a?b", "a#b", "a@b", "a:b", "123/4", "@", ":", "a,b", "a&b=c", "a//b", "a%40b"})
            text("mysql://u:[redacted]@h/d", "mysql://u:" + std::string(password) + "@h/d");
    }

    void hidesParametersOfText() {
        text("http://h/p?a=1&password=[redacted]&b=2", "http://h/p?a=1&password=hunter2&b=2");
        text("http://h/?access_token=[redacted]", "http://h/?access_token=hunter2#top");
        text("http://h/?API-Key=[redacted]", "http://h/?API-Key=hunter2");
        text("http://u:[redacted]@h/?sslpassword=[redacted]", "http://u:p@h/?sslpassword=hunter2;x=y");
        text("http://h/?session=[redacted]&otp=[redacted]&pin=[redacted]&monkey=banana",
             "http://h/?session=a&otp=b&pin=c&monkey=banana");
        text("x?api%20key=[redacted]&%22otp%22=[redacted]", "x?api%20key=1&%22otp%22=2");
        text("GET /a?user[pwd]=[redacted] failed", "GET /a?user[pwd]=hunter2 failed");
        text("'/a?token=[redacted]' is no file", "'/a?token=abc' is no file");
        text("Server=h;Password=[redacted]", "Server=h;Password=hunter2");
        text("/a?token=[redacted]", "/a?token=abc");
    }

    void leavesOtherTextAlone() {
        for (const char* given : {"", "plain", "127.0.0.1:8080", "user:password@host", "sqlite:///var/lib/x.db", "://",
                                  "a://", "http://localhost:3000, https://example.com:8443/a?b=c", "http://[::1]:80/",
                                  "unix:/a:b@c", "auth.tokens=debug, request-log=warn",
                                  "unknown key; write key = value", "password: too short", "50% of a=b"})
            text(given, given);
    }

    void takesNoTimeForHostileOnes() {
        std::string storage;
        for (const std::string piece : {"://", "a://", "a://,", "a:@", "%25", "?%", "&=", "?a://b", "?token:", "{\"",
                                        ";:", "a://@", "%40", "@:"}) {
            std::string many = "/";
            while (many.size() < 200'000) many += piece;
            const auto begun = std::chrono::steady_clock::now();
            redactTarget(many, storage);
            redactTarget(std::string_view(many).substr(1), storage);
            redactText(many + " ", storage);
            CPPUNIT_ASSERT_MESSAGE(piece, std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(RedactionTest);

} // namespace mortise::base
