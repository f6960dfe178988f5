// SPDX-License-Identifier: Apache-2.0
#include "users_fixture.hpp"

#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/memory_database.hpp"
#include "tests/support/plugin_file.hpp"

#include <mortise/service/command.h>
#include <mortise/service/crypto.h>
#include <mortise/service/migrations.h>

#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace mortise::test;

std::string numbered(int number) {
    const std::string digits = std::to_string(number);
    return "018f2b6e-7c1d-7a90-8b3c-" + std::string(12 - digits.size(), '0') + digits;
}

} // namespace

// `users list`: what scripts and terminals get to see.
class UserCommandsTest : public users::UsersFixture {
    CPPUNIT_TEST_SUITE(UserCommandsTest);
    CPPUNIT_TEST(listsUsers);
    CPPUNIT_TEST(listsOneRole);
    CPPUNIT_TEST(listsAllPages);
    CPPUNIT_TEST(escapesWhatEndsAFieldOrSteersATerminal);
    CPPUNIT_TEST(refusesOtherArguments);
    CPPUNIT_TEST(stopsWhenNobodyWantsIt);
    CPPUNIT_TEST(runsBesideRequests);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        users::UsersFixture::setUp();
        session_.struct_size = sizeof session_;
        session_.context = this;
        session_.print = [](void* self, mortise_view text) { of(self).printed_ += textOf(text); };
        session_.print_error = [](void* self, mortise_view text) { of(self).errors_ += textOf(text); };
        session_.cancelled = [](void* self) -> std::uint32_t { return of(self).asked_++ >= of(self).cancelledAfter_; };
    }

private:
    static UserCommandsTest& of(void* self) { return *static_cast<UserCommandsTest*>(self); }

    void insert(int number, const std::string& name, const std::string& role = "user",
                const std::string& removed = "NULL") {
        const std::string id = numbered(number);
        database_->execute("INSERT INTO users (id, name, email, email_lower, password_hash, role, created_at, "
                           "updated_at, removed_at) VALUES ('" +
                           id + "', '" + name + "', 'A" + std::to_string(number) + "@x.org', '" + id + "', 'hash', '" +
                           role + "', 1, 1, " + removed + ")");
    }
    static std::string line(int number, const std::string& name, const std::string& role = "user") {
        return numbered(number) + "\tA" + std::to_string(number) + "@x.org\t" + name + "\t" + role + "\n";
    }
    const mortise_command& command(const std::string& name) {
        const auto& all = *plugin_->extension<mortise_plugin_command>(MORTISE_COMMAND_EXTENSION);
        for (std::uint32_t i = 0; i < all.command_count; ++i)
            if (textOf(all.commands[i].name) == name) return all.commands[i];
        throw std::runtime_error("no command " + name);
    }
    int list(const std::vector<std::string>& arguments) {
        std::vector<mortise_view> views;
        for (const std::string& argument : arguments) views.push_back(viewOf(argument));
        printed_.clear();
        errors_.clear();
        const mortise_command& found = command("list");
        return found.run(found.context, views.data(), static_cast<std::uint32_t>(views.size()), &session_);
    }

    void listsUsers() {
        CPPUNIT_ASSERT_EQUAL(0, list({}));
        CPPUNIT_ASSERT_EQUAL(std::string(), printed_);
        insert(2, "Bob", "admin");
        insert(1, "Ada");
        insert(3, "Gone", "user", "5");
        CPPUNIT_ASSERT_EQUAL(0, list({}));
        CPPUNIT_ASSERT_EQUAL(line(1, "Ada") + line(2, "Bob", "admin"), printed_);
    }

    void listsOneRole() {
        insert(1, "Ada");
        insert(2, "Bob", "admin");
        insert(3, "Eve", "admin");
        CPPUNIT_ASSERT_EQUAL(0, list({"--role", "admin"}));
        CPPUNIT_ASSERT_EQUAL(line(2, "Bob", "admin") + line(3, "Eve", "admin"), printed_);
        CPPUNIT_ASSERT_EQUAL(0, list({"--role=user"}));
        CPPUNIT_ASSERT_EQUAL(line(1, "Ada"), printed_);
    }

    void listsAllPages() {
        for (const int count : {500, 501, 1001}) {
            std::string expected;
            for (int i = 1; i <= count; ++i) {
                if (database_->value("SELECT COUNT(*) FROM users WHERE id = '" + numbered(i) + "'") == "0")
                    insert(i, "Ada");
                expected += line(i, "Ada");
            }
            CPPUNIT_ASSERT_EQUAL(0, list({}));
            CPPUNIT_ASSERT_EQUAL(static_cast<std::ptrdiff_t>(count),
                                 std::count(printed_.begin(), printed_.end(), '\n'));
            CPPUNIT_ASSERT(expected == printed_);
        }
    }

    void escapesWhatEndsAFieldOrSteersATerminal() {
        insert(1, "a\tb\nc\rd\\e\x1b[31m\x7f\xc2\x9b"
                  "1m \xc3\xa4\xe2\x82\xac\xc2\xa0");
        CPPUNIT_ASSERT_EQUAL(0, list({}));
        CPPUNIT_ASSERT_EQUAL(line(1, "a\\tb\\nc\\rd\\\\e\\u001b[31m\\u007f\\u009b1m \xc3\xa4\xe2\x82\xac\xc2\xa0"),
                             printed_);
    }

    void refusesOtherArguments() {
        insert(1, "Ada");
        for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--role"},
                                                          {"--role", "root"},
                                                          {"--role="},
                                                          {"admin"},
                                                          {"--role", "user", "x"},
                                                          {"--role", "user", "--role", "admin"},
                                                          {"--roles=user"},
                                                          {""}}) {
            CPPUNIT_ASSERT_EQUAL(64, list(arguments));
            CPPUNIT_ASSERT_EQUAL(std::string(), printed_);
            CPPUNIT_ASSERT(!errors_.empty());
        }
        list({"--role", "a\x1b"});
        CPPUNIT_ASSERT_EQUAL(std::string("the role is 'admin' or 'user', not 'a\\u001b'\n"), errors_);
    }

    void stopsWhenNobodyWantsIt() {
        for (int i = 1; i <= 1001; ++i) insert(i, "Ada");
        cancelledAfter_ = 1;
        CPPUNIT_ASSERT_EQUAL(130, list({}));
        CPPUNIT_ASSERT_EQUAL(std::ptrdiff_t{500}, std::count(printed_.begin(), printed_.end(), '\n'));
    }

    void runsBesideRequests() {
        for (const char* name : {"list", "grant-admin", "revoke-admin"})
            CPPUNIT_ASSERT_EQUAL_MESSAGE(name, MORTISE_COMMAND_RUNNING_SERVER, command(name).flags);
    }

    mortise_command_session session_{};
    std::string printed_, errors_;
    unsigned asked_ = 0;
    unsigned cancelledAfter_ = ~0u;
};

CPPUNIT_TEST_SUITE_REGISTRATION(UserCommandsTest);
