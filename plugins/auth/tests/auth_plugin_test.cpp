// SPDX-License-Identifier: Apache-2.0
#include "auth_fixture.hpp"
#include "jwt_fixture.hpp"

#include <ctime>
#include <stdexcept>
#include <string>
#include <vector>

namespace auth::test {
namespace {

std::string payloadOf(const std::string& token) {
    const std::size_t first = token.find('.') + 1;
    const std::string text = token.substr(first, token.find('.', first) - first);
    std::string out(auth::decodedBound(text.size()), '\0');
    out.resize(auth::decodeBase64Url(text, out.data()).value());
    return out;
}

class AuthPluginTest : public AuthFixture {
    CPPUNIT_TEST_SUITE(AuthPluginTest);
    CPPUNIT_TEST(refusesWeakAndEqualSecrets);
    CPPUNIT_TEST(keepsSecretsThatNobodySet);
    CPPUNIT_TEST(refusesBadBodies);
    CPPUNIT_TEST(registersAUser);
    CPPUNIT_TEST(refusesATakenAddress);
    CPPUNIT_TEST(oneOfRacingRegistrationsWins);
    CPPUNIT_TEST(logsIn);
    CPPUNIT_TEST(refusesWrongCredentialsAlike);
    CPPUNIT_TEST(turnsAwayWhenTheQueueIsFull);
    CPPUNIT_TEST(saysThatThereIsNoToken);
    CPPUNIT_TEST(refusesBadTokens);
    CPPUNIT_TEST(acceptsAToken);
    CPPUNIT_TEST(acceptsOtherIssuersTokens);
    CPPUNIT_TEST(refusesVanishedUsers);
    CPPUNIT_TEST(asksAgainOnAWorker);
    CPPUNIT_TEST(tokensSayWhatTheyShould);
    CPPUNIT_TEST(rotatesRefreshTokens);
    CPPUNIT_TEST(reuseEndsTheFamilyAndOnlyIt);
    CPPUNIT_TEST(graceRepeatsTheSuccessor);
    CPPUNIT_TEST(refusesBadRefreshTokens);
    CPPUNIT_TEST(refusesRefreshTokensOfVanishedUsers);
    CPPUNIT_TEST(logsOut);
    CPPUNIT_TEST(deletesExpiredFamilies);
    CPPUNIT_TEST(declaresItsRoutes);
    CPPUNIT_TEST(failsWithASentenceOnABareHost);
    CPPUNIT_TEST_SUITE_END();

private:
    static std::string claims(const std::string& userId, std::int64_t expiresIn) {
        return R"({"userId":")" + userId + R"(","exp":)" + std::to_string(std::time(nullptr) + expiresIn) + "}";
    }

    void refusesWeakAndEqualSecrets() {
        const auto refusal = [&](const Settings& settings) {
            FakeHost host;
            FakeInstance plugin(host, authModule());
            CPPUNIT_ASSERT(plugin.configure(settings) < 0);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host.refusedSettings.size());
            const auto& [key, reason] = *host.refusedSettings.begin();
            return key + ": " + reason;
        };
        const auto begins = [](const std::string& text, std::string_view with) { return text.find(with) == 0; };
        CPPUNIT_ASSERT(
            begins(refusal({{"access_secret", "short"}}), "access_secret: the secret is 5 bytes long; at least 32"));
        CPPUNIT_ASSERT(
            begins(refusal({{"refresh_secret", std::string(40, 'a')}}), "refresh_secret: the secret is weak"));
        CPPUNIT_ASSERT(refusal({{"access_secret", "your-super-secret-jwt-key-change-in-production"}}).find("sample") !=
                       std::string::npos);
        const std::string equal = refusal({{"access_secret", accessSecret}, {"refresh_secret", accessSecret}});
        CPPUNIT_ASSERT(begins(equal, "refresh_secret: it equals access_secret"));
        CPPUNIT_ASSERT(equal.find(accessSecret) == std::string::npos);
    }

    void keepsSecretsThatNobodySet() {
        CPPUNIT_ASSERT(crypto_.stored.empty());
        start({{"access_secret", accessSecret}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, crypto_.stored.size());
        CPPUNIT_ASSERT_EQUAL(std::string("auth-refresh"), crypto_.stored[0]);
        start({});
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, crypto_.stored.size());
        CPPUNIT_ASSERT_EQUAL(std::string("accept"),
                             authenticate("Bearer " + member(registerAda(), "accessToken")).kind);
    }

    void refusesBadBodies() {
        for (const char* body : {"{}", R"({"name":"A","email":"a@x.org","password":"12345678"})",
                                 R"({"name":"Ada","email":"a","password":"12345678"})",
                                 R"({"name":"Ada","email":"a@x.org","password":"1234567"})"}) {
            CPPUNIT_ASSERT_THROW(post("/auth/register", body), std::runtime_error);
        }
        for (const char* body : {"{}", R"({"email":"a@x.org"})", R"({"email":"a@x.org","password":1})",
                                 R"({"email":null,"password":"x"})"}) {
            CPPUNIT_ASSERT_THROW(post("/auth/login", body), std::runtime_error);
        }
        for (const char* body : {"{}", R"({"refreshToken":1})", R"({"refreshToken":null})"}) {
            CPPUNIT_ASSERT_THROW(post("/auth/refresh", body), std::runtime_error);
            CPPUNIT_ASSERT_THROW(post("/auth/logout", body), std::runtime_error);
        }
    }

    void registersAUser() {
        const std::string body = registerAda();
        const std::string id = database_->value("SELECT id FROM users");
        CPPUNIT_ASSERT_EQUAL(
            R"({"user":{"id":")" + id + R"(","name":"Ada","email":"Ada@example.com"},"accessToken":")" +
                member(body, "accessToken") + R"(","refreshToken":")" + member(body, "refreshToken") + R"("})",
            body);
        CPPUNIT_ASSERT_EQUAL(std::string("hash of password 1"), database_->value("SELECT password_hash FROM users"));
        CPPUNIT_ASSERT_EQUAL(std::string("1"), families());
        CPPUNIT_ASSERT_EQUAL(id, authenticate("Bearer " + member(body, "accessToken")).id);
        CPPUNIT_ASSERT_EQUAL(200u, refresh(member(body, "refreshToken")).status);
    }

    void refusesATakenAddress() {
        registerAda();
        const FakeAnswer answer =
            post("/auth/register", R"({"name":"Eve","email":"ADA@EXAMPLE.COM","password":"password 2"})");
        CPPUNIT_ASSERT_EQUAL(409u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("User already exists"), answer.body);
        CPPUNIT_ASSERT_EQUAL(std::string("1"), families());
    }

    void oneOfRacingRegistrationsWins() {
        std::vector<mortise_exchange> exchanges;
        for (int i = 0; i < 8; ++i)
            exchanges.push_back(host_->begin("POST", "/auth/register", {{}, adaBody, {}, {}, {}, false}));
        host_->runPending();
        int created = 0;
        for (const mortise_exchange exchange : exchanges) {
            const FakeAnswer answer = host_->answer(exchange);
            created += answer.status == 201;
            if (answer.status != 201) CPPUNIT_ASSERT_EQUAL(409u, answer.status);
        }
        CPPUNIT_ASSERT_EQUAL(1, created);
        CPPUNIT_ASSERT_EQUAL(std::string("1"), families());
    }

    void logsIn() {
        const std::string registered = registerAda();
        const FakeAnswer answer = login("ada@EXAMPLE.com", "password 1");
        CPPUNIT_ASSERT_EQUAL(200u, answer.status);
        CPPUNIT_ASSERT_EQUAL(registered.substr(0, registered.find("accessToken")),
                             answer.body.substr(0, answer.body.find("accessToken")));
        CPPUNIT_ASSERT(member(answer.body, "refreshToken") != member(registered, "refreshToken"));
        CPPUNIT_ASSERT_EQUAL(std::string("2"), families());
    }

    void refusesWrongCredentialsAlike() {
        registerAda();
        assertUnauthorized("Invalid credentials", login("ada@example.com", "password 2"));
        assertUnauthorized("Invalid credentials", login("ada@example.com", ""));
        assertUnauthorized("Invalid credentials", login("ada@example.com", std::string(100, 'p')));
        assertUnauthorized("Invalid credentials", login("nobody@example.com", "password 1"));
        assertUnauthorized("Invalid credentials", login("nobody@example.com", std::string(1000, 'p')));
        assertUnauthorized("Invalid credentials", login("no address", "password 1"));
        assertUnauthorized("Invalid credentials", login("", ""));
        // An unknown address waits for the password pool as a known one does.
        const mortise_exchange exchange = host_->begin(
            "POST", "/auth/login", {{}, R"({"email":"nobody@x.org","password":"hash of "})", {}, {}, {}, false});
        CPPUNIT_ASSERT_EQUAL(MORTISE_PENDING, host_->answer(exchange).returned);
        host_->runPending();
        assertUnauthorized("Invalid credentials", host_->answer(exchange));
        CPPUNIT_ASSERT_EQUAL(std::string("1"), families());
    }

    void turnsAwayWhenTheQueueIsFull() {
        host_->passwordStatus = MORTISE_BUSY;
        for (const FakeAnswer& answer : {login("ada@example.com", "password 1"), post("/auth/register", adaBody)}) {
            CPPUNIT_ASSERT_EQUAL(503u, answer.status);
            CPPUNIT_ASSERT(answer.fields.count("Retry-After") == 1);
        }
    }

    void saysThatThereIsNoToken() {
        assertVerdict("missing", "No token provided", authenticate(std::nullopt));
        assertVerdict("missing", "No token provided", authenticate(std::nullopt, MORTISE_AUTHENTICATION_OPTIONAL));
        for (const char* field : {"", "Bearer", "Bearer ", "Basic YTpi", "Token x"})
            assertVerdict("missing", "No token provided", authenticate(field));
    }

    void refusesBadTokens() {
        const std::string body = registerAda();
        const std::string good = member(body, "accessToken");
        const std::string id = database_->value("SELECT id FROM users");
        const std::string header = R"({"alg":"HS256","typ":"JWT"})";
        std::vector<std::string> bad{"x",
                                     "a.b.c",
                                     good + "x",
                                     good.substr(0, good.size() - 1),
                                     good + ".x",
                                     good + " " + good,
                                     std::string(1 << 16, 'a'),
                                     member(body, "refreshToken")};
        bad.push_back(fixture::signedToken(header, claims(id, -1), accessSecret));
        bad.push_back(fixture::signedToken(header, claims(id, 900), refreshSecret));
        bad.push_back(fixture::signedToken(R"({"alg":"none"})", claims(id, 900), accessSecret));
        bad.push_back(fixture::signedToken(R"({"alg":"HS512","typ":"JWT"})", claims(id, 900), accessSecret));
        bad.push_back(fixture::signedToken(R"({"alg":"HS256","crit":["exp"]})", claims(id, 900), accessSecret));
        bad.push_back(fixture::signedToken(R"({"alg":"HS256","crit":7})", claims(id, 900), accessSecret));
        bad.push_back(fixture::signedToken(R"({"alg":"HS256","typ":"refresh+jwt"})", claims(id, 900), accessSecret));
        bad.push_back(fixture::signedToken("\xef\xbb\xbf" + header + " ", claims(id, 900), accessSecret));
        bad.push_back(fixture::signedToken(header, R"({"userId":")" + id + R"("})", accessSecret));
        bad.push_back(fixture::signedToken(header, R"({"userId":")" + id + R"(","exp":"9999999999"})", accessSecret));
        bad.push_back(
            fixture::signedToken(header, R"({"userId":")" + id + R"(","exp":9999999999,"iat":"x"})", accessSecret));
        bad.push_back(fixture::signedToken(header, R"({"userId":")" + id + R"(","exp":9999999999,"nbf":9999999998})",
                                           accessSecret));
        bad.push_back(fixture::signedToken(header, R"({"userId":7,"exp":9999999999})", accessSecret));
        bad.push_back(fixture::signedToken(header, R"({"exp":9999999999})", accessSecret));
        bad.push_back(fixture::signedToken(header, "[]", accessSecret));
        bad.push_back(fixture::signedToken(header, "", accessSecret));
        for (const std::string& token : bad) {
            assertVerdict("reject", "Invalid token", authenticate("Bearer " + token));
            assertVerdict("reject", "Invalid token", authenticate("bearer  " + token, MORTISE_AUTHENTICATION_OPTIONAL));
        }
        CPPUNIT_ASSERT_EQUAL(std::string("accept"), authenticate("Bearer " + good).kind);
    }

    void acceptsAToken() {
        const std::string token = member(registerAda(), "accessToken");
        const std::string id = database_->value("SELECT id FROM users");
        for (const char* scheme : {"Bearer ", "bearer ", "BEARER   "}) {
            const Verdict verdict = authenticate(scheme + token);
            CPPUNIT_ASSERT_EQUAL(std::string("accept"), verdict.kind);
            CPPUNIT_ASSERT_EQUAL(id, verdict.id);
            CPPUNIT_ASSERT_EQUAL(std::string("Ada"), verdict.name);
            CPPUNIT_ASSERT(verdict.roles == std::vector<std::string>{"user"});
        }
        database_->execute("UPDATE users SET role = 'admin'"); // counts at once
        CPPUNIT_ASSERT(authenticate("Bearer " + token).roles == std::vector<std::string>{"admin"});
        database_->reads = 0;
        authenticate("Bearer " + token);
        CPPUNIT_ASSERT_EQUAL(1u, database_->reads);
    }

    void acceptsOtherIssuersTokens() {
        registerAda();
        const std::string id = database_->value("SELECT id FROM users");
        for (const char* header : {R"({"alg":"HS256","typ":"JWT"})", R"({"typ":"JWT","alg":"HS256"})",
                                   R"({"alg":"HS256"})", R"({"alg":"none","alg":"HS256","kid":"1"})"}) {
            CPPUNIT_ASSERT_EQUAL(
                std::string("accept"),
                authenticate("Bearer " + fixture::signedToken(header, claims(id, 900), accessSecret)).kind);
        }
    }

    void refusesVanishedUsers() {
        const std::string token = member(registerAda(), "accessToken");
        database_->execute("DELETE FROM users");
        assertVerdict("reject", "User not found", authenticate("Bearer " + token));
        assertVerdict("reject", "User not found", authenticate("Bearer " + token, MORTISE_AUTHENTICATION_OPTIONAL));
        const std::string foreign =
            fixture::signedToken(R"({"alg":"HS256","typ":"JWT"})", claims("no id", 900), accessSecret);
        assertVerdict("reject", "User not found", authenticate("Bearer " + foreign));
    }

    void asksAgainOnAWorker() {
        const std::string token = member(registerAda(), "accessToken");
        database_->busy = MORTISE_BUSY;
        CPPUNIT_ASSERT_EQUAL(std::string(),
                             authenticate("Bearer " + token, MORTISE_AUTHENTICATION_REQUIRED, MORTISE_BUSY).kind);
    }

    void tokensSayWhatTheyShould() {
        const std::string body = registerAda();
        const std::string id = database_->value("SELECT id FROM users");
        const std::string access = payloadOf(member(body, "accessToken"));
        CPPUNIT_ASSERT_EQUAL(std::string("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."),
                             member(body, "accessToken").substr(0, 37));
        CPPUNIT_ASSERT_EQUAL(R"({"userId":")" + id + R"(","email":"Ada@example.com","epoch":0)",
                             access.substr(0, access.find(",\"iat\"")));
        CPPUNIT_ASSERT_EQUAL(R"("jti":")" + member(access, "jti") + "\"}", access.substr(access.find("\"jti\"")));
        const auto number = [](const std::string& json, const std::string& name) {
            return std::stoll(json.substr(json.find("\"" + name + "\":") + name.size() + 3));
        };
        CPPUNIT_ASSERT_EQUAL(900LL, number(access, "exp") - number(access, "iat"));
        CPPUNIT_ASSERT(std::llabs(number(access, "iat") - std::time(nullptr)) <= 5);
        const std::string refreshed = payloadOf(member(body, "refreshToken"));
        CPPUNIT_ASSERT_EQUAL(id, member(refreshed, "userId"));
        CPPUNIT_ASSERT(member(refreshed, "family") != member(refreshed, "jti"));
        CPPUNIT_ASSERT_EQUAL(7LL * 24 * 3600, number(refreshed, "exp") - number(refreshed, "iat"));
    }

    void rotatesRefreshTokens() {
        std::string token = member(registerAda(), "refreshToken");
        const std::string family = member(payloadOf(token), "family");
        for (int i = 0; i < 3; ++i) {
            const FakeAnswer answer = refresh(token);
            CPPUNIT_ASSERT_EQUAL(200u, answer.status);
            CPPUNIT_ASSERT_EQUAL(0, answer.body.compare(0, 16, R"({"accessToken":")"));
            CPPUNIT_ASSERT_EQUAL(std::string("accept"),
                                 authenticate("Bearer " + member(answer.body, "accessToken")).kind);
            const std::string next = member(answer.body, "refreshToken");
            CPPUNIT_ASSERT(next != token);
            CPPUNIT_ASSERT_EQUAL(family, member(payloadOf(next), "family"));
            token = next;
        }
        CPPUNIT_ASSERT_EQUAL(std::string("1"), families());
    }

    void reuseEndsTheFamilyAndOnlyIt() {
        const std::string stolen = member(registerAda(), "refreshToken");
        const std::string other = member(login("ada@example.com", "password 1").body, "refreshToken");
        const std::string current = member(refresh(stolen).body, "refreshToken");
        assertUnauthorized("Invalid refresh token", refresh(stolen));
        assertUnauthorized("Invalid refresh token", refresh(current));
        assertUnauthorized("Invalid refresh token", refresh(stolen));
        CPPUNIT_ASSERT_EQUAL(200u, refresh(other).status);
        int warnings = 0;
        for (const FakeRecord& record : host_->records) {
            if (record.level != MORTISE_LOG_WARN) continue;
            ++warnings;
            CPPUNIT_ASSERT_EQUAL(member(payloadOf(stolen), "family"), record.fields.at("family"));
        }
        CPPUNIT_ASSERT_EQUAL(1, warnings);
    }

    void graceRepeatsTheSuccessor() {
        start({{"access_secret", accessSecret}, {"refresh_secret", refreshSecret}, {"refresh_grace", "60s"}});
        const std::string first = member(registerAda(), "refreshToken");
        const std::string second = member(refresh(first).body, "refreshToken");
        const FakeAnswer again = refresh(first);
        CPPUNIT_ASSERT_EQUAL(200u, again.status);
        CPPUNIT_ASSERT_EQUAL(second, member(again.body, "refreshToken"));
        CPPUNIT_ASSERT_EQUAL(std::string("accept"), authenticate("Bearer " + member(again.body, "accessToken")).kind);
        const std::string third = member(refresh(second).body, "refreshToken");
        CPPUNIT_ASSERT(third != second);
        CPPUNIT_ASSERT_EQUAL(200u, refresh(second).status);
        // Its successor was used: the first can no longer be a retry.
        assertUnauthorized("Invalid refresh token", refresh(first));
        assertUnauthorized("Invalid refresh token", refresh(third));

        const std::string late = member(login("ada@example.com", "password 1").body, "refreshToken");
        const std::string successor = member(refresh(late).body, "refreshToken");
        database_->execute("UPDATE auth_refresh_families SET rotated_at = rotated_at - 60000");
        assertUnauthorized("Invalid refresh token", refresh(late));
        assertUnauthorized("Invalid refresh token", refresh(successor));
    }

    void refusesBadRefreshTokens() {
        const std::string body = registerAda();
        const std::string good = member(body, "refreshToken");
        const std::string payload = payloadOf(good);
        const std::string header = R"({"alg":"HS256","typ":"refresh+jwt"})";
        for (const std::string& token :
             {std::string(), std::string("x"), std::string(1 << 20, 'x'), member(body, "accessToken"), good + ".x",
              fixture::signedToken(header, payload, accessSecret),
              fixture::signedToken(R"({"alg":"HS256","typ":"JWT"})", payload, refreshSecret),
              fixture::signedToken(R"({"alg":"HS256"})", payload, refreshSecret),
              fixture::signedToken(header, R"({"userId":"x","exp":9999999999})", refreshSecret),
              fixture::signedToken(header, payload.substr(0, payload.find(",\"exp\"")) + R"(,"exp":1})",
                                   refreshSecret)}) {
            assertUnauthorized("Invalid refresh token", refresh(token));
        }
        CPPUNIT_ASSERT_EQUAL(200u, refresh(good).status); // none of them ended the family
        database_->execute("UPDATE auth_refresh_families SET expires_at = 1");
        assertUnauthorized("Invalid refresh token", refresh(good));
    }

    void refusesRefreshTokensOfVanishedUsers() {
        const std::string token = member(registerAda(), "refreshToken");
        database_->execute("DELETE FROM users");
        assertUnauthorized("Invalid refresh token", refresh(token));
        CPPUNIT_ASSERT_EQUAL(std::string("0"), families());
    }

    void logsOut() {
        const std::string first = member(registerAda(), "refreshToken");
        const std::string other = member(login("ada@example.com", "password 1").body, "refreshToken");
        const std::string second = member(refresh(first).body, "refreshToken");
        const FakeAnswer answer = logout(first); // an older token of the family ends it just as well
        CPPUNIT_ASSERT_EQUAL(204u, answer.status);
        CPPUNIT_ASSERT(answer.body.empty());
        assertUnauthorized("Invalid refresh token", refresh(second));
        for (const std::string& token : {first, second, std::string("x"), std::string(), std::string(1 << 16, 'x')})
            CPPUNIT_ASSERT_EQUAL(204u, logout(token).status);
        CPPUNIT_ASSERT_EQUAL(
            204u, logout(fixture::signedToken(R"({"alg":"HS256","typ":"refresh+jwt"})", payloadOf(other), accessSecret))
                      .status);
        CPPUNIT_ASSERT_EQUAL(200u, refresh(other).status);
    }

    void deletesExpiredFamilies() {
        registerAda();
        for (int i = 1000; i < 2200; ++i)
            database_->execute(
                "INSERT INTO auth_refresh_families (id, user_id, current_token, rotated_at, expires_at) VALUES ("
                "'0190f5a8-7c3e-7abc-8def-00000000" +
                std::to_string(i) + "', 'u', 't', 0, " + std::to_string(i - 1000) + ")");
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, host_->pendingTimers());
        auth_->table().activate(auth_->self());
        for (const char* left : {"701", "201", "1", "1"}) { // in batches
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host_->pendingTimers());
            host_->runPending();
            CPPUNIT_ASSERT_EQUAL(std::string(left), families());
        }
        database_->busy = MORTISE_BUSY;
        host_->runPending();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host_->pendingTimers()); // goes on after a failure
        auth_->table().stop(auth_->self());
        host_->runPending();
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, host_->pendingTimers());
    }

    void declaresItsRoutes() {
        int seen = 0;
        for (const FakeRoute& route : host_->routes) {
            if (route.pattern.compare(0, 6, "/auth/") != 0) continue;
            ++seen;
            // Answers with tokens are never compressed: their length would tell of them.
            const bool tokens = route.pattern != "/auth/logout" && route.pattern != "/auth/password";
            CPPUNIT_ASSERT_EQUAL(MORTISE_ROUTE_PRIVATE | MORTISE_ROUTE_ALSO_FORMS |
                                     (tokens ? MORTISE_ROUTE_NO_TRANSFORM : 0u),
                                 route.flags);
            CPPUNIT_ASSERT_EQUAL(route.pattern == "/auth/password" ? MORTISE_AUTHENTICATION_REQUIRED
                                                                   : MORTISE_AUTHENTICATION_NONE,
                                 route.authentication);
            CPPUNIT_ASSERT_EQUAL(MORTISE_PLACEMENT_WORKER, route.placement);
        }
        CPPUNIT_ASSERT_EQUAL(5, seen);
    }

    void failsWithASentenceOnABareHost() {
        FakeHost bare;
        FakeInstance alone(bare, authModule());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, alone.configure());
        CPPUNIT_ASSERT(alone.start() < 0);
        CPPUNIT_ASSERT(alone.error().find("is absent") != std::string::npos);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(AuthPluginTest);

} // namespace
} // namespace auth::test
