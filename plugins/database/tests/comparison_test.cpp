// SPDX-License-Identifier: Apache-2.0
// The queries of tests/comparison do what theirs do.
#include "tests/comparison/mortise/queries.hpp"

#include "typed_queries_fixture.hpp"

namespace comparison {

class ComparisonTest : public typed_queries::TypedQueriesFixture {
    CPPUNIT_TEST_SUITE(ComparisonTest);
    CPPUNIT_TEST(readsAUserWithPublishedPosts);
    CPPUNIT_TEST(createsAUserWithAProfile);
    CPPUNIT_TEST(createsMany);
    CPPUNIT_TEST(returnsWhatWasStored);
    CPPUNIT_TEST_SUITE_END();

public:
    void readsAUserWithPublishedPosts() {
        const User ada = db.insert<User>(users, NewUser{"Ada", "ada@example.com"});
        for (std::int64_t i = 1; i <= 3; ++i)
            db.insert(posts, Post{"", ada.id, std::to_string(i), i != 2, mortise::DateTime{i}});
        const auto found = userWithPosts(db, ada.id);
        CPPUNIT_ASSERT(found);
        CPPUNIT_ASSERT_EQUAL(std::string("Ada"), found->name);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, found->posts.size());
        CPPUNIT_ASSERT_EQUAL(std::string("3"), found->posts[0].title);
        CPPUNIT_ASSERT(!userWithPosts(db, "nobody"));
    }

    void createsAUserWithAProfile() {
        const User ada = userWithProfile(db, "Ada", "ada@example.com", "wrote");
        CPPUNIT_ASSERT_EQUAL(std::string("wrote"), db.select(profiles).find(ada.id).value().bio);
        CPPUNIT_ASSERT_THROW(userWithProfile(db, "Bob", "bob@example.com", "bad"), mortise::SqlError);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, db.select(users).count());
    }

    void createsMany() {
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, createMany(db, {{"a"}, {"b"}}));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, createMany(db, {{"a"}, {"b"}, {"c"}}));
    }

    void returnsWhatWasStored() {
        const User ada = db.insert<User>(users, NewUser{"Ada", "ada@example.com"});
        const Post post = db.insert<Post>(posts, Post{"", ada.id, "old", true, {}});
        const auto [user, changed] = returning(db, post.id, "Bob", "bob@example.com", "new");
        CPPUNIT_ASSERT_EQUAL(std::string("Bob"), user.name);
        CPPUNIT_ASSERT_EQUAL(std::string("new"), changed.title);
        CPPUNIT_ASSERT_EQUAL(post.id, changed.id);
    }

private:
    std::vector<std::string> schema() const override {
        return {"CREATE TABLE users (id CHAR(36) NOT NULL PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, "
                "CONSTRAINT users_email UNIQUE (email))",
                "CREATE TABLE profiles (user_id CHAR(36) NOT NULL PRIMARY KEY REFERENCES users (id), bio TEXT NOT NULL "
                "CHECK (bio <> 'bad'))",
                "CREATE TABLE posts (id CHAR(36) NOT NULL PRIMARY KEY, author_id CHAR(36) NOT NULL REFERENCES users "
                "(id), title TEXT NOT NULL, published BOOLEAN NOT NULL DEFAULT FALSE, created_at BIGINT NOT NULL)",
                "CREATE TABLE tags (id CHAR(36) NOT NULL PRIMARY KEY, name VARCHAR(100) NOT NULL, CONSTRAINT tags_name "
                "UNIQUE (name))"};
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ComparisonTest);

} // namespace comparison
