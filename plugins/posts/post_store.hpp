// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "post.hpp"
#include "post_table.hpp"

#include <mortise/bounded_count.hpp>
#include <mortise/columns.hpp>
#include <mortise/entity_tag.hpp>
#include <mortise/loops.hpp>
#include <mortise/sql.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace posts {

/// The strong entity tag of what clients see of a post.
std::string tagOf(const Post& post);

/// Which posts: of one author or of all, and whether unpublished ones are among them.
struct PostFilter {
    std::optional<std::string_view> author;
    bool alsoUnpublished = false;

    /// What a condition on `published` compares with; nothing: either.
    [[nodiscard]] std::optional<bool> published() const noexcept {
        return alsoUnpublished ? std::nullopt : std::optional<bool>(true);
    }
};

/// The author was deleted since the token was looked at: a 401.
class AuthorGone : public mortise::HttpError {
public:
    AuthorGone() : HttpError(401, "User not found") {}
};

/// Every query about posts. Reads may run where `reads()` routes do, writes on workers; both may throw mortise::Busy,
/// writes on behalf of a turn mortise::Stale.
class PostStore {
public:
    static void declareMigrations(mortise::Setup& setup);

    /// [control] In `start`: the schema exists.
    void open(const mortise::Database& database, mortise::Loops loops, std::int64_t maximumTotal) {
        database_ = database;
        loops_.emplace(loops);
        counted_.emplace(maximumTotal);
    }
    [[nodiscard]] const mortise::Database& database() const noexcept { return database_; }

    /// Unpublished ones only where `viewer` is the author. With `columns` these members are read, with those that say
    /// who sees the post.
    [[nodiscard]] std::optional<Post> find(mortise::Turn turn, std::string_view id, std::string_view viewer,
                                           mortise::Columns<Post> columns = mortise::Columns<Post>::all()) const;

    /// A page, newest first, with the total, exact up to `maximumTotal`.
    [[nodiscard]] mortise::Listing<Post> list(mortise::Turn turn, const PostFilter& filter,
                                              const mortise::PageQuery& query) const;
    /// The rows of such a page, of each these members and the id. A deep one is read as there, with its total.
    [[nodiscard]] std::vector<Post> page(mortise::Turn turn, const PostFilter& filter, const mortise::PageQuery& query,
                                         mortise::Columns<Post> columns) const;
    /// At most `limit` posts that are older than the one with that id, whether or not it exists, newest first. Costs
    /// the same wherever it begins.
    [[nodiscard]] std::vector<Post> listAfter(mortise::Turn turn, const PostFilter& filter,
                                              std::optional<std::string_view> id, std::int64_t limit) const;
    /// visit(const PostView&) of at most `limit` posts, newest first, until it returns false. Reads no more than it
    /// shows.
    template<typename Visit>
    void eachNewest(mortise::Turn turn, const PostFilter& filter, std::int64_t limit, Visit&& visit) const {
        const std::optional<bool> published = filter.published();
        database_(turn)
            .select<PostView>(posts)
            .where(posts.authorId == mortise::maybe(filter.author))
            .where(posts.published == mortise::maybe(published))
            .orderBy(desc(posts.id))
            .limit(limit)
            .each(std::forward<Visit>(visit));
    }
    /// For each of the authors, in their order, at most `limit` posts that `viewer` sees, newest first, older than the
    /// one with the id `after`, of each these members and the id. [worker] Of several by three statements, which rank
    /// all of their posts; of one by one, which reads no more than it shows.
    [[nodiscard]] std::vector<std::vector<Post>>
    newest(mortise::Turn turn, const std::vector<std::string_view>& ids, std::string_view viewer, std::uint32_t limit,
           std::optional<std::string_view> after = std::nullopt,
           mortise::Columns<Post> columns = mortise::Columns<Post>::all()) const;

    /// Throws AuthorGone.
    static Post insert(const mortise::Transaction& transaction, const NewPost& post);
    /// Changes what is given, if the post as it is at that moment is the viewer's and fulfils `condition`; the post as
    /// it is now. Throws what is a 404 (there is none that the viewer sees), 403 (somebody else's) or 412 (the
    /// condition); nothing was changed then.
    static Post update(const mortise::Transaction& transaction, std::string_view id, std::string_view viewer,
                       const PatchPost& patch, const mortise::EntityTagList& condition);
    static void remove(const mortise::Transaction& transaction, std::string_view id, std::string_view viewer,
                       const mortise::EntityTagList& condition);

    /// At most `limit` posts of the author; how many it were.
    std::int64_t removeSome(mortise::Turn turn, std::string_view author, std::int64_t limit) const;

private:
    mortise::Database database_;
    std::optional<mortise::Loops> loops_; ///< from open() on
    mutable mortise::TotalCache totals_;
    mutable std::optional<mortise::BoundedCount> counted_; ///< from open() on
};

} // namespace posts
