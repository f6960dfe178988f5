// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>
#include <mortise/sql.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace posts {

/// Of the table of users what posts refer to.
struct AuthorRow {
    std::string id;
};
MORTISE_TABLE_NAMED(authors, "users", AuthorRow, column(id).key().uuid())

/// Ids increase with time, so their order is that of creation.
struct PostRow {
    std::string id, authorId, title;
    std::optional<std::string> content;
    bool published = false;
    mortise::DateTime createdAt, updatedAt;
};
MORTISE_TABLE(posts, PostRow, label("Post"), column(id).key().uuid(), column(authorId).references(authors.id),
              column(title), column(content), column(published), column(createdAt).createdAt(),
              column(updatedAt).updatedAt())

struct NewPost {
    std::string_view id, authorId, title;
    std::optional<std::string_view> content;
    bool published = false;
};
MORTISE_DESCRIBE(NewPost, field(id), field(authorId), field(title), field(content), field(published))

} // namespace posts
