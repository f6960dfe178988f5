// SPDX-License-Identifier: Apache-2.0
#include "post_store.hpp"

#include <mortise/content_hash.hpp>
#include <mortise/migrations.hpp>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace posts {
namespace {

/// As it is until the transaction ends: 404 where the viewer sees none, 403 for somebody else's, 412 for one that does
/// not fulfil the condition.
Post hold(const mortise::Transaction& transaction, std::string_view id, std::string_view viewer,
          const mortise::EntityTagList& condition) {
    std::optional<Post> post = transaction.select<Post>(posts).where(posts.id == id).forUpdate().one();
    if (!post || (!post->published && post->authorId != viewer)) throw mortise::HttpError(404, "Post not found");
    if (post->authorId != viewer) throw mortise::HttpError(403, "Forbidden");
    if (condition.kind() != mortise::EntityTagList::Kind::absent) {
        const std::string tag = tagOf(*post);
        if (!condition.strongMatches({tag})) throw mortise::HttpError(412, "Precondition failed");
    }
    return *std::move(post);
}

struct PostId {
    std::string id;
};
MORTISE_DESCRIBE(PostId, field(id))
struct AuthorWithNewest {
    std::string id;
    std::vector<PostId> posts;
};
MORTISE_DESCRIBE(AuthorWithNewest, field(id), field(posts))

} // namespace

std::string tagOf(const Post& post) {
    mortise::ContentHash hash;
    hash.add(post.id);
    hash.add(post.title);
    hash.add(static_cast<std::uint64_t>(post.content ? 1 : 0));
    hash.add(post.content ? std::string_view(*post.content) : std::string_view());
    hash.add(static_cast<std::uint64_t>(post.published ? 1 : 0));
    hash.add(post.authorId);
    hash.add(static_cast<std::uint64_t>(post.createdAt.unixMilliseconds));
    return mortise::entityTagText(hash.result());
}

void PostStore::declareMigrations(mortise::Setup& setup) {
    // Not clustered by id on SQLite: posts are long, and a tree of long rows is deep. Each list has the index of its
    // condition and its order, so that none is sorted and none reads what it does not show.
    setup
        .migration("0001-create-posts", "CREATE TABLE posts ("
                                        "id CHAR(36) NOT NULL PRIMARY KEY, "
                                        "author_id CHAR(36) NOT NULL, "
                                        "title VARCHAR(255) NOT NULL, "
                                        "content TEXT, "
                                        "published SMALLINT NOT NULL DEFAULT 0, "
                                        "created_at BIGINT NOT NULL, "
                                        "updated_at BIGINT NOT NULL, "
                                        "CONSTRAINT posts_author FOREIGN KEY (author_id) REFERENCES users (id) "
                                        "ON DELETE CASCADE); "
                                        "CREATE INDEX posts_of_author ON posts (author_id, id); "
                                        "CREATE INDEX posts_published_of_author ON posts (author_id, published, id); "
                                        "CREATE INDEX posts_published ON posts (published, id)")
        .down("DROP TABLE posts", mortise::drops("all posts"))
        .on(mortise::SqlDialect::mariadb, "CREATE TABLE posts ("
                                          "id BINARY(16) NOT NULL PRIMARY KEY, "
                                          "author_id BINARY(16) NOT NULL, "
                                          "title VARCHAR(255) NOT NULL, "
                                          "content MEDIUMTEXT, "
                                          "published SMALLINT NOT NULL DEFAULT 0, "
                                          "created_at DATETIME(3) NOT NULL, "
                                          "updated_at DATETIME(3) NOT NULL, "
                                          "INDEX posts_of_author (author_id, id), "
                                          "INDEX posts_published_of_author (author_id, published, id), "
                                          "INDEX posts_published (published, id), "
                                          "CONSTRAINT posts_author FOREIGN KEY (author_id) REFERENCES users (id) "
                                          "ON DELETE CASCADE) "
                                          "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin")
        .down("DROP TABLE posts", mortise::drops("all posts"));
}

std::optional<Post> PostStore::find(mortise::Turn turn, std::string_view id, std::string_view viewer,
                                    mortise::Columns<Post> columns) const {
    columns.add(&Post::id).add(&Post::published).add(&Post::authorId);
    std::optional<Post> post = database_(turn).select<Post>(posts).columns(columns).find(id);
    if (post && !post->published && post->authorId != viewer) post.reset();
    return post;
}

mortise::Listing<Post> PostStore::list(mortise::Turn turn, const PostFilter& filter,
                                       const mortise::PageQuery& query) const {
    const mortise::DatabaseSession database = database_(turn);
    const std::optional<bool> published = filter.published();
    std::string key(filter.author.value_or(std::string_view()));
    if (filter.alsoUnpublished) key += '*';
    const auto count = [&] {
        return counted_->total(
            [&] {
                return database.select(posts)
                    .where(posts.authorId == mortise::maybe(filter.author))
                    .where(posts.published == mortise::maybe(published))
                    .count();
            },
            [&](std::int64_t limit) {
                return !database.select(posts.id)
                            .where(posts.authorId == mortise::maybe(filter.author))
                            .where(posts.published == mortise::maybe(published))
                            .orderBy(desc(posts.id))
                            .limit(1)
                            .offset(limit)
                            .all()
                            .empty();
            });
    };
    const auto read = [&](std::int64_t offset) {
        return database.select<Post>(posts)
            .where(posts.authorId == mortise::maybe(filter.author))
            .where(posts.published == mortise::maybe(published))
            .orderBy(desc(posts.id))
            .limit(query.limit)
            .offset(offset)
            .all();
    };
    return mortise::readPage<Post>(database, totals_, key, query, *loops_, count, read);
}

std::vector<Post> PostStore::page(mortise::Turn turn, const PostFilter& filter, const mortise::PageQuery& query,
                                  mortise::Columns<Post> columns) const {
    if (query.offset() > mortise::deepOffset) return list(turn, filter, query).rows;
    const std::optional<bool> published = filter.published();
    return database_(turn)
        .select<Post>(posts)
        .columns(columns.add(&Post::id))
        .where(posts.authorId == mortise::maybe(filter.author))
        .where(posts.published == mortise::maybe(published))
        .orderBy(desc(posts.id))
        .limit(query.limit)
        .offset(query.offset())
        .all();
}

std::vector<Post> PostStore::listAfter(mortise::Turn turn, const PostFilter& filter, std::optional<std::string_view> id,
                                       std::int64_t limit) const {
    const std::optional<bool> published = filter.published();
    return database_(turn)
        .select<Post>(posts)
        .where(posts.authorId == mortise::maybe(filter.author))
        .where(posts.published == mortise::maybe(published))
        .orderBy(desc(posts.id))
        .after(mortise::maybe(id))
        .limit(limit)
        .all();
}

std::vector<std::vector<Post>> PostStore::newest(mortise::Turn turn, const std::vector<std::string_view>& ids,
                                                 std::string_view viewer, std::uint32_t limit,
                                                 std::optional<std::string_view> after,
                                                 mortise::Columns<Post> columns) const {
    columns.add(&Post::id);
    const mortise::DatabaseSession database = database_(turn);
    if (ids.size() == 1) {
        const PostFilter filter{ids.front(), ids.front() == viewer};
        const std::optional<bool> published = filter.published();
        return {database.select<Post>(posts)
                    .columns(columns)
                    .where(posts.authorId == mortise::maybe(filter.author))
                    .where(posts.published == mortise::maybe(published))
                    .orderBy(desc(posts.id))
                    .after(mortise::maybe(after))
                    .limit(limit)
                    .all()};
    }
    std::vector<std::vector<Post>> found(ids.size());
    // Ids first: where all posts of the authors are ranked, that is done by an index, without the rest of them.
    const std::vector<AuthorWithNewest> ranked = database.select<AuthorWithNewest>(authors)
                                                     .where(authors.id.in(ids))
                                                     .with(posts.where(posts.published || posts.authorId == viewer)
                                                               .where(posts.id < mortise::maybe(after))
                                                               .orderBy(desc(posts.id))
                                                               .limit(limit))
                                                     .all();
    std::vector<std::string_view> wanted;
    for (const AuthorWithNewest& author : ranked)
        for (const PostId& post : author.posts) wanted.emplace_back(post.id);
    if (wanted.empty()) return found;
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < ids.size(); ++i) places.emplace(ids[i], i);
    for (Post& post : database.select<Post>(posts)
                          .columns(columns.add(&Post::authorId))
                          .where(posts.id.in(wanted))
                          .orderBy(desc(posts.id))
                          .all())
        if (const auto place = places.find(post.authorId); place != places.end())
            found[place->second].push_back(std::move(post));
    return found;
}

Post PostStore::insert(const mortise::Transaction& transaction, const NewPost& post) {
    try {
        return transaction.insert<Post>(posts, post);
    } catch (const mortise::SqlError& error) {
        if (error.kind() != mortise::SqlFailure::foreignKey) throw;
        throw AuthorGone();
    }
}

Post PostStore::update(const mortise::Transaction& transaction, std::string_view id, std::string_view viewer,
                       const PatchPost& patch, const mortise::EntityTagList& condition) {
    Post post = hold(transaction, id, viewer, condition);
    if (!patch.title && patch.content.isAbsent() && !patch.published) return post;
    return transaction.updateOne<Post>(posts, id, patch);
}

void PostStore::remove(const mortise::Transaction& transaction, std::string_view id, std::string_view viewer,
                       const mortise::EntityTagList& condition) {
    hold(transaction, id, viewer, condition);
    transaction.removeOne(posts, id);
}

std::int64_t PostStore::removeSome(mortise::Turn turn, std::string_view author, std::int64_t limit) const {
    return database_(turn).transact([&](mortise::Transaction& transaction) {
        const std::vector<std::string> ids =
            transaction.select(posts.id).where(posts.authorId == author).orderBy(posts.id).limit(limit).all();
        if (!ids.empty()) transaction.remove(posts).where(posts.id.in(ids));
        return static_cast<std::int64_t>(ids.size());
    });
}

} // namespace posts
