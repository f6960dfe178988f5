// SPDX-License-Identifier: Apache-2.0
#include "auth_fixture.hpp"
#include "jwt_fixture.hpp"

#include <mortise/plugin.hpp>
#include <mortise/users_provider.hpp>

#include <string>
#include <string_view>

namespace auth::test {
namespace {

/// What a plugin's author derives who has never heard of epochs.
class UsersWithoutEpochs : public mortise::Plugin<>, public mortise::UsersProvider {
public:
    void configure(mortise::Setup&) override {}
    bool findById(std::string_view id, mortise::UserVisitor visit) override {
        visit(mortise::UserRecord{std::string(id), "Ada", "ada@example.com", "user", "", {1}});
        return true;
    }
    bool findByEmail(std::string_view, mortise::UserVisitor) override { return false; }
    void create(mortise::Turn, const mortise::NewUserRecord&, mortise::UserVisitor) override {}
    bool setPasswordHash(mortise::Turn, std::string_view, std::string_view, std::string_view) override { return true; }
};

class TokenEpochTest : public AuthFixture {
    CPPUNIT_TEST_SUITE(TokenEpochTest);
    CPPUNIT_TEST(aChangeOfThePasswordVoidsEveryToken);
    CPPUNIT_TEST(takesTheRowsEpochAndNoOther);
    CPPUNIT_TEST(takesNoEpochForTheFirst);
    CPPUNIT_TEST(aVoidTokenOfNobodyIsNobodys);
    CPPUNIT_TEST(changesEpochAndHashTogetherOrNeither);
    CPPUNIT_TEST(servesBesideAProviderWithoutEpochs);
    CPPUNIT_TEST(warnsOfAProviderThatKeepsNone);
    CPPUNIT_TEST_SUITE_END();

private:
    std::string epoch() { return database_->value("SELECT token_epoch FROM users"); }
    std::string kindOf(const std::string& token) { return authenticate("Bearer " + token).kind; }
    std::string foreign(const std::string& more) {
        return fixture::signedToken(R"({"alg":"HS256","typ":"JWT"})",
                                    R"({"userId":")" + database_->value("SELECT id FROM users") +
                                        R"(","exp":9999999999)" + more + "}",
                                    accessSecret);
    }
    FakeAnswer changePassword(const std::string& from, const std::string& to) {
        FakeRequest request;
        request.body = R"({"currentPassword":")" + from + R"(","newPassword":")" + to + R"("})";
        request.principal = database_->value("SELECT id FROM users");
        const mortise_exchange exchange = host_->begin("POST", "/auth/password", request);
        host_->runPending(); // verified
        host_->runPending(); // hashed
        return host_->answer(exchange);
    }

    void aChangeOfThePasswordVoidsEveryToken() {
        const std::string first = member(registerAda(), "accessToken");
        const std::string second = member(login("ada@example.com", "password 1").body, "accessToken");
        CPPUNIT_ASSERT_EQUAL(401u, changePassword("password 2", "password 3").status);
        CPPUNIT_ASSERT_EQUAL(std::string("accept"), kindOf(first));
        CPPUNIT_ASSERT_EQUAL(204u, changePassword("password 1", "password 2").status);
        CPPUNIT_ASSERT_EQUAL(std::string("1"), epoch());
        for (const std::string& token : {first, second}) {
            assertVerdict("reject", "Invalid token", authenticate("Bearer " + token));
            assertVerdict("reject", "Invalid token", authenticate("Bearer " + token, MORTISE_AUTHENTICATION_OPTIONAL));
        }
        const std::string body = login("ada@example.com", "password 2").body;
        CPPUNIT_ASSERT_EQUAL(std::string("accept"), kindOf(member(body, "accessToken")));
        CPPUNIT_ASSERT_EQUAL(std::string("accept"),
                             kindOf(member(refresh(member(body, "refreshToken")).body, "accessToken")));
        CPPUNIT_ASSERT_EQUAL(204u, changePassword("password 2", "password 4").status);
        CPPUNIT_ASSERT_EQUAL(std::string("2"), epoch());
        CPPUNIT_ASSERT_EQUAL(std::string("reject"), kindOf(member(body, "accessToken")));
    }

    void takesTheRowsEpochAndNoOther() {
        registerAda();
        database_->execute("UPDATE users SET token_epoch = 5");
        for (const char* good : {"5", "5.0", "5e0", "0.5e1", "50e-1"}) // one number to JSON
            CPPUNIT_ASSERT_EQUAL_MESSAGE(good, std::string("accept"),
                                         kindOf(foreign(",\"epoch\":" + std::string(good))));
        for (const char* bad : {"4",
                                "6",
                                "0",
                                "-5",
                                "-1",
                                "5.5",
                                "5.000001",
                                "\"5\"",
                                "null",
                                "true",
                                "[5]",
                                "{}",
                                "05",
                                "+5",
                                "5e",
                                "4294967301",
                                "9223372036854775807",
                                "9223372036854775808",
                                "-9223372036854775808",
                                "18446744073709551621",
                                "1e300",
                                "1e999",
                                "NaN"})
            assertVerdict("reject", "Invalid token",
                          authenticate("Bearer " + foreign(",\"epoch\":" + std::string(bad))));
        assertVerdict("reject", "Invalid token", authenticate("Bearer " + foreign("")));
        // Of two the last one counts, as everywhere.
        CPPUNIT_ASSERT_EQUAL(std::string("accept"), kindOf(foreign(R"(,"epoch":4,"epoch":5)")));
        CPPUNIT_ASSERT_EQUAL(std::string("reject"), kindOf(foreign(R"(,"epoch":5,"epoch":4)")));
        CPPUNIT_ASSERT_EQUAL(std::string("reject"), kindOf(foreign(R"(,"Epoch":5)")));
    }

    void takesNoEpochForTheFirst() {
        registerAda();
        for (const char* good : {"", ",\"epoch\":0", ",\"epoch\":0.0", ",\"epoch\":-0"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(good, std::string("accept"), kindOf(foreign(good)));
        for (const char* bad : {",\"epoch\":null", ",\"epoch\":\"\"", ",\"epoch\":false", ",\"epoch\":1",
                                ",\"epoch\":18446744073709551616"})
            assertVerdict("reject", "Invalid token", authenticate("Bearer " + foreign(bad)));
    }

    void aVoidTokenOfNobodyIsNobodys() {
        const std::string token = member(registerAda(), "accessToken");
        database_->execute("DELETE FROM users");
        assertVerdict("reject", "User not found", authenticate("Bearer " + token));
    }

    void changesEpochAndHashTogetherOrNeither() {
        const std::string token = member(registerAda(), "accessToken");
        host_->beginCommitStatus = MORTISE_STALE;
        changePassword("password 1", "password 2");
        host_->beginCommitStatus = MORTISE_OK;
        CPPUNIT_ASSERT_EQUAL(std::string("0"), epoch());
        CPPUNIT_ASSERT_EQUAL(std::string("accept"), kindOf(token));
        CPPUNIT_ASSERT_EQUAL(200u, login("ada@example.com", "password 1").status);
        CPPUNIT_ASSERT_EQUAL(std::string("0"), epoch()); // to log in is no change
    }

    /// As its table and its user were before epochs.
    void servesBesideAProviderWithoutEpochs() {
        static mortise_users_table older;
        older = *users_->service<mortise_users_table>(MORTISE_USERS_SERVICE);
        older.struct_size = offsetof(mortise_users_table, renew_password_hash);
        older.find_by_id = [](void*, mortise_view id, mortise_user_visitor visit, void* context, mortise_error*) {
            mortise_user user{};
            user.struct_size = offsetof(mortise_user, token_epoch);
            user.id = id;
            user.role = viewOf("user");
            user.token_epoch = 7; // not its own
            visit(context, &user);
            return mortise_status{MORTISE_OK};
        };
        const std::string token = member(registerAda(), "accessToken");
        host_->give(MORTISE_USERS_SERVICE, &older, users_->self());
        startAgainWithAWarning();
        CPPUNIT_ASSERT_EQUAL(std::string("accept"), kindOf(token));
        CPPUNIT_ASSERT_EQUAL(std::string("accept"), kindOf(foreign("")));
        CPPUNIT_ASSERT_EQUAL(std::string("reject"), kindOf(foreign(",\"epoch\":7")));
    }

    void warnsOfAProviderThatKeepsNone() {
        const std::string token = member(registerAda(), "accessToken");
        FakeInstance users(*host_, *mortise::moduleOf<UsersWithoutEpochs>(0, nullptr, "test.users", "1.0.0",
                                                                          mortise::offers<mortise::UsersProvider>()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, users.configure());
        host_->give(MORTISE_USERS_SERVICE, users.open(MORTISE_USERS_SERVICE));
        startAgainWithAWarning();
        CPPUNIT_ASSERT_EQUAL(std::string("accept"), kindOf(token));
        auth_.reset();
    }

    void startAgainWithAWarning() {
        auth_ = std::make_unique<FakeInstance>(*host_, authModule());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK,
                             auth_->configure({{"access_secret", accessSecret}, {"refresh_secret", refreshSecret}}));
        host_->records.clear();
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, auth_->start());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host_->records.size());
        CPPUNIT_ASSERT_EQUAL(MORTISE_LOG_WARN, host_->records[0].level);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TokenEpochTest);

} // namespace
} // namespace auth::test
