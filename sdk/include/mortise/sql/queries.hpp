// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {
struct TableRow; // a row as the table's own struct, or as the one column
struct SqlExecutor;
} // namespace detail

// The typed queries of a Database and of a Transaction; defined in mortise/sql.hpp, which has their contracts and which
// a file that uses them includes.
template<class Self>
class TypedQueries {
public:
    template<class T = detail::TableRow, class... Sources>
    auto select(const Sources&... sources) const;
    template<class T = void, class Table, class Value, class... Options>
    auto insert(const Table& table, const Value& value, const Options&... options) const;
    template<class T = void, class Table, class Value, class Key>
    auto upsert(const Table& table, const Value& value, const Key& key) const;
    template<class T = void, class Table>
    auto update(const Table& table) const;
    template<class T = detail::TableRow, class Table, class Key, class Patch>
    auto updateOne(const Table& table, const Key& key, const Patch& patch) const;
    template<class T = void, class Table>
    auto remove(const Table& table) const;
    template<class Table, class Key>
    void removeOne(const Table& table, const Key& key) const;

protected:
    ~TypedQueries() = default;
    TypedQueries() = default;
    TypedQueries(const TypedQueries&) = default;
    TypedQueries& operator=(const TypedQueries&) = default;
};

} // namespace v1
} // namespace mortise
