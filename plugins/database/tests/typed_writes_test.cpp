// SPDX-License-Identifier: Apache-2.0
// What typed inserts, updates and removals store.
#include "typed_queries_fixture.hpp"

#include <mortise/decode.hpp>
#include <mortise/uuid.hpp>

#include <cctype>

namespace typed_queries {

struct NewUser {
    std::string_view email;
    std::optional<std::string> nickname;
    std::optional<double> score;
};
MORTISE_DESCRIBE(NewUser, field(email), field(nickname), field(score))

struct NewTag {
    std::string name;
};
MORTISE_DESCRIBE(NewTag, field(name))

struct NewProfile {
    std::string bio;
};
MORTISE_DESCRIBE(NewProfile, field(bio))

struct NewPost {
    std::string title;
};
MORTISE_DESCRIBE(NewPost, field(title))

struct UserPatch {
    std::optional<std::string> email;
    mortise::Patch<std::string> nickname;
};
MORTISE_DESCRIBE(UserPatch, field(email), field(nickname))

struct UserScore {
    double score = 0;
};
MORTISE_DESCRIBE(UserScore, field(score))

struct Mark {
    std::string userId;
    std::string name;
    std::int64_t value = 0;
};
MORTISE_TABLE_NAMED(marks, "blog_marks", Mark, column(userId).key(), column(name).key(), column(value))

class TypedWritesTest : public TypedQueriesFixture {
    CPPUNIT_TEST_SUITE(TypedWritesTest);
    CPPUNIT_TEST(fillsInWhatIsLeftOut);
    CPPUNIT_TEST(keepsWhatIsGiven);
    CPPUNIT_TEST(skipsOnlyTheNamedDuplicates);
    CPPUNIT_TEST(comparesUuids);
    CPPUNIT_TEST(readsChangedRowsByTheirKey);
    CPPUNIT_TEST(skipsDuplicatesOfLists);
    CPPUNIT_TEST(insertsLists);
    CPPUNIT_TEST(insertsWithRowsThatRefer);
    CPPUNIT_TEST(upserts);
    CPPUNIT_TEST(patches);
    CPPUNIT_TEST(countsMatchedRows);
    CPPUNIT_TEST(changesAndRemovesOne);
    CPPUNIT_TEST(returnsChangedRows);
    CPPUNIT_TEST(joinsATransaction);
    CPPUNIT_TEST(goesByKeysOfSeveralColumns);
    CPPUNIT_TEST(joinsNestedTransactions);
    CPPUNIT_TEST(acceptsEveryStatementOfThisFile);
    CPPUNIT_TEST_SUITE_END();

public:
    void fillsInWhatIsLeftOut() {
        const mortise::DateTime before = mortise::DateTime::now();
        const User ada = db.insert<User>(users, NewUser{"ada", {}, {}});
        const mortise::DateTime after = mortise::DateTime::now();
        CPPUNIT_ASSERT_EQUAL(std::size_t{36}, ada.id.size());
        CPPUNIT_ASSERT_EQUAL('7', ada.id[14]);
        CPPUNIT_ASSERT(std::string("89ab").find(ada.id[19]) != std::string::npos);
        CPPUNIT_ASSERT_EQUAL(std::string("ada"), ada.email);
        CPPUNIT_ASSERT(!ada.nickname);
        CPPUNIT_ASSERT_EQUAL(1.5, ada.score); // of the declaration
        CPPUNIT_ASSERT(!(ada.createdAt < before) && !(after < ada.createdAt));
        CPPUNIT_ASSERT(ada.updatedAt == ada.createdAt);
        const User bob = db.insert<User>(users, NewUser{"bob", "b", 3.0});
        CPPUNIT_ASSERT(ada.id != bob.id);
        CPPUNIT_ASSERT_EQUAL(std::string("b"), bob.nickname.value());
        CPPUNIT_ASSERT_EQUAL(3.0, bob.score);
        db.insert(users, NewUser{"eve", {}, {}}, with(posts.authorId, NewPost{"t"}));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, db.select(posts).require().views); // of the schema
    }

    void keepsWhatIsGiven() {
        User given;
        given.id = "chosen";
        given.email = "ada";
        given.createdAt.unixMilliseconds = 5;
        given.updatedAt.unixMilliseconds = 6;
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, db.insert(users, given));
        const User found = db.select(users).find("chosen").value();
        CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, found.createdAt.unixMilliseconds);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{6}, found.updatedAt.unixMilliseconds);
        CPPUNIT_ASSERT_EQUAL(0.0, found.score);
        CPPUNIT_ASSERT_THROW(db.insert(users, given), mortise::UniqueConflict);
    }

    void skipsOnlyTheNamedDuplicates() {
        const Tag ada = db.insert<Tag>(tags, NewTag{"ada"});
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, db.insert(tags, NewTag{"ada"}, skipDuplicates(tags.name)));
        CPPUNIT_ASSERT_THROW(db.insert(tags, Tag{ada.id, "other", ""}, skipDuplicates(tags.name)),
                             mortise::UniqueConflict);
        CPPUNIT_ASSERT(!db.insert<Tag>(tags, NewTag{"ada"}, skipDuplicates(tags.name)));
        const std::optional<Tag> bob = db.insert<Tag>(tags, NewTag{"bob"}, skipDuplicates(tags.name));
        CPPUNIT_ASSERT_EQUAL(std::string("bob"), bob.value().name);
        // Nor does it hide what else is wrong with a row.
        CPPUNIT_ASSERT_THROW(db.insert(tags, Tag{"", "eve", "bad"}, skipDuplicates(tags.name)), mortise::Error);
    }

    void comparesUuids() {
        const Tag ada = db.insert<Tag>(tags, NewTag{"ada"});
        CPPUNIT_ASSERT(mortise::Uuid::parse(ada.id));
        CPPUNIT_ASSERT_EQUAL(std::string("ada"), db.select(tags).require(ada.id).name);
        const std::string given = "018f2b6e-7c1d-7a90-8b3c-0123456789ab";
        db.insert(tags, Tag{given, "given", ""});
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1},
                             db.select(tags).where(tags.id.in(std::vector{given, std::string("x")})).count());
        // What is none equals no row, and comes before all of them.
        std::string upper = given;
        for (char& c : upper) c = static_cast<char>(std::toupper(c));
        for (const std::string& none : {std::string(), std::string("x"), std::string("zzzz"), upper, given + "0"}) {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(none, std::int64_t{0}, db.select(tags).where(tags.id == none).count());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(none, std::int64_t{2}, db.select(tags).where(tags.id != none).count());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(none, std::int64_t{2}, db.select(tags).where(tags.id > none).count());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(none, std::int64_t{0}, db.select(tags).where(tags.id < none).count());
            CPPUNIT_ASSERT_EQUAL_MESSAGE(none, std::int64_t{2},
                                         db.select(tags).where(!tags.id.in(std::vector{none})).count());
            CPPUNIT_ASSERT(!db.select(tags).where(tags.id == mortise::maybe(std::optional(none))).exists());
        }
        // Nor is it stored.
        CPPUNIT_ASSERT_THROW(db.insert(tags, Tag{"x", "eve", ""}), mortise::Invalid);
        CPPUNIT_ASSERT_THROW(db.insert(tags, Tag{upper, "eve", ""}), mortise::Invalid);
        CPPUNIT_ASSERT_THROW(db.update(tags).where(tags.id == given).set(tags.id = "x"), mortise::Invalid);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, db.select(tags).count());
    }

    void insertsLists() {
        std::vector<std::string> names;
        for (int i = 0; i < 234; ++i) names.push_back(std::to_string(i));
        std::vector<NewUser> list;
        for (const std::string& name : names) list.push_back({name, {}, {}});
        executions_ = 0;
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{234}, db.insert(users, list));
        CPPUNIT_ASSERT_EQUAL(2 + 3 + 4, executions_);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{234}, db.select(users).count());
        list.push_back({"new", {}, {}});
        CPPUNIT_ASSERT_THROW(db.insert(users, list), mortise::UniqueConflict);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{234}, db.select(users).count());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, db.insert(users, std::vector<NewUser>{}));
        const std::vector<User> made = db.insert<User>(users, std::vector<NewUser>{{"x", {}, {}}, {"y", {}, {}}});
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, made.size());
    }

    void skipsDuplicatesOfLists() {
        std::vector<NewTag> list;
        for (int i = 0; i < 234; ++i) list.push_back({std::to_string(i)});
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{234}, db.insert(tags, list, skipDuplicates(tags.name)));
        list.insert(list.begin() + 50, {"new"});
        list.push_back({"new"}); // of two in one list the first
        list.push_back({"newer"});
        const std::vector<Tag> made = db.insert<Tag>(tags, list, skipDuplicates(tags.name));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, made.size());
        CPPUNIT_ASSERT_EQUAL(std::string("new"), made[0].name);
        CPPUNIT_ASSERT_EQUAL(std::string("newer"), made[1].name);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, db.insert(tags, list, skipDuplicates(tags.name)));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{236}, db.select(tags).count());
    }

    void insertsWithRowsThatRefer() {
        const std::vector<NewPost> drafts{{"1"}, {"2"}, {"3"}};
        const User ada = db.insert<User>(users, NewUser{"ada", {}, {}}, with(profiles, NewProfile{"bio"}));
        CPPUNIT_ASSERT_EQUAL(std::string("bio"), db.select(profiles).find(ada.id).value().bio);
        db.insert(users, NewUser{"eve", {}, {}}, with(profiles, NewProfile{"e"}), with(posts.authorId, drafts));
        CPPUNIT_ASSERT_EQUAL(
            std::int64_t{3},
            db.select(posts).join(users, posts.authorId == users.id).where(users.email == "eve").count());
        CPPUNIT_ASSERT_THROW(db.insert(users, NewUser{"bob", {}, {}}, with(profiles, NewProfile{"bad"})),
                             mortise::Error);
        CPPUNIT_ASSERT(!db.select(users).where(users.email == "bob").exists());
    }

    void upserts() {
        User first;
        first.email = "ada";
        first.score = 1;
        first.createdAt.unixMilliseconds = 5;
        const User made = db.upsert<User>(users, first, on(users.email));
        first.score = 2;
        first.createdAt.unixMilliseconds = 9;
        const User again = db.upsert<User>(users, first, on(users.email));
        CPPUNIT_ASSERT_EQUAL(made.id, again.id);
        CPPUNIT_ASSERT_EQUAL(2.0, again.score);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, again.createdAt.unixMilliseconds);
        CPPUNIT_ASSERT(!(again.updatedAt < made.updatedAt));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, db.select(users).count());
    }

    void patches() {
        User given;
        given.email = "ada";
        given.nickname = "a";
        given.updatedAt.unixMilliseconds = 5;
        const User ada = db.insert<User>(users, given);
        UserPatch patch;
        User now = db.updateOne(users, ada.id, patch); // nothing
        CPPUNIT_ASSERT_EQUAL(std::string("ada"), now.email);
        CPPUNIT_ASSERT_EQUAL(std::string("a"), now.nickname.value());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{5}, now.updatedAt.unixMilliseconds);
        patch.nickname = nullptr;
        now = db.updateOne(users, ada.id, patch);
        CPPUNIT_ASSERT_EQUAL(std::string("ada"), now.email);
        CPPUNIT_ASSERT(!now.nickname);
        CPPUNIT_ASSERT(5 < now.updatedAt.unixMilliseconds);
        patch.email = "lovelace";
        patch.nickname = std::string("l");
        now = db.updateOne(users, ada.id, patch);
        CPPUNIT_ASSERT_EQUAL(std::string("lovelace"), now.email);
        CPPUNIT_ASSERT_EQUAL(std::string("l"), now.nickname.value());
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, db.update(users).where(users.email == "lovelace").set(UserScore{4}));
        CPPUNIT_ASSERT_EQUAL(4.0, db.select(users.score).require());
    }

    void countsMatchedRows() {
        const User ada = addUser("ada");
        addPost(ada.id, "a");
        addPost(ada.id, "b");
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2},
                             db.update(posts).everyRow().set(posts.views = posts.views + 3, posts.editorId = nullptr));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, db.update(posts).where(posts.views == 3).set(posts.views = 3));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{0}, db.update(posts).where(posts.title == "c").set(posts.views = 0));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, db.remove(posts).where(posts.title == "a"));
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{1}, db.remove(posts).everyRow());
    }

    // What a client is told, by the label of the table.
    template<class Call>
    static std::string notFound(Call&& call) {
        try {
            call();
        } catch (const mortise::RowNotFound& error) {
            CPPUNIT_ASSERT_EQUAL(404u, error.code());
            return error.message();
        }
        return "found";
    }

    void changesAndRemovesOne() {
        const User ada = addUser("ada");
        UserPatch patch;
        patch.email = "x";
        CPPUNIT_ASSERT_EQUAL(std::string("Author not found"), notFound([&] { db.updateOne(users, "nobody", patch); }));
        CPPUNIT_ASSERT_EQUAL(std::string("Author not found"), notFound([&] { db.removeOne(users, "nobody"); }));
        CPPUNIT_ASSERT_EQUAL(std::string("Author not found"), notFound([&] { db.select(users).require("nobody"); }));
        CPPUNIT_ASSERT_EQUAL(std::string("Author not found"),
                             notFound([&] { db.select(users.email).where(users.id == "nobody").require(); }));
        CPPUNIT_ASSERT_EQUAL(std::string("Resource not found"), notFound([&] { db.removeOne(posts, "nothing"); }));
        CPPUNIT_ASSERT_EQUAL(ada.email, db.select(users).require(ada.id).email);
        CPPUNIT_ASSERT_EQUAL(std::string("x"), db.updateOne(users, ada.id, patch).email);
        db.removeOne(users, ada.id);
        CPPUNIT_ASSERT(!db.select(users).exists());
    }

    void returnsChangedRows() {
        const User ada = addUser("ada");
        addPost(ada.id, "a", false);
        addPost(ada.id, "b", false);
        const std::vector<Post> changed = db.update<Post>(posts).where(!posts.published).set(posts.published = true);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, changed.size());
        CPPUNIT_ASSERT(changed[0].published && changed[1].published);
        const std::vector<NewPost> gone = db.remove<NewPost>(posts).where(posts.title == "b");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, gone.size());
        CPPUNIT_ASSERT_EQUAL(std::string("b"), gone[0].title);
    }

    // As on MariaDB, in what both databases understand.
    void readsChangedRowsByTheirKey() {
        dialect_ = MORTISE_SQL_DIALECT_MARIADB;
        const User ada = addUser("ada");
        addUser("bob");
        executions_ = 0;
        UserPatch patch;
        patch.email = "lovelace";
        CPPUNIT_ASSERT_EQUAL(std::string("lovelace"), db.updateOne(users, ada.id, patch).email);
        CPPUNIT_ASSERT_EQUAL(2, executions_);
        // The row is found again although the condition does not hold any more.
        const auto changed =
            db.update<User>(users).where(users.email == "lovelace" && users.id == ada.id).set(users.email = "x");
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, changed.size());
        CPPUNIT_ASSERT_EQUAL(std::string("x"), changed[0].email);
        executions_ = 0;
        CPPUNIT_ASSERT_EQUAL(std::string("Author not found"), notFound([&] { db.updateOne(users, "nobody", patch); }));
        CPPUNIT_ASSERT_EQUAL(1, executions_);
        db.insert(marks, Mark{"a", "x", 1});
        const auto marked = db.update<Mark>(marks).where(marks.name == "x" && marks.userId == "a").set(marks.value = 7);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{7}, marked.at(0).value);
    }

    void joinsATransaction() {
        const auto fails = [&](mortise::Transaction& transaction) {
            const User user = transaction.insert<User>(users, NewUser{"ada", {}, {}});
            CPPUNIT_ASSERT(transaction.select(users).where(users.id == user.id).forUpdate().one());
            transaction.update(users).where(users.id == user.id).set(users.email = "changed");
            CPPUNIT_ASSERT_EQUAL(std::string("changed"), transaction.select(users).find(user.id)->email);
            throw mortise::Error("undone");
        };
        CPPUNIT_ASSERT_THROW(db.transact(fails), mortise::Error);
        CPPUNIT_ASSERT(!db.select(users).exists());
    }

    void goesByKeysOfSeveralColumns() {
        db.insert(marks, std::vector<Mark>{{"a", "x", 1}, {"a", "y", 2}, {"b", "x", 3}});
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, db.select(marks).find("a", "y")->value);
        CPPUNIT_ASSERT(!db.select(marks).find("x", "a"));
        db.upsert(marks, Mark{"a", "x", 9}, on(marks.name, marks.userId));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{9}, db.select(marks).require("a", "x").value);
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, db.upsert(marks, std::vector<Mark>{{"a", "x", 5}, {"a", "z", 5}},
                                                         on(marks.userId, marks.name)));
        CPPUNIT_ASSERT_EQUAL(std::int64_t{5 + 2 + 3 + 5}, sumOfMarks());
    }
    std::int64_t sumOfMarks() const {
        std::int64_t sum = 0;
        for (const Mark& mark : db.select(marks).all()) sum += mark.value;
        return sum;
    }

    // One that fails alone is undone alone; what transact returns is what its body returns.
    void joinsNestedTransactions() {
        const std::uint64_t rows = db.transact([&](mortise::Transaction& transaction) {
            transaction.insert(marks, Mark{"a", "outer", 1});
            CPPUNIT_ASSERT_THROW(db.transact([&](mortise::Transaction& nested) {
                nested.insert(marks, Mark{"a", "undone", 2});
                throw mortise::Error("undone");
            }),
                                 mortise::Error);
            db.insert(marks, Mark{"a", "nested", 4}); // in a transaction of its own: this one
            return transaction.update(marks).everyRow().set(marks.value = marks.value + 10);
        });
        CPPUNIT_ASSERT_EQUAL(std::uint64_t{2}, rows);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1 + 4 + 20}, sumOfMarks());
    }

    // Also those of queries that no test here has run.
    void acceptsEveryStatementOfThisFile() {
        int count = 0;
        for (const auto* shape = mortise::detail::SqlShape::newest; shape != nullptr; shape = shape->next) {
            if (shape->subject.substr(0, 5) != "blog_") continue; // of another test's schema
            for (std::uint32_t variant = 0; variant < shape->variants; ++variant) {
                const std::string text = shape->text(mortise::SqlDialect::sqlite, variant);
                if (text.empty()) continue;
                ++count;
                statement(*static_cast<const mortise_database_table*>(service_.table), text);
            }
        }
        CPPUNIT_ASSERT(count > 50);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TypedWritesTest);

} // namespace typed_queries
