// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_host.hpp"

#include <mortise/plugin.hpp>
#include <mortise/users_provider.hpp>

#include <cppunit/extensions/HelperMacros.h>

#include <stdexcept>
#include <string>

using namespace mortise::test;

namespace {

// One user, whose hash is "old" and whose epoch is 3.
class Without : public mortise::Plugin<>, public mortise::UsersProvider {
public:
    void configure(mortise::Setup&) override {}
    bool findById(std::string_view, mortise::UserVisitor visit) override {
        visit(mortise::UserRecord{"1", "Ada", "ada@example.com", "user", "", {5}, 3});
        return true;
    }
    bool findByEmail(std::string_view, mortise::UserVisitor) override { return false; }
    void create(mortise::Turn, const mortise::NewUserRecord& user, mortise::UserVisitor visit) override {
        const std::string bio(user.profile ? user.profile->bio.value_or("-") : "none");
        const std::string avatar(user.profile ? user.profile->avatar.value_or("-") : "none");
        visit(mortise::UserRecord{bio, std::string(user.name), std::string(user.email), avatar, "", {5}, 3});
    }
    bool setPasswordHash(mortise::Turn, std::string_view, std::string_view expected, std::string_view) override {
        if (expected == "throw") throw std::runtime_error("thrown in set");
        return expected == "old";
    }
};

class Keeping : public Without {
public:
    bool renewPasswordHash(mortise::Turn, std::string_view, std::string_view expected, std::string_view) override {
        if (expected == "throw") throw std::runtime_error("thrown in renew");
        return expected == "renewable";
    }
    bool keepsTokenEpochs() const override { return true; }
};

class Throwing : public Keeping {
public:
    bool keepsTokenEpochs() const override { throw std::runtime_error("thrown"); }
};

// An instance of P and the service as another plugin has it.
template<class P>
struct Provided {
    Provided() {
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin.configure());
        host.give(MORTISE_USERS_SERVICE, plugin.open(MORTISE_USERS_SERVICE));
    }
    mortise::Users users() { return mortise::Users(host.raw()); }

    FakeHost host;
    FakeInstance plugin{
        host, *mortise::moduleOf<P>(0, nullptr, "test.users", "1.0.0", mortise::offers<mortise::UsersProvider>())};
};

} // namespace

class UsersProviderTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(UsersProviderTest);
    CPPUNIT_TEST(saysThatItKeepsNoEpochs);
    CPPUNIT_TEST(saysThatItKeepsEpochs);
    CPPUNIT_TEST(countsAsKeepingNoneWhereItThrows);
    CPPUNIT_TEST(bothKindsLiveInOneProcess);
    CPPUNIT_TEST(takesProfilesWithNewUsers);
    CPPUNIT_TEST_SUITE_END();

public:
    void saysThatItKeepsNoEpochs() {
        Provided<Without> provided;
        CPPUNIT_ASSERT(!provided.users().keepsTokenEpochs());
        CPPUNIT_ASSERT(provided.users().setPasswordHash({}, "1", "old", "new"));
        CPPUNIT_ASSERT(provided.users().renewPasswordHash({}, "1", "old", "new")); // by the one it has
        CPPUNIT_ASSERT(!provided.users().renewPasswordHash({}, "1", "renewable", "new"));
        CPPUNIT_ASSERT_THROW(provided.users().renewPasswordHash({}, "1", "throw", "new"), mortise::Error);
    }
    void saysThatItKeepsEpochs() {
        Provided<Keeping> provided;
        CPPUNIT_ASSERT(provided.users().keepsTokenEpochs());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, provided.users().findById("1")->tokenEpoch);
        CPPUNIT_ASSERT(!provided.users().renewPasswordHash({}, "1", "old", "new"));
        CPPUNIT_ASSERT(provided.users().renewPasswordHash({}, "1", "renewable", "new"));
        CPPUNIT_ASSERT_THROW(provided.users().renewPasswordHash({}, "1", "throw", "new"), mortise::Error);
    }
    void countsAsKeepingNoneWhereItThrows() {
        Provided<Throwing> provided;
        CPPUNIT_ASSERT(!provided.users().keepsTokenEpochs());
        CPPUNIT_ASSERT(provided.users().renewPasswordHash({}, "1", "old", "new"));
    }
    void bothKindsLiveInOneProcess() {
        Provided<Keeping> keeping;
        Provided<Without> without;
        CPPUNIT_ASSERT(keeping.users().keepsTokenEpochs());
        CPPUNIT_ASSERT(!without.users().keepsTokenEpochs());
        const auto* const table = keeping.plugin.service<mortise_users_table>(MORTISE_USERS_SERVICE);
        CPPUNIT_ASSERT(table == keeping.plugin.service<mortise_users_table>(MORTISE_USERS_SERVICE));
        CPPUNIT_ASSERT_EQUAL(static_cast<std::uint32_t>(sizeof *table), table->struct_size);
    }
    // The provider above returns the profile as id (bio) and role (avatar).
    void takesProfilesWithNewUsers() {
        Provided<Keeping> provided;
        const auto made = [&](std::optional<mortise::NewProfile> profile) {
            const mortise::UserRecord user = provided.users().create({}, {"Ada", "ada@example.com", "x", profile});
            CPPUNIT_ASSERT_EQUAL(std::string("Ada ada@example.com"), user.name + ' ' + user.email);
            return user.id + ' ' + user.role;
        };
        CPPUNIT_ASSERT_EQUAL(std::string("none none"), made(std::nullopt));
        CPPUNIT_ASSERT_EQUAL(std::string("- -"), made(mortise::NewProfile{}));
        CPPUNIT_ASSERT_EQUAL(std::string("Looms -"), made(mortise::NewProfile{"Looms", std::nullopt}));
        CPPUNIT_ASSERT_EQUAL(std::string(" https://x"), made(mortise::NewProfile{"", "https://x"}));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(UsersProviderTest);
