// SPDX-License-Identifier: Apache-2.0
#include "users_fixture.hpp"

#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/memory_database.hpp"
#include "tests/support/plugin_file.hpp"

#include <mortise/service/command.h>
#include <mortise/service/crypto.h>
#include <mortise/service/migrations.h>
#include <mortise/service/users.h>

#include <cppunit/extensions/HelperMacros.h>

#include <cctype>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace mortise::test;

const std::string unknownId = "018f2b6e-7c1d-7a90-8b3c-0123456789ab";

std::string userBody(const std::string& name, const std::string& email, const std::string& password = "password 1") {
    return R"({"name":")" + name + R"(","email":")" + email + R"(","password":")" + password + R"("})";
}

mortise_new_user newUser(std::string_view name, std::string_view email, std::string_view hash) {
    mortise_new_user user = MORTISE_INIT(mortise_new_user);
    user.name = viewOf(name);
    user.email = viewOf(email);
    user.password_hash = viewOf(hash);
    return user;
}

class UsersPluginTest : public users::UsersFixture {
    CPPUNIT_TEST_SUITE(UsersPluginTest);
    CPPUNIT_TEST(refusesBadUsers);
    CPPUNIT_TEST(refusesBadQueries);
    CPPUNIT_TEST(takesTheEdgesOfTheRules);
    CPPUNIT_TEST(createsAUser);
    CPPUNIT_TEST(refusesATakenAddress);
    CPPUNIT_TEST(oneOfRacingUsersWins);
    CPPUNIT_TEST(answersBusyAsTheHostWantsIt);
    CPPUNIT_TEST(findsOneUser);
    CPPUNIT_TEST(findsNobodyForForeignIds);
    CPPUNIT_TEST(readsOnceForOneUser);
    CPPUNIT_TEST(pagesThroughUsers);
    CPPUNIT_TEST(countsOncePerVersion);
    CPPUNIT_TEST(changesOnlyTheCaller);
    CPPUNIT_TEST(changesNameAndAddress);
    CPPUNIT_TEST(deletesOnlyTheCaller);
    CPPUNIT_TEST(declaresItsRoutes);
    CPPUNIT_TEST(storesNothingForEndedRequests);
    CPPUNIT_TEST(servesOtherPlugins);
    CPPUNIT_TEST(commandsChangeRoles);
    CPPUNIT_TEST(failsWithASentenceOnABareHost);
    CPPUNIT_TEST_SUITE_END();

    static const mortise_module& module() {
        static const mortise_module& loaded = pluginModule(USERS_FILE);
        return loaded;
    }

    FakeAnswer post(const std::string& body) {
        const mortise_exchange exchange = host_->begin("POST", "/api/users", {{}, body, {}, {}, {}, false});
        host_->runPending();
        return host_->answer(exchange);
    }
    std::string add(const std::string& name, const std::string& email) {
        const FakeAnswer answer = post(userBody(name, email));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201u, answer.status);
        return answer.fields.at("Location").substr(std::string("/api/users/").size());
    }
    FakeAnswer get(const std::string& id, const std::string& caller = unknownId) {
        return host_->call("GET", "/api/users/:id", {{}, {}, {}, {{"id", id}}, caller, true});
    }
    FakeAnswer list(const std::string& query) {
        return host_->call("GET", "/api/users", {query, {}, {}, {}, unknownId, true});
    }
    FakeAnswer patch(const std::string& id, const std::string& caller, const std::string& body) {
        return host_->call("PATCH", "/api/users/:id", {{}, body, {}, {{"id", id}}, caller, false});
    }
    FakeAnswer remove(const std::string& id, const std::string& caller) {
        return host_->call("DELETE", "/api/users/:id", {{}, {}, {}, {{"id", id}}, caller, false});
    }

    void refusesBadUsers() {
        const std::string x101(101, 'x');
        for (const std::string& body :
             {std::string("{}"), std::string("[]"), userBody("A", "a@example.com"), userBody(x101, "a@example.com"),
              userBody("Ada", "a"), userBody("Ada", "a@"), userBody("Ada", ""),
              userBody("Ada", std::string(250, 'a') + "@x.org"), userBody("Ada", "a@example.com", "1234567"),
              userBody("Ada", "a@example.com", std::string(73, 'p')),
              // 72 bytes at most, however few characters: 25 of 3 bytes are 75
              userBody("Ada", "a@example.com",
                       [] {
                           std::string text;
                           for (int i = 0; i < 25; ++i) text += "\xe2\x82\xac";
                           return text;
                       }()),
              std::string(R"({"name":"Ada","email":"a@example.com","password":12345678})"),
              std::string(R"({"name":null,"email":"a@example.com","password":"12345678"})")}) {
            CPPUNIT_ASSERT_THROW_MESSAGE(body, post(body), std::runtime_error);
        }
        CPPUNIT_ASSERT_EQUAL(std::string("0"), database_->value("SELECT COUNT(*) FROM users"));
    }

    void refusesBadQueries() {
        for (const char* query : {"page=0", "page=-1", "limit=0", "limit=101", "page=x", "limit=1.5",
                                  "page=", "page=9007199254740992", "page=99999999999999999999"}) {
            CPPUNIT_ASSERT_THROW_MESSAGE(query, list(query), std::runtime_error);
        }
    }

    void takesTheEdgesOfTheRules() {
        add("\xc3\x84\xc3\x96", "a@example.com"); // two code points
        std::string umlauts;
        for (int i = 0; i < 100; ++i) umlauts += "\xc3\x84";
        add(umlauts, "b@example.com");
        CPPUNIT_ASSERT_EQUAL(201u, post(userBody("Ada", "c@example.com", "12345678")).status);
        CPPUNIT_ASSERT_EQUAL(201u, post(userBody("Ada", "d@example.com", std::string(72, 'p'))).status);
        CPPUNIT_ASSERT_EQUAL(200u, list("page=9007199254740991&limit=100").status);
    }

    void createsAUser() {
        const FakeAnswer answer =
            post(R"({"name":"Ada","email":"Ada@Example.com","password":"password 1","role":"admin"})");
        CPPUNIT_ASSERT_EQUAL(201u, answer.status);
        const std::string id = database_->value("SELECT id FROM users");
        CPPUNIT_ASSERT_EQUAL("/api/users/" + id, answer.fields.at("Location"));
        CPPUNIT_ASSERT_EQUAL(R"({"user":{"id":")" + id + R"(","name":"Ada","email":"Ada@Example.com","createdAt":")",
                             answer.body.substr(0, answer.body.size() - 27));
        CPPUNIT_ASSERT_EQUAL(get(id).body, answer.body);
        CPPUNIT_ASSERT_EQUAL(std::string("hash of password 1|user|ada@example.com"),
                             database_->value("SELECT password_hash || '|' || role || '|' || email_lower FROM users"));
    }

    void refusesATakenAddress() {
        add("Ada", "ada@example.com");
        const FakeAnswer answer =
            host_->call("POST", "/api/users", {{}, userBody("Ada", "ADA@example.COM"), {}, {}, {}, false});
        // Before any hashing.
        CPPUNIT_ASSERT_EQUAL(409u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::string("User already exists"), answer.body);
    }

    void oneOfRacingUsersWins() {
        std::vector<mortise_exchange> exchanges;
        for (int i = 0; i < 8; ++i) {
            exchanges.push_back(
                host_->begin("POST", "/api/users", {{}, userBody("Ada", "ada@example.com"), {}, {}, {}, false}));
        }
        host_->runPending();
        int created = 0;
        for (const mortise_exchange exchange : exchanges) {
            const FakeAnswer answer = host_->answer(exchange);
            CPPUNIT_ASSERT_EQUAL(1u, answer.terminalCalls);
            created += answer.status == 201;
            if (answer.status != 201) CPPUNIT_ASSERT_EQUAL(std::string("User already exists"), answer.body);
        }
        CPPUNIT_ASSERT_EQUAL(1, created);
    }

    void answersBusyAsTheHostWantsIt() {
        const std::string id = add("Ada", "ada@example.com");
        host_->passwordStatus = MORTISE_BUSY;
        const FakeAnswer full = post(userBody("Ada", "b@example.com"));
        CPPUNIT_ASSERT_EQUAL(503u, full.status);
        CPPUNIT_ASSERT(full.fields.count("Retry-After") == 1);
        host_->passwordStatus = MORTISE_PENDING;

        const mortise_exchange exchange =
            host_->begin("POST", "/api/users", {{}, userBody("Ada", "b@example.com"), {}, {}, {}, false});
        database_->busy = MORTISE_BUSY;
        host_->runPending(); // the hash is there, the writer is not
        CPPUNIT_ASSERT_EQUAL(503u, host_->answer(exchange).status);
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, get(id).returned); // on a loop: again on a worker
        CPPUNIT_ASSERT_EQUAL(0u, get(id).terminalCalls);
        CPPUNIT_ASSERT_EQUAL(503u, patch(id, id, R"({"name":"Eve"})").status);
        database_->busy = MORTISE_ERROR;
        CPPUNIT_ASSERT_EQUAL(500u, get(id).status);
    }

    void findsOneUser() {
        const std::string id = add("Ada \\\"L\\\"", "ada@example.com");
        const FakeAnswer answer = get(id);
        CPPUNIT_ASSERT_EQUAL(200u, answer.status);
        CPPUNIT_ASSERT(answer.body.find(R"("name":"Ada \"L\"")") != std::string::npos);
        CPPUNIT_ASSERT(answer.body.find("hash") == std::string::npos);
        std::string upper = id;
        for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        CPPUNIT_ASSERT_EQUAL(answer.body, get(upper).body);
        CPPUNIT_ASSERT_EQUAL(answer.body, host_->call("GET", "/api/users/me", {{}, {}, {}, {}, id, true}).body);
    }

    void findsNobodyForForeignIds() {
        for (const std::string& id : {unknownId, std::string("1"), std::string("me "), std::string(5000, 'a'),
                                      std::string("' OR 1=1 --"), std::string(36, '-')}) {
            const FakeAnswer answer = get(id);
            CPPUNIT_ASSERT_EQUAL(404u, answer.status);
            CPPUNIT_ASSERT_EQUAL(std::string("User not found"), answer.body);
        }
    }

    void readsOnceForOneUser() {
        const std::string id = add("Ada", "ada@example.com");
        database_->reads = 0;
        get(id);
        CPPUNIT_ASSERT_EQUAL(1u, database_->reads);
    }

    void pagesThroughUsers() {
        CPPUNIT_ASSERT_EQUAL(std::string(R"({"users":[],"pagination":{"page":1,"limit":10,"total":0,"pages":0}})"),
                             list("").body);
        std::vector<std::string> ids;
        for (int i = 0; i < 5; ++i) ids.push_back(add("User", "u" + std::to_string(i) + "@example.com"));
        const auto assertPage = [&](const std::string& query, std::size_t first, std::size_t count,
                                    const std::string& pagination) {
            const std::string body = list(query).body;
            std::size_t at = 0;
            for (std::size_t i = first; i < first + count; ++i) {
                at = body.find(R"("id":")" + ids[i], at);
                CPPUNIT_ASSERT_MESSAGE(body, at != std::string::npos);
            }
            std::size_t seen = 0;
            for (at = 0; (at = body.find(R"("id":)", at)) != std::string::npos; ++at) ++seen;
            CPPUNIT_ASSERT_EQUAL(count, seen);
            CPPUNIT_ASSERT_MESSAGE(body, body.find(R"("pagination":{)" + pagination + "}") != std::string::npos);
        };
        assertPage("", 0, 5, R"("page":1,"limit":10,"total":5,"pages":1)");
        assertPage("limit=2", 0, 2, R"("page":1,"limit":2,"total":5,"pages":3)");
        assertPage("limit=2&page=3", 4, 1, R"("page":3,"limit":2,"total":5,"pages":3)");
        assertPage("limit=2&page=4", 0, 0, R"("page":4,"limit":2,"total":5,"pages":3)");
    }

    void countsOncePerVersion() {
        add("Ada", "ada@example.com");
        list("");
        database_->reads = 0;
        list("");
        CPPUNIT_ASSERT_EQUAL(1u, database_->reads);
        add("Eve", "eve@example.com");
        CPPUNIT_ASSERT(list("").body.find(R"("total":2)") != std::string::npos);
        database_->execute("DELETE FROM users"); // as another process would
        CPPUNIT_ASSERT(list("").body.find(R"("total":0)") != std::string::npos);
    }

    void changesOnlyTheCaller() {
        const std::string id = add("Ada", "ada@example.com");
        const std::string other = add("Eve", "eve@example.com");
        for (const std::string& target : {other, unknownId, std::string("1")}) {
            const FakeAnswer answer = patch(target, id, R"({"name":"Mallory"})");
            CPPUNIT_ASSERT_EQUAL(403u, answer.status);
            CPPUNIT_ASSERT_EQUAL(std::string("Forbidden"), answer.body);
        }
        CPPUNIT_ASSERT_EQUAL(404u, patch(unknownId, unknownId, R"({"name":"Mallory"})").status); // deleted meanwhile
        CPPUNIT_ASSERT_EQUAL(404u, patch(unknownId, unknownId, "{}").status);
        CPPUNIT_ASSERT_EQUAL(std::string("0"), database_->value("SELECT COUNT(*) FROM users WHERE name = 'Mallory'"));
    }

    void changesNameAndAddress() {
        const std::string id = add("Ada", "ada@example.com");
        add("Eve", "eve@example.com");
        CPPUNIT_ASSERT_EQUAL(get(id).body, patch(id, id, "{}").body);
        CPPUNIT_ASSERT_EQUAL(get(id).body, patch(id, id, R"({"password":"other password","role":"admin"})").body);
        CPPUNIT_ASSERT(patch(id, id, R"({"name":"Ada L"})").body.find(R"("name":"Ada L","email":"ada@example.com")") !=
                       std::string::npos);
        const FakeAnswer taken = patch(id, id, R"({"name":"Ada M","email":"EVE@example.com"})");
        CPPUNIT_ASSERT_EQUAL(409u, taken.status);
        CPPUNIT_ASSERT_EQUAL(std::string("Resource already exists"), taken.body);
        CPPUNIT_ASSERT(get(id).body.find("Ada M") == std::string::npos);
        CPPUNIT_ASSERT_EQUAL(200u, patch(id, id, R"({"email":"ADA@example.com"})").status); // its own, in another case
        CPPUNIT_ASSERT_EQUAL(200u, patch(id, id, R"({"email":"New@Example.com"})").status);
        CPPUNIT_ASSERT_EQUAL(
            std::string("New@Example.com|new@example.com|hash of password 1|user"),
            database_->value("SELECT email || '|' || email_lower || '|' || password_hash || '|' || role "
                             "FROM users WHERE id = '" +
                             id + "'"));
        add("Ada", "ada@example.com"); // free again
        CPPUNIT_ASSERT_THROW(patch(id, id, R"({"name":"A"})"), std::runtime_error);
        CPPUNIT_ASSERT_THROW(patch(id, id, R"({"name":null})"), std::runtime_error);
        CPPUNIT_ASSERT_THROW(patch(id, id, R"({"email":"nobody"})"), std::runtime_error);
    }

    void deletesOnlyTheCaller() {
        const std::string id = add("Ada", "ada@example.com");
        const std::string other = add("Eve", "eve@example.com");
        CPPUNIT_ASSERT_EQUAL(403u, remove(other, id).status);
        const FakeAnswer answer = remove(id, id);
        CPPUNIT_ASSERT_EQUAL(204u, answer.status);
        CPPUNIT_ASSERT(answer.body.empty());
        CPPUNIT_ASSERT_EQUAL(404u, get(id).status);
        CPPUNIT_ASSERT_EQUAL(200u, get(other).status);
        CPPUNIT_ASSERT_EQUAL(404u, remove(id, id).status);
    }

    void declaresItsRoutes() {
        for (const FakeRoute& route : host_->routes) {
            const bool open = route.method == "POST" && route.pattern == "/api/users";
            CPPUNIT_ASSERT_EQUAL_MESSAGE(route.method + route.pattern,
                                         open ? MORTISE_AUTHENTICATION_NONE : MORTISE_AUTHENTICATION_REQUIRED,
                                         route.authentication);
            CPPUNIT_ASSERT_EQUAL(route.method == "GET" ? MORTISE_PLACEMENT_DATABASE_READ : MORTISE_PLACEMENT_WORKER,
                                 route.placement);
            const bool hasBody = route.method == "POST" || route.method == "PATCH";
            CPPUNIT_ASSERT_EQUAL(MORTISE_ROUTE_PRIVATE |
                                     (hasBody ? MORTISE_ROUTE_ALSO_FORMS | MORTISE_ROUTE_IDEMPOTENT : 0u),
                                 route.flags);
        }
        CPPUNIT_ASSERT_EQUAL(std::size_t{7}, host_->routes.size());
    }

    struct Seen {
        int visits = 0;
        std::string id, name, email, role, hash;
        std::int64_t epoch = -1;
        static void visit(void* context, const mortise_user* user) {
            auto& self = *static_cast<Seen*>(context);
            ++self.visits;
            self.id = textOf(user->id);
            self.name = textOf(user->name);
            self.email = textOf(user->email);
            self.role = textOf(user->role);
            self.hash = textOf(user->password_hash);
            self.epoch = user->token_epoch;
        }
    };

    // After the host has answered in the plugin's place nothing is stored, and nothing is stored for no turn.
    void storesNothingForEndedRequests() {
        CPPUNIT_ASSERT_EQUAL(201u, post(userBody("Ada", "ada@example.com")).status);
        const std::string id = database_->value("SELECT id FROM users");
        const std::string before = database_->value("SELECT name || email || password_hash FROM users");
        host_->beginCommitStatus = MORTISE_STALE;
        const FakeAnswer made = post(R"({"name":"Eve","email":"eve@example.com","password":"password 1"})");
        CPPUNIT_ASSERT_EQUAL(1u, made.commits);
        FakeRequest request;
        request.principal = id;
        request.parameters = {{"id", id}};
        request.body = R"({"name":"Eve"})";
        CPPUNIT_ASSERT_EQUAL(1u, host_->call("PATCH", "/api/users/:id", request).commits);
        CPPUNIT_ASSERT_EQUAL(1u, host_->call("DELETE", "/api/users/:id", request).commits);
        CPPUNIT_ASSERT_EQUAL(std::string("1"), database_->value("SELECT COUNT(*) FROM users"));
        CPPUNIT_ASSERT_EQUAL(before, database_->value("SELECT name || email || password_hash FROM users"));
        // Other plugins' writes, on behalf of their requests.
        const auto* const users = plugin_->service<mortise_users_table>(MORTISE_USERS_SERVICE);
        const mortise_new_user eve = newUser("Eve", "eve@x.org", "y");
        Seen seen;
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE, users->create(plugin_->self(), host_->bareRequest(), &eve, &Seen::visit,
                                                          &seen, plugin_->rawError()));
        CPPUNIT_ASSERT_EQUAL(0, seen.visits);
        const std::string hash = database_->value("SELECT password_hash FROM users");
        CPPUNIT_ASSERT_EQUAL(MORTISE_STALE,
                             users->set_password_hash(plugin_->self(), host_->bareRequest(), viewOf(id), viewOf(hash),
                                                      viewOf("other"), plugin_->rawError()));
        CPPUNIT_ASSERT_EQUAL(hash, database_->value("SELECT password_hash FROM users"));
        CPPUNIT_ASSERT_EQUAL(0u, database_->background);
        host_->beginCommitStatus = MORTISE_OK;
        CPPUNIT_ASSERT_EQUAL(200u, host_->call("PATCH", "/api/users/:id", request).status);
    }

    void servesOtherPlugins() {
        const auto* const users = plugin_->service<mortise_users_table>(MORTISE_USERS_SERVICE);
        CPPUNIT_ASSERT(users != nullptr);
        void* const self = plugin_->self();
        Seen made;
        const mortise_new_user ada = newUser("Ada", "Ada@x.org", "$2b$10$x");
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, users->create(self, 0, &ada, &Seen::visit, &made, plugin_->rawError()));
        CPPUNIT_ASSERT_EQUAL(1, made.visits);
        CPPUNIT_ASSERT_EQUAL(std::string("user"), made.role);
        Seen again;
        const mortise_new_user eve = newUser("Eve", "ADA@X.ORG", "y");
        CPPUNIT_ASSERT_EQUAL(MORTISE_CONFLICT, users->create(self, 0, &eve, &Seen::visit, &again, plugin_->rawError()));
        CPPUNIT_ASSERT_EQUAL(0, again.visits);
        Seen byId;
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK,
                             users->find_by_id(self, viewOf(made.id), &Seen::visit, &byId, plugin_->rawError()));
        CPPUNIT_ASSERT_EQUAL(std::string("Ada@x.org"), byId.email);
        CPPUNIT_ASSERT_EQUAL(std::string(), byId.hash);
        Seen byEmail;
        CPPUNIT_ASSERT_EQUAL(
            MORTISE_OK, users->find_by_email(self, viewOf("aDA@x.org"), &Seen::visit, &byEmail, plugin_->rawError()));
        CPPUNIT_ASSERT_EQUAL(made.id, byEmail.id);
        CPPUNIT_ASSERT_EQUAL(std::string("$2b$10$x"), byEmail.hash);
        const auto setHash = [&](const std::string& id, const char* expected) {
            return users->set_password_hash(self, 0, viewOf(id), viewOf(expected), viewOf("$2b$12$y"),
                                            plugin_->rawError());
        };
        CPPUNIT_ASSERT_EQUAL(MORTISE_ABSENT, setHash(made.id, "another"));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ABSENT, setHash("nobody", "$2b$10$x"));
        CPPUNIT_ASSERT_EQUAL(std::string("$2b$10$x"), database_->value("SELECT password_hash FROM users"));
        // The same again asks whether it still is the one, and changes nothing.
        const std::string updated = database_->value("SELECT updated_at FROM users");
        for (const auto& [hash, status] : {std::pair{"$2b$10$x", MORTISE_OK}, std::pair{"another", MORTISE_ABSENT}})
            CPPUNIT_ASSERT_EQUAL(status, users->set_password_hash(self, 0, viewOf(made.id), viewOf(hash), viewOf(hash),
                                                                  plugin_->rawError()));
        CPPUNIT_ASSERT_EQUAL(updated, database_->value("SELECT updated_at FROM users"));
        const auto epochs = [&] {
            Seen id, email;
            users->find_by_id(self, viewOf(made.id), &Seen::visit, &id, nullptr);
            users->find_by_email(self, viewOf("ada@x.org"), &Seen::visit, &email, nullptr);
            return std::to_string(id.epoch) + " " + std::to_string(email.epoch) + " " +
                   database_->value("SELECT token_epoch FROM users");
        };
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, made.epoch);
        CPPUNIT_ASSERT_EQUAL(std::string("0 0 0"), epochs()); // nothing of that changed the password
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, setHash(made.id, "$2b$10$x"));
        CPPUNIT_ASSERT_EQUAL(std::string("$2b$12$y"), database_->value("SELECT password_hash FROM users"));
        CPPUNIT_ASSERT_EQUAL(std::string("1 1 1"), epochs());
        // Another hash of the same password.
        for (const auto& [hash, status] : {std::pair{"$2b$12$y", MORTISE_OK}, std::pair{"$2b$10$x", MORTISE_ABSENT}})
            CPPUNIT_ASSERT_EQUAL(status, users->renew_password_hash(self, 0, viewOf(made.id), viewOf(hash),
                                                                    viewOf("$2b$13$z"), plugin_->rawError()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ABSENT, users->renew_password_hash(self, 0, viewOf("nobody"), viewOf("$2b$13$z"),
                                                                        viewOf("x"), plugin_->rawError()));
        CPPUNIT_ASSERT_EQUAL(std::string("$2b$13$z"), database_->value("SELECT password_hash FROM users"));
        CPPUNIT_ASSERT_EQUAL(std::string("1 1 1"), epochs());
        CPPUNIT_ASSERT_EQUAL(MORTISE_ABSENT,
                             users->find_by_id(self, viewOf("nobody"), &Seen::visit, &again, plugin_->rawError()));
        CPPUNIT_ASSERT_EQUAL(MORTISE_ABSENT,
                             users->find_by_email(self, viewOf(""), &Seen::visit, &again, plugin_->rawError()));
        database_->busy = MORTISE_BUSY;
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY,
                             users->find_by_id(self, viewOf(made.id), &Seen::visit, &again, plugin_->rawError()));
        CPPUNIT_ASSERT_EQUAL(0, again.visits);
    }

    void commandsChangeRoles() {
        add("Ada", "ada@example.com");
        const auto* const commands = plugin_->extension<mortise_plugin_command>(MORTISE_COMMAND_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(5u, commands->command_count); // import and export are tested from outside
        std::string printed;
        mortise_command_session session{};
        session.struct_size = sizeof session;
        session.context = &printed;
        session.print = session.print_error = [](void* context, mortise_view text) {
            *static_cast<std::string*>(context) += textOf(text);
        };
        const auto run = [&](std::uint32_t command, std::vector<std::string> arguments) {
            std::vector<mortise_view> views;
            for (const std::string& argument : arguments) views.push_back(viewOf(argument));
            printed.clear();
            const mortise_command& one = commands->commands[command];
            return one.run(one.context, views.data(), static_cast<std::uint32_t>(views.size()), &session);
        };
        CPPUNIT_ASSERT_EQUAL(std::string("grant-admin"), textOf(commands->commands[0].name));
        CPPUNIT_ASSERT_EQUAL(64, run(0, {}));
        CPPUNIT_ASSERT_EQUAL(64, run(0, {"a", "b"}));
        CPPUNIT_ASSERT_EQUAL(1, run(0, {"nobody@example.com"}));
        CPPUNIT_ASSERT_EQUAL(0, run(0, {"ADA@example.com"}));
        CPPUNIT_ASSERT_EQUAL(std::string("ADA@example.com is now an administrator\n"), printed);
        CPPUNIT_ASSERT_EQUAL(std::string("admin"), database_->value("SELECT role FROM users"));
        CPPUNIT_ASSERT_EQUAL(0, run(1, {"ada@example.com"}));
        CPPUNIT_ASSERT_EQUAL(std::string("user"), database_->value("SELECT role FROM users"));
    }

    void failsWithASentenceOnABareHost() {
        FakeHost bare;
        bare.absent(MORTISE_DATABASE_SERVICE);
        FakeInstance alone(bare, module());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, alone.configure());
        CPPUNIT_ASSERT(alone.start() < 0);
        CPPUNIT_ASSERT(alone.error().find("mortise.database/1") != std::string::npos);
        FakeHost empty;
        empty.allAbsent();
        FakeInstance nowhere(empty, module());
        CPPUNIT_ASSERT(nowhere.configure() < 0);
        CPPUNIT_ASSERT(!nowhere.error().empty());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UsersPluginTest);

} // namespace
