// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>
#include <mortise/sql.hpp>

struct User {
    std::string id;
    std::string name;
    std::optional<std::string> nickname;
};
MORTISE_DESCRIBE(User, field(id), field(name), field(nickname))
MORTISE_TABLE(users, User, column(id).key().generated(), column(name), column(nickname))

struct Post {
    std::string id;
    std::string authorId;
    std::string title;
    std::string slug;
    bool published = false;
    std::int64_t views = 0;
    mortise::DateTime createdAt;
};
MORTISE_DESCRIBE(Post, field(id), field(authorId), field(title), field(slug), field(published), field(views),
                 field(createdAt))
MORTISE_TABLE(posts, Post, column(id).key().generated(), column(authorId).references(users.id), column(title),
              column(slug).unique("posts_slug"), column(published).defaults(false), column(views).defaults(0),
              column(createdAt).createdAt())

inline const std::string id = "1";
