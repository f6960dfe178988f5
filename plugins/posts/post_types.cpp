// SPDX-License-Identifier: Apache-2.0
#include "post_types.hpp"

#include <mortise/graphql.hpp>
#include <mortise/graphql_pages.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace posts {
namespace {

/// A content may have 64 KiB, another field 4 KiB at most.
constexpr std::uint32_t contentCost = 16;

/// As mortise::PageQuery, with what Int has in place of REST's last page.
struct PostsArguments {
    std::int64_t page = 1;
    std::int64_t limit = 10;

    [[nodiscard]] mortise::PageQuery query() const noexcept { return {page, limit, std::nullopt}; }
};
MORTISE_DESCRIBE(PostsArguments, field(page).min(1).max(std::numeric_limits<std::int32_t>::max()).defaults(1),
                 field(limit).min(1).max(100).defaults(10).text("The maximum number of posts"))

struct UserPostsArguments {
    std::int64_t limit = 20;
    std::optional<std::string_view> after;

    /// The id that the posts come behind. Throws what is BAD_USER_INPUT.
    [[nodiscard]] std::optional<mortise::Uuid> start() const {
        // A client of GraphQL has the ids of the posts that it shows, and no cursors.
        if (after)
            if (const std::optional<mortise::Uuid> id = mortise::Uuid::parse(*after)) return id;
        mortise::PageQuery query;
        query.after = after.value_or(std::string_view());
        mortise::PageStart start(query);
        if (!start.details.empty()) throw mortise::InvalidInput(std::move(start.details));
        return start.last;
    }
};
MORTISE_DESCRIBE(UserPostsArguments,
                 field(limit).min(1).max(100).defaults(20).text("The maximum number of posts of each user"),
                 field(after).nullable().text(
                     "Posts older than this one: the id of the last post that was shown, or a cursor of REST"))

mortise::HttpError postNotFound() {
    return {404, "Post not found"};
}

} // namespace

void PostTypes::declare(mortise::Setup& setup) {
    const mortise::GraphQlBuilder graph = setup.graphql();
    declareTypes(graph);
    declareReads(graph);
    declareWrites(graph);
}

void PostTypes::declareTypes(const mortise::GraphQlBuilder& graph) {
    graph.object<Post>("Post")
        .text("What a user has written")
        .key(&Post::id)
        .without(&Post::authorId)
        .nonNull(&Post::content)
        .cost(&Post::content, contentCost)
        .reference("author", "Author", &Post::authorId);
    graph.input<CreatePost>("CreatePostInput");
    graph.input<PatchPost>("UpdatePostInput");
}

void PostTypes::declareReads(const mortise::GraphQlBuilder& graph) {
    graph.query<std::vector<Post>>("posts")
        .text("Published posts, newest first")
        .twin("GET /api/posts")
        .arguments<PostsArguments>()
        .resolveLater([this](mortise::GraphQlCall& call, const PostsArguments& arguments,
                             mortise::GraphQlLater<std::vector<Post>> later) {
            mortise::completePage(deepPages_, call, arguments.query(), std::move(later),
                                  [this, query = arguments.query(), columns = call.columns<Post>()](
                                      mortise::Turn turn) { return store_.page(turn, {}, query, columns); });
        });
    graph.query<std::optional<Post>>("post")
        .text("One post, an unpublished one for its author; null where there is none")
        .twin("GET /api/posts/:id")
        .argument<std::string_view>("id")
        .resolve([this](mortise::GraphQlCall& call, std::string_view id) -> std::optional<Post> {
            const std::optional<mortise::Uuid> parsed = mortise::Uuid::parse(id);
            if (!parsed) return std::nullopt;
            return store_.find(call, parsed->text(), call.principal().id(), call.columns<Post>());
        });
    graph.field<std::vector<std::vector<Post>>>("User", "posts")
        .text("Newest first: published ones, and all for the user themselves")
        .twin("GET /api/users/:id/posts")
        .arguments<UserPostsArguments>()
        .resolve(
            [this](mortise::GraphQlCall& call, const mortise::GraphQlKeys& users, const UserPostsArguments& arguments) {
                const std::optional<mortise::Uuid> start = arguments.start();
                const std::vector<std::string_view> ids(users.begin(), users.end());
                return store_.newest(call, ids, call.principal().id(), static_cast<std::uint32_t>(arguments.limit),
                                     start ? std::optional<std::string_view>(start->text()) : std::nullopt,
                                     call.columns<Post>());
            });
}

void PostTypes::declareWrites(const mortise::GraphQlBuilder& graph) {
    graph.mutation<Post>("createPost")
        .text("Writes a post of the caller, which others see once it is published")
        .twin("POST /api/posts")
        .body<CreatePost>("input")
        .resolve([this](mortise::GraphQlCall& call, const CreatePost& body) {
            const std::string id = makeId_();
            return store_.database()(call).transact([&](mortise::Transaction& transaction) {
                return PostStore::insert(transaction,
                                         {id, call.principal().id(), body.title, body.content, body.published});
            });
        });
    graph.mutation<Post>("updatePost")
        .text("Changes a post of the caller")
        .twin("PATCH /api/posts/:id")
        .argument<std::string_view>("id")
        .body<PatchPost>("input")
        .resolve([this](mortise::GraphQlCall& call, std::string_view id, const PatchPost& body) {
            const std::optional<mortise::Uuid> parsed = mortise::Uuid::parse(id);
            if (!parsed) throw postNotFound();
            return store_.database()(call).transact([&](mortise::Transaction& transaction) {
                return PostStore::update(transaction, parsed->text(), call.principal().id(), body, {});
            });
        });
    graph.mutation<bool>("deletePost")
        .text("Deletes a post of the caller")
        .twin("DELETE /api/posts/:id")
        .argument<std::string_view>("id")
        .resolve([this](mortise::GraphQlCall& call, std::string_view id) {
            const std::optional<mortise::Uuid> parsed = mortise::Uuid::parse(id);
            if (!parsed) throw postNotFound();
            store_.database()(call).transact([&](mortise::Transaction& transaction) {
                PostStore::remove(transaction, parsed->text(), call.principal().id(), {});
            });
            return true;
        });
}

} // namespace posts
