// SPDX-License-Identifier: Apache-2.0
// Typed queries over the real plugin and a real file.
#include "typed_queries_fixture.hpp"

namespace typed_queries {

struct Address {
    std::string id;
    std::string email;
};
MORTISE_DESCRIBE(Address, field(id), field(email))

struct AddressView {
    std::string_view email;
    std::optional<std::string_view> nickname;
};
MORTISE_DESCRIBE(AddressView, field(email), field(nickname))

struct Byline {
    std::string title;
    std::string email;
};
MORTISE_DESCRIBE(Byline, field(title), field(email))

// What the schema is not.
struct StrictUser {
    std::string nickname;
};
MORTISE_TABLE_NAMED(strictUsers, "blog_users", StrictUser, column(nickname))
struct NarrowComment {
    std::int32_t number = 0;
};
MORTISE_TABLE_NAMED(narrowComments, "blog_comments", NarrowComment, column(number))

class TypedReadsTest : public TypedQueriesFixture {
    CPPUNIT_TEST_SUITE(TypedReadsTest);
    CPPUNIT_TEST(findsByKey);
    CPPUNIT_TEST(filtersOrdersAndCuts);
    CPPUNIT_TEST(leavesOutFiltersWithoutAValue);
    CPPUNIT_TEST(pagesByCursor);
    CPPUNIT_TEST(pagesByACursorOfTwoColumns);
    CPPUNIT_TEST(comparesWithLists);
    CPPUNIT_TEST(findsTextsWithSigns);
    CPPUNIT_TEST(tellsNull);
    CPPUNIT_TEST(projects);
    CPPUNIT_TEST(joins);
    CPPUNIT_TEST(countsAndTellsWhetherThereIsAny);
    CPPUNIT_TEST(showsRowsInPlace);
    CPPUNIT_TEST(readsOnLoops);
    CPPUNIT_TEST(registersAStatementOnce);
    CPPUNIT_TEST(keepsEveryType);
    CPPUNIT_TEST(refusesRowsThatTheDeclarationDoesNotFit);
    CPPUNIT_TEST_SUITE_END();

public:
    void findsByKey() {
        const User ada = addUser("ada@example.com");
        const std::optional<User> found = db.select(users).find(ada.id);
        CPPUNIT_ASSERT(found);
        CPPUNIT_ASSERT_EQUAL(ada.email, found->email);
        CPPUNIT_ASSERT_EQUAL(ada.createdAt.unixMilliseconds, found->createdAt.unixMilliseconds);
        CPPUNIT_ASSERT(!db.select(users).find("nobody"));
        CPPUNIT_ASSERT_EQUAL(ada.email, db.select(users).where(users.id == ada.id).require().email);
        CPPUNIT_ASSERT_THROW(db.select(users).where(users.id == "nobody").require(), mortise::RowNotFound);
    }

    void filtersOrdersAndCuts() {
        const User ada = addUser("ada@example.com");
        const User bob = addUser("bob@example.com");
        for (int i = 1; i <= 5; ++i) addPost(ada.id, "a" + std::to_string(i), i != 3, 1000 + i);
        addPost(bob.id, "b", true, 1);
        const auto titles = [](const std::vector<Post>& list) {
            std::string all;
            for (const Post& post : list) all += post.title + " ";
            return all;
        };
        const auto ofAda = db.select(posts).where(posts.authorId == ada.id);
        CPPUNIT_ASSERT_EQUAL(std::string("a5 a4 a2 a1 "),
                             titles(ofAda.where(posts.published).orderBy(desc(posts.createdAt)).all()));
        CPPUNIT_ASSERT_EQUAL(std::string("a5 a4 "), titles(ofAda.orderBy(desc(posts.createdAt)).limit(2).all()));
        CPPUNIT_ASSERT_EQUAL(std::string("a3 a4 "), titles(ofAda.orderBy(posts.title).limit(2).offset(2).all()));
        CPPUNIT_ASSERT_EQUAL(std::string("a4 a5 "), titles(ofAda.orderBy(asc(posts.title)).offset(3).all()));
        CPPUNIT_ASSERT_EQUAL(std::string("a3 "), titles(ofAda.where(!posts.published).all()));
        CPPUNIT_ASSERT_EQUAL(std::string("a1 b "),
                             titles(db.select(posts)
                                        .where((posts.title == "a1" || posts.authorId != ada.id) &&
                                               posts.createdAt <= mortise::DateTime{1001})
                                        .orderBy(posts.title)
                                        .all()));
        CPPUNIT_ASSERT_EQUAL(std::string("a1 "),
                             titles(ofAda.where(!(posts.title > "a1")).where(posts.views >= 0).all()));
        CPPUNIT_ASSERT_EQUAL(std::string("a5"), ofAda.orderBy(desc(posts.title)).one()->title);
        CPPUNIT_ASSERT(ofAda.limit(-1).all().empty());
        CPPUNIT_ASSERT_EQUAL(std::string("a1"), ofAda.orderBy(posts.title).offset(-1).one()->title);
    }

    void leavesOutFiltersWithoutAValue() {
        const User ada = addUser("ada@example.com");
        for (const char* title : {"x", "y", "z"}) addPost(ada.id, title, title[0] != 'y');
        const auto count = [&](std::optional<std::string> title, std::optional<bool> published) {
            return db.select(posts)
                .where((posts.title == mortise::maybe(title) || posts.published == mortise::maybe(published)) &&
                       posts.authorId == ada.id)
                .all()
                .size();
        };
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, count({}, {}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count("x", {}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, count({}, false));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, count("x", false));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, count("", {})); // empty is a value
    }

    void pagesByCursor() {
        std::vector<std::string> ids;
        for (int i = 0; i < 7; ++i) ids.push_back(addUser(std::to_string(i)).id);
        std::sort(ids.begin(), ids.end());
        const auto pages = [&](const auto& ordered) {
            std::vector<std::string> seen;
            std::optional<std::string> cursor;
            for (int page = 0; page < 4; ++page) {
                const auto slice = ordered.after(mortise::maybe(cursor)).limit(3).all();
                if (slice.empty()) break;
                seen.insert(seen.end(), slice.begin(), slice.end());
                cursor = slice.back();
            }
            return seen;
        };
        CPPUNIT_ASSERT(pages(db.select(users.id).orderBy(users.id)) == ids);
        std::reverse(ids.begin(), ids.end());
        CPPUNIT_ASSERT(pages(db.select(users.id).orderBy(desc(users.id))) == ids);
    }

    // Rows of one moment are neither skipped nor shown twice.
    void pagesByACursorOfTwoColumns() {
        const User ada = addUser("ada");
        for (int i = 0; i < 9; ++i) addPost(ada.id, std::to_string(i), true, 1 + i / 4);
        std::vector<std::string> seen;
        std::optional<mortise::DateTime> at;
        std::optional<std::string> id;
        for (int page = 0; page < 6; ++page) {
            for (const Post& post : db.select(posts)
                                        .orderBy(desc(posts.createdAt), desc(posts.id))
                                        .after(mortise::maybe(at), mortise::maybe(id))
                                        .limit(2)
                                        .all()) {
                seen.push_back(post.id);
                at = post.createdAt;
                id = post.id;
            }
        }
        std::sort(seen.begin(), seen.end());
        CPPUNIT_ASSERT_EQUAL(std::size_t{9}, seen.size());
        CPPUNIT_ASSERT(std::unique(seen.begin(), seen.end()) == seen.end());
    }

    void comparesWithLists() {
        const std::vector<std::string> names{"a", "b\"c", "d\\e", "\xc3\xa4\n"};
        for (const std::string& name : names) addUser(name);
        addUser("other");
        CPPUNIT_ASSERT_EQUAL(std::size_t{4}, db.select(users).where(users.email.in(names)).all().size());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, db.select(users).where(!users.email.in(names)).count());
        CPPUNIT_ASSERT(!db.select(users).where(users.email.in(std::vector<std::string>{})).exists());
        const User ada = addUser("ada");
        for (std::int64_t i = 1; i <= 3; ++i) {
            Comment comment{i, addPost(ada.id, "t").id, "x"};
            db.insert(comments, comment);
        }
        CPPUNIT_ASSERT_EQUAL(
            std::int64_t{2},
            db.select(comments).where(comments.number.in(std::vector<std::int64_t>{1, 3, INT64_MAX})).count());
    }

    void findsTextsWithSigns() {
        for (const char* email : {"50%_off!", "50 per off", "ax", "xa"}) addUser(email);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, db.select(users).where(users.email.startsWith("50%_")).count());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, db.select(users).where(users.email.contains("!")).count());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, db.select(users).where(users.email.contains("x")).count());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, db.select(users).where(users.email.startsWith("x")).count());
        const std::optional<std::string> absent;
        CPPUNIT_ASSERT_EQUAL(std::int64_t{4},
                             db.select(users).where(users.email.contains(mortise::maybe(absent))).count());
    }

    void tellsNull() {
        User bob;
        bob.email = "bob";
        bob.nickname = "b";
        db.insert(users, bob);
        addUser("ada");
        CPPUNIT_ASSERT_EQUAL(std::string("ada"), db.select(users).where(users.nickname == nullptr).require().email);
        CPPUNIT_ASSERT_EQUAL(std::string("bob"), db.select(users).where(users.nickname != nullptr).require().email);
        CPPUNIT_ASSERT_EQUAL(std::string("ada"), db.select(users).where(users.nickname.isNull()).require().email);
        CPPUNIT_ASSERT_EQUAL(std::string("bob"), db.select(users).where(users.nickname == "b").require().email);
        const auto nicknames = db.select(users.nickname).orderBy(users.email).all();
        CPPUNIT_ASSERT(!nicknames[0] && nicknames[1] == "b");
    }

    void projects() {
        const User ada = addUser("ada@example.com");
        const Address address = db.select<Address>(users).where(users.email == "ada@example.com").require();
        CPPUNIT_ASSERT_EQUAL(ada.id, address.id);
        CPPUNIT_ASSERT_EQUAL(ada.email, address.email);
        const std::vector<std::string> ids = db.select(users.id).all();
        CPPUNIT_ASSERT(ids == std::vector<std::string>{ada.id});
    }

    void joins() {
        const User ada = addUser("ada@example.com");
        addUser("bob@example.com");
        addPost(ada.id, "first");
        const auto lines = db.select<Byline>(posts.title, users.email)
                               .join(users, posts.authorId == users.id && users.email != "x")
                               .where(users.email.startsWith("ada") && posts.published)
                               .orderBy(users.email, desc(posts.id))
                               .all();
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, lines.size());
        CPPUNIT_ASSERT_EQUAL(std::string("first"), lines[0].title);
        CPPUNIT_ASSERT_EQUAL(ada.email, lines[0].email);
    }

    void countsAndTellsWhetherThereIsAny() {
        CPPUNIT_ASSERT_EQUAL(std::int64_t{0}, db.select(users).count());
        CPPUNIT_ASSERT(!db.select(users).exists());
        addUser("ada");
        addUser("bob");
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, db.select(users).limit(1).count());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, db.select(users).where(users.email == "bob").count());
        CPPUNIT_ASSERT(db.select(users).where(users.email == "bob").exists());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, db.select(count(users)).require());
    }

    void showsRowsInPlace() {
        addUser("ada");
        addUser("bob");
        std::string seen;
        db.select<AddressView>(users).orderBy(users.email).each([&](const AddressView& row) {
            seen += std::string(row.email) + (row.nickname ? "!" : " ");
        });
        CPPUNIT_ASSERT_EQUAL(std::string("ada bob "), seen);
        int visits = 0;
        db.select<AddressView>(users).each([&](const AddressView&) {
            ++visits;
            return false;
        });
        CPPUNIT_ASSERT_EQUAL(1, visits);
        CPPUNIT_ASSERT(db.select<AddressView>(users).orderBy(desc(users.email)).one([&](const AddressView& row) {
            seen = row.email;
        }));
        CPPUNIT_ASSERT_EQUAL(std::string("bob"), seen);
        CPPUNIT_ASSERT(
            !db.select<AddressView>(users).where(users.email == "eve").one([&](const AddressView&) { ++visits; }));
        CPPUNIT_ASSERT_EQUAL(1, visits);
        CPPUNIT_ASSERT_THROW(db.select(users).each([](const User&) { throw mortise::Error("thrown"); }),
                             mortise::Error);
    }

    void readsOnLoops() {
        addUser("ada");
        const auto count = [&] { return db.select(users).count(); };
        count();
        loops_.become(1);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, count());
        loops_.endBatch();
        loops_.become(0);
    }

    void registersAStatementOnce() {
        addUser("ada");
        const auto search = [&](const mortise::Database& database, std::optional<std::string> email) {
            return database.select(users).where(users.email == mortise::maybe(email)).all().size();
        };
        const int before = registrations_;
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, search(db, {}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{0}, search(db, "x"));
        CPPUNIT_ASSERT_EQUAL(before + 2, registrations_);
        const mortise::Database copy = db;
        for (int i = 0; i < 3; ++i) search(copy, {}), search(copy, "x");
        copy.transact([&](mortise::Transaction& transaction) {
            const std::optional<std::string> none;
            transaction.select(users).where(users.email == mortise::maybe(none)).all();
        });
        CPPUNIT_ASSERT_EQUAL(before + 2, registrations_);
    }

    void keepsEveryType() {
        const User ada = addUser("ada");
        Profile profile{ada.id, "bio", Mood::angry, mortise::Decimal::parse("1.80")};
        db.insert(profiles, profile);
        const Profile found = db.select(profiles).find(ada.id).value();
        CPPUNIT_ASSERT(found.mood == Mood::angry);
        CPPUNIT_ASSERT_EQUAL(std::string("1.80"), found.height->text());
        CPPUNIT_ASSERT(db.select(profiles).where(profiles.mood == Mood::angry).exists());
        CPPUNIT_ASSERT(!db.select(profiles).where(profiles.mood != Mood::angry).exists());
        CPPUNIT_ASSERT(db.select(profiles).where(profiles.height == mortise::Decimal::parse("1.80").value()).exists());
        CPPUNIT_ASSERT(db.select(profiles).where(profiles.mood.in(std::vector<Mood>{Mood::angry})).exists());
        CPPUNIT_ASSERT(db.select(users).where(users.score > -1 && users.score <= 2.5).exists());
    }

    void refusesRowsThatTheDeclarationDoesNotFit() {
        const User ada = addUser("ada");
        db.insert(profiles, Profile{ada.id, "", Mood::calm, {}});
        db.transact([&](mortise::Transaction& transaction) {
            transaction.execute(db.statement("UPDATE blog_profiles SET mood = 'odd'"));
        });
        assertRefused("no enumerator is called: odd", [&] { db.select(profiles).all(); });
        assertRefused("is NULL", [&] { db.select(strictUsers).all(); });
        db.update(users).everyRow().set(users.nickname = "a");
        CPPUNIT_ASSERT_EQUAL(std::string("a"), db.select(strictUsers).require().nickname);
        db.insert(comments, Comment{1 << 30, addPost(ada.id, "t").id, "x"});
        CPPUNIT_ASSERT_EQUAL(1 << 30, db.select(narrowComments).require().number);
        db.update(comments).everyRow().set(comments.number = std::int64_t{1} << 32);
        assertRefused("does not hold: 4294967296", [&] { db.select(narrowComments).all(); });
    }

private:
    template<class Call>
    static void assertRefused(const std::string& part, Call&& call) {
        try {
            call();
        } catch (const mortise::Error& error) {
            CPPUNIT_ASSERT_MESSAGE(error.what(), std::string(error.what()).find(part) != std::string::npos);
            return;
        }
        CPPUNIT_FAIL("not refused: " + part);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TypedReadsTest);

} // namespace typed_queries
