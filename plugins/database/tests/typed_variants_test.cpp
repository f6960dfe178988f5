// SPDX-License-Identifier: Apache-2.0
// The statements that a query with optional filters can be: which are registered before it runs, and how the others
// come to be.
#include "typed_queries_fixture.hpp"

#include <barrier>
#include <thread>

namespace typed_queries {

class VariantsFixture : public TypedQueriesFixture {
protected:
    static constexpr unsigned combinations = 64;

    // Bit i: whether filter i is there. What it asks for some of the posts have.
    template<class Reader>
    static auto search(const Reader& reader, unsigned filters) {
        const auto given = [&](unsigned bit, auto value) {
            return (filters >> bit & 1u) != 0 ? std::optional(value) : std::nullopt;
        };
        const auto author = given(0, std::string("1"));
        const auto editor = given(1, std::string("0"));
        const auto title = given(2, std::string("t"));
        const auto published = given(3, true);
        const auto views = given(4, std::int64_t{1});
        const auto created = given(5, mortise::DateTime{2});
        return reader.select(posts.id)
            .where(posts.authorId == mortise::maybe(author) && posts.editorId == mortise::maybe(editor) &&
                   posts.title.startsWith(mortise::maybe(title)) && posts.published == mortise::maybe(published) &&
                   posts.views >= mortise::maybe(views) && posts.createdAt < mortise::maybe(created))
            .orderBy(posts.id)
            .all();
    }
    static bool isOf(const mortise_sql_statement& statement) {
        const std::string sql = mortise::database::textOf(statement.sql);
        return sql.find("SELECT `id` FROM `blog_posts`") == 0 && sql.find("ORDER BY `id`") != std::string::npos &&
               sql.find("LIMIT") == std::string::npos;
    }
    // As the layer does before a plugin starts.
    unsigned registerDeclared() {
        unsigned count = 0;
        mortise::detail::forFileStatements(MORTISE_SQL_DIALECT_SQLITE, [&](const mortise_sql_statement& declared) {
            if (!isOf(declared)) return;
            ++count;
            statement(*static_cast<const mortise_database_table*>(service_.table),
                      mortise::database::textOf(declared.sql));
        });
        return count;
    }
    // 64 posts, of which each differs: bit i says whether it passes filter i.
    void addPosts() {
        for (const char* id : {"0", "1"}) {
            User user;
            user.id = id;
            user.email = id;
            db.insert(users, user);
        }
        std::vector<Post> list;
        for (unsigned i = 0; i < combinations; ++i) {
            const auto passes = [&](unsigned bit) { return (i >> bit & 1u) != 0; };
            Post post;
            post.id = (i < 10 ? "0" : "") + std::to_string(i);
            post.authorId = passes(0) ? "1" : "0";
            if (passes(1)) post.editorId = "0";
            post.title = passes(2) ? "title" : "other";
            post.published = passes(3);
            post.views = passes(4) ? 5 : 0;
            post.createdAt.unixMilliseconds = passes(5) ? 1 : 2;
            list.push_back(post);
        }
        db.insert(posts, list);
    }
};

class TypedVariantsTest : public VariantsFixture {
    CPPUNIT_TEST_SUITE(TypedVariantsTest);
    CPPUNIT_TEST(declaresNoneAllAndEachAlone);
    CPPUNIT_TEST(givesTheRowsOfEveryCombination);
    CPPUNIT_TEST(goesToAWorkerWhenItIsFirstUsedOnALoop);
    CPPUNIT_TEST(isRegisteredOnceByThreadsAtATime);
    CPPUNIT_TEST_SUITE_END();

public:
    void declaresNoneAllAndEachAlone() {
        CPPUNIT_ASSERT_EQUAL(8u, registerDeclared());
        const int before = registrations_;
        search(db, 0b001001);
        search(db, 0b001001);
        CPPUNIT_ASSERT_EQUAL(before + 1, registrations_);
    }

    void givesTheRowsOfEveryCombination() {
        addPosts();
        for (unsigned filters = 0; filters < combinations; ++filters) {
            std::vector<std::string> expected;
            for (unsigned i = 0; i < combinations; ++i)
                if ((i & filters) == filters) expected.push_back((i < 10 ? "0" : "") + std::to_string(i));
            CPPUNIT_ASSERT_MESSAGE(std::to_string(filters), search(db, filters) == expected);
        }
    }

    void goesToAWorkerWhenItIsFirstUsedOnALoop() {
        addPosts();
        registerDeclared();
        loops_.become(1);
        CPPUNIT_ASSERT_EQUAL(std::size_t{32}, search(db, 0b000100).size()); // alone
        CPPUNIT_ASSERT_THROW(search(db, 0b000110), mortise::Busy);
        CPPUNIT_ASSERT_THROW(search(db, 0b000110), mortise::Busy);
        loops_.endBatch();
        loops_.become(0);
        CPPUNIT_ASSERT_EQUAL(std::size_t{16}, search(db, 0b000110).size());
        loops_.become(1);
        CPPUNIT_ASSERT_EQUAL(std::size_t{16}, search(db, 0b000110).size());
        loops_.endBatch();
        loops_.become(0);
    }

    void isRegisteredOnceByThreadsAtATime() {
        addPosts();
        constexpr int threads = 4;
        std::barrier together(threads);
        std::atomic<unsigned> wrong{0};
        std::vector<std::thread> running;
        for (int i = 0; i < threads; ++i)
            running.emplace_back([&] {
                for (unsigned filters = 0; filters < combinations; ++filters) {
                    together.arrive_and_wait();
                    try {
                        const auto size = static_cast<unsigned>(search(db, filters).size());
                        if (size << __builtin_popcount(filters) != combinations) ++wrong;
                    } catch (const std::exception&) {
                        ++wrong;
                    }
                }
            });
        for (std::thread& one : running) one.join();
        CPPUNIT_ASSERT_EQUAL(0u, wrong.load());
        const int before = registrations_;
        for (unsigned filters = 0; filters < combinations; ++filters) search(db, filters);
        CPPUNIT_ASSERT_EQUAL(before, registrations_);
    }
};

class TypedVariantsLimitTest : public VariantsFixture {
    CPPUNIT_TEST_SUITE(TypedVariantsLimitTest);
    CPPUNIT_TEST(isRefusedPastTheLimit);
    CPPUNIT_TEST_SUITE_END();

    std::map<std::string, std::string> settings() const override { return {{"statements", "16"}}; }

public:
    void isRefusedPastTheLimit() {
        addPosts();
        unsigned filters = 0;
        std::string message;
        for (; filters < combinations && message.empty(); ++filters) {
            try {
                search(db, filters);
            } catch (const mortise::Error& error) {
                message = error.what();
            }
        }
        CPPUNIT_ASSERT_EQUAL(std::string("statement: more than 16 different statements: raise the setting 'statements' "
                                         "of the database"),
                             message);
        CPPUNIT_ASSERT(filters > 8 && filters < 17);
        CPPUNIT_ASSERT_EQUAL(std::size_t{combinations}, search(db, 0).size()); // what there is goes on
        CPPUNIT_ASSERT_THROW(search(db, filters), mortise::Error);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TypedVariantsTest);
CPPUNIT_TEST_SUITE_REGISTRATION(TypedVariantsLimitTest);

} // namespace typed_queries
