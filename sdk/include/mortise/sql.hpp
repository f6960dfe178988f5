// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/row_not_found.hpp>
#include <mortise/sql/insert.hpp>
#include <mortise/sql/remove.hpp>
#include <mortise/sql/select_query.hpp>
#include <mortise/sql/update.hpp>

#include <tuple>

// Typed queries over tables declared with MORTISE_TABLE (sql/table.hpp). A Database, a database(request) and a
// Transaction have them all; what writes takes a transaction of its own where it is not in one.
//
//   db.select(posts).where(posts.published && posts.title ==
//   maybe(title)).orderBy(desc(posts.createdAt)).limit(20).all() db.select<PostTitle>(posts).find(id) a smaller struct:
//   members by name db.select(posts.title).all()                                    one column without a struct
//   db.select<Line>(posts.title, users.name).join(users, posts.authorId == users.id).all()
//   db.select<UserWithPosts>(users).with(posts.where(posts.published)).find(id)
//   db.insert(posts, NewPost{…}), db.insert<Post>(posts, NewPost{…})  the number of rows; the row as it is now
//   db.insert(tags, list, skipDuplicates(tags.name)), db.insert(users, NewUser{…}, with(profiles, NewProfile{…}))
//   db.upsert(posts, NewPost{…}, on(posts.slug))
//   db.update(posts).where(posts.id == id).set(posts.title = "x"), db.update<Post>(posts).where(…).set(patch)
//   db.updateOne(posts, id, patch), db.removeOne(posts, id)         RowNotFound where there is none
//   db.remove(posts).where(posts.authorId == id)
//
// select() is run by what ends it (all, one, find, require, each, count, exists), update() by set(), remove() by
// where(); insert() and upsert() run at once. A query lives no longer than the expression it is made in: texts are held
// by reference. The text of a statement is made once for each type of query and instance, then values are bound. Errors
// are those of Database::read and transact.
namespace mortise {
inline namespace v1 {

template<class Self>
template<class T, class... Sources>
auto TypedQueries<Self>::select(const Sources&...) const {
    static_assert(sizeof...(Sources) != 0, "select(): a table, or columns of tables");
    using Result = decltype(detail::resultOf<T, Sources...>());
    using First = std::tuple_element_t<0, std::tuple<Sources...>>;
    using From = sql::From<decltype(detail::baseOf<First>())>;
    return sql::Select<Self, Result, From, sql::Always, sql::Order<>, 0>(static_cast<const Self&>(*this), {}, {}, 0, 0,
                                                                         {});
}

template<class Self>
template<class T, class Table, class Value, class... Options>
auto TypedQueries<Self>::insert(const Table&, const Value& value, const Options&... options) const {
    static_assert(detail::IsTable<Table>::value, "insert(): a table and a struct, or a list of structs");
    static_assert(((detail::IsSkip<Options>::value || detail::IsChildren<Options>::value) && ...),
                  "insert(): what stands behind is skipDuplicates() or with()");
    static_assert(detail::InsertedRow<detail::RowIn<Value>, Table, void>::columns != 0, "insert(): no column");
    return detail::SqlExecutor::transact(static_cast<const Self&>(*this), [&](const Transaction& transaction) {
        return detail::insertInto<T, Table>(transaction, value, options...);
    });
}

template<class Self>
template<class T, class Table, class Value, class Key>
auto TypedQueries<Self>::upsert(const Table&, const Value& value, const Key& key) const {
    static_assert(detail::IsTable<Table>::value && detail::IsOn<Key>::value,
                  "upsert(): a table, a struct or a list of structs, and on() the columns of a unique key");
    using Inserted = detail::InsertedRow<detail::RowIn<Value>, Table, void>;
    static_assert(Inserted::columns != 0, "upsert(): no column");
    if constexpr (detail::IsOn<Key>::value)
        static_assert(Key::template changes<Inserted>,
                      "upsert(): there is nothing to change where the row is there already");
    return detail::SqlExecutor::transact(static_cast<const Self&>(*this), [&](const Transaction& transaction) {
        return detail::insertInto<T, Table>(transaction, value, key);
    });
}

template<class Self>
template<class T, class Table>
auto TypedQueries<Self>::update(const Table&) const {
    static_assert(detail::IsTable<Table>::value, "update(): a table");
    return sql::Update<Self, T, Table, sql::Always>(static_cast<const Self&>(*this), {});
}

template<class Self>
template<class T, class Table, class Key, class Patch>
auto TypedQueries<Self>::updateOne(const Table& table, const Key& key, const Patch& patch) const {
    auto rows = update<T>(table).where(detail::keyIs<Table>(key)).set(patch);
    if (rows.empty()) throw RowNotFound(Table::mortiseLabel);
    return std::move(rows.front());
}

template<class Self>
template<class T, class Table>
auto TypedQueries<Self>::remove(const Table&) const {
    static_assert(detail::IsTable<Table>::value, "remove(): a table");
    return sql::Remove<Self, T, Table>(static_cast<const Self&>(*this));
}

template<class Self>
template<class Table, class Key>
void TypedQueries<Self>::removeOne(const Table& table, const Key& key) const {
    if (remove(table).where(detail::keyIs<Table>(key)) == 0) throw RowNotFound(Table::mortiseLabel);
}

} // namespace v1
} // namespace mortise
