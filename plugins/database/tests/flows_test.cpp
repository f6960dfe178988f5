// SPDX-License-Identifier: Apache-2.0
// What a plugin does with users and posts, as it is written with Prisma and Drizzle.
#include "tests/comparison/mortise/schema.hpp"

#include "typed_queries_fixture.hpp"

namespace comparison {

struct UserDetails {
    std::string id, name, email;
    std::optional<NewProfile> profile;
    std::vector<Post> posts;
};
MORTISE_DESCRIBE(UserDetails, field(id), field(name), field(email), field(profile), field(posts))

class FlowsTest : public typed_queries::TypedQueriesFixture {
    CPPUNIT_TEST_SUITE(FlowsTest);
    CPPUNIT_TEST(createUserWithProfile);
    CPPUNIT_TEST(createManyUsers);
    CPPUNIT_TEST(findUserById);
    CPPUNIT_TEST(getUserWithPosts);
    CPPUNIT_TEST_SUITE_END();

public:
    void createUserWithProfile() {
        const User ada =
            db.insert<User>(users, NewUser{"Ada", "ada@example.com"}, with(profiles, NewProfile{"Writes about looms"}));
        const auto found = db.select<UserDetails>(users).with(&UserDetails::profile, profiles).with(posts).find(ada.id);
        CPPUNIT_ASSERT_EQUAL(std::string("Writes about looms"), found.value().profile.value().bio);
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, found->posts.size());
        // Both or neither.
        CPPUNIT_ASSERT_THROW(
            db.insert<User>(users, NewUser{"Bob", "bob@example.com"}, with(profiles, NewProfile{"bad"})),
            mortise::SqlError);
        CPPUNIT_ASSERT_THROW(db.insert<User>(users, NewUser{"Eve", ada.email}, with(profiles, NewProfile{"x"})),
                             mortise::UniqueConflict);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, db.select(users).count());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, db.select(profiles).count());
    }

    void createManyUsers() {
        std::vector<NewUser> list;
        for (int i = 0; i < 111; ++i) list.push_back({"User", std::to_string(i) + "@example.com"}); // 100 + 10 + 1
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{111}, db.insert(users, list));
        list.push_back({"New", "new@example.com"});
        list.push_back({"Second", "new@example.com"});
        CPPUNIT_ASSERT_THROW(db.insert(users, list), mortise::UniqueConflict);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{111}, db.select(users).count());
        const std::vector<User> made = db.insert<User>(users, list, skipDuplicates(users.email));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, made.size());
        CPPUNIT_ASSERT_EQUAL(std::string("New"), made[0].name);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, db.insert(users, list, skipDuplicates(users.email)));
    }

    void findUserById() {
        const User ada = db.insert<User>(users, NewUser{"Ada", "ada@example.com"});
        const Post post = db.insert<Post>(posts, Post{"", ada.id, "One", true, {}});
        const auto found = db.select<UserWithPosts>(users).with(posts).find(ada.id);
        CPPUNIT_ASSERT_EQUAL(ada.email, found.value().email);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, found->posts.size());
        CPPUNIT_ASSERT_EQUAL(post.id, found->posts[0].id);
        CPPUNIT_ASSERT(!db.select<UserWithPosts>(users).with(posts).find("nobody"));
        CPPUNIT_ASSERT_THROW(db.select<UserWithPosts>(users).with(posts).require("nobody"), mortise::RowNotFound);
    }

    void getUserWithPosts() {
        const User ada = db.insert<User>(users, NewUser{"Ada", "ada@example.com"}, with(profiles, NewProfile{"x"}));
        const User bob = db.insert<User>(users, NewUser{"Bob", "bob@example.com"});
        for (std::int64_t i = 1; i <= 6; ++i)
            db.insert(posts, Post{"", i == 6 ? bob.id : ada.id, std::to_string(i), i != 4, mortise::DateTime{i}});
        reads_ = 0;
        const auto newest = posts.where(posts.published).orderBy(desc(posts.createdAt)).limit(2);
        const auto all =
            db.select<UserDetails>(users).orderBy(users.email).with(&UserDetails::profile, profiles).with(newest).all();
        CPPUNIT_ASSERT_EQUAL(3, reads_); // one for each table, however many users
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, all.size());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, all[0].posts.size());
        CPPUNIT_ASSERT_EQUAL(std::string("5"), all[0].posts[0].title);
        CPPUNIT_ASSERT_EQUAL(std::string("3"), all[0].posts[1].title);
        CPPUNIT_ASSERT(all[0].profile && !all[1].profile);
        CPPUNIT_ASSERT_EQUAL(std::string("6"), all[1].posts.at(0).title);
    }

private:
    std::vector<std::string> schema() const override {
        return {"CREATE TABLE users (id CHAR(36) NOT NULL PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, "
                "CONSTRAINT users_email UNIQUE (email))",
                "CREATE TABLE profiles (user_id CHAR(36) NOT NULL PRIMARY KEY REFERENCES users (id), bio TEXT NOT NULL "
                "CHECK (bio <> 'bad'))",
                "CREATE TABLE posts (id CHAR(36) NOT NULL PRIMARY KEY, author_id CHAR(36) NOT NULL REFERENCES users "
                "(id), title TEXT NOT NULL, published BOOLEAN NOT NULL DEFAULT FALSE, created_at BIGINT NOT NULL)"};
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FlowsTest);

} // namespace comparison
