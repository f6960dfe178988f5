// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/pages.hpp>
#include <mortise/plugin.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What goes over the wire, in and out.
namespace posts {

template<typename Text>
struct BasicPost {
    Text id;
    Text title;
    std::optional<Text> content;
    bool published = false;
    Text authorId;
    mortise::DateTime createdAt;
};
using Post = BasicPost<std::string>;
using PostView = BasicPost<std::string_view>; ///< a row in place
MORTISE_DESCRIBE(Post, field(id).uuid(), field(title).example("On looms"),
                 field(content).nullable().example("They weave algebraical patterns."), field(published),
                 field(authorId).uuid(), field(createdAt))
MORTISE_DESCRIBE(PostView, field(id).uuid(), field(title), field(content).nullable(), field(published),
                 field(authorId).uuid(), field(createdAt))

struct PostEnvelope {
    Post post;
};
MORTISE_DESCRIBE(PostEnvelope, field(post))

struct PostPage {
    std::vector<Post> posts;
    mortise::Pagination pagination;
};
MORTISE_DESCRIBE(PostPage, field(posts), field(pagination))

struct PostSlice {
    std::vector<Post> posts;
    mortise::CursorPagination pagination;
};
MORTISE_DESCRIBE(PostSlice, field(posts), field(pagination))

inline constexpr int maxTitleLength = 255;
/// Bytes: a page of 100 posts stays small.
inline constexpr int maxContentSize = 65'535;

struct CreatePost {
    std::string_view title;
    std::optional<std::string_view> content;
    bool published = false;
};
MORTISE_DESCRIBE(CreatePost, field(title).minLength(1).maxLength(maxTitleLength).example("On looms"),
                 field(content)
                     .nullable()
                     .maxBytes(maxContentSize)
                     .text("At most 65,535 bytes")
                     .example("They weave algebraical patterns."),
                 field(published).defaults(false).text("Whether others see it"))

struct PatchPost {
    std::optional<std::string_view> title;
    mortise::Patch<std::string_view> content;
    std::optional<bool> published;
};
MORTISE_DESCRIBE(PatchPost, field(title).minLength(1).maxLength(maxTitleLength).example("On looms"),
                 field(content).maxBytes(maxContentSize).text("At most 65,535 bytes; null takes it away"),
                 field(published).text("Whether others see it"))

} // namespace posts
