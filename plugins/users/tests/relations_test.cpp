// SPDX-License-Identifier: Apache-2.0
#include "users_fixture.hpp"

#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/memory_database.hpp"
#include "tests/support/plugin_file.hpp"

#include <mortise/service/contributions.h>
#include <mortise/service/crypto.h>
#include <mortise/service/migrations.h>
#include <mortise/user_relations.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace mortise::test;
using mortise::RelatedRows;
using mortise::UserRelation;

const std::string ada = "018f2b6e-7c1d-7a90-8b3c-000000000001";
const std::string eve = "018f2b6e-7c1d-7a90-8b3c-000000000002";

// What other plugins contribute to users, also by mistake.
class RelationsTest : public users::UsersFixture {
    CPPUNIT_TEST_SUITE(RelationsTest);
    CPPUNIT_TEST(refusesWhatCannotBeShown);
    CPPUNIT_TEST(showsARelationUnderItsName);
    CPPUNIT_TEST(asksForAllUsersAtOnce);
    CPPUNIT_TEST(showsNothingOfAWrongResult);
    CPPUNIT_TEST(showsNothingOfWhoOnlyDeletes);
    CPPUNIT_TEST(whoOnlyShowsDeletesNothing);
    CPPUNIT_TEST(passesOnThatARelationIsBusy);
    CPPUNIT_TEST(deletesWhatRelationsHave);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        users::UsersFixture::setUp();
        for (const std::string& id : {ada, eve})
            database_->execute("INSERT INTO users (id, name, email, email_lower, password_hash, created_at, "
                               "updated_at) VALUES ('" +
                               id + "', 'Ada', '" + id + "', '" + id + "', 'hash', 1, 1)");
    }
    void tearDown() override {
        freeObject();
        plugin_.reset();
        providers_.clear();
        users::UsersFixture::tearDown();
    }

private:
    const mortise_plugin_contributions& extension() {
        return *plugin_->extension<mortise_plugin_contributions>(MORTISE_CONTRIBUTIONS_EXTENSION);
    }
    void freeObject() {
        if (object_ != nullptr) extension().free(plugin_->self(), viewOf(UserRelation::pointId), object_);
        object_ = nullptr;
        host_->collected.erase(UserRelation::pointId);
    }
    mortise_status build(std::vector<std::pair<std::string, UserRelation>> given) {
        freeObject();
        std::vector<mortise_contribution> list;
        for (auto& [name, relation] : given) {
            names_.push_back(std::make_unique<std::string>(name));
            providers_.push_back(std::make_unique<mortise::detail::TypedProvider<UserRelation>>(UserRelation::pointId,
                                                                                                std::move(relation)));
            const mortise_service made = providers_.back()->open();
            list.push_back({viewOf("other"), viewOf(*names_.back()), made.table, made.self});
        }
        void* object = nullptr;
        const mortise_status status = extension().build(plugin_->self(), viewOf(UserRelation::pointId), list.data(),
                                                        static_cast<std::uint32_t>(list.size()),
                                                        sizeof(mortise_contribution), 1, &object, plugin_->rawError());
        if (status == MORTISE_OK) host_->collected[UserRelation::pointId] = object_ = object;
        return status;
    }
    FakeAnswer get(const std::string& query, const std::string& id = ada) {
        return host_->call("GET", "/api/users/:id", {query, {}, {}, {{"id", id}}, eve, true});
    }
    std::uint32_t remove() {
        return host_->call("DELETE", "/api/users/:id", {{}, {}, {}, {{"id", ada}}, ada, false}).status;
    }
    static UserRelation giving(std::vector<RelatedRows> rows) {
        UserRelation relation;
        relation.load = [rows](mortise::Turn, std::vector<std::string_view>, std::string_view, std::int64_t) {
            return rows;
        };
        return relation;
    }

    void refusesWhatCannotBeShown() {
        for (const char* name : {"", "a b", "9x", "profile", "email", "createdAt", "a\"b", "ä"}) {
            host_->refusedContributions.clear();
            build({{name, giving({})}, {"tags", giving({})}});
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, std::size_t{1}, host_->refusedContributions.count(name));
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, host_->refusedContributions.count("tags"));
        }
    }
    void showsARelationUnderItsName() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, build({{"tags", giving({{R"(["x"])", 1, "next"}})}}));
        const FakeAnswer answer = get("include=tags");
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 200u, answer.status);
        CPPUNIT_ASSERT_MESSAGE(answer.body,
                               answer.body.find(R"(,"tags":["x"],"tagsNext":"next"}})") != std::string::npos);
        CPPUNIT_ASSERT(answer.fields.at("ETag") != get("").fields.at("ETag"));
        CPPUNIT_ASSERT_EQUAL(400u, get("include=other").status);
    }
    void asksForAllUsersAtOnce() {
        std::vector<std::string> seen;
        UserRelation relation;
        relation.load = [&](mortise::Turn, std::vector<std::string_view> ids, std::string_view viewer,
                            std::int64_t limit) {
            std::string call = std::string(viewer) + " " + std::to_string(limit) + ":";
            for (const std::string_view id : ids) call += " " + std::string(id);
            seen.push_back(call);
            return std::vector<RelatedRows>(ids.size());
        };
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, build({{"tags", relation}, {"posts", relation}}));
        const std::string query = "include=tags,posts,tags&postsLimit=7";
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY,
                             host_->call("GET", "/api/users", {query, {}, {}, {}, eve, true}).returned); // on a loop
        CPPUNIT_ASSERT(seen.empty());
        const FakeAnswer answer = host_->call("GET", "/api/users", {query, {}, {}, {}, eve, false});
        CPPUNIT_ASSERT_EQUAL_MESSAGE(answer.body, 200u, answer.status);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, seen.size());
        CPPUNIT_ASSERT_EQUAL(eve + " 20: " + ada + " " + eve, seen[0]);
        CPPUNIT_ASSERT_EQUAL(eve + " 7: " + ada + " " + eve, seen[1]);
    }
    void showsNothingOfAWrongResult() {
        for (const std::vector<RelatedRows>& rows :
             {std::vector<RelatedRows>{}, std::vector<RelatedRows>(2), {{"[]", 21, {}}}, {{"[]", -1, {}}}}) {
            CPPUNIT_ASSERT_EQUAL(MORTISE_OK, build({{"tags", giving(rows)}}));
            CPPUNIT_ASSERT_EQUAL(500u, get("include=tags").status);
            CPPUNIT_ASSERT_EQUAL(200u, get("").status);
        }
    }
    void showsNothingOfWhoOnlyDeletes() {
        UserRelation relation;
        relation.remove = [](mortise::Turn, std::string_view, std::int64_t) { return std::int64_t{0}; };
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, build({{"hidden", relation}, {"tags", giving({})}}));
        CPPUNIT_ASSERT_EQUAL(400u, get("include=hidden").status);
        CPPUNIT_ASSERT_EQUAL(204u, remove());
    }
    void whoOnlyShowsDeletesNothing() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, build({{"tags", giving({})}}));
        CPPUNIT_ASSERT_EQUAL(204u, remove());
        host_->refusedContributions.clear();
        build({{"nothing", UserRelation()}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, host_->refusedContributions.count("nothing"));
    }
    void passesOnThatARelationIsBusy() {
        UserRelation relation;
        relation.load = [](mortise::Turn, std::vector<std::string_view>, std::string_view,
                           std::int64_t) -> std::vector<RelatedRows> { throw mortise::Busy("later"); };
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, build({{"tags", relation}}));
        CPPUNIT_ASSERT_EQUAL(MORTISE_BUSY, get("include=tags").returned); // on a loop: again on a worker
    }
    void deletesWhatRelationsHave() {
        std::int64_t left = 0;
        std::vector<std::int64_t> limits;
        UserRelation relation = giving({});
        relation.remove = [&](mortise::Turn, std::string_view id, std::int64_t limit) {
            CPPUNIT_ASSERT_EQUAL(ada, std::string(id));
            limits.push_back(limit);
            const std::int64_t gone = std::min(left, limit);
            left -= gone;
            return gone;
        };
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, build({{"tags", relation}}));
        left = 499;
        CPPUNIT_ASSERT_EQUAL(204u, remove());
        CPPUNIT_ASSERT_EQUAL(std::string("1"), database_->value("SELECT COUNT(*) FROM users"));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, left);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, limits.size());
    }

    std::vector<std::unique_ptr<std::string>> names_;
    std::vector<std::unique_ptr<mortise::detail::TypedProvider<UserRelation>>> providers_;
    void* object_ = nullptr;
};

CPPUNIT_TEST_SUITE_REGISTRATION(RelationsTest);

} // namespace
