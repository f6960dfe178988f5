// SPDX-License-Identifier: Apache-2.0
#include "base/sensitive_names.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>

namespace mortise::base {

class SensitiveNamesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SensitiveNamesTest);
    CPPUNIT_TEST(knowsSensitiveNames);
    CPPUNIT_TEST(knowsThemInAnyPlace);
    CPPUNIT_TEST(knowsHarmlessNames);
    CPPUNIT_TEST(knowsNothingOfLongNames);
    CPPUNIT_TEST(remembersNoOtherName);
    CPPUNIT_TEST_SUITE_END();

public:
    void knowsSensitiveNames() {
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
                                 "api key",
                                 "apikey",
                                 "api_keys",
                                 "client_secret",
                                 "clientsecret",
                                 "credentials",
                                 "jwt",
                                 "Key",
                                 "sig",
                                 "code",
                                 "private-key",
                                 "privatekey",
                                 "passphrase",
                                 "ssh_passphrase",
                                 "passcode",
                                 "sessionid",
                                 "JSESSIONID",
                                 "PHPSESSID",
                                 "ASPSESSIONIDABC",
                                 "session",
                                 "otp",
                                 "totp",
                                 "pin",
                                 "signing_key",
                                 "encryption-key",
                                 "bearer",
                                 "pwd",
                                 "user_pwd",
                                 "userpwd",
                                 "sslpassword",
                                 "HTTPPassword",
                                 "APIKey",
                                 "userPIN",
                                 "PINCode",
                                 "myPin",
                                 "password2",
                                 "pin1",
                                 "2password",
                                 "otp_2",
                                 "oauth2token",
                                 "PaSsWoRd",
                                 "ToKeN",
                                 "pWD",
                                 "X-Amz-Signature",
                                 "X-Amz-Security-Token",
                                 "X-Amz-Credential",
                                 "csrfToken",
                                 "_csrf",
                                 "XSRF-TOKEN",
                                 "accesstoken",
                                 "idToken",
                                 "authCode",
                                 "device_code",
                                 "code_verifier",
                                 "client_assertion",
                                 "SAMLResponse",
                                 "recovery codes",
                                 "sid",
                                 "connect.sid",
                                 "passWord",
                                 "pass",
                                 "pw",
                                 "user_pw",
                                 "passw",
                                 "hmac",
                                 "2fa",
                                 "2FACode",
                                 "user2fa",
                                 "two_factor",
                                 "twoFactorCode",
                                 "mnemonic",
                                 "security_answer",
                                 "securityAnswer1",
                                 "pkey",
                                 "privkey",
                                 "ssl_privkey",
                                 "SAMLRequest",
                                 "cardpin",
                                 "pinnumber",
                                 "card_number",
                                 "dbpass",
                                 "userpass",
                                 "smtpPass",
                                 "FTPPASS",
                                 "rootpass",
                                 "adminpw",
                                 "token_type_secret",
                                 "code_challenge",
                                 "session_count_token",
                                 "db_pass"}) {
            CPPUNIT_ASSERT_MESSAGE(name, isSensitiveName(name));
        }
    }

    void knowsThemInAnyPlace() {
        for (const std::string word : {"pwd", "pin", "otp", "password", "token", "secret", "session", "key", "code",
                                       "jwt", "cookie", "sig", "auth", "pass", "apiKey", "accessToken"}) {
            for (const std::string& name :
                 {word, "user[" + word + "]", "user." + word, "login_" + word, "login-" + word, word + "[0]",
                  word + "[]", "a[b][" + word + "][c]", "user " + word, word + "1", "x2" + word, word + "_x",
                  "a:" + word, "$" + word, "[" + word, word + "]", "\"" + word + "\""}) {
                CPPUNIT_ASSERT_MESSAGE(name, isSensitiveName(name));
            }
        }
        for (const char* name : {"userPwd", "loginPin", "theOtp", "XToken", "mySecretValue", "aPIKey"})
            CPPUNIT_ASSERT_MESSAGE(name, isSensitiveName(name));
    }

    void knowsHarmlessNames() {
        for (const char* name : {"",
                                 "a",
                                 "1",
                                 "[]",
                                 "id",
                                 "name",
                                 "page",
                                 "limit",
                                 "email",
                                 "monkey",
                                 "keyboard",
                                 "keyword",
                                 "keyWord",
                                 "turkey",
                                 "donkey",
                                 "hockey",
                                 "spinner",
                                 "spin",
                                 "pinned",
                                 "opinion",
                                 "shipping",
                                 "mapping",
                                 "author",
                                 "authors",
                                 "authority",
                                 "authorId",
                                 "authentic",
                                 "compass",
                                 "compassion",
                                 "passenger",
                                 "passage",
                                 "passport",
                                 "bypass",
                                 "encompass",
                                 "passive",
                                 "tokenizer",
                                 "tokenize",
                                 "secretary",
                                 "secretariat",
                                 "cookiecutter",
                                 "cookieless",
                                 "sessions",
                                 "obsession",
                                 "assertions",
                                 "signal",
                                 "design",
                                 "assign",
                                 "sigma",
                                 "codec",
                                 "decode",
                                 "encoding",
                                 "barcode",
                                 "zipcode",
                                 "status_code",
                                 "statusCode",
                                 "errorCode",
                                 "error.code",
                                 "country_code",
                                 "zip_code",
                                 "postalCode",
                                 "sortKey",
                                 "primary_key",
                                 "public-key",
                                 "cacheKey",
                                 "passThrough",
                                 "userAgent",
                                 "method",
                                 "url",
                                 "X-Request-Id",
                                 "requestId",
                                 "user[name]",
                                 "filter[status]",
                                 "a[0][b]",
                                 "include",
                                 "side",
                                 "inside",
                                 "residence",
                                 "captcha",
                                 "laptop",
                                 "desktop",
                                 "crypto",
                                 "protocol",
                                 "optional",
                                 "option",
                                 "top",
                                 "q",
                                 "sort",
                                 "order",
                                 "cost",
                                 "jobs",
                                 "pinterest",
                                 "keynote",
                                 "token_type",
                                 "tokenType",
                                 "max_tokens",
                                 "auth_type",
                                 "key_id",
                                 "key_name",
                                 "keyCode",
                                 "session_count",
                                 "session_timeout",
                                 "cookies_accepted",
                                 "code_challenge_method",
                                 "12fa",
                                 "2fast",
                                 "trespass",
                                 "overpass",
                                 "\xc3\xa9pin",
                                 "pin\xc3\xa9"}) {
            CPPUNIT_ASSERT_MESSAGE(name, !isSensitiveName(name));
        }
    }

    void knowsNothingOfLongNames() {
        CPPUNIT_ASSERT(isSensitiveName(std::string(129, 'x')));
        CPPUNIT_ASSERT(!isSensitiveName(std::string(128, 'x')));
        CPPUNIT_ASSERT(isSensitiveName(std::string(120, 'x') + "_token"));
        CPPUNIT_ASSERT(isSensitiveName("token" + std::string(1000, '_')));
    }

    // Verdicts are kept for a few names at a time: a name must not get that of another one.
    void remembersNoOtherName() {
        for (int number = 0; number < 5000; ++number) {
            const std::string harmless = "name" + std::to_string(number);
            const std::string secret = "token" + std::to_string(number);
            CPPUNIT_ASSERT_MESSAGE(harmless, !isSensitiveName(harmless));
            CPPUNIT_ASSERT_MESSAGE(secret, isSensitiveName(secret));
            CPPUNIT_ASSERT_MESSAGE(harmless, !isSensitiveName(harmless));
            CPPUNIT_ASSERT(isSensitiveName("pwd") && !isSensitiveName("pwm") && !isSensitiveName(""));
        }
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(SensitiveNamesTest);

} // namespace mortise::base
