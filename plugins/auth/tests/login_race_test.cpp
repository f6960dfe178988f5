// SPDX-License-Identifier: Apache-2.0
#include "auth_fixture.hpp"

namespace auth::test {
namespace {

class LoginRaceTest : public AuthFixture {
    CPPUNIT_TEST_SUITE(LoginRaceTest);
    CPPUNIT_TEST(aPasswordThatChangesMeanwhileOpensNoSession);
    CPPUNIT_TEST(aHashRenewedMeanwhileIsVerifiedAgain);
    CPPUNIT_TEST(aHashThatNeverRestsIsGivenUp);
    CPPUNIT_TEST(aUserDeletedMeanwhileHasNoSession);
    CPPUNIT_TEST(passwordsOfDeletedUsersDoNotChange);
    CPPUNIT_TEST(nothingIsStoredForEndedRequests);
    CPPUNIT_TEST(onlyTheBackgroundStoresForNoRequest);
    CPPUNIT_TEST_SUITE_END();

private:
    /// A login whose password is verified, with what has changed before its session is stored.
    mortise_exchange beginLogin() {
        return host_->begin("POST", "/auth/login",
                            {{}, R"({"email":"ada@example.com","password":"password 1"})", {}, {}, {}, false});
    }
    void changeHash(const std::string& password) {
        database_->value("UPDATE users SET password_hash = 'hash of " + password + "' RETURNING id");
    }

    void aPasswordThatChangesMeanwhileOpensNoSession() {
        registerAda();
        const mortise_exchange exchange = beginLogin();
        changeHash("password 2");
        host_->runPending(); // the old hash matches
        host_->runPending(); // the new one does not
        assertUnauthorized("Invalid credentials", host_->answer(exchange));
        CPPUNIT_ASSERT_EQUAL(std::string("1"), families());
    }

    void aHashRenewedMeanwhileIsVerifiedAgain() {
        registerAda();
        const std::string updated = database_->value("SELECT updated_at FROM users");
        const mortise_exchange exchange = beginLogin();
        changeHash("password 1 by another cost");
        host_->anyHashFits = true;
        host_->runPending();
        CPPUNIT_ASSERT_EQUAL(0u, host_->answer(exchange).status);
        host_->runPending();
        CPPUNIT_ASSERT_EQUAL(200u, host_->answer(exchange).status);
        CPPUNIT_ASSERT_EQUAL(std::string("2"), families());
        // To log in changes nothing of the user.
        CPPUNIT_ASSERT_EQUAL(updated, database_->value("SELECT updated_at FROM users"));
    }

    void aHashThatNeverRestsIsGivenUp() {
        registerAda();
        const mortise_exchange exchange = beginLogin();
        int rounds = 0;
        for (; host_->answer(exchange).status == 0 && rounds < 10; ++rounds) {
            // Other bytes that fit the password, as another salt makes them: they are read once and are gone then.
            database_->value("UPDATE users SET password_hash = 'x' || password_hash RETURNING id");
            host_->anyHashFits = true;
            host_->runPending();
        }
        CPPUNIT_ASSERT_EQUAL(503u, host_->answer(exchange).status);
        CPPUNIT_ASSERT_EQUAL(3, rounds);
        CPPUNIT_ASSERT_EQUAL(std::string("1"), families());
    }

    void aUserDeletedMeanwhileHasNoSession() {
        registerAda();
        const mortise_exchange exchange = beginLogin();
        database_->value("DELETE FROM users RETURNING id");
        host_->runPending();
        host_->runPending();
        assertUnauthorized("Invalid credentials", host_->answer(exchange));
        CPPUNIT_ASSERT_EQUAL(std::string("1"), families());
    }

    void passwordsOfDeletedUsersDoNotChange() {
        registerAda();
        FakeRequest request;
        request.body = R"({"currentPassword":"password 1","newPassword":"password 2"})";
        request.principal = database_->value("SELECT id FROM users");
        const mortise_exchange exchange = host_->begin("POST", "/auth/password", request);
        host_->runPending(); // verified
        database_->value("DELETE FROM users RETURNING id");
        host_->runPending(); // hashed
        assertUnauthorized("User not found", host_->answer(exchange), "Bearer error=\"invalid_token\"");
    }

    std::string everything() {
        return database_->value("SELECT (SELECT group_concat(email || password_hash) FROM users) || "
                                "(SELECT group_concat(id || current_token) FROM auth_refresh_families)");
    }

    /// The host answers at the worst moment: when all is done but the commit.
    void nothingIsStoredForEndedRequests() {
        const std::string session = registerAda();
        const std::string token = member(session, "refreshToken");
        const std::string before = everything();
        host_->beginCommitStatus = MORTISE_STALE;
        const auto assertUntouched = [&](const FakeAnswer& answer) {
            CPPUNIT_ASSERT_EQUAL(1u, answer.commits);
            CPPUNIT_ASSERT_EQUAL(0u, answer.terminalCalls); // its reply came too late
            CPPUNIT_ASSERT_EQUAL(before, everything());
        };
        assertUntouched(post("/auth/register", R"({"name":"Eve","email":"eve@example.com","password":"password 1"})"));
        assertUntouched(login("ada@example.com", "password 1"));
        assertUntouched(refresh(token));
        assertUntouched(logout(token));
        FakeRequest request;
        request.body = R"({"currentPassword":"password 1","newPassword":"password 2"})";
        request.principal = database_->value("SELECT id FROM users");
        const mortise_exchange exchange = host_->begin("POST", "/auth/password", request);
        host_->runPending(); // verified
        host_->runPending(); // hashed
        assertUntouched(host_->answer(exchange));
        host_->beginCommitStatus = MORTISE_OK;
        CPPUNIT_ASSERT_EQUAL(200u, refresh(token).status);
    }

    void onlyTheBackgroundStoresForNoRequest() {
        const std::string token = member(registerAda(), "refreshToken");
        CPPUNIT_ASSERT_EQUAL(200u, login("ada@example.com", "password 1").status);
        CPPUNIT_ASSERT_EQUAL(200u, refresh(token).status);
        refresh(token); // ends the family
        CPPUNIT_ASSERT_EQUAL(204u, logout(token).status);
        CPPUNIT_ASSERT_EQUAL(0u, database_->background);
        auth_->table().activate(auth_->self());
        host_->runPending(); // the clean-up
        CPPUNIT_ASSERT_EQUAL(1u, database_->background);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(LoginRaceTest);

} // namespace
} // namespace auth::test
