// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/memory_database.hpp"
#include "tests/support/plugin_file.hpp"

#include <mortise/service/authenticator.h>
#include <mortise/service/crypto.h>
#include <mortise/service/migrations.h>
#include <mortise/service/users.h>

#include <cppunit/extensions/HelperMacros.h>

#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace auth::test {

using mortise::test::FakeAnswer;
using mortise::test::FakeCrypto;
using mortise::test::FakeHost;
using mortise::test::FakeInstance;
using mortise::test::FakeRecord;
using mortise::test::FakeRequest;
using mortise::test::FakeRoute;
using mortise::test::MemoryDatabase;
using mortise::test::pluginModule;
using mortise::test::textOf;
using mortise::test::viewOf;

inline const std::string accessSecret = "Zl0wq9T3nXyVb4Kc7Rj2Hd8Lm5Pf1Gs6";
inline const std::string refreshSecret = "uE7iOa3xCv9Bn1Mq5Wz0Tk4Yr8Sj2Dh6";
inline const std::string adaBody = R"({"name":"Ada","email":"Ada@example.com","password":"password 1"})";

/// The text of a member of a flat place in a JSON answer.
inline std::string member(const std::string& json, const std::string& name) {
    const std::string key = "\"" + name + "\":\"";
    const std::size_t begin = json.find(key);
    CPPUNIT_ASSERT_MESSAGE(name + " in " + json, begin != std::string::npos);
    return json.substr(begin + key.size(), json.find('"', begin + key.size()) - begin - key.size());
}

using Verdict = mortise::test::FakeVerdict;

/// The built files of `auth` and `users` over a database in memory, under a host that is none.
class AuthFixture : public CppUnit::TestFixture {
public:
    void setUp() override { start({{"access_secret", accessSecret}, {"refresh_secret", refreshSecret}}); }
    void tearDown() override {
        auth_.reset();
        users_.reset();
        database_.reset();
        host_.reset();
    }

protected:
    using Settings = std::map<std::string, std::string>;

    static const mortise_module& authModule() {
        static const mortise_module& loaded = pluginModule(AUTH_FILE);
        return loaded;
    }
    static const mortise_module& usersModule() {
        static const mortise_module& loaded = pluginModule(USERS_FILE);
        return loaded;
    }

    void start(const Settings& settings) {
        tearDown();
        host_ = std::make_unique<FakeHost>();
        database_ = std::make_unique<MemoryDatabase>();
        host_->give(MORTISE_CRYPTO_SERVICE, crypto_.table(), &crypto_);
        host_->give(MORTISE_DATABASE_SERVICE, database_->table(), database_.get());
        database_->beginCommit = [this](mortise_exchange turn) {
            return host_->exchangeTable.begin_commit(host_.get(), turn);
        };
        users_ = std::make_unique<FakeInstance>(*host_, usersModule());
        open(*users_, {});
        host_->give(MORTISE_USERS_SERVICE, users_->open(MORTISE_USERS_SERVICE));
        auth_ = std::make_unique<FakeInstance>(*host_, authModule());
        open(*auth_, settings);
    }
    void open(FakeInstance& plugin, const Settings& settings) {
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin.error(), MORTISE_OK, plugin.configure(settings));
        database_->migrate(*plugin.extension<mortise_plugin_migrations>(MORTISE_MIGRATIONS_EXTENSION));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin.error(), MORTISE_OK, plugin.start());
    }

    FakeAnswer post(const std::string& path, const std::string& body) {
        const mortise_exchange exchange = host_->begin("POST", path, {{}, body, {}, {}, {}, false});
        // Only what a request waits for: timers stay.
        if (host_->answer(exchange).returned == MORTISE_PENDING) host_->runPending();
        return host_->answer(exchange);
    }
    FakeAnswer login(const std::string& email, const std::string& password) {
        return post("/auth/login", R"({"email":")" + email + R"(","password":")" + password + R"("})");
    }
    FakeAnswer refresh(const std::string& token) {
        return post("/auth/refresh", R"({"refreshToken":")" + token + R"("})");
    }
    FakeAnswer logout(const std::string& token) {
        return post("/auth/logout", R"({"refreshToken":")" + token + R"("})");
    }
    std::string registerAda() {
        const FakeAnswer answer = post("/auth/register", adaBody);
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 201u, answer.status);
        return answer.body;
    }

    static void assertUnauthorized(const std::string& sentence, const FakeAnswer& answer,
                                   const std::string& challenge = "Bearer") {
        CPPUNIT_ASSERT_EQUAL(401u, answer.status);
        CPPUNIT_ASSERT_EQUAL(sentence, answer.body);
        CPPUNIT_ASSERT_EQUAL(challenge, answer.fields.at("WWW-Authenticate"));
    }

    Verdict authenticate(const std::optional<std::string>& field, std::uint32_t need = MORTISE_AUTHENTICATION_REQUIRED,
                         mortise_status expected = MORTISE_OK) {
        const auto* const table = auth_->extension<mortise_plugin_authenticator>(MORTISE_AUTHENTICATOR_EXTENSION);
        CPPUNIT_ASSERT_EQUAL(MORTISE_PLACEMENT_DATABASE_READ, table->placement);
        FakeRequest request;
        request.fields["Host"] = "localhost";
        if (field) request.fields["AuthoriZation"] = *field;
        const mortise_exchange exchange = host_->bareRequest(request);
        mortise_authentication authentication{};
        authentication.struct_size = sizeof authentication;
        authentication.need = need;
        host_->currentLoop = 1;
        const mortise_status status =
            table->authenticate(auth_->self(), exchange, &host_->rawRequest(exchange), &authentication);
        host_->currentLoop = 0;
        CPPUNIT_ASSERT_EQUAL(expected, status);
        const FakeAnswer answer = host_->answer(exchange);
        CPPUNIT_ASSERT_EQUAL(expected == MORTISE_OK ? 1u : 0u, answer.terminalCalls);
        return answer.verdict;
    }
    void assertVerdict(const std::string& kind, const std::string& message, const Verdict& verdict) {
        CPPUNIT_ASSERT_EQUAL(kind, verdict.kind);
        CPPUNIT_ASSERT_EQUAL(message, verdict.message);
        // RFC 6750 section 3: no error where no token was sent.
        CPPUNIT_ASSERT_EQUAL(std::string(kind == "missing" ? "Bearer" : "Bearer error=\"invalid_token\""),
                             verdict.challenge);
    }
    std::string families() { return database_->value("SELECT COUNT(*) FROM auth_refresh_families"); }

    FakeCrypto crypto_;
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<MemoryDatabase> database_;
    std::unique_ptr<FakeInstance> users_;
    std::unique_ptr<FakeInstance> auth_;
};

} // namespace auth::test
