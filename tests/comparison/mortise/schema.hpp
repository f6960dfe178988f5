// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql.hpp>

namespace comparison {

struct User {
    std::string id;
    std::string name;
    std::string email;
};
MORTISE_DESCRIBE(User, field(id), field(name), field(email))
MORTISE_TABLE(users, User, column(id).key().generated(), column(name), column(email).unique("users_email"))

struct Profile {
    std::string userId;
    std::string bio;
};
MORTISE_TABLE(profiles, Profile, column(userId).key().references(users.id), column(bio))

struct Post {
    std::string id;
    std::string authorId;
    std::string title;
    bool published = false;
    mortise::DateTime createdAt;
};
MORTISE_DESCRIBE(Post, field(id), field(authorId), field(title), field(published), field(createdAt))
MORTISE_TABLE(posts, Post, column(id).key().generated(), column(authorId).references(users.id), column(title),
              column(published).defaults(false), column(createdAt).createdAt())

struct Tag {
    std::string id;
    std::string name;
};
MORTISE_TABLE(tags, Tag, column(id).key().generated(), column(name).unique("tags_name"))

// What goes in and comes out.
struct NewUser {
    std::string name, email;
};
MORTISE_DESCRIBE(NewUser, field(name), field(email))

struct NewProfile {
    std::string bio;
};
MORTISE_DESCRIBE(NewProfile, field(bio))

struct NewTag {
    std::string name;
};
MORTISE_DESCRIBE(NewTag, field(name))

struct UserWithPosts {
    std::string id, name, email;
    std::vector<Post> posts;
};
MORTISE_DESCRIBE(UserWithPosts, field(id), field(name), field(email), field(posts))

} // namespace comparison
