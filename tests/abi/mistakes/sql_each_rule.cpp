// SPDX-License-Identifier: Apache-2.0
// Rules of typed queries that have no file of their own.
// error: where(): a column of another table than the removal's
// error: join() stands before where() and orderBy()
// error: join(): an absent maybe() would join everything with everything
// error: join(): a column of a table that the query is not about
// error: orderBy() stands once, with all columns
// error: orderBy(): columns, or asc() or desc() of columns
// error: one(): an std::string_view would outlive its row
// error: each(): relations come with all()
// error: with(): a table, or rows of one as posts.where(posts.published)
// error: where(): a column of another table than the relation's
// error: orderBy(): a column of another table than the relation's
// error: by(): the column is no foreign key: references()
// error: by(): a column of neither table
// error: with(): the member is a column, not a struct, an std::optional or an std::vector of structs
// error: relations go along keys that are texts or integers
// error: with(): each member that is no column is filled by a with()
// error: the table has no column that is its key()
// error: columns of one table
// error: a comparison: nothing is less or greater than NULL
// error: a comparison: decimals are stored as texts, whose order is not theirs
// error: a comparison: bools have no order
// error: contains() and startsWith() are of texts and with texts
// error: + and - are of columns that are numbers, with numbers
// error: isNull(): the column is never NULL
// error: isNotNull(): the column is never NULL
// error: set(): the value may be NULL and the column never is
// error: set(): assignments as posts.title = "x", or a struct with MORTISE_DESCRIBE
// error: set(patch): a member of the struct is not of its column's type
// error: key(): the column can be NULL
// error: generated(): a generated key is an std::string
// error: uuid(): the column is no std::string
// error: defaults(): the value is not of the column's type
// error: updatedAt(): the column is no DateTime
// error: select(table): further tables come by join() or with()
// error: select(): a table, or columns of tables
// error: a query has at most 6 conditions with maybe()
// error: a relation has at most 6 conditions with maybe()
// error: with(column, rows): the column does not reference() the table of the insert
// error: insert(): with(table, rows) is of one row that is inserted for certain
// error: insert(): what stands behind is skipDuplicates() or with()
// error: insert(): a table and a struct, or a list of structs
// error: upsert(): a table, a struct or a list of structs, and on() the columns of a unique key
// error: update(): a table
// error: remove(): a table
// error: returned rows: an std::string_view would outlive its row
// error: returned rows: a member is no column
#include "sql_tables.hpp"

using mortise::maybe;

struct Loose {
    mortise::Decimal price;
    std::optional<double> weight;
};
MORTISE_TABLE(loose, Loose, column(price), column(weight))
struct Tall {
    std::string id;
    double height = 0;
};
MORTISE_TABLE(towers, Tall, column(id).key(), column(height))
struct Shadow {
    std::string id;
    double height = 0;
};
MORTISE_DESCRIBE(Shadow, field(id), field(height))
MORTISE_TABLE(shadows, Shadow, column(id).key(), column(height).references(towers.height))
struct TowerWithShadows {
    std::string id;
    std::vector<Shadow> shadows;
};
MORTISE_DESCRIBE(TowerWithShadows, field(id), field(shadows))

struct WrongKey {
    std::optional<std::string> id;
};
MORTISE_TABLE(nullableKeys, WrongKey, column(id).key())
struct WrongGenerated {
    std::int64_t id = 0;
};
MORTISE_TABLE(generatedNumbers, WrongGenerated, column(id).generated())
MORTISE_TABLE(uuidNumbers, WrongGenerated, column(id).uuid())
struct WrongDefault {
    std::int64_t id = 0;
    std::string at;
};
MORTISE_TABLE(wrongDefaults, WrongDefault, column(id).defaults("x"))
MORTISE_TABLE(wrongUpdates, WrongDefault, column(at).updatedAt())

struct NameView {
    std::string_view name;
};
MORTISE_DESCRIBE(NameView, field(name))
struct WithPosts {
    std::string id;
    std::vector<Post> posts;
};
MORTISE_DESCRIBE(WithPosts, field(id), field(posts))
struct WithNested {
    std::string id;
    std::vector<WithPosts> posts;
};
MORTISE_DESCRIBE(WithNested, field(id), field(posts))
struct WrongPatch {
    std::optional<std::int64_t> title;
};
MORTISE_DESCRIBE(WrongPatch, field(title))
struct Undescribed {
    std::string title;
};

void reads(const mortise::Database& db) {
    const std::optional<std::string> name;
    const std::optional<bool> flag;
    db.select(posts).where(posts.published).join(users, posts.authorId == users.id);
    db.select(posts).join(users, users.name == maybe(name));
    db.select(posts).join(users, loose.weight == 1.0);
    db.select(posts).orderBy(posts.id).orderBy(posts.title);
    db.select(posts).orderBy(1);
    db.select<NameView>(users).one();
    db.select<WithPosts>(users).with(posts).each([](const WithPosts&) {});
    db.select<WithPosts>(users).with(1);
    db.select<WithPosts>(users).with(posts.where(users.name == "a"));
    db.select<WithPosts>(users).with(posts.orderBy(users.name));
    db.select<WithPosts>(users).with(posts.by(posts.title));
    db.select<WithPosts>(users).with(posts.by(shadows.height));
    db.select<WithPosts>(users).with(&WithPosts::id, posts);
    db.select<TowerWithShadows>(towers).with(shadows).all();
    db.select<WithNested>(users).with(posts).all();
    db.select(loose).find(1);
    db.insert(users, User{}, skipDuplicates(users.id, posts.id));
    db.select(users).where(users.nickname < nullptr);
    db.select(loose).where(loose.price < mortise::Decimal());
    db.select(posts).where(posts.published < true);
    db.select(posts).where(posts.views.contains("1"));
    db.select(posts).where(posts.title == posts.title + 1);
    db.select(posts).where(posts.title.isNull());
    db.select(posts).where(posts.title.isNotNull());
    db.select(posts, users);
    db.select(1);
    db.select(posts)
        .where(posts.title == maybe(name) && posts.slug == maybe(name) && posts.id == maybe(name) &&
               posts.authorId == maybe(name) && posts.published == maybe(flag) && posts.title != maybe(name) &&
               posts.slug != maybe(name))
        .all();
    db.select<WithPosts>(users)
        .with(posts.where(posts.title == maybe(name) && posts.slug == maybe(name) && posts.id == maybe(name) &&
                          posts.authorId == maybe(name) && posts.published == maybe(flag) &&
                          posts.title != maybe(name) && posts.slug != maybe(name)))
        .all();
}

void writes(const mortise::Database& db) {
    const std::optional<std::string> name;
    db.remove(posts).where(users.name == "a");
    db.update(posts).everyRow().set(posts.title = name);
    db.update(posts).everyRow().set(Undescribed{});
    db.update(posts).everyRow().set(WrongPatch{});
    db.insert(users, User{}, with(posts.title, Post{}));
    db.insert(users, std::vector<User>{}, with(posts, Post{}));
    db.insert(users, User{}, 1);
    db.insert(1, User{});
    db.upsert(users, User{}, 1);
    db.update(1);
    db.remove(1);
    db.remove<NameView>(users).everyRow();
    db.remove<WithPosts>(users).everyRow();
}
