// SPDX-License-Identifier: Apache-2.0
// Typed queries that fetch some columns, which a request decides on.
#include "typed_queries_fixture.hpp"

#include <barrier>
#include <thread>

namespace typed_queries {

using mortise::Columns;

struct PostTitle {
    std::string title = "none";
    std::string id = "none";
    std::int64_t views = -1;
};
MORTISE_DESCRIBE(PostTitle, field(title), field(id), field(views))

struct UserPosts {
    std::string id;
    std::string email = "none";
    std::optional<std::string> nickname;
    std::vector<PostTitle> posts;
};
MORTISE_DESCRIBE(UserPosts, field(id), field(email), field(nickname), field(posts))

static_assert(Columns<PostTitle>().empty() && !Columns<PostTitle>::all().empty());
static_assert(Columns<PostTitle>().add(&PostTitle::id).hasAt(1) && !Columns<PostTitle>().add(&PostTitle::id).hasAt(0));
static_assert(Columns<PostTitle>::all() == Columns<PostTitle>().addAt(0).addAt(1).addAt(2));
static_assert(Columns<User>::all().has(&User::updatedAt) && !Columns<User>::all().hasAt(6));

class TypedColumnsTest : public TypedQueriesFixture {
    CPPUNIT_TEST_SUITE(TypedColumnsTest);
    CPPUNIT_TEST(namesJustThoseColumns);
    CPPUNIT_TEST(leavesOthersAsTheyWere);
    CPPUNIT_TEST(allColumnsAreTheDeclaredStatement);
    CPPUNIT_TEST(noneIsOne);
    CPPUNIT_TEST(everyEndingTakesThem);
    CPPUNIT_TEST(filtersAndSetsGoTogether);
    CPPUNIT_TEST(relationsComeAlong);
    CPPUNIT_TEST(makesATextOnce);
    CPPUNIT_TEST(pastTheBoundAllAreFetched);
    CPPUNIT_TEST(goesToAWorkerWhenItIsFirstUsedOnALoop);
    CPPUNIT_TEST(isRegisteredOnceByThreadsAtATime);
    CPPUNIT_TEST_SUITE_END();

public:
    void namesJustThoseColumns() {
        const std::string author = addUser("a@b").id;
        const Post post = addPost(author, "Title");
        Columns<Post> set;
        set.add(&Post::title).add(&Post::id);
        const auto found = db.select(posts).columns(set).all();
        CPPUNIT_ASSERT_EQUAL(std::string("SELECT `id`, `title` FROM `blog_posts`"), lastRead_);
        CPPUNIT_ASSERT_EQUAL(lastRead_, db.select(posts).columns(set).sql());
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, found.size());
        CPPUNIT_ASSERT(found[0].id == post.id && found[0].title == "Title" && found[0].authorId.empty());
    }

    void leavesOthersAsTheyWere() {
        addPost(addUser("a@b").id, "Title");
        const auto found = db.select<PostTitle>(posts).columns(Columns<PostTitle>().add(&PostTitle::views)).one();
        CPPUNIT_ASSERT_EQUAL(std::string("SELECT `views` FROM `blog_posts`"), lastRead_);
        CPPUNIT_ASSERT(found->title == "none" && found->id == "none" && found->views == 0);
    }

    void allColumnsAreTheDeclaredStatement() {
        const std::string id = addPost(addUser("a@b").id, "Title").id;
        CPPUNIT_ASSERT(db.select<PostTitle>(posts).find(id));
        const int before = registrations_;
        CPPUNIT_ASSERT_EQUAL(id, db.select<PostTitle>(posts).columns(Columns<PostTitle>::all()).find(id)->id);
        CPPUNIT_ASSERT_EQUAL(before, registrations_);
    }

    void noneIsOne() {
        addPost(addUser("a@b").id, "Title");
        const auto found = db.select<PostTitle>(posts).columns({}).all();
        CPPUNIT_ASSERT_EQUAL(std::string("SELECT `title` FROM `blog_posts`"), lastRead_);
        CPPUNIT_ASSERT(found.size() == 1 && found[0].title == "none");
    }

    void everyEndingTakesThem() {
        const std::string author = addUser("a@b").id;
        const std::string id = addPost(author, "Title").id;
        const auto query = db.select<PostTitle>(posts).columns(Columns<PostTitle>().add(&PostTitle::title));
        const auto assertTaken = [&](const PostTitle& one) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(lastRead_, std::size_t{0}, lastRead_.find("SELECT `title` FROM"));
            CPPUNIT_ASSERT(one.title == "Title" && one.id == "none" && one.views == -1);
        };
        assertTaken(query.all().at(0));
        assertTaken(*query.one());
        assertTaken(*query.find(id));
        assertTaken(query.require(id));
        query.each(assertTaken);
        CPPUNIT_ASSERT(query.one(assertTaken));
        assertTaken(*query.where(posts.id == id).orderBy(desc(posts.createdAt)).limit(5).offset(0).one());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, query.count());
        CPPUNIT_ASSERT(query.exists());
        CPPUNIT_ASSERT_THROW(query.require("nothing"), mortise::RowNotFound);
        db.transact([&](mortise::Transaction& transaction) {
            const auto locked = transaction.select<PostTitle>(posts)
                                    .columns(Columns<PostTitle>().add(&PostTitle::title))
                                    .forUpdate()
                                    .all();
            CPPUNIT_ASSERT(locked.size() == 1 && locked[0].title == "Title" && locked[0].id == "none");
        });
    }

    void filtersAndSetsGoTogether() {
        const std::string author = addUser("a@b").id;
        addPost(author, "One");
        addPost(author, "Two", false);
        const auto titles = [&](std::optional<bool> published, const Columns<PostTitle>& set) {
            std::string all;
            for (const PostTitle& one : db.select<PostTitle>(posts)
                                            .columns(set)
                                            .where(posts.published == mortise::maybe(published))
                                            .orderBy(posts.title)
                                            .all())
                all += one.title + "/" + std::to_string(one.views) + " ";
            return all;
        };
        const auto title = Columns<PostTitle>().add(&PostTitle::title);
        const auto views = Columns<PostTitle>().add(&PostTitle::views);
        for (int i = 0; i < 2; ++i) {
            CPPUNIT_ASSERT_EQUAL(std::string("One/-1 Two/-1 "), titles({}, title));
            CPPUNIT_ASSERT_EQUAL(std::string("Two/-1 "), titles(false, title));
            CPPUNIT_ASSERT_EQUAL(std::string("none/0 none/0 "), titles({}, views));
            CPPUNIT_ASSERT_EQUAL(std::string("none/0 "), titles(true, views));
        }
    }

    void relationsComeAlong() {
        const std::string author = addUser("a@b").id;
        addPost(author, "One");
        const auto found = db.select<UserPosts>(users)
                               .columns(Columns<UserPosts>().add(&UserPosts::nickname).add(&UserPosts::posts))
                               .with(posts.by(posts.authorId))
                               .all();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, found.size());
        CPPUNIT_ASSERT(found[0].email == "none" && found[0].id.empty());
        CPPUNIT_ASSERT(found[0].posts.size() == 1 && found[0].posts[0].title == "One");
    }

    void makesATextOnce() {
        addPost(addUser("a@b").id, "Title");
        const auto run = [&](const mortise::Database& database) {
            database.select(posts).columns(Columns<Post>().add(&Post::views).add(&Post::title)).all();
        };
        const int before = registrations_;
        for (int i = 0; i < 3; ++i) run(db);
        CPPUNIT_ASSERT_EQUAL(before + 1, registrations_);
    }

    void pastTheBoundAllAreFetched() {
        const Post post = addPost(addUser("a@b").id, "Title");
        const auto read = [&](unsigned bits) {
            Columns<Post> set;
            for (std::size_t place = 0; place < mortise::detail::fieldCount<Post>; ++place)
                if ((bits >> place & 1u) != 0) set.addAt(place);
            const auto found = db.select(posts).columns(set).limit(1).one();
            CPPUNIT_ASSERT_EQUAL(set.has(&Post::id), !found->id.empty());
            CPPUNIT_ASSERT_EQUAL(set.has(&Post::title), !found->title.empty());
            CPPUNIT_ASSERT_EQUAL(set.has(&Post::published), found->published);
        };
        const int before = registrations_;
        for (unsigned bits = 1; bits < 127; ++bits) read(bits);
        const int maximum = static_cast<int>(mortise::detail::SqlProjection::maximumSets) + 1; // that of all columns
        CPPUNIT_ASSERT_EQUAL(before + maximum, registrations_);
        CPPUNIT_ASSERT(lastRead_.find("`author_id`") != std::string::npos);
        read(1);
        CPPUNIT_ASSERT_EQUAL(std::string("SELECT `id` FROM `blog_posts` LIMIT ?"), lastRead_);
        CPPUNIT_ASSERT_EQUAL(before + maximum, registrations_);
    }

    void goesToAWorkerWhenItIsFirstUsedOnALoop() {
        addPost(addUser("a@b").id, "Title");
        const auto read = [&] {
            return db.select(posts).columns(Columns<Post>().add(&Post::published).add(&Post::views)).all().size();
        };
        loops_.become(1);
        for (int i = 0; i < 2; ++i) CPPUNIT_ASSERT_THROW(read(), mortise::Busy);
        loops_.become(0);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, read());
        loops_.become(1);
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, read());
        loops_.endBatch();
        loops_.become(0);
    }

    void isRegisteredOnceByThreadsAtATime() {
        addPost(addUser("a@b").id, "Title");
        constexpr int count = 4;
        std::barrier start(count);
        std::vector<std::thread> threads;
        std::atomic<int> right{0};
        for (int i = 0; i < count; ++i)
            threads.emplace_back([&] {
                start.arrive_and_wait();
                for (unsigned bits = 1; bits < 16; ++bits) {
                    Columns<User> set;
                    for (std::size_t place = 0; place < 4; ++place)
                        if ((bits >> place & 1u) != 0) set.addAt(place);
                    const auto one = db.select(users).columns(set).one();
                    if (one && one->email.empty() != set.has(&User::email)) ++right;
                }
            });
        for (std::thread& thread : threads) thread.join();
        CPPUNIT_ASSERT_EQUAL(count * 15, right.load());
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TypedColumnsTest);

} // namespace typed_queries
