// SPDX-License-Identifier: Apache-2.0
// Relations of typed queries: what they bring, in how many statements, and how many rows at most.
#include "typed_queries_fixture.hpp"

namespace typed_queries {

struct UserWithPosts {
    std::string id;
    std::string email;
    std::vector<Post> posts;
};
MORTISE_DESCRIBE(UserWithPosts, field(id), field(email), field(posts))

struct PostWithComments {
    std::string title;
    std::vector<Comment> comments;
};
MORTISE_DESCRIBE(PostWithComments, field(title), field(comments))

struct Everything {
    std::string email;
    std::optional<Profile> profile;
    std::vector<PostWithComments> written;
    std::vector<Post> edited;
};
MORTISE_DESCRIBE(Everything, field(email), field(profile), field(written), field(edited))

struct Signed {
    std::string title;
    User author;
    std::optional<User> editor;
};
MORTISE_DESCRIBE(Signed, field(title), field(author), field(editor))

struct Node {
    std::int64_t id = 0;
    std::optional<std::int64_t> parentId;
};
MORTISE_DESCRIBE(Node, field(id), field(parentId))
MORTISE_TABLE_NAMED(nodes, "blog_nodes", Node, column(id).key(), column(parentId).references(id))

struct Branch {
    std::int64_t id = 0;
    std::optional<Node> parent;
    std::vector<Node> nodes;
};
MORTISE_DESCRIBE(Branch, field(id), field(parent), field(nodes))

class TypedRelationsTest : public TypedQueriesFixture {
    CPPUNIT_TEST_SUITE(TypedRelationsTest);
    CPPUNIT_TEST(readsAUserWithPosts);
    CPPUNIT_TEST(takesOneStatementEachForAnyNumberOfRows);
    CPPUNIT_TEST(readsWhatRowsReferTo);
    CPPUNIT_TEST(goesAlongATableItself);
    CPPUNIT_TEST(boundsWhatARelationBrings);
    CPPUNIT_TEST(bringsTheFirstByTheirKey);
    CPPUNIT_TEST(asksNothingForNoRows);
    CPPUNIT_TEST(leavesOutFiltersWithoutAValue);
    CPPUNIT_TEST_SUITE_END();

public:
    void readsAUserWithPosts() {
        const User ada = addUser("ada");
        const User bob = addUser("bob");
        for (int i = 1; i <= 4; ++i) addPost(ada.id, std::to_string(i), i != 2, i);
        addPost(bob.id, "bob's", true, 9);
        reads_ = 0;
        const auto user = db.select<UserWithPosts>(users)
                              .with(posts.by(posts.authorId).where(posts.published).orderBy(desc(posts.createdAt)))
                              .find(ada.id);
        CPPUNIT_ASSERT_EQUAL(2, reads_);
        CPPUNIT_ASSERT(user);
        CPPUNIT_ASSERT_EQUAL(std::string("ada"), user->email);
        CPPUNIT_ASSERT_EQUAL(std::size_t{3}, user->posts.size());
        CPPUNIT_ASSERT_EQUAL(std::string("4"), user->posts[0].title);
        CPPUNIT_ASSERT_EQUAL(std::string("1"), user->posts[2].title);
    }

    void takesOneStatementEachForAnyNumberOfRows() {
        std::int64_t number = 0;
        for (int u = 0; u < 20; ++u) {
            const User user = addUser(std::to_string(100 + u));
            if (u % 2 == 0) db.insert(profiles, Profile{user.id, "bio " + user.email, Mood::calm, {}});
            for (int p = 0; p < u % 4; ++p) {
                const Post post = addPost(user.id, user.email + "/" + std::to_string(p));
                for (int c = 0; c < p; ++c) db.insert(comments, Comment{++number, post.id, "c"});
            }
        }
        reads_ = 0;
        const auto all = db.select<Everything>(users)
                             .with(&Everything::profile, profiles)
                             .with(&Everything::written, posts.by(posts.authorId).orderBy(posts.title).with(comments))
                             .with(&Everything::edited, posts.by(posts.editorId))
                             .orderBy(users.email)
                             .all();
        CPPUNIT_ASSERT_EQUAL(5, reads_);
        CPPUNIT_ASSERT_EQUAL(std::size_t{20}, all.size());
        for (std::size_t u = 0; u < 20; ++u) {
            CPPUNIT_ASSERT_EQUAL(std::to_string(100 + u), all[u].email);
            CPPUNIT_ASSERT_EQUAL(u % 2 == 0, all[u].profile.has_value());
            if (all[u].profile) CPPUNIT_ASSERT_EQUAL("bio " + all[u].email, all[u].profile->bio);
            CPPUNIT_ASSERT_EQUAL(u % 4, all[u].written.size());
            for (std::size_t p = 0; p < u % 4; ++p) {
                CPPUNIT_ASSERT_EQUAL(all[u].email + "/" + std::to_string(p), all[u].written[p].title);
                CPPUNIT_ASSERT_EQUAL(p, all[u].written[p].comments.size());
            }
            CPPUNIT_ASSERT(all[u].edited.empty());
        }
    }

    void readsWhatRowsReferTo() {
        const User ada = addUser("ada");
        const User bob = addUser("bob");
        addPost(ada.id, "1");
        addPost(ada.id, "2");
        Post edited = addPost(bob.id, "3");
        db.update(posts).where(posts.id == edited.id).set(posts.editorId = ada.id);
        reads_ = 0;
        const auto all = db.select<Signed>(posts)
                             .with(&Signed::author, users.by(posts.authorId))
                             .with(&Signed::editor, users.by(posts.editorId))
                             .orderBy(posts.title)
                             .all();
        CPPUNIT_ASSERT_EQUAL(3, reads_);
        CPPUNIT_ASSERT_EQUAL(std::string("ada"), all[0].author.email);
        CPPUNIT_ASSERT_EQUAL(std::string("ada"), all[1].author.email);
        CPPUNIT_ASSERT_EQUAL(std::string("bob"), all[2].author.email);
        CPPUNIT_ASSERT(!all[0].editor && !all[1].editor);
        CPPUNIT_ASSERT_EQUAL(std::string("ada"), all[2].editor->email);
    }

    void goesAlongATableItself() {
        db.insert(nodes, std::vector<Node>{{1, {}}, {2, 1}, {3, 1}, {4, 2}});
        const auto all = db.select<Branch>(nodes).with(nodes).with(&Branch::parent, nodes).orderBy(nodes.id).all();
        CPPUNIT_ASSERT(!all[0].parent);
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, all[0].nodes.size());
        CPPUNIT_ASSERT_EQUAL(std::int64_t{3}, all[0].nodes[1].id);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, all[1].parent->id);
        CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, all[3].parent->id);
        CPPUNIT_ASSERT(all[3].nodes.empty());
    }

    void boundsWhatARelationBrings() {
        const User ada = addUser("ada");
        const User bob = addUser("bob");
        std::vector<Post> many(mortise::defaultRelationLimit + 20);
        for (Post& post : many) post.authorId = ada.id;
        db.insert(posts, many);
        for (Post& post : many) post.authorId = bob.id;
        db.insert(posts, many);
        const auto ofAuthors = [](const auto& relation) { return relation.by(posts.authorId); };
        for (const auto& user : db.select<UserWithPosts>(users).with(ofAuthors(posts)).all())
            CPPUNIT_ASSERT_EQUAL(std::size_t{mortise::defaultRelationLimit}, user.posts.size());
        for (const auto& user : db.select<UserWithPosts>(users).with(ofAuthors(posts.limit(3))).all())
            CPPUNIT_ASSERT_EQUAL(std::size_t{3}, user.posts.size());
        for (const auto& user : db.select<UserWithPosts>(users).with(ofAuthors(posts.limit(1000))).all())
            CPPUNIT_ASSERT_EQUAL(many.size(), user.posts.size());
    }

    // Unless an order is asked for: which rows a limit leaves is no accident.
    void bringsTheFirstByTheirKey() {
        db.insert(nodes, std::vector<Node>{{1, {}}, {9, 1}, {5, 1}, {7, 1}});
        const auto first = [&](const auto& relation) {
            const auto root = db.select<Branch>(nodes).with(relation).with(&Branch::parent, nodes).require(1);
            std::string ids;
            for (const Node& node : root.nodes) ids += std::to_string(node.id);
            return ids;
        };
        CPPUNIT_ASSERT_EQUAL(std::string("57"), first(nodes.limit(2)));
        CPPUNIT_ASSERT_EQUAL(std::string("97"), first(nodes.orderBy(desc(nodes.id)).limit(2)));
        CPPUNIT_ASSERT_EQUAL(std::string(), first(nodes.limit(0)));
    }

    void asksNothingForNoRows() {
        const auto none = db.select<UserWithPosts>(users).with(posts.by(posts.authorId)).all();
        CPPUNIT_ASSERT(none.empty());
        CPPUNIT_ASSERT_EQUAL(1, reads_);
    }

    void leavesOutFiltersWithoutAValue() {
        const User ada = addUser("ada");
        addPost(ada.id, "x");
        addPost(ada.id, "y");
        const auto titles = [&](const std::optional<std::string>& title) {
            return db.select<UserWithPosts>(users)
                .with(posts.by(posts.authorId).where(posts.title == mortise::maybe(title)))
                .find(ada.id)
                ->posts.size();
        };
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, titles({}));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, titles("y"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TypedRelationsTest);

} // namespace typed_queries
