// SPDX-License-Identifier: Apache-2.0
#include "post_relation.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace posts {
namespace {

/// More than the members of most posts take beside their content.
constexpr std::size_t roomOfPost = 512;

/// Of one author, written as they are read.
mortise::RelatedRows newestOf(const PostStore& store, mortise::Turn turn, const PostFilter& filter,
                              std::int64_t shown) {
    mortise::RelatedRows rows;
    rows.json = '[';
    rows.json.reserve(roomOfPost * static_cast<std::size_t>(shown));
    std::optional<mortise::Uuid> last;
    store.eachNewest(turn, filter, shown + 1, [&](const PostView& post) {
        if (rows.count == shown) {
            if (last) rows.next = mortise::encodeCursor(*last);
            return false;
        }
        if (++rows.count == shown) {
            last = mortise::Uuid::parse(post.id);
            if (!last) throw mortise::Error("a post has an id that is no UUID");
        }
        if (rows.count > 1) rows.json += ',';
        mortise::appendJson(rows.json, post);
        return true;
    });
    rows.json += ']';
    return rows;
}

} // namespace

mortise::UserRelation relationOf(const PostStore& store) {
    mortise::UserRelation relation;
    relation.load = [&store](mortise::Turn turn, std::vector<std::string_view> ids, std::string_view viewer,
                             std::int64_t limit) {
        const std::int64_t shown = std::clamp<std::int64_t>(limit, 0, 1'000);
        std::vector<mortise::RelatedRows> all;
        all.reserve(ids.size());
        if (ids.size() == 1) {
            all.push_back(newestOf(store, turn, {ids.front(), ids.front() == viewer}, shown));
            return all;
        }
        for (std::vector<Post>& newest : store.newest(turn, ids, viewer, static_cast<std::uint32_t>(shown) + 1)) {
            mortise::RelatedRows& rows = all.emplace_back();
            rows.next = mortise::cutPage(newest, shown);
            rows.json = mortise::encodeJson(newest);
            rows.count = static_cast<std::int64_t>(newest.size());
        }
        return all;
    };
    relation.remove = [&store](mortise::Turn turn, std::string_view id, std::int64_t limit) {
        return store.removeSome(turn, id, limit);
    };
    return relation;
}

} // namespace posts
