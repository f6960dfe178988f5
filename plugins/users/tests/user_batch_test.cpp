// SPDX-License-Identifier: Apache-2.0
#include "users_fixture.hpp"

#include "plugins/users/user_batch.hpp"

#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/memory_database.hpp"
#include "tests/support/plugin_file.hpp"

#include <mortise/service/crypto.h>
#include <mortise/service/migrations.h>

#include <cppunit/extensions/HelperMacros.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace mortise::test;

const std::string admin = "018f2b6e-7c1d-7a90-8b3c-000000000001";

std::string member(const std::string& email, const std::string& more = {}) {
    return R"({"name":"Ada","email":")" + email + R"(","password":"password )" + email + "\"" + more + "}";
}
std::string batchOf(const std::vector<std::string>& members, const std::string& more = {}) {
    std::string body = R"({"users":[)";
    for (const std::string& one : members) body.append(body.back() == '[' ? "" : ",").append(one);
    return body + "]" + more + "}";
}
const std::string skipping = R"(,"skipDuplicates":true)";

} // namespace

// POST /api/users/batch: all or none, and the first of those with one address.
class UserBatchTest : public users::UsersFixture {
    CPPUNIT_TEST_SUITE(UserBatchTest);
    CPPUNIT_TEST(keepsTheFirstOfAnAddress);
    CPPUNIT_TEST(isForAdministratorsAndBounded);
    CPPUNIT_TEST(storesAllOfThem);
    CPPUNIT_TEST(storesNothingBesideADuplicate);
    CPPUNIT_TEST(leavesDuplicatesOut);
    CPPUNIT_TEST(decidesInTheTransaction);
    CPPUNIT_TEST(asksForTheRoleAgain);
    CPPUNIT_TEST(storesNothingForLostClients);
    CPPUNIT_TEST(passesOnThatThePoolIsBusy);
    CPPUNIT_TEST(storesNothingForRefusedProfiles);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        users::UsersFixture::setUp();
        insert(admin, "admin@example.com", "admin");
    }

private:
    void insert(const std::string& id, const std::string& email, const std::string& role) {
        database_->execute("INSERT INTO users (id, name, email, email_lower, password_hash, role, created_at, "
                           "updated_at) VALUES ('" +
                           id + "', 'X', '" + email + "', '" + email + "', 'hash', '" + role + "', 1, 1)");
    }
    mortise_exchange begin(const std::string& body) {
        return host_->begin("POST", "/api/users/batch", {{}, body, {}, {}, admin, false});
    }
    FakeAnswer post(const std::string& body) {
        const mortise_exchange exchange = begin(body);
        host_->runPending();
        return host_->answer(exchange);
    }
    // All but the administrator.
    std::string stored() {
        return database_->value("SELECT coalesce(group_concat(email || '=' || password_hash, ', '), '') FROM (SELECT * "
                                "FROM users WHERE role <> 'admin' ORDER BY id)");
    }
    std::string profiles() {
        return database_->value("SELECT coalesce(group_concat(email || '=' || coalesce(bio, 'null'), ', '), '') FROM "
                                "(SELECT * FROM profiles JOIN users ON id = user_id ORDER BY id)");
    }

    void keepsTheFirstOfAnAddress() {
        const std::vector<users::CreateUser> sent{{"A", "Ada@x.org", "one", {}},
                                                  {"B", "bob@x.org", "two", {}},
                                                  {"C", "ADA@X.org", "three", {}},
                                                  {"D", "\xc3\x84@x.org", "four", {}},
                                                  {"E", "\xc3\xa4@x.org", "five", {}}}; // ASCII letters only
        users::UserBatch batch(sent);
        CPPUNIT_ASSERT(batch.hasDropped());
        CPPUNIT_ASSERT((batch.passwords() == std::vector<std::string_view>{"one", "two", "four", "five"}));
        CPPUNIT_ASSERT((batch.emailKeys() ==
                        std::vector<std::string>{"ada@x.org", "bob@x.org", "\xc3\x84@x.org", "\xc3\xa4@x.org"}));
        users::UserBatch clean({{"A", "a@x.org", "one", {}}, {"B", "b@x.org", "two", {}}});
        clean.drop({"c@x.org"});
        CPPUNIT_ASSERT(!clean.hasDropped());
        clean.drop({"a@x.org", "c@x.org"});
        CPPUNIT_ASSERT(clean.hasDropped());
        CPPUNIT_ASSERT((clean.passwords() == std::vector<std::string_view>{"two"}));
    }

    void isForAdministratorsAndBounded() {
        const FakeRoute& route = host_->route("POST", "/api/users/batch");
        CPPUNIT_ASSERT_EQUAL(std::string("admin"), route.role);
        CPPUNIT_ASSERT_EQUAL(MORTISE_AUTHENTICATION_REQUIRED, route.authentication);
        std::vector<std::string> members;
        for (int i = 0; i < 101; ++i) members.push_back(member(std::to_string(i) + "@example.com"));
        CPPUNIT_ASSERT_THROW(post(batchOf(members)), std::runtime_error);
        members.pop_back();
        const FakeAnswer answer = post(batchOf(members));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"count":100})"), answer.body);
        CPPUNIT_ASSERT_EQUAL(std::string("101"), database_->value("SELECT COUNT(*) FROM users"));
    }

    void storesAllOfThem() {
        const FakeAnswer answer =
            post(batchOf({member("b@x.org", R"(,"profile":{"bio":"of b"})"), member("A@x.org"),
                          member("c@x.org", R"(,"profile":{})"), member("d@x.org", R"(,"role":"admin")")}));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"count":4})"), answer.body);
        // In the order of the body, each with their own hash.
        CPPUNIT_ASSERT_EQUAL(std::string("b@x.org=hash of password b@x.org, A@x.org=hash of password A@x.org, "
                                         "c@x.org=hash of password c@x.org, d@x.org=hash of password d@x.org"),
                             stored());
        CPPUNIT_ASSERT_EQUAL(std::string("b@x.org=of b, c@x.org=null"), profiles());
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"count":0})"), post(batchOf({})).body);
    }

    void storesNothingBesideADuplicate() {
        insert("018f2b6e-7c1d-7a90-8b3c-000000000002", "old@x.org", "user");
        for (const std::string& body :
             {batchOf({member("a@x.org"), member("OLD@x.org")}), batchOf({member("a@x.org"), member("A@X.ORG")}),
              batchOf({member("a@x.org"), member("a@x.org")}, R"(,"skipDuplicates":false)")}) {
            const mortise_exchange exchange = begin(body);
            const FakeAnswer answer = host_->answer(exchange); // before any hashing
            CPPUNIT_ASSERT_EQUAL_MESSAGE(body, 409u, answer.status);
            CPPUNIT_ASSERT_EQUAL(std::string("User already exists"), answer.body);
        }
        CPPUNIT_ASSERT_EQUAL(std::string("old@x.org=hash"), stored());
    }

    void leavesDuplicatesOut() {
        insert("018f2b6e-7c1d-7a90-8b3c-000000000002", "old@x.org", "user");
        const FakeAnswer answer =
            post(batchOf({member("a@x.org"), member("OLD@x.org", R"(,"profile":{"bio":"not mine"})"),
                          member("A@X.ORG", R"(,"profile":{"bio":"second"})"), member("b@x.org")},
                         skipping));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"count":2})"), answer.body);
        CPPUNIT_ASSERT_EQUAL(
            std::string("old@x.org=hash, a@x.org=hash of password a@x.org, b@x.org=hash of password b@x.org"),
            stored());
        CPPUNIT_ASSERT_EQUAL(std::string(), profiles());
        // Nothing is left to hash.
        const FakeAnswer again = host_->answer(begin(batchOf({member("a@x.org"), member("b@x.org")}, skipping)));
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"count":0})"), again.body);
    }

    // Somebody registers while the batch is hashed.
    void decidesInTheTransaction() {
        const std::string late = "018f2b6e-7c1d-7a90-8b3c-000000000002";
        const mortise_exchange strict = begin(batchOf({member("a@x.org"), member("late@x.org")}));
        const mortise_exchange skips = begin(batchOf({member("b@x.org", R"(,"profile":{"bio":"of b"})"),
                                                      member("Late@x.org", R"(,"profile":{"bio":"not mine"})")},
                                                     skipping));
        insert(late, "late@x.org", "user");
        host_->runPending();
        CPPUNIT_ASSERT_EQUAL(409u, host_->answer(strict).status);
        CPPUNIT_ASSERT_EQUAL(std::string("User already exists"), host_->answer(strict).body);
        CPPUNIT_ASSERT_EQUAL(201u, host_->answer(skips).status);
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"count":1})"), host_->answer(skips).body);
        CPPUNIT_ASSERT_EQUAL(std::string("late@x.org=hash, b@x.org=hash of password b@x.org"), stored());
        CPPUNIT_ASSERT_EQUAL(std::string("b@x.org=of b"), profiles());
        CPPUNIT_ASSERT_EQUAL(std::string("1"), database_->value("SELECT COUNT(*) FROM profiles"));
    }

    void asksForTheRoleAgain() {
        for (const char* change : {"UPDATE users SET role = 'user'", "UPDATE users SET role = 'admin', removed_at = 1",
                                   "DELETE FROM users WHERE role = 'admin'"}) {
            const mortise_exchange exchange = begin(batchOf({member("a@x.org")}));
            database_->execute(change);
            host_->runPending();
            CPPUNIT_ASSERT_EQUAL_MESSAGE(change, 403u, host_->answer(exchange).status);
        }
        CPPUNIT_ASSERT_EQUAL(std::string("0"), database_->value("SELECT COUNT(*) FROM users"));
        CPPUNIT_ASSERT_EQUAL(403u, host_->answer(begin(batchOf({}))).status);
    }

    void storesNothingForLostClients() {
        const mortise_exchange lost = begin(batchOf({member("a@x.org")}));
        host_->loseClient(lost);
        const mortise_exchange ended = begin(batchOf({member("a@x.org")}));
        CPPUNIT_ASSERT(host_->endRequest(ended));
        host_->runPending();
        CPPUNIT_ASSERT_EQUAL(503u, host_->answer(lost).status);
        CPPUNIT_ASSERT_EQUAL(1u, host_->answer(lost).terminalCalls);
        CPPUNIT_ASSERT_EQUAL(std::string(), stored());
    }

    void passesOnThatThePoolIsBusy() {
        host_->passwordStatus = MORTISE_BUSY;
        const FakeAnswer answer = post(batchOf({member("a@x.org")}));
        CPPUNIT_ASSERT_EQUAL(503u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, answer.fields.count("Retry-After"));
        CPPUNIT_ASSERT_EQUAL(1u, answer.terminalCalls);
    }

    void storesNothingForRefusedProfiles() {
        database_->execute("CREATE TRIGGER no_profiles BEFORE INSERT ON profiles WHEN NEW.bio = 'refused' BEGIN SELECT "
                           "RAISE(ABORT, 'no'); END");
        for (const std::string& more : {std::string(), skipping}) {
            const FakeAnswer answer =
                post(batchOf({member("a@x.org"), member("b@x.org", R"(,"profile":{"bio":"refused"})")}, more));
            CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 500u, answer.status);
        }
        CPPUNIT_ASSERT_EQUAL(std::string(), stored());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UserBatchTest);
