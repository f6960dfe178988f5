// SPDX-License-Identifier: Apache-2.0
#include "post.hpp"
#include "post_relation.hpp"
#include "post_store.hpp"
#include "post_types.hpp"
#include "posts_settings.hpp"

#include <mortise/crypto.hpp>
#include <mortise/deep_pages.hpp>
#include <mortise/entity_tag.hpp>
#include <mortise/graphql_types.hpp>
#include <mortise/if_match.hpp>
#include <mortise/plugin.hpp>
#include <mortise/user_relations.hpp>
#include <mortise/users.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace posts {
namespace {

class PostsPlugin : public mortise::Plugin<Settings> {
public:
    void configure(mortise::Setup& setup) override;
    void start() override {
        store_.open(service<mortise::Database>(), loops(), settings().maximumTotal);
        users_ = service<mortise::Users>();
        deepPages_.open(tasks(), loops(), settings().deepPages);
    }

private:
    void declareReads(mortise::Setup& setup);
    void declareWrites(mortise::Setup& setup);

    /// Of one author or of all.
    mortise::Reply list(mortise::Request& request, const std::optional<mortise::Uuid>& author,
                        const mortise::PageQuery& query);
    mortise::Reply listOfUser(mortise::Request& request, const mortise::PageQuery& query);
    mortise::Reply page(mortise::Turn turn, const PostFilter& filter, const mortise::PageQuery& query) const;
    mortise::Reply one(const mortise::Request& request) const;
    mortise::Reply post(const mortise::Request& request, const CreatePost& body) const;
    mortise::Reply patch(const mortise::Request& request, const PatchPost& body,
                         const mortise::EntityTagList& condition) const;
    mortise::Reply remove(const mortise::Request& request, const mortise::EntityTagList& condition) const;

    PostStore store_;
    mortise::Users users_;
    mortise::DeepPages deepPages_;
    PostTypes types_{store_, deepPages_, [this] { return crypto().uuid7(); }};
};

constexpr std::string_view entityTag = "The version of the post, for If-Match and If-None-Match";

/// A post with the entity tag of its representation.
mortise::Reply withTag(std::uint32_t status, const Post& post) {
    return mortise::Reply::json(status, PostEnvelope{post}).field("ETag", tagOf(post));
}

mortise::Reply postNotFound() {
    return mortise::notFound("Post not found");
}

/// Borrows from `author`.
PostFilter filterOf(const std::optional<mortise::Uuid>& author, bool isAuthor) noexcept {
    return {author ? std::optional<std::string_view>(author->text()) : std::nullopt, isAuthor};
}

void PostsPlugin::configure(mortise::Setup& setup) {
    PostStore::declareMigrations(setup);
    declareReads(setup);
    declareWrites(setup);
    setup.contribute("posts", relationOf(store_));
    types_.declare(setup);
}

void PostsPlugin::declareReads(mortise::Setup& setup) {
    setup.get("/api/posts")
        .operationId("listPosts")
        .summary("Published posts, newest first, by page or by cursor")
        .tags("posts")
        .reads()
        .query<mortise::PageQuery>()
        .replies<PostPage>(200, "By page")
        .replies<PostSlice>(200, "By cursor, where after is given")
        .repliesError(400)
        .handle([this](mortise::Request& request, const mortise::PageQuery& query) {
            return list(request, std::nullopt, query);
        });
    setup.get("/api/users/:id/posts")
        .operationId("listPostsOfUser")
        .summary("A user's posts, newest first, by page or by cursor: published ones, and all for the author")
        .tags("posts")
        .optionallyAuthenticated()
        .reads()
        .isPrivate()
        .query<mortise::PageQuery>()
        .replies<PostPage>(200, "By page")
        .replies<PostSlice>(200, "By cursor, where after is given")
        .repliesError(400)
        .repliesError(401)
        .repliesError(404, "User not found")
        .handle(
            [this](mortise::Request& request, const mortise::PageQuery& query) { return listOfUser(request, query); });
    setup.get("/api/posts/:id")
        .operationId("getPost")
        .summary("One post; an unpublished one for its author")
        .tags("posts")
        .optionallyAuthenticated()
        .reads()
        .isPrivate()
        .replies<PostEnvelope>(200, "The post")
        .header("ETag", entityTag)
        .replies(304, "If-None-Match names the post's entity tag")
        .header("ETag", entityTag)
        .repliesError(401)
        .repliesError(404, "Post not found")
        .handle([this](mortise::Request& request) { return one(request); });
}

void PostsPlugin::declareWrites(mortise::Setup& setup) {
    setup.post("/api/posts")
        .operationId("createPost")
        .summary("Writes a post as the caller")
        .tags("posts")
        .authenticated()
        .idempotent()
        .isPrivate()
        .body<CreatePost>()
        .alsoForms()
        .replies<PostEnvelope>(201, "The new post")
        .header("Location", "The address of the new post")
        .header("ETag", entityTag)
        .repliesError(400)
        .repliesError(401)
        .handle([this](mortise::Request& request, const CreatePost& body) { return post(request, body); });
    setup.patch("/api/posts/:id")
        .operationId("updatePost")
        .summary("Changes a post of the caller")
        .tags("posts")
        .authenticated()
        .idempotent()
        .isPrivate()
        .body<PatchPost>()
        .alsoForms()
        .headers<mortise::IfMatch>()
        .replies<PostEnvelope>(200, "The post as it is now")
        .header("ETag", entityTag)
        .repliesError(400)
        .repliesError(401)
        .repliesError(403)
        .repliesError(404, "Post not found")
        .repliesError(412, "If-Match does not name the post's entity tag")
        .handle([this](mortise::Request& request, const PatchPost& body, const mortise::IfMatch& condition) {
            return patch(request, body, condition.list());
        });
    setup.del("/api/posts/:id")
        .operationId("deletePost")
        .summary("Deletes a post of the caller")
        .tags("posts")
        .authenticated()
        .isPrivate()
        .headers<mortise::IfMatch>()
        .replies(204, "Deleted")
        .repliesError(400)
        .repliesError(401)
        .repliesError(403)
        .repliesError(404, "Post not found")
        .repliesError(412, "If-Match does not name the post's entity tag")
        .handle([this](mortise::Request& request, const mortise::IfMatch& condition) {
            return remove(request, condition.list());
        });
}

mortise::Reply PostsPlugin::list(mortise::Request& request, const std::optional<mortise::Uuid>& author,
                                 const mortise::PageQuery& query) {
    const bool isAuthor = author && author->text() == request.principal().id();
    if (!query.after) {
        const auto read = [this, author, isAuthor, query](mortise::Turn turn) {
            return page(turn, filterOf(author, isAuthor), query);
        };
        return deepPages_.takes(query) ? deepPages_.run(request, read) : read(request);
    }
    mortise::PageStart start(query);
    if (!start.details.empty()) return mortise::invalid(std::move(start.details));
    PostSlice slice{store_.listAfter(request, filterOf(author, isAuthor), start.id(), query.limit + 1),
                    {query.limit, {}}};
    slice.pagination.next = mortise::cutPage(slice.posts, query.limit);
    return slice;
}

mortise::Reply PostsPlugin::page(mortise::Turn turn, const PostFilter& filter, const mortise::PageQuery& query) const {
    mortise::Listing<Post> listing = store_.list(turn, filter, query);
    const mortise::Pagination pagination = listing.pagination(query);
    return PostPage{std::move(listing.rows), pagination};
}

mortise::Reply PostsPlugin::listOfUser(mortise::Request& request, const mortise::PageQuery& query) {
    const std::optional<mortise::Uuid> id = mortise::Uuid::parse(request.parameter("id"));
    if (!id || !users_.visitById(id->text(), [](const mortise_user&) {})) return mortise::notFound("User not found");
    return list(request, id, query);
}

mortise::Reply PostsPlugin::one(const mortise::Request& request) const {
    const std::optional<mortise::Uuid> id = mortise::Uuid::parse(request.parameter("id"));
    if (!id) return postNotFound();
    const std::optional<Post> post = store_.find(request, id->text(), request.principal().id());
    if (!post) return postNotFound();
    const std::string tag = tagOf(*post);
    const mortise::EntityTagList known(request, "If-None-Match");
    if (known.weakMatches({tag})) return mortise::Reply::empty(304).field("ETag", tag);
    return mortise::Reply(PostEnvelope{*post}).field("ETag", tag);
}

mortise::Reply PostsPlugin::post(const mortise::Request& request, const CreatePost& body) const {
    const std::string id = crypto().uuid7();
    const NewPost wanted{id, request.principal().id(), body.title, body.content, body.published};
    try {
        return store_.database().respond(request, [&](mortise::Transaction& transaction) {
            return withTag(201, PostStore::insert(transaction, wanted)).location("/api/posts/" + id);
        });
    } catch (const AuthorGone& gone) {
        return mortise::unauthorized(gone.message(), mortise::invalidTokenChallenge);
    }
}

mortise::Reply PostsPlugin::patch(const mortise::Request& request, const PatchPost& body,
                                  const mortise::EntityTagList& condition) const {
    const std::optional<mortise::Uuid> id = mortise::Uuid::parse(request.parameter("id"));
    if (!id) return postNotFound();
    return store_.database().respond(request, [&](mortise::Transaction& transaction) {
        return withTag(200, PostStore::update(transaction, id->text(), request.principal().id(), body, condition));
    });
}

mortise::Reply PostsPlugin::remove(const mortise::Request& request, const mortise::EntityTagList& condition) const {
    const std::optional<mortise::Uuid> id = mortise::Uuid::parse(request.parameter("id"));
    if (!id) return postNotFound();
    store_.database()(request).transact([&](mortise::Transaction& transaction) {
        PostStore::remove(transaction, id->text(), request.principal().id(), condition);
    });
    return mortise::noContent();
}

} // namespace
} // namespace posts

MORTISE_PLUGIN(posts::PostsPlugin, "org.mortise.posts", "1.0.0", licence("Apache-2.0"), inExample(),
               needs<mortise::Database, mortise::Users>(), mayUse<mortise::UserRelation, mortise::GraphQlTypes>())
