// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_plugin_fixture.hpp"

#include <mortise/sql.hpp>

#include <map>
#include <mutex>

namespace typed_queries {

enum class Mood { calm, angry };
MORTISE_ENUM(Mood, calm, angry)

struct User {
    std::string id;
    std::string email;
    std::optional<std::string> nickname;
    double score = 0;
    mortise::DateTime createdAt;
    mortise::DateTime updatedAt;
};
MORTISE_DESCRIBE(User, field(id), field(email), field(nickname), field(score), field(createdAt), field(updatedAt))
MORTISE_TABLE_NAMED(users, "blog_users", User, label("Author"), column(id).key().generated(),
                    column(email).unique("users_email"), column(nickname), column(score).defaults(1.5),
                    column(createdAt).createdAt(), column(updatedAt).updatedAt())

struct Profile {
    std::string userId;
    std::string bio;
    Mood mood = Mood::calm;
    std::optional<mortise::Decimal> height;
};
MORTISE_DESCRIBE(Profile, field(userId), field(bio), field(mood), field(height))
MORTISE_TABLE_NAMED(profiles, "blog_profiles", Profile, column(userId).key().references(users.id), column(bio),
                    column(mood).defaults(Mood::calm), column(height))

struct Post {
    std::string id;
    std::string authorId;
    std::optional<std::string> editorId;
    std::string title;
    bool published = false;
    std::int64_t views = 0;
    mortise::DateTime createdAt;
};
MORTISE_DESCRIBE(Post, field(id), field(authorId), field(editorId), field(title), field(published), field(views),
                 field(createdAt))
MORTISE_TABLE_NAMED(posts, "blog_posts", Post, column(id).key().generated(), column(authorId).references(users.id),
                    column(editorId).named("editor").references(users.id), column(title), column(published).defaults(),
                    column(views).defaults(), column(createdAt).createdAt())

struct Comment {
    std::int64_t number = 0;
    std::string postId;
    std::string text;
};
MORTISE_DESCRIBE(Comment, field(number), field(postId), field(text))
MORTISE_TABLE_NAMED(comments, "blog_comments", Comment, column(number).key(), column(postId).references(posts.id),
                    column(text))

struct Tag {
    std::string id;
    std::string name;
    std::string note;
};
MORTISE_DESCRIBE(Tag, field(id), field(name), field(note))
MORTISE_TABLE_NAMED(tags, "blog_tags", Tag, column(id).key().generated().uuid(), column(name).unique("tags_name"),
                    column(note).defaults())

// The plugin's database as another plugin has it, and how often each function of it is called.
class TypedQueriesFixture : public mortise::database::DatabasePluginFixture {
public:
    void setUp() override {
        DatabasePluginFixture::setUp();
        overrides_.merge(settings());
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, configure());
        migrateAll();
        CPPUNIT_ASSERT_EQUAL(MORTISE_OK, plugin_.table->start(plugin_.self, nullptr));
        service_ = open("typed");
        table_ = *static_cast<const mortise_database_table*>(service_.table);
        counted_ = table_;
        counted_.read = [](void* self, mortise_exchange turn, std::uint32_t statement, const mortise_sql_value* values,
                           std::uint32_t count, std::uint32_t size, mortise_sql_row row, void* context,
                           mortise_sql_failure* failure, mortise_error* error) {
            auto& test = *static_cast<TypedQueriesFixture*>(self);
            __atomic_fetch_add(&test.reads_, 1, __ATOMIC_RELAXED);
            test.noteRead(statement);
            return test.table_.read(test.service_.self, turn, statement, values, count, size, row, context, failure,
                                    error);
        };
        counted_.execute = [](void* self, mortise_sql_transaction* transaction, std::uint32_t statement,
                              const mortise_sql_value* values, std::uint32_t count, std::uint32_t size,
                              mortise_sql_row row, void* context, std::uint64_t* changed, mortise_sql_failure* failure,
                              mortise_error* error) {
            auto& test = *static_cast<TypedQueriesFixture*>(self);
            __atomic_fetch_add(&test.executions_, 1, __ATOMIC_RELAXED);
            return test.table_.execute(test.service_.self, transaction, statement, values, count, size, row, context,
                                       changed, failure, error);
        };
        counted_.statement = [](void* self, const mortise_sql_statement* statement, std::uint32_t size,
                                std::uint32_t* number, mortise_error* error) {
            auto& test = *static_cast<TypedQueriesFixture*>(self);
            __atomic_fetch_add(&test.registrations_, 1, __ATOMIC_RELAXED);
            const mortise_status status = test.table_.statement(test.service_.self, statement, size, number, error);
            if (status == MORTISE_OK) test.noteText(*number, mortise::database::textOf(statement->sql));
            return status;
        };
        counted_.transact = [](void* self, mortise_exchange turn, std::uint32_t flags, mortise_sql_body body,
                               void* context, mortise_sql_failure* failure, mortise_error* error) {
            auto& test = *static_cast<TypedQueriesFixture*>(self);
            return test.table_.transact(test.service_.self, turn, flags, body, context, failure, error);
        };
        counted_.dialect = [](void* self) { return static_cast<TypedQueriesFixture*>(self)->dialect_; };
        peer_ = {sizeof peer_, MORTISE_ABI_MINOR, this, mortise::database::viewOf("typed"),
                 [](void* context, mortise_view, mortise_service* service, mortise_error*) {
                     auto& test = *static_cast<TypedQueriesFixture*>(context);
                     service->table = &test.counted_;
                     service->self = context;
                     return mortise_status{MORTISE_OK};
                 }};
        db = mortise::Database(&peer_);
    }

protected:
    virtual std::map<std::string, std::string> settings() const { return {}; }
    virtual std::vector<std::string> schema() const {
        return {
            "CREATE TABLE blog_users (id CHAR(36) NOT NULL PRIMARY KEY, email TEXT NOT NULL, nickname TEXT, "
            "score DOUBLE NOT NULL DEFAULT 1.5, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, "
            "CONSTRAINT users_email UNIQUE (email))",
            "CREATE TABLE blog_profiles (user_id CHAR(36) NOT NULL PRIMARY KEY REFERENCES blog_users (id), bio TEXT "
            "NOT NULL "
            "CHECK (bio <> 'bad'), mood TEXT NOT NULL DEFAULT 'calm', height TEXT)",
            "CREATE TABLE blog_posts (id CHAR(36) NOT NULL PRIMARY KEY, author_id CHAR(36) NOT NULL REFERENCES "
            "blog_users "
            "(id), editor CHAR(36) REFERENCES blog_users (id), title TEXT NOT NULL, published BOOLEAN NOT NULL DEFAULT "
            "FALSE, views BIGINT NOT NULL DEFAULT 7, created_at BIGINT NOT NULL)",
            "CREATE TABLE blog_comments (number BIGINT NOT NULL PRIMARY KEY, post_id CHAR(36) NOT NULL REFERENCES "
            "blog_posts (id), text TEXT NOT NULL)",
            "CREATE TABLE blog_marks (user_id TEXT NOT NULL, name TEXT NOT NULL, value BIGINT NOT NULL, PRIMARY KEY "
            "(user_id, name))",
            "CREATE TABLE blog_tags (id CHAR(36) NOT NULL PRIMARY KEY, name TEXT NOT NULL, note TEXT NOT NULL DEFAULT "
            "'' CHECK (note <> 'bad'), CONSTRAINT tags_name UNIQUE (name))",
            "CREATE TABLE blog_nodes (id BIGINT NOT NULL PRIMARY KEY, parent_id BIGINT REFERENCES blog_nodes (id))"};
    }
    User addUser(const std::string& email) const {
        User user;
        user.email = email;
        return db.insert<User>(users, user);
    }
    Post addPost(const std::string& author, const std::string& title, bool published = true,
                 std::int64_t createdMs = 0) const {
        Post post;
        post.authorId = author;
        post.title = title;
        post.published = published;
        post.createdAt.unixMilliseconds = createdMs;
        return db.insert<Post>(posts, post);
    }

    mortise::Database db;
    int reads_ = 0;
    int executions_ = 0;
    int registrations_ = 0;
    std::uint32_t dialect_ = MORTISE_SQL_DIALECT_SQLITE; // of the texts
    std::string lastRead_;                               // the text of the last statement that read

private:
    void noteText(std::uint32_t number, const std::string& text) {
        const std::lock_guard lock(mutex_);
        texts_[number] = text;
    }
    void noteRead(std::uint32_t statement) {
        const std::lock_guard lock(mutex_);
        lastRead_ = texts_[statement];
    }
    void migrateAll() {
        const std::vector<std::string> texts = schema();
        std::vector<mortise_migration> migrations;
        std::vector<std::string> names;
        for (std::size_t i = 1; i <= texts.size(); ++i) names.push_back("000" + std::to_string(i) + "-create");
        for (std::size_t i = 0; i < texts.size(); ++i) {
            mortise_migration migration{};
            migration.owner = mortise::database::viewOf("tests");
            migration.name = mortise::database::viewOf(names[i]);
            migration.sql = mortise::database::viewOf(texts[i]);
            migrations.push_back(migration);
        }
        mortise::database::ErrorBuffer error;
        const mortise_status status = migrate(migrations, error.raw());
        CPPUNIT_ASSERT_EQUAL_MESSAGE(faults_.empty() ? error.text() : faults_.front(), MORTISE_OK, status);
    }

    std::mutex mutex_;
    std::map<std::uint32_t, std::string> texts_; // by number
    mortise_database_table table_{};
    mortise_database_table counted_{};
    mortise_host peer_{};
};

} // namespace typed_queries
