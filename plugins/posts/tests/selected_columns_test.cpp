// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_crypto.hpp"
#include "tests/support/fake_graphql_call.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/memory_database.hpp"
#include "tests/support/plugin_file.hpp"

#include <mortise/service/crypto.h>
#include <mortise/service/migrations.h>
#include <mortise/service/users.h>

#include <cppunit/extensions/HelperMacros.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace mortise::test;

const std::string ada = "018f2b6e-7c1d-7a90-8b3c-000000000001";
const std::string eve = "018f2b6e-7c1d-7a90-8b3c-000000000002";

// The fields of users and posts in GraphQL read what is selected, and no other columns.
class SelectedColumnsTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(SelectedColumnsTest);
    CPPUNIT_TEST(posts);
    CPPUNIT_TEST(postsOfUsers);
    CPPUNIT_TEST(users);
    CPPUNIT_TEST(profilesAndAuthors);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        database_ = std::make_unique<MemoryDatabase>();
        host_ = std::make_unique<FakeHost>();
        host_->give(MORTISE_CRYPTO_SERVICE, crypto_.table(), &crypto_);
        host_->give(MORTISE_DATABASE_SERVICE, database_->table(), database_.get());
        users_ = begin(USERS_FILE);
        host_->give(MORTISE_USERS_SERVICE, users_->open(MORTISE_USERS_SERVICE));
        posts_ = begin(POSTS_FILE);
        for (const std::string& id : {ada, eve}) {
            database_->execute(
                "INSERT INTO users (id, name, email, email_lower, password_hash, created_at, updated_at) "
                "VALUES ('" +
                id + "', 'Name', '" + id + "', '" + id + "', '', 1, 1)");
            database_->execute("INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at) "
                               "VALUES ('" +
                               id + "', '" + id + "', 'Title', 'Content', 1, 1, 1)");
        }
    }
    void tearDown() override {
        posts_.reset();
        users_.reset();
        host_.reset();
        database_.reset();
    }

private:
    std::unique_ptr<FakeInstance> begin(const char* file) {
        auto plugin = std::make_unique<FakeInstance>(*host_, pluginModule(file));
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin->configure());
        database_->migrate(*plugin->extension<mortise_plugin_migrations>(MORTISE_MIGRATIONS_EXTENSION));
        CPPUNIT_ASSERT_EQUAL_MESSAGE(plugin->error(), MORTISE_OK, plugin->start());
        return plugin;
    }
    static std::string_view text(mortise_view view) { return {view.data, static_cast<std::size_t>(view.size)}; }

    // Of what the plugins contribute.
    void resolve(std::string_view type, std::string_view name, FakeGraphQlCall& call) {
        for (const FakeContribution& given : host_->contributions.at(MORTISE_GRAPHQL_POINT)) {
            const auto& table = *static_cast<const mortise_graphql_types*>(given.table);
            for (std::uint32_t i = 0; i < table.field_count; ++i) {
                const mortise_graphql_field& field = table.fields[i];
                if (text(field.type) != type || text(field.name) != name) continue;
                CPPUNIT_ASSERT_EQUAL(MORTISE_OK, field.resolve(field.context, &call));
                return;
            }
        }
        CPPUNIT_FAIL("no such field: " + std::string(name));
    }
    void load(std::string_view type, FakeGraphQlCall& call) {
        for (const FakeContribution& given : host_->contributions.at(MORTISE_GRAPHQL_POINT)) {
            const auto& table = *static_cast<const mortise_graphql_types*>(given.table);
            for (std::uint32_t i = 0; i < table.type_count; ++i)
                if (text(table.types[i].name) == type)
                    CPPUNIT_ASSERT_EQUAL(MORTISE_OK, table.types[i].load(table.types[i].context, &call));
        }
    }
    // What stands between SELECT and FROM of the last statement that ran.
    std::string columns() const {
        const std::string& statement = database_->ran.back();
        const std::size_t from = statement.find(" FROM ");
        CPPUNIT_ASSERT_MESSAGE(statement, statement.find("SELECT ") == 0 && from != std::string::npos);
        std::string list = statement.substr(7, from - 7);
        std::erase(list, '`');
        return list;
    }
    void assertColumns(const std::string& expected, const std::string& value, const FakeGraphQlCall& call) const {
        CPPUNIT_ASSERT_EQUAL(value, call.value());
        CPPUNIT_ASSERT_EQUAL(expected, columns());
    }

    void posts() {
        FakeGraphQlCall titles, authors, one;
        titles.addChecked(R"({"page":1,"limit":10})");
        titles.setSelected({"title"});
        resolve("Query", "posts", titles);
        assertColumns("id, title", "[object,object]", titles);
        authors.addChecked(R"({"page":1,"limit":10})");
        authors.setSelected({"author", "content", "__typename"});
        resolve("Query", "posts", authors);
        assertColumns("id, content, author_id", "[object,object]", authors);
        one.setArguments(R"({"id":")" + ada + R"("})");
        one.setSelected({"title"});
        resolve("Query", "post", one);
        assertColumns("id, title, published, author_id", "object", one); // who may see it
    }
    void postsOfUsers() {
        FakeGraphQlCall single, both;
        single.setKeys({ada});
        single.addChecked(R"({"limit":20})");
        single.setSelected({"title"});
        resolve("User", "posts", single);
        assertColumns("id, title", "[object]", single);
        both.setKeys({ada, eve});
        both.addChecked(R"({"limit":20})");
        both.setSelected({"title"});
        resolve("User", "posts", both);
        assertColumns("id, title, author_id", "[object]", both);
    }
    void users() {
        FakeGraphQlCall names, address;
        names.addChecked(R"({"page":1,"limit":10})");
        names.setSelected({"name", "posts"});
        resolve("Query", "users", names);
        assertColumns("id, name", "[object,object]", names);
        address.setArguments(R"({"id":")" + ada + R"("})");
        address.setSelected({"email"});
        resolve("Query", "user", address);
        assertColumns("id, email", "object", address);
    }
    void profilesAndAuthors() {
        FakeGraphQlCall profiles, ids;
        profiles.setKeys({ada, eve});
        profiles.setSelected({"bio"});
        resolve("User", "profile", profiles);
        assertColumns("user_id, bio", "null", profiles);
        ids.setKeys({ada});
        ids.setSelected({"id"});
        load("Author", ids);
        assertColumns("id", "object", ids);
    }

    FakeCrypto crypto_;
    std::unique_ptr<MemoryDatabase> database_;
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<FakeInstance> users_, posts_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(SelectedColumnsTest);

} // namespace
