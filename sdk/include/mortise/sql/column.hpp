// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/sql/operators.hpp>
#include <mortise/sql/text.hpp>
#include <mortise/sql/value.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

template<auto Member>
struct MemberOf;
template<class OwnerType, class Value, Value OwnerType::*Member>
struct MemberOf<Member> {
    using Owner = OwnerType;
    using Type = Value;
};

// What a table's declaration says of a column.
struct ColumnRules {
    std::string_view table;
    SqlName name;
    ColumnForm form = ColumnForm::plain;
    SqlKind kind = SqlKind::text; // of a plain one
    bool isKey = false;
    bool isGenerated = false; // the key, where an insert has none
    bool hasDefault = false;  // of the schema
    bool isCreatedAt = false;
    bool isUpdatedAt = false;
    bool isUnique = false;
    bool isIndexed = false;
    std::string_view uniqueName; // columns with the same name are unique together
    std::string_view indexName;
    Constant fallback; // of an insert whose member is empty
    std::string_view foreignTable;
    SqlName foreignColumn;
};

} // namespace detail

namespace sql {

// A column of a MORTISE_TABLE, as `posts.title`. What is said of it in the declaration returns a changed copy.
template<class TableType, auto Member>
class Column : public Selectable {
public:
    using Table = TableType;
    using Value = typename detail::MemberOf<Member>::Type;
    using Plain = detail::OptionalOf<Value>; // without NULL
    static constexpr auto member = Member;
    static constexpr bool isNullable = detail::IsOptional<Value>::value;
    static_assert(detail::isColumnType<Value>,
                  "MORTISE_TABLE: a column is a number, a bool, an std::string, a DateTime, a Decimal, an enumeration "
                  "with MORTISE_ENUM or an std::optional of those");

    constexpr Column(std::string_view table, std::string_view name) {
        rules.table = table;
        rules.name.member = name;
        rules.kind = detail::sqlKind<Plain, detail::ColumnForm::plain>;
    }

    // Part of the primary key.
    constexpr Column key() const {
        static_assert(!isNullable, "key(): the column can be NULL");
        return with([](auto& r) { r.isKey = true; });
    }
    // A key that an insert leaves out or empty is a new UUID (version 7: they increase with time).
    constexpr Column generated() const {
        static_assert(std::is_same_v<Value, std::string>, "generated(): a generated key is an std::string");
        return with([](auto& r) { r.isGenerated = true; });
    }
    // A text that is a UUID (36 characters, lower case) and stored as one: in MariaDB the column is BINARY(16). What is
    // no UUID is not stored; compared with the column it equals none and comes before all. A column that references()
    // one is one itself.
    constexpr Column uuid() const {
        static_assert(std::is_same_v<Plain, std::string>, "uuid(): the column is no std::string");
        return with([](auto& r) { r.form = detail::ColumnForm::uuid; });
    }
    // Its name in the database, where it is not the member's in snake case.
    constexpr Column named(std::string_view name) const {
        return with([name](auto& r) { r.name.given = name; });
    }
    // The schema has a DEFAULT: an insert may leave the column out.
    constexpr Column defaults() const {
        return with([](auto& r) { r.hasDefault = true; });
    }
    // The same, and what an insert stores whose member is an std::optional and empty.
    template<class V>
    constexpr Column defaults(V value) const {
        static_assert(detail::fitsColumn<Plain, V>(), "defaults(): the value is not of the column's type");
        return with([value](auto& r) {
            r.hasDefault = true;
            r.fallback = detail::Constant::of(value);
        });
    }
    // Set when a row is inserted, unless the insert has a value that is not 0.
    constexpr Column createdAt() const {
        static_assert(std::is_same_v<Value, DateTime>, "createdAt(): the column is no DateTime");
        return with([](auto& r) { r.isCreatedAt = true; });
    }
    // The same, and whenever a row is updated.
    constexpr Column updatedAt() const {
        static_assert(std::is_same_v<Value, DateTime>, "updatedAt(): the column is no DateTime");
        return with([](auto& r) { r.isUpdatedAt = true; });
    }
    // A unique constraint of this column.
    constexpr Column unique() const {
        return with([](auto& r) { r.isUnique = true; });
    }
    // The unique constraint of that name in the schema, of all columns that name it.
    constexpr Column unique(std::string_view name) const {
        return with([name](auto& r) {
            r.isUnique = true;
            r.uniqueName = name;
        });
    }
    constexpr Column index(std::string_view name = {}) const {
        return with([name](auto& r) {
            r.isIndexed = true;
            r.indexName = name;
        });
    }
    // A foreign key: relations go along it.
    template<class OtherTable, auto Other>
    constexpr Column references(const Column<OtherTable, Other>& other) const {
        static_assert(std::is_same_v<Plain, typename Column<OtherTable, Other>::Plain>,
                      "references(): the two columns are of different types");
        return with([&other](auto& r) {
            r.foreignTable = other.rules.table;
            r.foreignColumn = other.rules.name;
            r.form = other.rules.form;
        });
    }

    // posts.title = "x", in set().
    template<class V>
    auto operator=(V&& value) const {
        return detail::assign<Column>(std::forward<V>(value));
    }
    Column(const Column&) = default;
    Column& operator=(const Column&) = delete;

    // IN (the elements of the list): one parameter, however many there are. None: no row. A text with U+0000 equals
    // none.
    template<class List>
    auto in(const List& list) const {
        static_assert(detail::fitsColumn<Plain, typename List::value_type>(),
                      "in(): the elements are not of the column's type");
        return Among<Column>(detail::jsonElements<detail::columnForm<Column>()>(list));
    }
    constexpr auto isNull() const {
        static_assert(isNullable, "isNull(): the column is never NULL");
        return NullCheck<Column, true>{};
    }
    constexpr auto isNotNull() const {
        static_assert(isNullable, "isNotNull(): the column is never NULL");
        return NullCheck<Column, false>{};
    }
    // Has the text in it, begins with it. Whether letters of different case are the same is the database's collation
    // (SQLite: those of ASCII are).
    template<class V>
    auto contains(const V& text) const {
        return detail::like<Column>("%", text);
    }
    template<class V>
    auto startsWith(const V& text) const {
        return detail::like<Column>("", text);
    }

    // In a statement.
    template<class... Tables>
    static constexpr bool isOf = (std::is_same_v<Table, Tables> || ...);
    static void write(detail::SqlText& out);

    detail::ColumnRules rules{};

private:
    template<class Change>
    constexpr Column with(Change change) const {
        Column copy = *this;
        change(copy.rules);
        return copy;
    }
};

} // namespace sql
} // namespace v1
} // namespace mortise
