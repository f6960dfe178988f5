// SPDX-License-Identifier: Apache-2.0
#include "../jwt.hpp"

#include "jwt_fixture.hpp"

#include <cppunit/extensions/HelperMacros.h>

#include <string>
#include <utility>
#include <vector>

namespace {

const std::string accessSecret = "Zl0wq9T3nXyVb4Kc7Rj2Hd8Lm5Pf1Gs6";
const std::string refreshSecret = "uE7iOa3xCv9Bn1Mq5Wz0Tk4Yr8Sj2Dh6";
constexpr std::int64_t nowMs = 1'700'000'000'000;
const std::string usualHeader = R"({"alg":"HS256","typ":"JWT"})";
const std::string usualClaims = R"({"userId":"0190","email":"ada@example.com","iat":1699999999,"exp":1700000900})";

auth::TokenVerdict read(const std::string& token, std::int64_t leewayMs = 0, std::int64_t at = nowMs) {
    const auth::TokenReader<auth::AccessClaims> reader(
        auth::makeAccessJws(fixture::macWith(accessSecret), fixture::equal(), fixture::parseHeader),
        fixture::parseAccess, leewayMs);
    return reader.read(token, at).verdict;
}

auth::TokenVerdict readHeader(std::string_view header) {
    return read(fixture::signedToken(header, usualClaims, accessSecret));
}

auth::TokenVerdict readClaims(std::string_view claims, std::int64_t leewayMs = 0) {
    return read(fixture::signedToken(usualHeader, claims, accessSecret), leewayMs);
}

std::string usual() {
    return fixture::signedToken(usualHeader, usualClaims, accessSecret);
}

void assertVerdict(auth::TokenVerdict expected, auth::TokenVerdict actual) {
    CPPUNIT_ASSERT_EQUAL(static_cast<int>(expected), static_cast<int>(actual));
}

constexpr auto valid = auth::TokenVerdict::valid;
constexpr auto malformed = auth::TokenVerdict::malformed;
constexpr auto expired = auth::TokenVerdict::expired;
constexpr auto notYetValid = auth::TokenVerdict::notYetValid;

class JwtTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(JwtTest);
    CPPUNIT_TEST(refusesEveryOtherAlgorithm);
    CPPUNIT_TEST(refusesTheWrongSecret);
    CPPUNIT_TEST(refusesEveryChangedCharacter);
    CPPUNIT_TEST(refusesEveryTruncation);
    CPPUNIT_TEST(refusesOtherNumbersOfParts);
    CPPUNIT_TEST(refusesTheHuge);
    CPPUNIT_TEST(refusesCriticalExtensions);
    CPPUNIT_TEST(refusesBrokenHeaders);
    CPPUNIT_TEST(refusesBrokenClaims);
    CPPUNIT_TEST(tellsAccessFromRefresh);
    CPPUNIT_TEST(takesOtherIssuersTokens);
    CPPUNIT_TEST(checksTimesToTheMoment);
    CPPUNIT_TEST(takesNoTokenFromTheFuture);
    CPPUNIT_TEST(comparesByTheGivenFunction);
    CPPUNIT_TEST(reportsEpochs);
    CPPUNIT_TEST(lastDuplicateWins);
    CPPUNIT_TEST(signsWhatItReads);
    CPPUNIT_TEST(knowsAForeignToken);
    CPPUNIT_TEST(findsBearerTokens);
    CPPUNIT_TEST_SUITE_END();

    void refusesEveryOtherAlgorithm() {
        for (const char* algorithm :
             {"none", "None", "NONE", "hs256", "HS256 ", "HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", ""}) {
            assertVerdict(malformed, readHeader(R"({"alg":")" + std::string(algorithm) + R"(","typ":"JWT"})"));
        }
        const std::string none =
            fixture::encoded(R"({"alg":"none","typ":"JWT"})") + "." + fixture::encoded(usualClaims);
        assertVerdict(malformed, read(none + "."));
        assertVerdict(malformed, read(none));
        assertVerdict(malformed, readHeader(R"({"typ":"JWT"})"));
        assertVerdict(malformed, readHeader(R"({"alg":null})"));
        assertVerdict(malformed, readHeader(R"({"alg":["HS256"]})"));
        assertVerdict(malformed, readHeader(R"({"alg":"HS256","alg":"none"})"));
    }

    void refusesTheWrongSecret() {
        assertVerdict(malformed, read(fixture::signedToken(usualHeader, usualClaims, refreshSecret)));
        assertVerdict(malformed, read(fixture::signedToken(usualHeader, usualClaims, "")));
    }

    void refusesEveryChangedCharacter() {
        const std::string token = usual();
        assertVerdict(valid, read(token));
        for (std::size_t i = 0; i < token.size(); ++i) {
            for (const char c : {'A', 'B', '.', '=', '+', '\0', ' '}) {
                if (token[i] == c) continue;
                std::string changed = token;
                changed[i] = c;
                assertVerdict(malformed, read(changed));
            }
        }
    }

    void refusesEveryTruncation() {
        const std::string token = usual();
        for (std::size_t size = 0; size < token.size(); ++size) {
            assertVerdict(malformed, read(token.substr(0, size)));
            assertVerdict(malformed, read(token.substr(token.size() - size)));
        }
        assertVerdict(malformed, read(token + "="));
        assertVerdict(malformed, read(" " + token));
    }

    void refusesOtherNumbersOfParts() {
        const std::string token = usual();
        assertVerdict(malformed, read(token + "."));
        assertVerdict(malformed, read(token + ".AAAA"));
        assertVerdict(malformed, read("." + token));
        const std::string signature = token.substr(token.rfind('.'));
        assertVerdict(malformed, read(token.substr(0, token.rfind('.')) + ".AAAA" + signature));
        assertVerdict(malformed, read(".."));
        assertVerdict(malformed, read(std::string(8000, '.')));
    }

    void refusesTheHuge() {
        const auto claimsOf = [](std::size_t filler) {
            return R"({"userId":"0190","exp":1700000900,"x":")" + std::string(filler, 'x') + R"("})";
        };
        assertVerdict(valid, readClaims(claimsOf(5900)));
        assertVerdict(malformed, readClaims(claimsOf(6200)));
        assertVerdict(malformed, readClaims(claimsOf(1 << 20)));
        assertVerdict(malformed, read(std::string(1 << 20, 'A')));
        const std::string header = R"({"alg":"HS256","typ":"JWT","x":")" + std::string(1 << 16, 'x') + R"("})";
        assertVerdict(malformed, readHeader(header));
    }

    void refusesCriticalExtensions() {
        assertVerdict(malformed, readHeader(R"({"alg":"HS256","crit":["exp"],"exp":1})"));
        assertVerdict(malformed, readHeader(R"({"alg":"HS256","crit":[]})"));
        assertVerdict(malformed, readHeader(R"({"alg":"HS256","b64":false,"crit":["b64"]})"));
    }

    void refusesBrokenHeaders() {
        for (const char* header : {"", "{", "[]", "null", "\"HS256\"", R"({"alg":"HS256",})",
                                   R"({"alg":"HS256","typ":1})", R"({"alg":"HS256"}x)"}) {
            assertVerdict(malformed, readHeader(header));
        }
    }

    void refusesBrokenClaims() {
        for (const char* claims :
             {"", "{}", "[]", "{", R"({"userId":"0190"})", R"({"exp":1700000900})", R"({"userId":7,"exp":1700000900})",
              R"({"userId":"0190","exp":"1700000900"})", R"({"userId":"0190","exp":null})",
              R"({"userId":"0190","exp":1e999})", R"({"userId":"0190","exp":1700000900,"nbf":"0"})",
              R"({"userId":"0190","exp":1700000900,"iat":{}})"}) {
            assertVerdict(malformed, readClaims(claims));
        }
        assertVerdict(malformed, readClaims(R"({"userId":"","exp":1700000900})"));
        assertVerdict(malformed, readClaims(R"({"userId":"0190","exp":1700000900,"typ":"refresh"})"));
        assertVerdict(valid, readClaims(R"({"userId":"0190","exp":1700000900,"typ":"access"})"));
        assertVerdict(malformed, readClaims("\xff"));
    }

    void tellsAccessFromRefresh() {
        const auth::Jws access =
            auth::makeAccessJws(fixture::macWith(accessSecret), fixture::equal(), fixture::parseHeader);
        const auth::Jws refresh =
            auth::makeRefreshJws(fixture::macWith(refreshSecret), fixture::equal(), fixture::parseHeader);
        auth::Jws::Buffer buffer;
        CPPUNIT_ASSERT(!access.verify(refresh.sign(usualClaims), buffer));
        CPPUNIT_ASSERT(!refresh.verify(access.sign(usualClaims), buffer));
        // Even under the other's key the type tells them apart.
        const auth::Jws mixed =
            auth::makeRefreshJws(fixture::macWith(accessSecret), fixture::equal(), fixture::parseHeader);
        CPPUNIT_ASSERT(!access.verify(mixed.sign(usualClaims), buffer));
        CPPUNIT_ASSERT(!mixed.verify(access.sign(usualClaims), buffer));
        CPPUNIT_ASSERT(!mixed.verify(fixture::signedToken(R"({"alg":"HS256"})", usualClaims, accessSecret), buffer));
    }

    void takesOtherIssuersTokens() {
        assertVerdict(valid, readHeader(R"({"alg":"HS256"})"));
        assertVerdict(valid, readHeader(R"({ "typ" : "JWT",  "alg" : "HS256" })"));
        assertVerdict(valid, readHeader(R"({"alg":"HS256","typ":"jwt","kid":"1"})"));
        assertVerdict(valid, readHeader(R"({"alg":"HS256","typ":"at+JWT"})"));
        assertVerdict(malformed, readHeader(R"({"alg":"HS256","typ":"JOSE"})"));
        assertVerdict(valid, readClaims(R"({"exp":1700000900.5,"userId":"0190","sub":"x","roles":["a"]})"));
    }

    void checksTimesToTheMoment() {
        assertVerdict(expired, readClaims(R"({"userId":"0190","exp":1700000000})"));
        assertVerdict(valid, readClaims(R"({"userId":"0190","exp":1700000001})"));
        assertVerdict(valid, readClaims(R"({"userId":"0190","exp":1700000000.001})"));
        assertVerdict(expired, readClaims(R"({"userId":"0190","exp":0})"));
        assertVerdict(expired, readClaims(R"({"userId":"0190","exp":-1700000001})"));
        assertVerdict(notYetValid, readClaims(R"({"userId":"0190","exp":1800000000,"nbf":1700000001})"));
        assertVerdict(valid, readClaims(R"({"userId":"0190","exp":1800000000,"nbf":1700000000})"));
        assertVerdict(expired, readClaims(R"({"userId":"0190","exp":1699999995})", 5000));
        assertVerdict(valid, readClaims(R"({"userId":"0190","exp":1699999996})", 5000));
        assertVerdict(valid, readClaims(R"({"userId":"0190","exp":1800000000,"nbf":1700000005})", 5000));
        assertVerdict(notYetValid, readClaims(R"({"userId":"0190","exp":1800000000,"nbf":1700000006})", 5000));
    }

    void takesNoTokenFromTheFuture() {
        const auto issued = [](const std::string& iat, std::int64_t leewayMs = 0) {
            return readClaims(R"({"userId":"0190","exp":1e18,"iat":)" + iat + "}", leewayMs);
        };
        for (const char* past : {"1700000000", "1700000000.0", "1.7e9", "1699999999.999", "1700000000.0009", "0", "-1",
                                 "-1e300", "1e-300"})
            assertVerdict(valid, issued(past));
        for (const char* future : {"1700000000.001", "1700000001", "1.700000001e9", "9223372036854775808", "1e300"})
            assertVerdict(notYetValid, issued(future));
        for (const char* broken : {"1e999", "null", "true", "[]", "\"1700000000\"", "NaN", "01"})
            assertVerdict(malformed, issued(broken));
        assertVerdict(valid, issued("1700000005", 5000));
        assertVerdict(notYetValid, issued("1700000005.001", 5000));
        assertVerdict(notYetValid, issued("1e300", 60000));
        const auth::TokenReader<auth::AccessClaims> reader(
            auth::makeAccessJws(fixture::macWith(accessSecret), fixture::equal(), fixture::parseHeader),
            fixture::parseAccess, 0);
        // The same token a millisecond before it and from then on.
        const std::string token = fixture::signedToken(usualHeader, usualClaims, accessSecret);
        assertVerdict(notYetValid, reader.read(token, 1'699'999'998'999).verdict);
        assertVerdict(valid, reader.read(token, 1'699'999'999'000).verdict);
    }

    void comparesByTheGivenFunction() {
        bool answer = true;
        std::vector<std::pair<std::string, std::string>> asked;
        const auto compare = [&](std::string_view left, std::string_view right) {
            asked.emplace_back(left, right);
            return answer;
        };
        const auth::Jws jws = auth::makeAccessJws(fixture::macWith(accessSecret), compare, fixture::parseHeader);
        const std::string token = usual();
        const std::string signature = token.substr(token.rfind('.') + 1);
        auth::Jws::Buffer buffer;
        CPPUNIT_ASSERT(jws.verify(token, buffer));
        answer = false;
        CPPUNIT_ASSERT(!jws.verify(token, buffer));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, asked.size());
        CPPUNIT_ASSERT(asked[0] == std::make_pair(signature, signature));
        // What has another length is told before.
        answer = true;
        for (const std::string& other : {token + "A", token.substr(0, token.size() - 1), token + std::string(1, '\0')})
            CPPUNIT_ASSERT(!jws.verify(other, buffer));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, asked.size());
    }

    void reportsEpochs() {
        auth::AccessClaims claims;
        CPPUNIT_ASSERT(auth::ofEpoch(claims, 0) && !auth::ofEpoch(claims, 1) && !auth::ofEpoch(claims, -1));
        claims.epoch = 1;
        CPPUNIT_ASSERT(auth::ofEpoch(claims, 1) && !auth::ofEpoch(claims, 0) && !auth::ofEpoch(claims, 2));
    }

    void lastDuplicateWins() {
        assertVerdict(expired, readClaims(R"({"userId":"0190","exp":1800000000,"exp":1})"));
        assertVerdict(valid, readClaims(R"({"userId":"0190","exp":1,"exp":1800000000})"));
    }

    void signsWhatItReads() {
        const auth::Jws jws =
            auth::makeAccessJws(fixture::macWith(accessSecret), fixture::equal(), fixture::parseHeader);
        CPPUNIT_ASSERT_EQUAL(usual(), jws.sign(usualClaims));
        auth::Jws::Buffer buffer;
        CPPUNIT_ASSERT_EQUAL(usualClaims, std::string(jws.verify(jws.sign(usualClaims), buffer).value()));
        CPPUNIT_ASSERT_EQUAL(std::string(), std::string(jws.verify(jws.sign(""), buffer).value()));
    }

    /// The example of jwt.io, as any JWT library makes it.
    void knowsAForeignToken() {
        const auth::Jws jws =
            auth::makeAccessJws(fixture::macWith("your-256-bit-secret"), fixture::equal(), fixture::parseHeader);
        auth::Jws::Buffer buffer;
        const auto payload = jws.verify("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
                                        "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
                                        "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
                                        buffer);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"sub":"1234567890","name":"John Doe","iat":1516239022})"),
                             std::string(payload.value()));
    }

    void findsBearerTokens() {
        for (const char* field : {"", "Bearer", "Bearer ", "Bearer   ", "Basic abc", "Bearerabc", "Bearer\tabc",
                                  "bear abc", "Token abc", "xBearer abc", " Bearer abc"}) {
            CPPUNIT_ASSERT(!auth::bearerToken(field));
        }
        CPPUNIT_ASSERT_EQUAL(std::string("abc"), std::string(auth::bearerToken("Bearer abc").value()));
        CPPUNIT_ASSERT_EQUAL(std::string("abc"), std::string(auth::bearerToken("bEARER   abc ").value()));
        CPPUNIT_ASSERT_EQUAL(std::string("a b"), std::string(auth::bearerToken("Bearer a b").value()));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(JwtTest);

} // namespace
